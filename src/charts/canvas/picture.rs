//! Draws a chart as a PNG or an SVG file.

use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlCanvasElement};

use super::layer::{self, Layer};
use crate::charts::draw_poster;
use crate::charts::spec::Chart;
use crate::charts::theme::Theme;

/// The number of pixels of a PNG in a CSS pixel.
const RATIO: f64 = 2.0;
/// The smallest width and height of a picture in CSS pixels, even if the chart is shown on a phone.
const LEAST: (f64, f64) = (640.0, 420.0);

/// Returns the size of the picture of a chart that is shown in this size.
fn picture_size((width, height): (f64, f64)) -> (f64, f64) {
    (width.max(LEAST.0).round(), height.max(LEAST.1).round())
}

/// Returns the picture as the text of an SVG file.
pub(super) fn svg(chart: &Chart, title: &str, theme: &Theme, size: (f64, f64)) -> Result<String, JsValue> {
    crate::charts::svg::svg(chart, title, theme, picture_size(size)).map_err(|error| error.to_string().into())
}

/// Passes the picture to `done` as a PNG file.
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
    let (width, height) = picture_size(size);
    let frame = layer::frame(width, height, RATIO);
    layer.resize(&frame)?;
    layer.clear()?;
    draw_poster(&mut layer.backend, chart, title, &frame, theme).map_err(|error| error.to_string())?;
    // A browser makes no blob of a picture that is too large; then there is no file.
    let done = Closure::once_into_js(move |blob: Option<Blob>| blob.map(done).unwrap_or_default());
    layer.canvas.to_blob(done.unchecked_ref())
}
