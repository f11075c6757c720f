//! The worker's end of a wire.

use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, PromiseRejectionEvent};

use super::describe;

/// Returns the worker's global scope.
pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Listens to messages from now on, with `hear`. `fail` receives the reason of a panic, or of a rejected promise that
/// no code waits for, as words that continue a sentence after a colon.
pub(crate) fn listen(hear: impl FnMut(MessageEvent) + 'static, fail: fn(&str)) {
    std::panic::set_hook(Box::new(move |panic| {
        web_sys::console::error_1(&panic.to_string().into());
        let what = panic.payload_as_str().unwrap_or("for an unknown reason");
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        fail(&format!("it panicked: {what}{place}"));
    }));

    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(hear);
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();

    let on_rejection = Closure::<dyn FnMut(PromiseRejectionEvent)>::new(move |event: PromiseRejectionEvent| {
        fail(&format!("a promise was rejected: {}", describe(&event.reason())));
    });
    // A scope accepts every listener.
    let _ = scope().add_event_listener_with_callback("unhandledrejection", on_rejection.as_ref().unchecked_ref());
    on_rejection.forget();
}

/// Posts a message to the other end.
pub(crate) fn post(message: &JsValue) {
    // Posting fails only for values that cannot be copied; bytes and files can.
    let _ = scope().post_message(message);
}
