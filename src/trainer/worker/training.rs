//! Training: from the page's command to the training loop.

use wasm_bindgen::JsValue;

use super::checkpoint;
use super::device::Device;
use super::host::WorkerHost;
use super::prepare::{cores, device_and_data};
use crate::event_loop::NextTask;
use crate::store::locks::{self, Hold};
use crate::trainer::cpu::worker_pool;
use crate::trainer::engine::session;
use crate::trainer::engine::weights_file::{self, WeightsFileError};
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::{Begin, Event};
use crate::trainer::run::record::RunKey;

/// Milliseconds that a run waits until another worker gives up its lock.
const LOCK_PATIENCE: f64 = 3000.0;

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
    let _lock = lock(key, host).await?;
    let resumed = matches!(begin, Begin::Checkpoint { .. });
    let mut start = start_of(key, begin).await?;
    let workers = worker_pool::workers_for_run(&start.record, cores());
    let (mut opened, data) =
        device_and_data::<D>(&start.record.plan.recipe, &start.training_state, why, workers, files, host).await?;
    if !resumed {
        start.record.data.clone_from(&data.name);
    } else if start.record.data != data.name {
        let (then, now) = (&start.record.data, &data.name);
        return Err(wrong_data(format!(
            "This run was trained on {then}, but the data in use is {now}. Choose that data, then resume."
        )));
    }
    D::wait_for_helpers(&mut opened).await;
    session::run(start, opened, &data.set, host).await;
    Ok(())
}

/// Locks a run, so that no other tab trains it at the same time. A worker that has just ended may keep its lock for
/// another moment.
async fn lock(key: RunKey, host: &WorkerHost) -> Result<Hold, Event> {
    let next_task = NextTask::new();
    let began = js_sys::Date::now();
    loop {
        if let Some(lock) = locks::hold(key.0).await {
            return Ok(lock);
        }
        if host.is_stop_requested() {
            return Err(Event::Stopped);
        }
        if js_sys::Date::now() - began > LOCK_PATIENCE {
            return Err(wrong_data("This run is training in another tab. Stop it there, or close that tab."));
        }
        next_task.wait().await;
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
                wrong_data(format!("{reason} The run cannot go on from there, but its results stay in the list."))
            })?;
            start.record.resume(key, note, change);
            Ok(start)
        }
    }
}

fn wrong_data(message: impl Into<String>) -> Event {
    Event::Failed(Failure::new(FailureKind::Data, message))
}
