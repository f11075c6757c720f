//! What the page does outside Leptos: it registers the service worker for offline use, and shows panics to the user.

use std::panic::PanicHookInfo;

use leptos::prelude::{document, window};

/// Registers the service worker that makes the page work offline. The page also works without it: a development build
/// has no service worker, and a browser may forbid it.
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

/// Makes panics visible: the page shows the reason and a button to reload, and does not just freeze.
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

/// Removes the message "Loading Gradsheet…" when the app is mounted.
pub fn remove_boot_message() {
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
}
