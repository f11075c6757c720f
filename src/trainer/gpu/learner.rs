//! The net on a graphics adapter as the training loop sees it.

use super::{Adapter, Net, StepUniforms};
use crate::mnist::{PIXELS, Split};
use crate::trainer::engine::batch::{Batch, BatchSource};
use crate::trainer::engine::learner::{BatchGradients, Learner, LearnerError, Outcome};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// The largest number of submitted steps that the device has not finished yet.
const MOST_STEPS_AHEAD: usize = 32;
/// The smallest number of steps between two readings of outcomes. While a browser passes the answer from process to
/// process, the device has nothing to do.
const FEWEST_STEPS_TO_READ: usize = 10;

/// The net on a graphics adapter, which learns by a recipe.
#[derive(Debug)]
pub struct GpuLearner {
    net: Net,
    recipe: Recipe,
    /// The number of steps whose outcomes have not been read.
    unread: usize,
}

impl GpuLearner {
    /// Creates a learner that begins with this training state.
    ///
    /// # Errors
    /// The training state does not fit the net, the device has no room for it, or the device fails.
    pub async fn new(adapter: &Adapter, recipe: &Recipe, training_state: &TrainingState) -> Result<Self, LearnerError> {
        Ok(Self { net: Net::new(adapter, recipe, training_state).await?, recipe: recipe.clone(), unread: 0 })
    }

    fn uniforms(&self, images: usize, step: u32, rate: f64) -> StepUniforms {
        StepUniforms::for_training(&self.recipe, images, step, rate).with_outcome_slot(self.unread)
    }
}

impl Learner for GpuLearner {
    async fn learn(&mut self, batch: &Batch, step: u32, rate: f64) -> Result<(), LearnerError> {
        self.net.learn(batch, &self.uniforms(batch.len(), step, rate));
        self.unread += 1;
        Ok(())
    }

    async fn learn_from_source(
        &mut self,
        batch: &BatchSource,
        _next: Option<&BatchSource>,
        step: u32,
        rate: f64,
    ) -> Result<(), LearnerError> {
        let uniforms = self.uniforms(batch.len(), step, rate);
        let movements: Vec<_> = batch.movements().collect();
        if !self.net.learn_from_data_set(batch.image_indices(), &movements, &batch.targets(), batch.labels(), &uniforms)
        {
            return self.learn(&batch.make(), step, rate).await;
        }
        self.unread += 1;
        Ok(())
    }

    fn load_training_images(&mut self, split: &Split, images: usize) {
        // Without a data set on the device, `learn_from_source` makes the batches on the CPU.
        let _ = self.net.store_data_set(&split.images()[..images * PIXELS]);
    }

    async fn outcomes(&mut self) -> Result<Vec<Outcome>, LearnerError> {
        self.net.outcomes(std::mem::take(&mut self.unread)).await
    }

    async fn classify(&mut self, pixels: Vec<f32>) -> Result<Vec<f32>, LearnerError> {
        self.net.classify(&pixels).await
    }

    async fn training_state(&mut self) -> Result<TrainingState, LearnerError> {
        self.net.training_state().await
    }

    async fn batch_gradients(&mut self, batch: &Batch) -> Result<BatchGradients, LearnerError> {
        let [logits, gradients] = self.net.batch_gradients(batch).await?;
        Ok(BatchGradients { logits, gradients })
    }

    async fn catch_up(&mut self) -> Result<(), LearnerError> {
        self.net.catch_up().await
    }

    fn fewest_steps_to_read(&self) -> usize {
        FEWEST_STEPS_TO_READ
    }

    fn most_steps_ahead(&self) -> usize {
        MOST_STEPS_AHEAD
    }
}
