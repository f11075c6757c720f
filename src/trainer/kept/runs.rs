//! Reads and writes kept runs in the browser's database.
//!
//! Several tabs and their workers may hold copies of one run. Each write is decided inside of its transaction: only the
//! latest attempt to train a run may write it, no older record replaces a newer one, and nobody writes a deleted run.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::IdbTransactionMode::{Readonly, Readwrite};

use crate::store::database::{Transaction, bytes, number, part, parts_from, stored};
use crate::store::error::StoreError;
use crate::store::object_store::ObjectStore;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::loss_chunks;
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::trainer::run::record_head::RecordHead;

/// What the object store `attempts` has of a deleted run: no attempt is later.
pub(super) const DELETED: f64 = f64::INFINITY;

/// A kept record, read as a whole.
#[derive(Clone, Debug)]
pub enum Whole {
    /// The record with its latest name.
    Record(Box<RunRecord>),
    /// The record is damaged, of a later build, or not there.
    Unreadable,
    /// The losses are not there or damaged, and so the curve; the head is whole.
    WithoutLosses,
}

/// Begins another attempt to train a run: from now on, earlier attempts in any tab can no longer write it. Returns the
/// number of the attempt, for [`RunRecord::attempt`]. A run that has taken no step yet is still in its first attempt, 0.
///
/// # Errors
/// The run was deleted, or the browser refuses to write.
pub async fn claim(key: RunKey) -> Result<u32, StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    let key = number(key.0);
    let latest = transaction.read(transaction.get(ObjectStore::Attempts, &key)?).await?.as_f64();
    let run = transaction.read(transaction.get(ObjectStore::Runs, &key)?).await?;
    let has_begun = bytes(&run).is_some_and(|run| RecordHead::from_bytes(&run).is_none_or(|(head, _)| head.steps > 0));
    // An earlier build has kept runs, and no attempts.
    let attempt = match latest.unwrap_or_default() {
        DELETED => return Err(StoreError::Deleted),
        latest if has_begun => latest + 1.0,
        latest => latest,
    };
    transaction.put(ObjectStore::Attempts, &key, &attempt.into())?;
    transaction.done().await?;
    Ok(attempt as u32)
}

/// Writes a run's checkpoint, and the record in it, in one transaction. Of the losses, only new ones are written. Nothing
/// is written if the database has a newer record of the same attempt.
///
/// # Errors
/// The run was deleted, or belongs to a later attempt; the browser refuses, or the checkpoint cannot be encoded. Then
/// nothing is written, and what was there stays.
pub async fn save(checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let bytes = checkpoint.to_bytes_without_losses()?;
    write(&checkpoint.record, Some(&bytes)).await
}

/// Writes a run's record, and with it the bytes of a whole checkpoint if there is one, as [`save`] does.
///
/// # Errors
/// As those of [`save`].
pub async fn save_record(record: &RunRecord, checkpoint: Option<&[u8]>) -> Result<(), StoreError> {
    write(record, checkpoint).await
}

async fn write(record: &RunRecord, checkpoint: Option<&[u8]>) -> Result<(), StoreError> {
    let head = RecordHead::of(record, js_sys::Date::now());
    let head_bytes = head.to_bytes(&[])?;
    let key = number(record.key.0);
    let transaction = Transaction::begin(Readwrite).await?;
    let latest = transaction.read(transaction.get(ObjectStore::Attempts, &key)?).await?.as_f64();
    if let Some(latest) = latest.filter(|latest| *latest > f64::from(record.attempt)) {
        return Err(if latest == DELETED { StoreError::Deleted } else { StoreError::Superseded });
    }
    let before = transaction.read(transaction.get(ObjectStore::Runs, &key)?).await?;
    let before = bytes(&before).as_deref().and_then(RecordHead::from_bytes);
    if before.as_ref().is_some_and(|(before, _)| !head.may_replace(before)) {
        return Ok(());
    }
    let chunks = parts_from(record.key.0, 0)?;
    let there = transaction.read(transaction.keys_in(ObjectStore::Losses, &chunks)?).await?;
    // Within an attempt, losses are only added. A run that came back from its copy may be without them.
    let written = before
        .filter(|(before, losses)| before.record.attempt == record.attempt && losses.is_empty())
        .map_or(0, |(before, _)| before.steps);
    let written = if Array::from(&there).length() == loss_chunks::count(written) { written } else { 0 };
    if written == 0 {
        transaction.delete(ObjectStore::Losses, &chunks)?;
    }
    for (index, chunk) in loss_chunks::since(&record.losses, written) {
        transaction.put(ObjectStore::Losses, &part(record.key.0, index), &stored(&chunk))?;
    }
    transaction.put(ObjectStore::Runs, &key, &stored(&head_bytes))?;
    transaction.put(ObjectStore::Attempts, &key, &record.attempt.into())?;
    if let Some(checkpoint) = checkpoint {
        transaction.put(ObjectStore::Checkpoints, &key, &stored(checkpoint))?;
    }
    transaction.done().await
}

/// Reads the bytes of a run's checkpoint, and the chunks of its losses, which may be elsewhere. `None` if there is no
/// checkpoint.
///
/// # Errors
/// The browser refuses to read.
pub async fn checkpoint(key: RunKey) -> Result<Option<(Vec<u8>, Vec<Option<Vec<u8>>>)>, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let value = transaction.get(ObjectStore::Checkpoints, &number(key.0))?;
    let chunks = transaction.values_in(ObjectStore::Losses, &parts_from(key.0, 0)?)?;
    transaction.done().await?;
    Ok(bytes(&value.value()).map(|checkpoint| (checkpoint, chunks_of(&chunks.value()))))
}

/// Returns the number of steps in a run's checkpoint; `None` if there is none that can be read.
///
/// # Errors
/// The browser refuses to read.
pub async fn checkpoint_steps(key: RunKey) -> Result<Option<u32>, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let value = transaction.get(ObjectStore::Checkpoints, &number(key.0))?;
    transaction.done().await?;
    let head = bytes(&value.value()).as_deref().and_then(Checkpoint::read_head);
    Ok(head.map(|(head, _)| head.steps))
}

/// Whether a run was deleted.
///
/// # Errors
/// The browser refuses to read.
pub async fn is_deleted(key: RunKey) -> Result<bool, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let latest = transaction.get(ObjectStore::Attempts, &number(key.0))?;
    transaction.done().await?;
    Ok(latest.value().as_f64() == Some(DELETED))
}

/// Reads a run's whole record with its latest name.
///
/// # Errors
/// The browser refuses to read.
pub async fn record(key: RunKey) -> Result<Whole, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let head = transaction.get(ObjectStore::Runs, &number(key.0))?;
    let checkpoint = transaction.get(ObjectStore::Checkpoints, &number(key.0))?;
    let name = transaction.get(ObjectStore::Names, &number(key.0))?;
    let chunks = transaction.values_in(ObjectStore::Losses, &parts_from(key.0, 0)?)?;
    transaction.done().await?;
    let in_checkpoint = || bytes(&checkpoint.value()).as_deref().and_then(Checkpoint::read_head);
    let head = bytes(&head.value()).as_deref().and_then(RecordHead::from_bytes).or_else(in_checkpoint);
    let Some((mut head, losses)) = head else { return Ok(Whole::Unreadable) };
    head.record.name = name.value().as_string().unwrap_or(head.record.name);
    let steps = head.steps;
    let losses = if losses.is_empty() { loss_chunks::join(chunks_of(&chunks.value()), steps) } else { Some(losses) };
    let whole = losses.and_then(|losses| head.with_losses(losses));
    Ok(whole.map_or(Whole::WithoutLosses, |record| Whole::Record(Box::new(record))))
}

fn chunks_of(values: &JsValue) -> Vec<Option<Vec<u8>>> {
    Array::from(values).iter().map(|chunk| bytes(&chunk)).collect()
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

/// Gives a run another name.
///
/// # Errors
/// The run was deleted, or the browser refuses to write. Then the run keeps its name.
pub async fn rename(key: RunKey, name: &str) -> Result<(), StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    let latest = transaction.read(transaction.get(ObjectStore::Attempts, &number(key.0))?).await?.as_f64();
    if latest == Some(DELETED) {
        return Err(StoreError::Deleted);
    }
    transaction.put(ObjectStore::Names, &number(key.0), &name.into())?;
    transaction.done().await
}

/// Brings back a run that the browser has lost, from its copy. A run that is there, or was deleted, stays as it is.
///
/// # Errors
/// The browser refuses to write, or the copy cannot be encoded. Then nothing is written.
pub async fn bring_back(head: &RecordHead, losses: &[f32]) -> Result<(), StoreError> {
    let key = number(head.record.key.0);
    let bytes_of_head = head.to_bytes(&[])?;
    let transaction = Transaction::begin(Readwrite).await?;
    let latest = transaction.read(transaction.get(ObjectStore::Attempts, &key)?).await?.as_f64();
    let there = transaction.read(transaction.get(ObjectStore::Runs, &key)?).await?;
    if latest == Some(DELETED) || bytes(&there).is_some_and(|there| !RecordHead::is_damaged(&there)) {
        return Ok(());
    }
    transaction.put(ObjectStore::Runs, &key, &stored(&bytes_of_head))?;
    if latest.is_none() {
        transaction.put(ObjectStore::Attempts, &key, &head.record.attempt.into())?;
    }
    for (index, chunk) in loss_chunks::since(losses, 0) {
        transaction.put(ObjectStore::Losses, &part(head.record.key.0, index), &stored(&chunk))?;
    }
    transaction.done().await
}

/// Whether a run is stored as it was after this number of steps of this attempt, but without its losses: a tab that did not
/// know them has brought it back.
///
/// # Errors
/// The browser refuses to read.
pub async fn lacks_losses(key: RunKey, attempt: u32, steps: u32) -> Result<bool, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let head = transaction.get(ObjectStore::Runs, &number(key.0))?;
    let chunks = transaction.keys_in(ObjectStore::Losses, &parts_from(key.0, 0)?)?;
    transaction.done().await?;
    let chunks = Array::from(&chunks.value()).length();
    let stored = bytes(&head.value()).as_deref().and_then(RecordHead::from_bytes);
    Ok(stored.is_some_and(|(head, losses)| head.lacks(losses.len() as u32, chunks, attempt, steps)))
}

/// Adds the losses of a run that [lacks](lacks_losses) them. The run stays as it is if it has losses again.
///
/// # Errors
/// The browser refuses to write. Then nothing is written.
pub async fn add_losses(key: RunKey, losses: &[f32]) -> Result<(), StoreError> {
    let transaction = Transaction::begin(Readwrite).await?;
    let chunks = parts_from(key.0, 0)?;
    let there = transaction.read(transaction.keys_in(ObjectStore::Losses, &chunks)?).await?;
    if Array::from(&there).length() == 0 {
        for (index, chunk) in loss_chunks::since(losses, 0) {
            transaction.put(ObjectStore::Losses, &part(key.0, index), &stored(&chunk))?;
        }
    }
    transaction.done().await
}

/// Adds runs, all or none. A run of the same key that was deleted before is no obstacle.
///
/// # Errors
/// The browser refuses, or a record cannot be encoded. Then no run is added.
pub async fn add(records: &[RunRecord]) -> Result<(), StoreError> {
    let now = js_sys::Date::now();
    let transaction = Transaction::begin(Readwrite).await?;
    for record in records {
        let key = number(record.key.0);
        if !transaction.read(transaction.get(ObjectStore::Runs, &key)?).await?.is_undefined() {
            // Another tab has brought the run back in the meantime, and what is there stays.
            continue;
        }
        let head = RecordHead::of(record, now).to_bytes(&[])?;
        transaction.put(ObjectStore::Runs, &key, &stored(&head))?;
        transaction.put(ObjectStore::Attempts, &key, &record.attempt.into())?;
        transaction.delete(ObjectStore::Losses, &parts_from(record.key.0, 0)?)?;
        for (index, chunk) in loss_chunks::since(&record.losses, 0) {
            transaction.put(ObjectStore::Losses, &part(record.key.0, index), &stored(&chunk))?;
        }
    }
    transaction.done().await
}
