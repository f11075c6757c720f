//! Saving files to the user's computer.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Saves a text as a file of a MIME type, under a name.
///
/// # Errors
/// Returns the browser's error if it refuses.
pub(crate) fn save_text(text: &str, mime_type: &str, name: &str) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(mime_type);
    save(&Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&text.into()), &options)?, name)
}

/// Saves a blob under a name, as if the user had clicked a link to it.
///
/// # Errors
/// Returns the browser's error if it refuses.
pub(crate) fn save(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.dyn_into()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser has read the blob long before.
    set_timeout(move || drop(Url::revoke_object_url(&url)), std::time::Duration::from_secs(10));
    Ok(())
}
