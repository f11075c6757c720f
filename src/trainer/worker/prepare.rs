//! Getting the device and the data set ready for a run.

use std::rc::Rc;

use futures_lite::future::try_zip;
use wasm_bindgen::JsValue;

use super::data;
use super::device::Device;
use super::host::WorkerHost;
use super::loaded::Loaded;
use crate::trainer::engine::host::{Host, OpenLearner};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::protocol::Event;
use crate::trainer::run::training_state::TrainingState;
use crate::wire::scope::scope;

/// Opens the device and loads the data set, both at the same time: a graphics adapter compiles its kernels while data
/// arrives.
///
/// # Errors
/// The event that ends the run.
pub(super) async fn device_and_data<D: Device>(
    recipe: &Recipe,
    training_state: &TrainingState,
    why: &str,
    workers: usize,
    files: &[JsValue],
    host: &mut WorkerHost,
) -> Result<(OpenLearner<D::Learner>, Rc<Loaded>), Event> {
    host.emit(Event::Opening(D::KIND));
    try_zip(D::open(recipe, training_state, why, workers), data::load(files, host)).await
}

/// The number of the machine's cores, as far as the browser tells.
pub(super) fn cores() -> usize {
    scope().navigator().hardware_concurrency() as usize
}
