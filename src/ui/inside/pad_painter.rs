//! Draws the pad's strokes and its keyboard's pen, and grey pictures.

use std::f64::consts::TAU;

use leptos::prelude::window;
use wasm_bindgen::JsValue;
use web_sys::HtmlCanvasElement;

use super::pad_state::KeyPen;
use crate::drawing::{Picture, Stroke, pad};
use crate::ui::kit::canvas::{context, put_ink};

/// Returns a colour of an element.
fn colour_of(canvas: &HtmlCanvasElement, property: &str) -> Result<String, JsValue> {
    window().get_computed_style(canvas)?.ok_or("no style")?.get_property_value(property)
}

/// Draws strokes in the size of the canvas' element.
pub(crate) fn draw_strokes(canvas: &HtmlCanvasElement, strokes: &[Stroke], pen: Option<KeyPen>) -> Result<(), JsValue> {
    let ratio = window().device_pixel_ratio().clamp(1.0, 3.0);
    let side = f64::from(canvas.client_width()) * ratio;
    // A closed panel has no place to draw.
    if side < 1.0 {
        return Ok(());
    }
    canvas.set_width(side as u32);
    canvas.set_height(side as u32);
    let context = context(canvas)?;
    let unit = side / pad::SIDE as f64;
    context.scale(unit, unit)?;
    let colour = colour_of(canvas, "color")?;
    context.set_stroke_style_str(&colour);
    context.set_fill_style_str(&colour);
    context.set_line_cap("round");
    context.set_line_join("round");
    let circle = |(x, y): (f32, f32), radius: f64| {
        context.begin_path();
        context.arc(x.into(), y.into(), radius, 0.0, TAU)
    };
    for stroke in strokes {
        // A line without a length might not be drawn.
        if let [point] = stroke.points.as_slice() {
            circle(*point, f64::from(stroke.width) / 2.0)?;
            context.fill();
            continue;
        }
        context.set_line_width(stroke.width.into());
        context.begin_path();
        // Lines of their own have round ends, and no nicks where their directions hardly differ.
        for (from, to) in stroke.points.iter().zip(stroke.points.iter().skip(1)) {
            context.move_to(from.0.into(), from.1.into());
            context.line_to(to.0.into(), to.1.into());
        }
        context.stroke();
    }
    let Some(pen) = pen else { return Ok(()) };
    // The pen is a ring, with a dot in it while it touches the paper.
    context.set_stroke_style_str(&colour_of(canvas, "caret-color")?);
    context.set_line_width(1.5);
    circle(pen.at, f64::from(pad::PEN) / 2.0 + 1.0)?;
    context.stroke();
    if pen.is_down {
        context.set_fill_style_str(&colour_of(canvas, "background-color")?);
        circle(pen.at, 3.0)?;
        context.fill();
    }
    Ok(())
}

/// Draws a picture, a pixel of the canvas for each of its own, in the colour of the text; nothing without a picture.
pub(crate) fn draw_picture(canvas: &HtmlCanvasElement, picture: Option<&Picture>) -> Result<(), JsValue> {
    let Some(picture) = picture else {
        canvas.set_width(1);
        canvas.set_height(1);
        return Ok(());
    };
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    canvas.set_width(width);
    canvas.set_height(height);
    let context = context(canvas)?;
    put_ink(&context, picture.ink(), width)?;
    context.set_global_composite_operation("source-in")?;
    context.set_fill_style_str(&colour_of(canvas, "color")?);
    context.fill_rect(0.0, 0.0, width.into(), height.into());
    Ok(())
}
