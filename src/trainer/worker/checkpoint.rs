//! Reading the checkpoint of a run.

use crate::trainer::kept::runs;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::record::RunKey;

/// Reads a run's checkpoint: the bytes that the page sent, or else those in the browser's database.
///
/// # Errors
/// A sentence for the user: the checkpoint is missing or damaged.
pub(super) async fn load(key: RunKey, bytes: Option<Vec<u8>>) -> Result<Checkpoint, String> {
    let bytes = match bytes {
        Some(bytes) => bytes,
        None => match runs::checkpoint(key).await {
            Ok(Some(bytes)) => bytes,
            // A run that was interrupted before its first checkpoint begins once more.
            Ok(None) => {
                let record = runs::record(key).await.map_err(|error| error.to_string())?;
                let start = record.and_then(Checkpoint::of_untouched);
                return start.ok_or_else(|| "The checkpoint of this run is missing.".to_owned());
            }
            Err(error) => return Err(error.to_string()),
        },
    };
    Checkpoint::from_bytes(&bytes).map_err(|error| error.to_string())
}
