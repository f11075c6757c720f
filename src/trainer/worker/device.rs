//! The device of a worker, as the worker sees it.

use std::future::{Future, ready};

use crate::trainer::engine::host::OpenLearner;
use crate::trainer::engine::learner::Learner;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::protocol::Event;
use crate::trainer::run::training_state::TrainingState;

/// The device of a worker. Each worker's binary names its own, so that it holds no code for the other.
pub(super) trait Device: 'static {
    /// The kind of device.
    const KIND: BackendKind;

    /// The net on this device.
    type Learner: Learner;

    /// Opens the device for a recipe and puts the net on it. `why` is the sentence that tells the user why this device
    /// was chosen; `workers` is the number of workers that share each batch, where the device can have several.
    ///
    /// # Errors
    /// The event that ends the run: the device does not work, or the training state does not fit the net.
    fn open(
        recipe: &Recipe,
        training_state: &TrainingState,
        why: &str,
        workers: usize,
    ) -> impl Future<Output = Result<OpenLearner<Self::Learner>, Event>>;

    /// Waits until the helpers have loaded. The run does without those that fail to.
    fn wait_for_helpers(_opened: &mut OpenLearner<Self::Learner>) -> impl Future<Output = ()> {
        ready(())
    }

    /// Whether another worker started this one as its helper. If so, this begins to serve that worker.
    fn serve_as_helper() -> bool {
        false
    }
}
