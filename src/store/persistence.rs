//! Asking the browser not to clear the page's storage when the disk runs low.

use wasm_bindgen::JsCast;

use super::by_name::{call, property};

/// Asks once. Browsers decide by how the page was used so far, so the page asks when there is something to keep.
pub(crate) fn ask() {
    let Some(storage) = property(&js_sys::global(), "navigator").and_then(|navigator| property(&navigator, "storage"))
    else {
        return;
    };
    if let Ok(Ok(answer)) = call(&storage, "persist", &[]).map(JsCast::dyn_into::<js_sys::Promise>) {
        wasm_bindgen_futures::spawn_local(async move {
            // Whatever the answer is, runs are kept; the browser may only clear them earlier.
            let _ = wasm_bindgen_futures::JsFuture::from(answer).await;
        });
    }
}
