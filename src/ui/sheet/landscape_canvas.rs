//! Draws the landscape: the heights as shades with contour lines, the path, the next step, and the numbers of the axes.

use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

use crate::charts::scale::Span;
use crate::charts::ticks::ticks;
use crate::charts::{Format, Scale};
use crate::sheet::landscape::{BANDS, Landscape, Place};

/// The size of the axes' numbers in CSS pixels.
const TEXT: f64 = 12.0;

/// Draws the picture in the size of its element.
pub(super) fn draw(canvas: &HtmlCanvasElement, land: &Landscape) -> Result<(), JsValue> {
    let ratio = leptos::prelude::window().device_pixel_ratio().clamp(1.0, 2.0);
    let (width, height) = (f64::from(canvas.client_width()) * ratio, f64::from(canvas.client_height()) * ratio);
    // Behind another tab there is no place to draw.
    if width < 1.0 || height < 1.0 {
        return Ok(());
    }
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or("no 2D context")?.dyn_into()?;
    let style = leptos::prelude::window().get_computed_style(canvas)?.ok_or("no style")?;
    let colour = |property: &str| style.get_property_value(property);

    // The colour of the heights in bytes, whatever its notation.
    context.set_fill_style_str(&colour("outline-color")?);
    context.fill_rect(0.0, 0.0, 1.0, 1.0);
    let pixel = context.get_image_data(0.0, 0.0, 1.0, 1.0)?.data();
    let (across, down) = (canvas.width() as usize, canvas.height() as usize);
    let bands = land.bands(across, down);
    let mut pixels = Vec::with_capacity(4 * bands.len());
    for (index, &band) in bands.iter().enumerate() {
        let differs = |other: Option<&u8>| other.is_some_and(|&other| other != band);
        let is_contour =
            (index + 1) % across != 0 && differs(bands.get(index + 1)) || differs(bands.get(index + across));
        let opacity = u32::from(band) * 190 / u32::from(BANDS) + if is_contour { 60 } else { 0 };
        pixels.extend_from_slice(&[pixel[0], pixel[1], pixel[2], opacity.min(255) as u8]);
    }
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), across as u32, down as u32)?;
    context.put_image_data(&image, 0.0, 0.0)?;

    let (low, high) = land.bounds(width, height);
    let unit = width / (high.0 - low.0);
    let at = |(x, y): Place| ((x - low.0) * unit, (high.1 - y) * unit);
    let line = |points: &[Place]| {
        context.begin_path();
        for &point in points {
            let (x, y) = at(point);
            context.line_to(x, y);
        }
        context.stroke();
    };
    let dot = |place: Place, radius: f64| {
        let (x, y) = at(place);
        context.begin_path();
        context.arc(x, y, radius * ratio, 0.0, std::f64::consts::TAU)
    };
    let ink = colour("color")?;
    context.set_stroke_style_str(&ink);
    context.set_fill_style_str(&ink);
    context.set_line_width(2.0 * ratio);
    line(&land.path);
    for &point in &land.path {
        dot(point, 2.0)?;
        context.fill();
    }
    // The next step: a line in the colour of the gradient, with an open point at its end.
    context.set_stroke_style_str(&colour("caret-color")?);
    context.set_line_width(3.0 * ratio);
    line(&[land.here, land.next]);
    dot(land.next, 4.0)?;
    context.stroke();
    dot(land.here, 7.0)?;
    context.fill();
    context.stroke();
    numbers(&context, land, (width, height), ratio)
}

/// Writes the numbers of both axes along the left and the lower edge.
fn numbers(
    context: &CanvasRenderingContext2d,
    land: &Landscape,
    (width, height): Place,
    ratio: f64,
) -> Result<(), JsValue> {
    let (low, high) = land.bounds(width, height);
    let unit = width / (high.0 - low.0);
    let size = TEXT * ratio;
    context.set_font(&format!("{size}px monospace"));
    context.set_text_baseline("bottom");
    // The last numbers have no room beside the corner.
    let ticks = |lo: f64, hi: f64, room: f64| {
        let span = Span { lo, hi, scale: Scale::Linear };
        ticks(&span, Format::Plain, (hi - lo) * unit / (room * ratio)).into_iter()
    };
    for tick in ticks(low.0 + 40.0 * ratio / unit, high.0 - 16.0 * ratio / unit, 70.0) {
        let x = (tick.value - low.0) * unit;
        context.fill_rect(x, height - 4.0 * ratio, ratio, 4.0 * ratio);
        context.set_text_align("center");
        context.fill_text(&tick.label.unwrap_or_default(), x, height - 5.0 * ratio)?;
    }
    for tick in ticks(low.1 + 24.0 * ratio / unit, high.1 - 10.0 * ratio / unit, 36.0) {
        let y = (high.1 - tick.value) * unit;
        context.fill_rect(0.0, y, 4.0 * ratio, ratio);
        context.set_text_align("left");
        context.fill_text(&tick.label.unwrap_or_default(), 7.0 * ratio, y + size / 2.0)?;
    }
    Ok(())
}
