//! The graphics adapter.

use std::cell::RefCell;

use crate::trainer::adapter::find::find_adapter;
use crate::trainer::burn::device::{open_gpu, open_graphics};
use crate::trainer::burn::graphics::{Graphics, GraphicsLearner};
use crate::trainer::engine::host::OpenLearner;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::Event;
use crate::trainer::run::training_state::TrainingState;

thread_local! {
    /// Burn opens a device once; later runs share it.
    static OPENED: RefCell<Option<Graphics>> = const { RefCell::new(None) };
}

/// The net on the graphics adapter.
///
/// # Errors
/// There is no adapter, or it does not work.
pub(super) async fn open(
    recipe: &Recipe,
    training_state: &TrainingState,
    why: &str,
) -> Result<OpenLearner<GraphicsLearner>, Event> {
    let unusable = |reason: String| {
        let remedy = "Choose Auto or CPU, or open this page in a browser with WebGPU switched on.";
        let message = format!("WebGPU cannot be used: {reason}. {remedy}");
        Event::Failed(Failure::new(FailureKind::Device, message))
    };
    let found = find_adapter().await.map_err(unusable)?;
    let graphics = match OPENED.with_borrow(Clone::clone) {
        Some(graphics) => graphics,
        None => {
            let name = found.name();
            open_graphics(Some((name.clone(), found.is_software())))
                .await
                .map_err(|error| unusable(format!("the graphics adapter ({name}) does not start: {error}")))?
        }
    };
    OPENED.set(Some(graphics.clone()));
    open_gpu(recipe, training_state, &graphics, why).await.map_err(|error| Event::Failed(error.into()))
}
