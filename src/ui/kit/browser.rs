//! Methods of browser objects that not every browser has.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Whether an object has a method with this name.
pub(crate) fn has(object: &JsValue, method: &str) -> bool {
    Reflect::get(object, &method.into()).is_ok_and(|method| method.is_function())
}

/// Calls a method with one argument at once. The future returns the method's result; if that is a promise, the result
/// of the promise.
///
/// # Errors
/// The future returns an error where the method is missing, throws, or returns a promise that is rejected.
pub(crate) fn call(object: &JsValue, method: &str, argument: &JsValue) -> JsFuture {
    let result = Reflect::get(object, &method.into())
        .and_then(JsCast::dyn_into::<Function>)
        .and_then(|method| method.call1(object, argument));
    JsFuture::from(match result {
        Ok(result) => Promise::resolve(&result),
        Err(reason) => Promise::reject(&reason),
    })
}
