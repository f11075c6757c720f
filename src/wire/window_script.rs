//! The script in `index.html` (`assets/start.js`), which watches over the start of the page and of its parts. It
//! finds out why code has not loaded, and says that the page is outdated. A worker has no such script.

use std::future::Future;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::build::{self, OUTDATED};

/// Returns why the code behind a loader's address has not loaded: [`OUTDATED`], words that continue a sentence after a
/// colon, or `None` if all of its files arrive. In a worker, there is nobody to ask.
pub(crate) fn why_not_loaded(loader: &str) -> Option<impl Future<Output = Option<String>> + use<>> {
    let asked: Promise = call("gradsheetWhy", &loader.into())?.dyn_into().ok()?;
    Some(async move {
        let reason = JsFuture::from(asked).await.ok()?.as_string().filter(|reason| !reason.is_empty())?;
        Some(if reason == "outdated" { OUTDATED.to_owned() } else { reason })
    })
}

/// Shows that the page must be reloaded. A worker tells whoever has started it, with the greeting of another build.
pub(crate) fn show_outdated() {
    if call("gradsheetOutdated", &JsValue::UNDEFINED).is_none()
        && let Ok(scope) = js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>()
    {
        // A text can be copied, so posting does not fail.
        let _ = scope.post_message(&build::OTHER.into());
    }
}

/// Loads a part of the page into its slot.
#[cfg(feature = "ui")]
pub(crate) fn load_part(loader: &str) {
    // The page's code and its script arrive together, so the function is there.
    call("gradsheetLoadPart", &loader.into());
}

/// Says in a slot that its part is of another build than the page.
#[cfg(feature = "ui")]
pub(crate) fn refuse_part(slot: &web_sys::Element) {
    let options = web_sys::CustomEventInit::new();
    options.set_detail(&"outdated".into());
    if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict("unloaded", &options) {
        // The event is new, so it can be dispatched.
        let _ = slot.dispatch_event(&event);
    }
}

/// Calls a function of the page's script, if there is one.
fn call(name: &str, argument: &JsValue) -> Option<JsValue> {
    let function: Function = Reflect::get(&js_sys::global(), &name.into()).ok()?.dyn_into().ok()?;
    function.call1(&JsValue::NULL, argument).ok()
}
