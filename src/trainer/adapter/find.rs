//! Asks the browser for its graphics adapter, on the page and in the worker.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::AdapterInfo;
use crate::wire::describe;

/// Asks the browser for its fastest graphics adapter.
///
/// # Errors
/// The reason why there is none, without a full stop: the browser has no WebGPU, or no adapter for it.
pub(crate) async fn find_adapter() -> Result<AdapterInfo, String> {
    let none = || "this browser has no WebGPU".to_owned();
    // By reflection: web-sys has WebGPU only behind an unstable flag.
    let navigator = get(&js_sys::global(), "navigator").ok_or_else(none)?;
    let gpu = get(&navigator, "gpu").ok_or_else(none)?;
    let request: Function = get(&gpu, "requestAdapter").and_then(|value| value.dyn_into().ok()).ok_or_else(none)?;
    let options = Object::new();
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let promise: Promise =
        request.call1(&gpu, &options).and_then(|value| value.dyn_into()).map_err(|error| describe(&error))?;
    let adapter = JsFuture::from(promise).await.map_err(|error| describe(&error))?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err("this browser found no GPU".to_owned());
    }
    let info = get(&adapter, "info").unwrap_or_else(|| Object::new().into());
    let text = |name: &str| get(&info, name).and_then(|value| value.as_string()).unwrap_or_default();
    let flag = |object: &JsValue| get(object, "isFallbackAdapter").is_some_and(|value| value.is_truthy());
    Ok(AdapterInfo {
        vendor: text("vendor"),
        architecture: text("architecture"),
        description: text("description"),
        // Older browsers have it in the adapter itself.
        fallback: flag(&info) || flag(&adapter),
    })
}

/// Returns a property; `None` if it is missing or empty.
fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
