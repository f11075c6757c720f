//! Writing text to the clipboard.

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Writes `text` to the clipboard and then calls `done`, with an error where the browser refuses or has no clipboard
/// for pages, as outside secure contexts.
pub(crate) fn write(text: String, done: impl FnOnce(Result<(), ()>) + 'static) {
    let navigator = window().navigator();
    if js_sys::Reflect::has(&navigator, &"clipboard".into()) != Ok(true) {
        return done(Err(()));
    }
    let written = JsFuture::from(navigator.clipboard().write_text(&text));
    leptos::task::spawn_local(async move { done(written.await.map(|_| ()).map_err(|_| ())) });
}
