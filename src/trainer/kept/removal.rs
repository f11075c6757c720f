//! Deletes kept runs, and brings a deleted one back.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::IdbTransactionMode::Readwrite;

use super::runs::DELETED;
use crate::store::database::{Transaction, number, parts_from};
use crate::store::error::StoreError;
use crate::store::object_store::ObjectStore;
use crate::trainer::run::record::RunKey;

/// The object stores with one value for each run.
const SINGLE: [ObjectStore; 4] =
    [ObjectStore::Runs, ObjectStore::Checkpoints, ObjectStore::Names, ObjectStore::Attempts];

/// A deleted run, which [`restore`] can bring back.
#[derive(Clone, Debug)]
pub struct Deleted {
    key: RunKey,
    /// The values in the object stores [`SINGLE`].
    values: [JsValue; SINGLE.len()],
    /// The keys and the values of its losses.
    losses: [JsValue; 2],
}

impl Deleted {
    /// Returns the run's key.
    pub fn key(&self) -> RunKey {
        self.key
    }
}

/// Deletes a run, and returns it for [`restore`]. No tab and no worker can write it any more.
///
/// # Errors
/// The browser refuses to delete. Then the run stays.
pub async fn delete(key: RunKey) -> Result<Deleted, StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    let (run, parts) = (number(key.0), parts_from(key.0, 0)?);
    let mut values = Vec::new();
    for store in SINGLE {
        values.push(transaction.get(store, &run)?);
    }
    let losses =
        [transaction.keys_in(ObjectStore::Losses, &parts)?, transaction.values_in(ObjectStore::Losses, &parts)?];
    request_removal(&transaction, key)?;
    transaction.done().await?;
    let mut values = values.iter();
    Ok(Deleted {
        key,
        values: std::array::from_fn(|_| values.next().map_or(JsValue::UNDEFINED, |value| value.value())),
        losses: losses.map(|pending| pending.value()),
    })
}

/// Deletes runs for good, all or none.
///
/// # Errors
/// The browser refuses to delete. Then the runs stay.
pub async fn delete_all(keys: &[RunKey]) -> Result<(), StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    for &key in keys {
        request_removal(&transaction, key)?;
    }
    transaction.done().await
}

fn request_removal(transaction: &Transaction, key: RunKey) -> Result<(), StoreError> {
    let run = number(key.0);
    for store in SINGLE {
        transaction.delete(store, &run)?;
    }
    transaction.delete(ObjectStore::Losses, &parts_from(key.0, 0)?)?;
    transaction.put(ObjectStore::Attempts, &run, &DELETED.into())
}

/// Brings back a deleted run. If it is back already, it stays as it is.
///
/// # Errors
/// The browser refuses to write. Then the run stays deleted.
pub async fn restore(deleted: &Deleted) -> Result<(), StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    let run = number(deleted.key.0);
    let there = transaction.read(transaction.get(ObjectStore::Runs, &run)?).await?;
    if !there.is_undefined() {
        return Ok(());
    }
    transaction.delete(ObjectStore::Attempts, &run)?;
    for (store, value) in SINGLE.into_iter().zip(&deleted.values) {
        if !value.is_undefined() {
            transaction.put(store, &run, value)?;
        }
    }
    let [keys, chunks] = deleted.losses.each_ref().map(Array::from);
    for (key, chunk) in keys.iter().zip(chunks.iter()) {
        transaction.put(ObjectStore::Losses, &key, &chunk)?;
    }
    transaction.done().await
}
