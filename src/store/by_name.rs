//! Properties and methods of JavaScript objects by their names, for what web-sys has only behind a flag, and for what may
//! be missing from a browser.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

/// Returns a property of an object; `None` if it is missing or may not be read.
pub(crate) fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// Returns a property of an object as text; an empty text if it has none.
pub(crate) fn text(object: &JsValue, name: &str) -> String {
    property(object, name).and_then(|value| value.as_string()).unwrap_or_default()
}

/// Calls a method.
///
/// # Errors
/// The object has no such method, or the method throws.
pub(crate) fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    method.apply(object, &arguments.iter().collect::<Array>())
}
