//! The worker's end of a wire.

use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, PromiseRejectionEvent};

use super::build::{self, Text};
use super::describe;

/// Returns the worker's global scope.
pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Greets the other end, and listens to its messages from now on, with `hear`. `fail` receives the reason of a panic, or
/// of a rejected promise that no code waits for, as words that continue a sentence after a colon.
pub(crate) fn listen(mut hear: impl FnMut(MessageEvent) + 'static, fail: fn(&str)) {
    std::panic::set_hook(Box::new(move |panic| {
        web_sys::console::error_1(&panic.to_string().into());
        let what = panic.payload_as_str().unwrap_or("for an unknown reason");
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        fail(&format!("it panicked: {what}{place}"));
    }));

    let mut is_open = false;
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        // The loader answers the page's question for a sign of life.
        if event.data().is_null() {
            return;
        }
        if is_open {
            return hear(event);
        }
        is_open = event.data().as_string().is_some_and(|text| build::read(&text) == Text::SameBuild);
        if !is_open {
            // The other end is of another build, and may not have understood the first greeting.
            greet();
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();

    let on_rejection = Closure::<dyn FnMut(PromiseRejectionEvent)>::new(move |event: PromiseRejectionEvent| {
        fail(&format!("a promise was rejected: {}", describe(&event.reason())));
    });
    // A scope accepts every listener.
    let _ = scope().add_event_listener_with_callback("unhandledrejection", on_rejection.as_ref().unchecked_ref());
    on_rejection.forget();
    greet();
}

/// Tells the other end which build this code is of, and that it listens.
fn greet() {
    post(&build::greeting().into());
}

/// Posts a message to the other end.
pub(crate) fn post(message: &JsValue) {
    // Posting fails only for values that cannot be copied; bytes and files can.
    let _ = scope().post_message(message);
}
