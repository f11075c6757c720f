//! A graphics adapter as a worker's device.

use std::cell::RefCell;

use super::device::Device;
use crate::trainer::adapter::find::find_adapter;
use crate::trainer::burn::device::{open_gpu, open_graphics};
use crate::trainer::burn::graphics::{Graphics, GraphicsLearner};
use crate::trainer::engine::host::OpenLearner;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::Event;
use crate::trainer::run::training_state::TrainingState;

thread_local! {
    /// The open device, which all runs of this worker share: Burn can open a device only once.
    static OPEN: RefCell<Option<Graphics>> = const { RefCell::new(None) };
}

/// A graphics adapter through WebGPU.
#[derive(Debug)]
pub(super) enum Gpu {}

impl Device for Gpu {
    const KIND: BackendKind = BackendKind::WebGpu;

    type Learner = GraphicsLearner;

    async fn open(
        recipe: &Recipe,
        training_state: &TrainingState,
        why: &str,
        _: usize,
    ) -> Result<OpenLearner<GraphicsLearner>, Event> {
        let found = find_adapter().await.map_err(unusable)?;
        let graphics = match OPEN.with_borrow(Clone::clone) {
            Some(graphics) => graphics,
            None => {
                let name = found.name();
                open_graphics(Some((name.clone(), found.is_software())))
                    .await
                    .map_err(|error| unusable(format!("the GPU ({name}) does not start: {error}")))?
            }
        };
        OPEN.set(Some(graphics.clone()));
        open_gpu(recipe, training_state, &graphics, why).await.map_err(|error| Event::Failed(error.into()))
    }
}

/// The end of a run whose device cannot be used, for this reason. The page knows the remedy.
fn unusable(reason: String) -> Event {
    Event::Failed(Failure::new(FailureKind::Device, format!("WebGPU cannot be used: {reason}.")))
}
