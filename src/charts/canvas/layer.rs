//! One of the stacked canvases of a chart.

use plotters_canvas::CanvasBackend;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::charts::layout::Frame;

/// The number of backend units in a device pixel. The backend takes whole numbers; the context is scaled down by this
/// number, so that curves are smooth and have no steps.
const SUBPIXELS: u32 = 8;

/// The largest width and height of a canvas in device pixels: more than any screen has, fewer than browsers allow.
const LONGEST: f64 = 16_000.0;

/// A canvas with its drawing backend.
pub(super) struct Layer {
    pub(super) canvas: HtmlCanvasElement,
    pub(super) backend: CanvasBackend,
    context: CanvasRenderingContext2d,
}

impl Layer {
    pub(super) fn new(canvas: HtmlCanvasElement) -> Result<Self, JsValue> {
        let context = canvas.get_context("2d")?.ok_or("no 2D context")?.dyn_into::<CanvasRenderingContext2d>()?;
        let backend = CanvasBackend::with_canvas_object(canvas.clone()).ok_or("no canvas backend")?;
        for (property, value) in [("position", "absolute"), ("left", "0"), ("top", "0"), ("touch-action", "pan-y")] {
            canvas.style().set_property(property, value)?;
        }
        Ok(Self { canvas, backend, context })
    }

    /// Gives the canvas exactly one pixel for each device pixel. This clears the canvas.
    pub(super) fn resize(&self, frame: &Frame) -> Result<(), JsValue> {
        for (property, length) in [("width", frame.width), ("height", frame.height)] {
            self.canvas.style().set_property(property, &format!("{length}px"))?;
        }
        self.canvas.set_width((frame.width * frame.pixel_ratio).round() as u32);
        self.canvas.set_height((frame.height * frame.pixel_ratio).round() as u32);
        Ok(())
    }

    /// Makes the canvas transparent and prepares the context for the backend.
    pub(super) fn clear(&self) -> Result<(), JsValue> {
        self.context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)?;
        self.context.clear_rect(0.0, 0.0, f64::from(self.canvas.width()), f64::from(self.canvas.height()));
        let shrink = 1.0 / f64::from(SUBPIXELS);
        self.context.set_transform(shrink, 0.0, 0.0, shrink, 0.0, 0.0)?;
        self.context.set_line_join("round");
        Ok(())
    }
}

/// Returns the largest frame of whole device pixels in a container of this size, in CSS pixels.
pub(super) fn frame(width: f64, height: f64, pixel_ratio: f64) -> Frame {
    let whole = |length: f64| (length * pixel_ratio).floor().min(LONGEST) / pixel_ratio;
    Frame::new(whole(width), whole(height)).pixel_ratio(pixel_ratio).subpixels(SUBPIXELS)
}
