//! Messages between the page and its workers. On the wire each message is a few bytes of postcard: it costs the page
//! 14 KB less than JSON would, and it carries numbers that are not finite.
//!
//! `page` is the end of a wire of who started a worker, `scope` the worker's.

use serde::Serialize;
use serde::de::DeserializeOwned;

#[cfg(feature = "engine")]
pub(crate) mod bytes;
#[cfg(all(any(feature = "ui", all(feature = "worker", not(feature = "worker-gpu"))), target_arch = "wasm32"))]
pub(crate) mod page;
#[cfg(all(any(feature = "worker", feature = "exchange"), target_arch = "wasm32"))]
pub(crate) mod scope;

/// A message as it travels.
///
/// # Errors
/// Never for the messages of this crate, which are plain data.
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_allocvec(message)
}

/// Reads a message as it travelled.
///
/// # Errors
/// When the bytes are no such message: page and worker are of different builds.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, postcard::Error> {
    postcard::from_bytes(bytes)
}

/// A JavaScript error in words.
#[cfg(all(any(feature = "ui", feature = "worker", feature = "exchange"), target_arch = "wasm32"))]
pub(crate) fn describe(error: &wasm_bindgen::JsValue) -> String {
    use wasm_bindgen::JsCast;
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
