//! Reading the checkpoint of a run.

use std::fmt;

use crate::store::error::StoreError;
use crate::trainer::kept::runs::{self, Whole};
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::loss_chunks;
use crate::trainer::run::record::RunKey;

/// `Unloadable` says why a run cannot go on from its checkpoint. Its `Display` is a sentence for the user.
pub(super) enum Unloadable {
    /// The run was deleted.
    Deleted,
    /// The checkpoint is missing, damaged, or holds what no run could hold, or the browser does not read it.
    Checkpoint(String),
}

impl fmt::Display for Unloadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deleted => StoreError::Deleted.fmt(f),
            Self::Checkpoint(reason) => f.write_str(reason),
        }
    }
}

/// Reads a run's checkpoint: the bytes that the page sent, or else those in the browser's database.
///
/// # Errors
/// The run cannot go on.
pub(super) async fn load(key: RunKey, bytes: Option<Vec<u8>>) -> Result<Checkpoint, Unloadable> {
    match read(key, bytes).await {
        Ok(checkpoint) => Ok(checkpoint),
        // Where the database does not answer, the first reason is told.
        Err(_) if runs::is_deleted(key).await == Ok(true) => Err(Unloadable::Deleted),
        Err(reason) => Err(Unloadable::Checkpoint(reason)),
    }
}

async fn read(key: RunKey, bytes: Option<Vec<u8>>) -> Result<Checkpoint, String> {
    let (bytes, chunks) = match bytes {
        Some(bytes) => (bytes, Vec::new()),
        None => match runs::checkpoint(key).await {
            Ok(Some(kept)) => kept,
            // A run that was interrupted before its first checkpoint begins once more.
            Ok(None) => {
                let start = match runs::record(key).await.map_err(|error| error.to_string())? {
                    Whole::Record(record) => Checkpoint::of_untouched(*record),
                    Whole::Unreadable | Whole::WithoutLosses => None,
                };
                return start.ok_or_else(|| "The checkpoint of this run is missing.".to_owned());
            }
            Err(error) => return Err(error.to_string()),
        },
    };
    let (mut checkpoint, steps) = Checkpoint::read(&bytes).map_err(|error| error.to_string())?;
    if checkpoint.record.step() != steps {
        checkpoint.record.losses = loss_chunks::join(chunks, steps).ok_or("The loss curve of this run is damaged.")?;
    }
    checkpoint.record.check().map_err(|reason| format!("The checkpoint of this run is not valid: {reason}."))?;
    Ok(checkpoint)
}
