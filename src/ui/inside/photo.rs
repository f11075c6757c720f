//! Pictures of digits from elsewhere: a photo that is chosen, dropped or pasted.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlCanvasElement, ImageBitmap};

use leptos::prelude::{document, window};

use crate::drawing::Picture;
use crate::ui::kit::canvas::context;

/// The longer side of a picture that is read, in pixels. More would only cost time.
const LONGEST: f64 = 560.0;

/// Reads a picture.
///
/// # Errors
/// A sentence for the user.
pub(crate) async fn read(file: &File) -> Result<Picture, String> {
    let name = file.name();
    let picture = pixels(file).await.ok().flatten();
    picture.ok_or_else(|| format!("“{name}” is no picture that this browser can read. Try a photo as PNG or JPEG."))
}

/// Reads the grey of a picture's pixels. `None` if it has no pixels.
async fn pixels(file: &File) -> Result<Option<Picture>, JsValue> {
    let bitmap: ImageBitmap = JsFuture::from(window().create_image_bitmap_with_blob(file)?).await?.dyn_into()?;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let scale = (LONGEST / width.max(height)).min(1.0);
    let (width, height) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.dyn_into()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = context(&canvas)?;
    // What is transparent is paper.
    context.set_fill_style_str("white");
    context.fill_rect(0.0, 0.0, width, height);
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height)?;
    bitmap.close();
    let data = context.get_image_data(0.0, 0.0, width, height)?.data();
    let grey = |pixel: &[u8]| {
        let [red, green, blue] = [0, 1, 2].map(|at| u32::from(pixel.get(at).copied().unwrap_or_default()));
        // The luma of ITU-R BT.601.
        ((299 * red + 587 * green + 114 * blue) / 1000) as u8
    };
    let grey: Vec<u8> = data.chunks_exact(4).map(grey).collect();
    Ok(Picture::from_grey(width as usize, height as usize, &grey))
}
