//! Messages between the page and its workers, as bytes of postcard: postcard costs the page 14 KB less than JSON would,
//! and it can express numbers that are not finite.
//!
//! `page` is the end of a wire that starts a worker, `scope` is the worker's end. Both first say which build they are of.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(any(all(any(feature = "ui", feature = "worker", feature = "exchange"), target_arch = "wasm32"), test))]
pub(crate) mod build;
#[cfg(feature = "engine")]
pub(crate) mod bytes;
#[cfg(all(any(feature = "ui", feature = "worker"), target_arch = "wasm32"))]
pub(crate) mod page;
#[cfg(all(any(feature = "worker", feature = "exchange"), target_arch = "wasm32"))]
pub(crate) mod scope;
#[cfg(all(any(feature = "ui", feature = "worker"), target_arch = "wasm32"))]
pub(crate) mod window_script;

/// `EncodeError` says that a value could not be turned into bytes. Its `Display` is a sentence for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError;

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The page could not turn its data into bytes. This is a bug in the page.")
    }
}

impl std::error::Error for EncodeError {}

/// Turns a message into bytes.
///
/// # Errors
/// The message's `Serialize` refuses the value, or starts a sequence without telling its length. No type of this crate
/// does either; but a caller that ignored the error would lose a message, or keep an empty file.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, EncodeError> {
    postcard::to_allocvec(message).map_err(|_| EncodeError)
}

/// Reads a message from its bytes.
///
/// # Errors
/// The bytes are no message of this type, for example because page and worker are of different builds.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, postcard::Error> {
    postcard::from_bytes(bytes)
}

/// Returns the message of a JavaScript error.
#[cfg(all(any(feature = "ui", feature = "worker", feature = "exchange"), target_arch = "wasm32"))]
pub(crate) fn describe(error: &wasm_bindgen::JsValue) -> String {
    use wasm_bindgen::JsCast;
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
