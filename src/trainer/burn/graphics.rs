//! The learner on a graphics adapter: with the project's own kernels or in Burn. Both use the device that Burn opened.

use burn::tensor::Device;

use super::learner::BurnLearner;
use crate::mnist::Split;
use crate::trainer::engine::batch::{Batch, BatchSource};
use crate::trainer::engine::learner::{BatchGradients, Learner, LearnerError, Outcome};
use crate::trainer::gpu::Adapter;
use crate::trainer::gpu::learner::GpuLearner;
use crate::trainer::recipe::{DeviceChoice, Recipe};
use crate::trainer::run::training_state::TrainingState;

/// The largest number of steps that may be queued for Burn's net.
const MOST_STEPS_AHEAD: usize = 8;

/// `Graphics` is an open graphics device.
#[derive(Clone, Debug)]
pub struct Graphics {
    /// Burn's handle of the device.
    pub burn: Device,
    /// The same device for the project's own kernels.
    pub adapter: Adapter,
    /// The adapter's name for the user.
    pub name: String,
}

/// `GraphicsLearner` is a net on a graphics device.
pub enum GraphicsLearner {
    /// The net with the project's own kernels.
    Kernels(Box<GpuLearner>),
    /// The net in Burn, for comparison and for batches that need more memory than the own kernels can use.
    Burn(Box<BurnLearner>),
}

impl GraphicsLearner {
    /// Makes a learner with this training state.
    ///
    /// # Errors
    /// When the training state does not fit the net, or the device fails.
    pub async fn new(
        graphics: &Graphics,
        recipe: &Recipe,
        training_state: &TrainingState,
    ) -> Result<Self, LearnerError> {
        if recipe.device != DeviceChoice::Burn {
            match GpuLearner::new(&graphics.adapter, recipe, training_state).await {
                Ok(learner) => return Ok(Self::Kernels(Box::new(learner))),
                Err(LearnerError::NoRoom) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self::Burn(Box::new(BurnLearner::new(recipe, training_state, &graphics.burn, MOST_STEPS_AHEAD)?)))
    }

    /// Returns whether the net is Burn's.
    pub fn is_burn(&self) -> bool {
        matches!(self, Self::Burn(_))
    }
}

/// Passes a call to the learner that is in use.
macro_rules! either {
    ($self:ident, $learner:ident => $call:expr) => {
        match $self {
            Self::Kernels($learner) => $call,
            Self::Burn($learner) => $call,
        }
    };
}

impl Learner for GraphicsLearner {
    async fn learn(&mut self, batch: &Batch, step: u32, rate: f64) -> Result<(), LearnerError> {
        either!(self, learner => learner.learn(batch, step, rate).await)
    }

    async fn learn_from_source(
        &mut self,
        batch: &BatchSource,
        next: Option<&BatchSource>,
        step: u32,
        rate: f64,
    ) -> Result<(), LearnerError> {
        either!(self, learner => learner.learn_from_source(batch, next, step, rate).await)
    }

    fn load_training_images(&mut self, split: &Split, images: usize) {
        either!(self, learner => learner.load_training_images(split, images));
    }

    async fn outcomes(&mut self) -> Result<Vec<Outcome>, LearnerError> {
        either!(self, learner => learner.outcomes().await)
    }

    async fn classify(&mut self, pixels: Vec<f32>) -> Result<Vec<f32>, LearnerError> {
        either!(self, learner => learner.classify(pixels).await)
    }

    async fn training_state(&mut self) -> Result<TrainingState, LearnerError> {
        either!(self, learner => learner.training_state().await)
    }

    async fn batch_gradients(&mut self, batch: &Batch) -> Result<BatchGradients, LearnerError> {
        either!(self, learner => learner.batch_gradients(batch).await)
    }

    async fn catch_up(&mut self) -> Result<(), LearnerError> {
        either!(self, learner => learner.catch_up().await)
    }

    fn fewest_steps_to_read(&self) -> usize {
        either!(self, learner => learner.fewest_steps_to_read())
    }

    fn most_steps_ahead(&self) -> usize {
        either!(self, learner => learner.most_steps_ahead())
    }

    fn free_memory(&mut self) {
        either!(self, learner => learner.free_memory());
    }
}
