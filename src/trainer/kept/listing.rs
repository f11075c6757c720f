//! Reads the list of kept runs: their heads only, a few at a time.

use std::collections::{BTreeSet, HashSet};

use js_sys::Array;
use web_sys::IdbTransactionMode::{Readonly, Readwrite};

use super::list::{KeptRun, Owners};
use super::runs::DELETED;
use crate::store::database::{Transaction, bytes, number, stored};
use crate::store::error::StoreError;
use crate::store::object_store::ObjectStore;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::record::RunKey;
use crate::trainer::run::record_head::RecordHead;

/// The number of heads that are read in one task, so that many runs do not block the page. A head has a few KB; a record
/// of an earlier build has 70 KB.
const AT_ONCE: usize = 64;

/// All kept runs.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The runs that can be read.
    pub runs: Vec<KeptRun>,
    /// The keys of the runs that cannot be read: they are damaged, or of another version of the page.
    pub unreadable: Vec<RunKey>,
    /// The keys of the runs that were deleted.
    pub deleted: HashSet<RunKey>,
}

/// Reads all kept runs; `owners` knows which of them a tab trains now. A record that is damaged is replaced by
/// the one in its checkpoint.
///
/// # Errors
/// The browser refuses to read.
pub async fn list(owners: &Owners) -> Result<List, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let [runs, checkpoints, attempts] =
        [ObjectStore::Runs, ObjectStore::Checkpoints, ObjectStore::Attempts].map(|store| transaction.keys(store));
    let (runs, checkpoints, attempts) = (runs?, checkpoints?, attempts?);
    let latest = transaction.values(ObjectStore::Attempts)?;
    transaction.done().await?;
    let latest = Array::from(&latest.value());
    let checkpoints: HashSet<u64> = checkpoints.keys().into_iter().collect();
    // A record may be missing although there is a checkpoint.
    let keys: BTreeSet<u64> = runs.keys().into_iter().chain(checkpoints.iter().copied()).collect();
    let attempts = attempts.keys().into_iter().zip(latest.iter());
    let deleted = attempts.filter(|(_, latest)| *latest == DELETED).map(|(key, _)| RunKey(key)).collect();
    let mut list = List { deleted, ..List::default() };
    let keys: Vec<RunKey> = keys.into_iter().map(RunKey).collect();
    for keys in keys.chunks(AT_ONCE) {
        for (&key, head) in keys.iter().zip(heads(keys).await?) {
            let head = match head {
                None if checkpoints.contains(&key.0) => from_checkpoint(key).await?,
                head => head,
            };
            match head {
                Some(head) => {
                    list.runs.push(KeptRun::new(head, checkpoints.contains(&key.0), owners.trained_in(key)));
                }
                None => list.unreadable.push(key),
            }
        }
    }
    Ok(list)
}

async fn heads(keys: &[RunKey]) -> Result<Vec<Option<RecordHead>>, StoreError> {
    let transaction = Transaction::begin(Readonly).await?;
    let mut pending = Vec::with_capacity(keys.len());
    for key in keys {
        let key = number(key.0);
        pending.push((transaction.get(ObjectStore::Runs, &key)?, transaction.get(ObjectStore::Names, &key)?));
    }
    transaction.done().await?;
    let heads = pending.iter().map(|(head, name)| {
        let (mut head, _) = bytes(&head.value()).as_deref().and_then(RecordHead::from_bytes)?;
        // What no run could hold could not be shown either.
        head.record.check_head(head.steps).ok()?;
        head.record.name = name.value().as_string().unwrap_or(head.record.name);
        Some(head)
    });
    Ok(heads.collect())
}

/// Takes the record from a run's checkpoint, and writes it in place of the damaged one.
async fn from_checkpoint(key: RunKey) -> Result<Option<RecordHead>, StoreError> {
    let run = number(key.0);
    let transaction = Transaction::begin(Readwrite).await?;
    let value = transaction.read(transaction.get(ObjectStore::Checkpoints, &run)?).await?;
    let Some((mut head, losses)) = bytes(&value).as_deref().and_then(Checkpoint::read_head) else { return Ok(None) };
    if head.record.key != key || head.record.check_head(head.steps).is_err() {
        return Ok(None);
    }
    head.changed = key.started() + head.record.seconds * 1e3;
    let there = transaction.read(transaction.get(ObjectStore::Runs, &run)?).await?;
    // A worker may have written it in the meantime, and a later build's record is not replaced.
    if bytes(&there).is_none_or(|bytes| RecordHead::is_damaged(&bytes)) {
        transaction.put(ObjectStore::Runs, &run, &stored(&head.to_bytes(&losses)?))?;
    }
    let name = transaction.get(ObjectStore::Names, &run)?;
    transaction.done().await?;
    head.record.name = name.value().as_string().unwrap_or(head.record.name);
    Ok(Some(head))
}
