//! A message of the exchange worker as it travels, in either direction: its postcard, and beside it the file that it is
//! about.

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::{Blob, MessageEvent};

use crate::wire::{decode, encode};

/// Packs a message and its file.
pub(super) fn pack<T: Serialize>(message: &T, file: Option<&Blob>) -> Array {
    // The encoding of plain data cannot fail.
    let bytes = encode(message).unwrap_or_default();
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    if let Some(file) = file {
        parts.push(file);
    }
    parts
}

/// Unpacks what has arrived.
///
/// # Errors
/// When it is no such message.
pub(super) fn unpack<T: DeserializeOwned>(event: &MessageEvent) -> Result<(T, Option<Blob>), postcard::Error> {
    let parts = Array::from(&event.data());
    let message = decode(&Uint8Array::new(&parts.get(0)).to_vec())?;
    Ok((message, parts.get(1).dyn_into().ok()))
}
