//! What not every browser has.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Whether an object has a method of that name.
pub(crate) fn has(object: &JsValue, method: &str) -> bool {
    Reflect::get(object, &method.into()).is_ok_and(|method| method.is_function())
}

/// Calls a method at once; the future is its result, or the result of the promise that it returned. Where there is
/// no such method, or it throws, that is an error.
pub(crate) fn call(object: &JsValue, method: &str, argument: &JsValue) -> JsFuture {
    let result = Reflect::get(object, &method.into())
        .and_then(JsCast::dyn_into::<Function>)
        .and_then(|method| method.call1(object, argument));
    JsFuture::from(match result {
        Ok(result) => Promise::resolve(&result),
        Err(reason) => Promise::reject(&reason),
    })
}

/// Milliseconds of a clock that never goes back, where there is one.
pub(crate) fn now() -> f64 {
    leptos::prelude::window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}
