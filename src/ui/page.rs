//! What the page does outside Leptos: it registers the service worker for offline use, and shows panics to the user.

use std::panic::PanicHookInfo;

use leptos::prelude::{document, window};

use super::kit::browser;

/// Registers the service worker that makes the page work offline. The page also works without it: a development build
/// has no service worker, and a browser may forbid it.
pub fn register_service_worker() {
    // `serviceWorker` is missing outside secure contexts. In a sandboxed frame even reading it throws an error.
    let Ok(container) = js_sys::Reflect::get(&window().navigator(), &"serviceWorker".into()) else { return };
    if container.is_undefined() {
        return;
    }
    let registration = browser::call(&container, "register", &"./sw.js".into());
    wasm_bindgen_futures::spawn_local(async move {
        let _ = registration.await;
    });
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
