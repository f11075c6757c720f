//! The worker's end of a wire to the page.

use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, PromiseRejectionEvent};

use super::describe;

/// The worker's own scope.
pub(crate) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Hears the page from now on. A panic, or a promise that nobody waits for and that is rejected, is told to `fail`, in
/// words that go on a sentence.
pub(crate) fn listen(hear: impl FnMut(MessageEvent) + 'static, fail: fn(&str)) {
    std::panic::set_hook(Box::new(move |panic| {
        web_sys::console::error_1(&panic.to_string().into());
        let what = panic.payload_as_str().unwrap_or("for a reason it cannot tell");
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        fail(&format!("it panicked: {what}{place}"));
    }));

    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(hear);
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();

    let on_rejection = Closure::<dyn FnMut(PromiseRejectionEvent)>::new(move |event: PromiseRejectionEvent| {
        fail(&format!("a promise was rejected: {}", describe(&event.reason())));
    });
    // Adding a listener to one's own scope cannot fail.
    let _ = scope().add_event_listener_with_callback("unhandledrejection", on_rejection.as_ref().unchecked_ref());
    on_rejection.forget();
}

/// Posts a message to the page.
pub(crate) fn post(message: &JsValue) {
    // The posting of bytes, and of files, cannot fail.
    let _ = scope().post_message(message);
}
