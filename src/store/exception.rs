//! Exceptions of the browser as errors.

use wasm_bindgen::JsValue;

use super::by_name::{property, text};
use super::error::StoreError;

/// Returns the error of a failed request or transaction.
pub(super) fn reason(failed: &JsValue) -> StoreError {
    thrown(&property(failed, "error").unwrap_or(JsValue::UNDEFINED))
}

/// Turns an exception into an error.
pub(super) fn thrown(error: &JsValue) -> StoreError {
    StoreError::of(&text(error, "name"), &text(error, "message"))
}
