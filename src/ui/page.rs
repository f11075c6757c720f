//! The page's life outside Leptos: a service worker for offline use, and what the user sees after a panic.

use std::panic::PanicHookInfo;

use leptos::prelude::{document, window};

/// Registers the service worker that keeps the page usable offline. A development build has none, and a browser may
/// forbid it; the page works without.
pub fn register_service_worker() {
    let navigator = window().navigator();
    // `serviceWorker` is missing outside secure contexts.
    if js_sys::Reflect::has(&navigator, &"serviceWorker".into()) == Ok(true) {
        let registration = navigator.service_worker().register("./sw.js");
        wasm_bindgen_futures::spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(registration).await;
        });
    }
}

/// From now on a panic is shown on the page, with a button to reload it, instead of freezing it.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let reason = info.to_string();
        web_sys::console::error_1(&reason.clone().into());
        if let Some(text) = document().get_element_by_id("crash-reason") {
            text.set_text_content(Some(&reason));
        }
        if let Some(notice) = document().get_element_by_id("crash") {
            let _ = notice.remove_attribute("hidden");
        }
    }));
}

/// Takes away the "Loading" message once the app stands.
pub fn remove_boot_message() {
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}
