//! A time limit for what a browser may never answer.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::by_name::call;

/// Milliseconds that the browser's database may take for one step.
const PATIENCE: f64 = 20_000.0;

/// Waits for an answer of the browser's database. Returns `None` if there is none in time.
pub(super) async fn in_time(promise: Promise) -> Option<Result<JsValue, JsValue>> {
    within(promise, PATIENCE).await
}

/// Waits for a promise. Returns `None` if it has not been answered after this number of milliseconds.
pub(crate) async fn within(promise: Promise, milliseconds: f64) -> Option<Result<JsValue, JsValue>> {
    let mut timer = JsValue::UNDEFINED;
    let late = JsValue::from_str("late");
    let limit = Promise::new(&mut |resolve, _| {
        // Without timers there is no limit.
        timer = call(&js_sys::global(), "setTimeout", &[resolve.into(), milliseconds.into(), late.clone()])
            .unwrap_or(JsValue::UNDEFINED);
    });
    let first = Promise::race(&js_sys::Array::of2(&promise, &limit));
    let answer = JsFuture::from(first).await;
    // A timer that has run already is cleared without an effect.
    let _ = call(&js_sys::global(), "clearTimeout", &[timer]);
    if answer.as_ref().is_ok_and(|answer| *answer == late) { None } else { Some(answer) }
}
