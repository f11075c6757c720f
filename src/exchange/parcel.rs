//! A message to or from the exchange worker in the form in which it is posted: an array of its postcard bytes and, if
//! the message is about a file, that file.

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use web_sys::{Blob, MessageEvent};

use crate::wire::{decode, encode};

/// Packs a message and its file.
///
/// # Errors
/// A sentence for the user when the message cannot be encoded.
pub(super) fn pack<T: Serialize>(message: &T, file: Option<&Blob>) -> Result<Array, String> {
    let bytes = encode(message).map_err(|error| error.to_string())?;
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    if let Some(file) = file {
        parts.push(file);
    }
    Ok(parts)
}

/// Unpacks a message and its file.
///
/// # Errors
/// When the event carries no message of this type.
pub(super) fn unpack<T: DeserializeOwned>(event: &MessageEvent) -> Result<(T, Option<Blob>), postcard::Error> {
    let parts = Array::from(&event.data());
    let message = decode(&Uint8Array::new(&parts.get(0)).to_vec())?;
    Ok((message, parts.get(1).dyn_into().ok()))
}
