//! What kind of window it is: as small as a phone, where views share one place behind tabs, or another kind.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;

/// The windows in which `style/` does not place views side by side.
const NARROW: &str = "(max-width: 59.99rem), (max-height: 39.99rem)";

/// Returns a signal that says whether the window is narrow; it follows the window's size.
pub(crate) fn narrow() -> ReadSignal<bool> {
    media(NARROW)
}

/// Returns a signal that says whether a media query is true; it follows the window's size.
pub(crate) fn media(query: &str) -> ReadSignal<bool> {
    let query = window().match_media(query).ok().flatten();
    let (is_true, set) = signal(query.as_ref().is_some_and(web_sys::MediaQueryList::matches));
    if let Some(query) = query {
        let watched = query.clone();
        let callback = Closure::<dyn Fn()>::new(move || set.set(watched.matches()));
        query.set_onchange(Some(callback.as_ref().unchecked_ref()));
        // The query and its listener live until the component leaves the page.
        let kept = StoredValue::new_local(Some((query, callback)));
        on_cleanup(move || {
            if let Some((query, _callback)) = kept.try_update_value(Option::take).flatten() {
                query.set_onchange(None);
            }
        });
    }
    is_true
}
