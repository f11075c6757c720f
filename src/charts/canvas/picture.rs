//! A chart as a file: PNG and SVG.

use plotters::prelude::{DrawingBackend, SVGBackend};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlCanvasElement};

use super::layer::{self, Layer};
use crate::charts::draw_poster;
use crate::charts::layout::Frame;
use crate::charts::spec::Chart;
use crate::charts::theme::Theme;

/// Pixels of a PNG to a CSS pixel.
const RATIO: f64 = 2.0;
/// A picture is at least this large, in CSS pixels, even if the chart is shown on a phone.
const LEAST: (f64, f64) = (640.0, 420.0);
/// Units of an SVG to a CSS pixel; plotters counts in whole numbers.
const UNITS: u32 = 8;
/// plotters divides the size of letters by this when it writes them into an SVG.
const SVG_LETTERS: f64 = 1.24;

/// The size of the poster of a chart that is shown in this size.
fn poster((width, height): (f64, f64)) -> (f64, f64) {
    (width.max(LEAST.0).round(), height.max(LEAST.1).round())
}

pub(super) fn svg(chart: &Chart, title: &str, theme: &Theme, size: (f64, f64)) -> Result<String, JsValue> {
    let (width, height) = poster(size);
    let frame = Frame { letters: SVG_LETTERS, ..Frame::new(width, height).subpixels(UNITS) };
    let units = |length: f64| (length * f64::from(UNITS)) as u32;
    let theme = Theme { font: "sans-serif".to_owned(), ..theme.clone() };
    let mut text = String::new();
    let mut backend = SVGBackend::with_string(&mut text, (units(width), units(height)));
    draw_poster(&mut backend, chart, title, &frame, &theme).map_err(|error| error.to_string())?;
    backend.present().map_err(|error| error.to_string())?;
    drop(backend);
    // Units are an eighth of a CSS pixel, so the picture says how large it is meant to be.
    let head = format!("width=\"{}\" height=\"{}\"", units(width), units(height));
    if let Some(place) = text.as_bytes().windows(head.len()).position(|part| part == head.as_bytes()) {
        text.replace_range(place..place + head.len(), &format!("width=\"{width}\" height=\"{height}\""));
    }
    Ok(text)
}

pub(super) fn png(
    chart: &Chart,
    title: &str,
    theme: &Theme,
    size: (f64, f64),
    done: impl FnOnce(Blob) + 'static,
) -> Result<(), JsValue> {
    let page = web_sys::window().and_then(|window| window.document()).ok_or("no document")?;
    let canvas: HtmlCanvasElement = page.create_element("canvas")?.dyn_into()?;
    let mut layer = Layer::new(canvas)?;
    let (width, height) = poster(size);
    let frame = layer::frame(width, height, RATIO);
    layer.resize(&frame)?;
    layer.clear()?;
    draw_poster(&mut layer.backend, chart, title, &frame, theme).map_err(|error| error.to_string())?;
    // There is no blob for a picture too large for the browser; then there is no file either.
    let done = Closure::once_into_js(move |blob: Option<Blob>| blob.map(done).unwrap_or_default());
    layer.canvas.to_blob(done.unchecked_ref())
}
