//! Training on a graphics adapter.

use gradsheet::mnist::Dataset;
use gradsheet::trainer::burn::device::{open_gpu, open_graphics};
use gradsheet::trainer::engine::session;
use gradsheet::trainer::run::checkpoint::Checkpoint;

use crate::terminal::Terminal;

/// Trains on the best graphics adapter of this machine.
///
/// # Errors
/// A sentence for the user: there is no adapter, or it does not work.
pub(crate) async fn train(begin: Checkpoint, data: &Dataset, host: &mut Terminal, why: &str) -> Result<(), String> {
    let unusable = |error: String| format!("No GPU works on this computer ({error}). Choose the CPU.");
    let graphics = open_graphics(None).await.map_err(unusable)?;
    let recipe = &begin.record.plan.recipe;
    let opened = open_gpu(recipe, &begin.training_state, &graphics, why).await.map_err(|error| error.to_string())?;
    session::run(begin, opened, data, host).await;
    Ok(())
}
