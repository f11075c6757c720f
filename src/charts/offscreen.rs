//! Draws a chart as a PNG file in a worker, where there is no page to draw on.

use js_sys::Promise;
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color as _, RGBAColor, ShapeStyle, TextStyle};
use wasm_bindgen::prelude::*;
use web_sys::{OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::layout::Frame;
use super::pen::{DrawError, Surface};
use super::poster::draw_poster;
use super::spec::Chart;
use super::theme::Theme;

/// The number of pixels of a PNG in a CSS pixel.
const RATIO: f64 = 2.0;
/// The number of units of the pen in a pixel, because plotters uses whole numbers.
const SUBPIXELS: u32 = 8;

/// Whether this browser's workers can draw.
pub fn is_supported() -> bool {
    js_sys::Reflect::has(&js_sys::global(), &"OffscreenCanvas".into()).unwrap_or(false)
}

/// Draws a complete picture of a chart, of this width and height in CSS pixels, and promises it as a PNG file (`Blob`).
/// A browser encodes several at the same time.
///
/// # Errors
/// The browser cannot draw in workers, or has no room for the picture.
pub fn png(chart: &Chart, title: &str, theme: &Theme, (width, height): (f64, f64)) -> Result<Promise, JsValue> {
    let canvas = OffscreenCanvas::new((width * RATIO) as u32, (height * RATIO) as u32)?;
    let context = canvas.get_context("2d")?.ok_or("no 2D context")?;
    let context: OffscreenCanvasRenderingContext2d = context.unchecked_into();
    let shrink = 1.0 / f64::from(SUBPIXELS);
    context.set_transform(shrink, 0.0, 0.0, shrink, 0.0, 0.0)?;
    context.set_line_join("round");
    let frame = Frame::new(width, height).pixel_ratio(RATIO).subpixels(SUBPIXELS);
    draw_poster(&mut Canvas { context }, chart, title, &frame, theme).map_err(|error| error.to_string())?;
    canvas.convert_to_blob()
}

/// A canvas that is not on a page.
struct Canvas {
    context: OffscreenCanvasRenderingContext2d,
}

/// Writes a colour for CSS.
fn css(colour: RGBAColor) -> String {
    let (red, green, blue) = colour.rgb();
    format!("rgba({red},{green},{blue},{})", colour.alpha())
}

impl Canvas {
    /// Begins a path through these points.
    fn trace(&self, points: &[(i32, i32)]) {
        self.context.begin_path();
        for &(x, y) in points {
            self.context.line_to(f64::from(x), f64::from(y));
        }
    }
}

impl Surface for Canvas {
    fn path(&mut self, points: Vec<(i32, i32)>, style: &ShapeStyle) -> Result<(), DrawError> {
        self.context.set_stroke_style_str(&css(style.color));
        self.context.set_line_width(f64::from(style.stroke_width));
        self.trace(&points);
        self.context.stroke();
        Ok(())
    }

    fn polygon(&mut self, points: Vec<(i32, i32)>, style: &ShapeStyle) -> Result<(), DrawError> {
        self.context.set_fill_style_str(&css(style.color));
        self.trace(&points);
        self.context.fill();
        Ok(())
    }

    fn rect(&mut self, from: (i32, i32), to: (i32, i32), style: &ShapeStyle) -> Result<(), DrawError> {
        self.polygon(vec![from, (to.0, from.1), to, (from.0, to.1)], style)
    }

    fn circle(&mut self, (x, y): (i32, i32), radius: u32, style: &ShapeStyle) -> Result<(), DrawError> {
        self.context.set_fill_style_str(&css(style.color));
        self.context.begin_path();
        let circle = self.context.arc(f64::from(x), f64::from(y), f64::from(radius), 0.0, std::f64::consts::TAU);
        circle.map_err(|error| DrawError::new(format!("{error:?}")))?;
        self.context.fill();
        Ok(())
    }

    fn text(&mut self, text: &str, style: &TextStyle<'_>, (x, y): (i32, i32)) -> Result<(), DrawError> {
        let (red, green, blue) = style.color.rgb;
        self.context.set_fill_style_str(&format!("rgb({red},{green},{blue})"));
        self.context.set_font(&format!("{}px {}", style.font.get_size(), style.font.get_name()));
        self.context.set_text_align(match style.pos.h_pos {
            HPos::Left => "left",
            HPos::Center => "center",
            HPos::Right => "right",
        });
        self.context.set_text_baseline(match style.pos.v_pos {
            VPos::Top => "top",
            VPos::Center => "middle",
            VPos::Bottom => "bottom",
        });
        let written = self.context.fill_text(text, f64::from(x), f64::from(y));
        written.map_err(|error| DrawError::new(format!("{error:?}")))
    }
}
