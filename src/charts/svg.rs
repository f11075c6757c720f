//! Draws a chart as the text of an SVG file.

use plotters::prelude::{DrawingBackend, SVGBackend};

use super::layout::Frame;
use super::pen::DrawError;
use super::poster::draw_poster;
use super::spec::Chart;
use super::theme::Theme;

/// The number of SVG units in a CSS pixel, because plotters uses whole numbers.
const UNITS: u32 = 8;
/// The number by which plotters divides font sizes in an SVG.
const TEXT_FACTOR: f64 = 1.24;

/// Returns a complete picture of a chart, of this width and height in CSS pixels.
///
/// # Errors
/// When the backend fails.
pub fn svg(chart: &Chart, title: &str, theme: &Theme, (width, height): (f64, f64)) -> Result<String, DrawError> {
    let frame = Frame { text_factor: TEXT_FACTOR, ..Frame::new(width, height).subpixels(UNITS) };
    let units = |length: f64| (length * f64::from(UNITS)) as u32;
    let theme = Theme { font: "sans-serif".to_owned(), ..theme.clone() };
    let mut text = String::new();
    let mut backend = SVGBackend::with_string(&mut text, (units(width), units(height)));
    draw_poster(&mut backend, chart, title, &frame, &theme)?;
    backend.present().map_err(DrawError::new)?;
    drop(backend);
    // The attributes `width` and `height` count in units; here they are replaced by the size in CSS pixels.
    let head = format!("width=\"{}\" height=\"{}\"", units(width), units(height));
    if let Some(place) = text.as_bytes().windows(head.len()).position(|part| part == head.as_bytes()) {
        text.replace_range(place..place + head.len(), &format!("width=\"{width}\" height=\"{height}\""));
    }
    Ok(text)
}
