//! Measures the speed of a recipe, and compares the net with PyTorch.

use wasm_bindgen::JsValue;

use super::device::Device;
use super::fetch::fetch;
use super::host::WorkerHost;
use super::prepare::{cores, device_and_data};
use crate::trainer::cpu::worker_pool;
use crate::trainer::engine::check::{self, Reference, ReferenceError};
use crate::trainer::engine::host::Host;
use crate::trainer::engine::{preflight, session};
use crate::trainer::recipe::{DeviceChoice, Recipe};
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::Event;
use crate::trainer::run::training_state::TrainingState;

/// Measures how long the steps of a recipe take.
///
/// # Errors
/// The event that ended the measurement before it could begin.
pub(super) async fn measure<D: Device>(
    recipe: &Recipe,
    why: &str,
    files: &[JsValue],
    host: &mut WorkerHost,
) -> Result<(), Event> {
    session::check_recipe(recipe).map_err(Event::Failed)?;
    let workers = worker_pool::workers_for_recipe(recipe, cores());
    let training_state = TrainingState::initial(recipe.seed);
    let (mut opened, data) = device_and_data::<D>(recipe, &training_state, why, workers, files, host).await?;
    D::wait_for_helpers(&mut opened).await;
    preflight::run(recipe, opened, &data.set, host).await;
    Ok(())
}

/// Compares the net's arithmetic on this device with the PyTorch reference.
///
/// # Errors
/// The event that ended the comparison before it could begin.
pub(super) async fn compare<D: Device>(device: DeviceChoice, why: &str, host: &mut WorkerHost) -> Result<(), Event> {
    let bytes = fetch(check::REFERENCE, false, &mut |_| !host.is_stop_requested()).await?;
    let damaged = |error: ReferenceError| Event::Failed(Failure::new(FailureKind::Data, error.to_string()));
    let reference = Reference::parse(&bytes).map_err(damaged)?;
    let recipe = Recipe { device, ..check::recipe() };
    host.emit(Event::Opening(D::KIND));
    let opened = D::open(&recipe, &reference.training_state().map_err(damaged)?, why, 1).await?;
    check::run(&reference, opened, host).await;
    Ok(())
}
