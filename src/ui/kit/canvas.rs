//! Drawing on a canvas of the page.

use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Returns what draws on a canvas.
///
/// # Errors
/// When the browser has no 2D context left.
pub(crate) fn context(canvas: &HtmlCanvasElement) -> Result<CanvasRenderingContext2d, JsValue> {
    Ok(canvas.get_context("2d")?.ok_or("no 2D context")?.dyn_into()?)
}

/// Puts ink on a canvas, a pixel for each byte, row by row: 0 is transparent, 255 is black.
///
/// # Errors
/// When the browser has no 2D context left, or the bytes are not whole rows of this width.
pub(crate) fn put_ink(context: &CanvasRenderingContext2d, ink: &[u8], width: u32) -> Result<(), JsValue> {
    let pixels: Vec<u8> = ink.iter().flat_map(|&ink| [0, 0, 0, ink]).collect();
    context.put_image_data(&ImageData::new_with_u8_clamped_array(Clamped(&pixels), width)?, 0.0, 0.0)
}
