//! Reads the user's own data set from the files that the page sends with a command.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::host::WorkerHost;
use super::loaded::Loaded;
use crate::format::too_large;
use crate::mnist::{OwnData, check_start};
use crate::trainer::engine::host::Host;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::Event;

/// The largest file that is read, in bytes: ten times MNIST's training images, unpacked.
const LARGEST: u64 = 500_000_000;

/// The bytes at the start of a file that are enough to read its header, packed or not.
const START: u32 = 65_536;

/// The name, size and time of the last change of each file: enough to tell one choice of files from another.
pub(super) type Identity = Vec<(String, f64, f64)>;

/// Returns the identity of the files, without reading them.
pub(super) fn identity(files: &[JsValue]) -> Identity {
    let identify = |file| (name(file), number(file, "size"), number(file, "lastModified"));
    files.iter().map(identify).collect()
}

/// Reads the files.
///
/// # Errors
/// The event that ends the run: it was stopped, or a file is too large, unreadable or wrong.
pub(super) async fn read(files: &[JsValue], host: &mut WorkerHost) -> Result<Loaded, Event> {
    let total = files.iter().map(|file| number(file, "size")).sum::<f64>() as u64;
    let mut read = Vec::with_capacity(files.len());
    let mut loaded = 0;
    for file in files {
        let name = name(file);
        let size = number(file, "size");
        if size > LARGEST as f64 {
            return Err(failed(too_large(&name, LARGEST)));
        }
        let unreadable = |_| {
            failed(format!(
                "“{name}” cannot be read. It may have been moved or changed, or it is a folder. Choose the files again."
            ))
        };
        if size > f64::from(START) {
            let start = content(&start_of(file).map_err(unreadable)?).await.map_err(unreadable)?;
            check_start(&name, &start, size as u64).map_err(|error| failed(error.to_string()))?;
        }
        let bytes = content(file).await.map_err(unreadable)?;
        if host.is_stop_requested() {
            return Err(Event::Stopped);
        }
        loaded += bytes.len() as u64;
        host.emit(Event::Data { loaded, total });
        read.push((name, bytes));
    }
    let named: Vec<(&str, &[u8])> = read.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let OwnData { set, name, files, notes } = OwnData::read(&named).map_err(failed)?;
    Ok(Loaded { set, name, files, notes })
}

fn failed(message: String) -> Event {
    Event::Failed(Failure::new(FailureKind::Data, message))
}

/// Returns a file's bytes. Calls the method by its name: the type in web-sys needs a feature that would rebuild Burn.
async fn content(file: &JsValue) -> Result<Vec<u8>, JsValue> {
    let read: Function = Reflect::get(file, &"arrayBuffer".into())?.dyn_into()?;
    let promise: Promise = read.call0(file)?.dyn_into()?;
    Ok(Uint8Array::new(&JsFuture::from(promise).await?).to_vec())
}

/// Returns the start of a file, without reading it.
fn start_of(file: &JsValue) -> Result<JsValue, JsValue> {
    let slice: Function = Reflect::get(file, &"slice".into())?.dyn_into()?;
    slice.call2(file, &0.into(), &START.into())
}

fn name(file: &JsValue) -> String {
    Reflect::get(file, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default()
}

fn number(file: &JsValue, property: &str) -> f64 {
    Reflect::get(file, &property.into()).ok().and_then(|number| number.as_f64()).unwrap_or_default()
}
