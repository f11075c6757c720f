//! Reading the checkpoint of a run.

use crate::trainer::kept::runs::{self, Whole};
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::loss_chunks;
use crate::trainer::run::record::RunKey;

/// Reads a run's checkpoint: the bytes that the page sent, or else those in the browser's database.
///
/// # Errors
/// A sentence for the user: the checkpoint is missing, damaged, or holds what no run could hold.
pub(super) async fn load(key: RunKey, bytes: Option<Vec<u8>>) -> Result<Checkpoint, String> {
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
