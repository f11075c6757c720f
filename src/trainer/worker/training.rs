//! Training: from the page's command to the training loop. The page has made sure that no other tab trains the run.

use wasm_bindgen::JsValue;

use super::checkpoint::{self, Unloadable};
use super::device::Device;
use super::host::WorkerHost;
use super::prepare::{cores, device_and_data};
use crate::mnist::is_same_data;
use crate::store::error::StoreError;
use crate::trainer::cpu::worker_pool;
use crate::trainer::engine::host::Host;
use crate::trainer::engine::session;
use crate::trainer::engine::weights_file;
use crate::trainer::engine::weights_file::error::WeightsFileError;
use crate::trainer::kept::runs;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::{Begin, Event};
use crate::trainer::run::record::{RunKey, RunRecord};

/// Trains a net.
///
/// # Errors
/// The event that ended the run before training could begin.
pub(super) async fn train<D: Device>(
    key: RunKey,
    begin: Begin,
    why: &str,
    files: &[JsValue],
    host: &mut WorkerHost,
) -> Result<(), Event> {
    let resumed = matches!(begin, Begin::Checkpoint { .. });
    let has_weights_of_file = matches!(begin, Begin::Weights { .. });
    let mut start = start_of(key, begin).await?;
    start.record.attempt = attempt(key, &start.record, resumed).await?;
    let workers = worker_pool::workers_for_run(&start.record, cores());
    let (mut opened, data) =
        device_and_data::<D>(&start.record.plan.recipe, &start.training_state, why, workers, files, host).await?;
    if !resumed {
        start.record.data.clone_from(&data.name);
        if has_weights_of_file {
            // The page has kept the run already, but not these weights, without which it could not begin once more.
            host.save(start.clone());
        }
    } else if !is_same_data(&start.record.data, &data.name) {
        let (then, now) = (&start.record.data, &data.name);
        return Err(wrong_data(format!(
            "This run was trained on {then}, but the data in use is {now}. Choose that data, then resume."
        )));
    }
    D::wait_for_helpers(&mut opened).await;
    session::run(start, opened, &data.set, host).await;
    Ok(())
}

/// Begins another attempt to train a run, after which no earlier one can write it.
async fn attempt(key: RunKey, record: &RunRecord, resumed: bool) -> Result<u32, Event> {
    // A checkpoint that only the page has may be of a later attempt than any that is kept.
    let least = record.attempt + u32::from(resumed && record.step() > 0);
    match runs::claim(key).await {
        Ok(claimed) => Ok(claimed.max(least)),
        Err(error @ StoreError::Deleted) => Err(wrong_data(error.to_string())),
        // Where nothing can be written, nobody else writes either. The page hears of it with the first checkpoint.
        Err(_) => Ok(least),
    }
}

/// The checkpoint that a run starts from: new weights, weights from a file, or where it ended before.
async fn start_of(key: RunKey, begin: Begin) -> Result<Checkpoint, Event> {
    match begin {
        Begin::New(recipe) => {
            session::check_recipe(&recipe).map_err(Event::Failed)?;
            Ok(Checkpoint::begin(key, recipe, String::new()))
        }
        Begin::Weights { recipe, file, bytes } => {
            session::check_recipe(&recipe).map_err(Event::Failed)?;
            let unfit = |error: WeightsFileError| wrong_data(format!("“{file}”: {error}"));
            let training_state = weights_file::read(&bytes).map_err(unfit)?.training_state;
            Ok(Checkpoint::begin_with(key, recipe, String::new(), &file, training_state))
        }
        Begin::Checkpoint { bytes, change, note, .. } => {
            let mut start = checkpoint::load(key, bytes).await.map_err(|reason| {
                let stays = match reason {
                    Unloadable::Deleted => "",
                    Unloadable::Checkpoint(_) => " The run cannot go on from there, but its results stay in the list.",
                };
                wrong_data(format!("{reason}{stays}"))
            })?;
            start.record.resume(key, note, change);
            Ok(start)
        }
    }
}

fn wrong_data(message: impl Into<String>) -> Event {
    Event::Failed(Failure::new(FailureKind::Data, message))
}
