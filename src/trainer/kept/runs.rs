//! Reads and writes kept runs in the browser's database.

use wasm_bindgen::JsValue;
use web_sys::IdbTransactionMode::{Readonly, Readwrite};

use super::list::{KeptRun, Owners};
use crate::store::database::{ObjectStore, Pending, Transaction, bytes, stored};
use crate::store::error::StoreError;
use crate::trainer::run::record::{RunKey, RunRecord};

/// The number of records that are read in one task. The record of a long run has 70 KB.
const AT_ONCE: usize = 8;

/// All kept runs.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The runs that can be read.
    pub runs: Vec<KeptRun>,
    /// The number of runs that cannot be read: they are damaged, or of another version of the page.
    pub unreadable: usize,
}

/// A deleted run, which [`restore`] can bring back.
#[derive(Clone, Debug)]
pub struct Deleted {
    key: RunKey,
    /// The values of the three object stores, in the order of [`ObjectStore::ALL`].
    values: [JsValue; 3],
}

impl Deleted {
    /// Returns the run's key.
    pub fn key(&self) -> RunKey {
        self.key
    }
}

/// Writes a run's record and its checkpoint in one transaction. `checkpoint` has the bytes of a checkpoint of this
/// record's run.
///
/// # Errors
/// The browser refuses, or the record cannot be encoded. Then neither is written, and the earlier ones stay.
pub async fn save(record: &RunRecord, checkpoint: &[u8]) -> Result<(), StoreError> {
    let bytes = record.to_bytes()?;
    let transaction = Transaction::begin(Readwrite).await?;
    transaction.put(ObjectStore::Runs, record.key.0, &stored(&bytes))?;
    transaction.put(ObjectStore::Checkpoints, record.key.0, &stored(checkpoint))?;
    transaction.done().await
}

/// Writes a run's record alone.
///
/// # Errors
/// The browser refuses, or the record cannot be encoded. Then the earlier record stays.
pub async fn save_record(record: &RunRecord) -> Result<(), StoreError> {
    let bytes = record.to_bytes()?;
    let transaction = Transaction::begin(Readwrite).await?;
    transaction.put(ObjectStore::Runs, record.key.0, &stored(&bytes))?;
    transaction.done().await
}

/// Reads the bytes of a run's checkpoint; `None` if there is none.
///
/// # Errors
/// The browser refuses to read.
pub async fn checkpoint(key: RunKey) -> Result<Option<Vec<u8>>, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let value = transaction.get(ObjectStore::Checkpoints, key.0)?;
    transaction.done().await?;
    Ok(bytes(&value.value()))
}

/// Reads a run's whole record with its latest name; `None` if it is missing, damaged or of another version.
///
/// # Errors
/// The browser refuses to read.
pub async fn record(key: RunKey) -> Result<Option<RunRecord>, StoreError> {
    Ok(records(&[key]).await?.pop().flatten())
}

async fn records(keys: &[RunKey]) -> Result<Vec<Option<RunRecord>>, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let mut pending = Vec::with_capacity(keys.len());
    for &key in keys {
        pending.push((transaction.get(ObjectStore::Runs, key.0)?, transaction.get(ObjectStore::Names, key.0)?));
    }
    transaction.done().await?;
    let read = |(record, name): &(Pending, Pending)| {
        let mut record = bytes(&record.value()).as_deref().and_then(RunRecord::from_bytes)?;
        record.name = name.value().as_string().unwrap_or(record.name);
        Some(record)
    };
    Ok(pending.iter().map(read).collect())
}

/// Returns the keys of all kept runs, the oldest first.
///
/// # Errors
/// The browser refuses to read.
pub async fn keys() -> Result<Vec<RunKey>, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let keys = transaction.keys(ObjectStore::Runs)?;
    transaction.done().await?;
    Ok(keys.keys().into_iter().map(RunKey).collect())
}

/// Reads all kept runs; `owners` knows which of them a tab trains now. Records are read a few at a time,
/// each time in a task of its own, so that many records do not block the page.
///
/// # Errors
/// The browser refuses to read.
pub async fn list(owners: &Owners) -> Result<List, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let (keys, checkpoints) = (transaction.keys(ObjectStore::Runs)?, transaction.keys(ObjectStore::Checkpoints)?);
    transaction.done().await?;
    let checkpoints = checkpoints.keys();
    let keys: Vec<RunKey> = keys.keys().into_iter().map(RunKey).collect();
    let mut list = List::default();
    for keys in keys.chunks(AT_ONCE) {
        for (&key, record) in keys.iter().zip(records(keys).await?) {
            match record {
                Some(record) => {
                    list.runs.push(KeptRun::new(record, checkpoints.contains(&key.0), owners.trained_in(key)));
                }
                None => list.unreadable += 1,
            }
        }
    }
    Ok(list)
}

/// Gives a run another name.
///
/// # Errors
/// The browser refuses to write. Then the run keeps its name.
pub async fn rename(key: RunKey, name: &str) -> Result<(), StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    transaction.put(ObjectStore::Names, key.0, &name.into())?;
    transaction.done().await
}

/// Deletes a run, and returns it for [`restore`].
///
/// # Errors
/// The browser refuses to delete. Then the run stays.
pub async fn delete(key: RunKey) -> Result<Deleted, StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    let mut values = Vec::new();
    for store in ObjectStore::ALL {
        values.push(transaction.get(store, key.0)?);
        transaction.delete(store, key.0)?;
    }
    transaction.done().await?;
    let mut values = values.iter();
    Ok(Deleted {
        key,
        values: std::array::from_fn(|_| values.next().map_or(JsValue::UNDEFINED, |value| value.value())),
    })
}

/// Brings back a deleted run.
///
/// # Errors
/// The browser refuses to write. Then the run stays deleted.
pub async fn restore(deleted: &Deleted) -> Result<(), StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    for (store, value) in ObjectStore::ALL.into_iter().zip(&deleted.values) {
        if !value.is_undefined() {
            transaction.put(store, deleted.key.0, value)?;
        }
    }
    transaction.done().await
}

/// Adds runs, all or none.
///
/// # Errors
/// The browser refuses, or a record cannot be encoded. Then no run is added.
pub async fn add(records: &[RunRecord]) -> Result<(), StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    for record in records {
        transaction.put(ObjectStore::Runs, record.key.0, &stored(&record.to_bytes()?))?;
    }
    transaction.done().await
}
