//! The net by hand on a graphics adapter, learning by a recipe.

use super::{Adapter, Net, Step};
use crate::mnist::{PIXELS, Split};
use crate::trainer::engine::batch::{Batch, BatchSource};
use crate::trainer::engine::learner::{BatchGradients, Learner, LearnerError, Outcome};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// Steps that a GPU is given in advance at most.
const MOST_STEPS_AHEAD: usize = 32;
/// Each reading stops the queue for as long as an answer takes through the browser's processes.
const FEWEST_STEPS_TO_READ: usize = 10;

/// The net on a graphics adapter.
#[derive(Debug)]
pub struct GpuLearner {
    net: Net,
    recipe: Recipe,
    /// Steps whose outcomes are on the device.
    waiting: usize,
}

impl GpuLearner {
    /// A net with these numbers that learns by a recipe.
    ///
    /// # Errors
    /// The numbers are not those of this net, or the device cannot hold it.
    pub async fn new(adapter: &Adapter, recipe: &Recipe, training_state: &TrainingState) -> Result<Self, LearnerError> {
        Ok(Self { net: Net::new(adapter, recipe, training_state).await?, recipe: recipe.clone(), waiting: 0 })
    }
}

impl Learner for GpuLearner {
    async fn learn(&mut self, batch: &Batch, step: u32, rate: f64) -> Result<(), LearnerError> {
        self.net.learn(batch, &Step::of(&self.recipe, batch.len(), step, rate).in_slot(self.waiting));
        self.waiting += 1;
        Ok(())
    }

    async fn learn_from_source(
        &mut self,
        batch: &BatchSource,
        _next: Option<&BatchSource>,
        step: u32,
        rate: f64,
    ) -> Result<(), LearnerError> {
        let own = Step::of(&self.recipe, batch.len(), step, rate).in_slot(self.waiting);
        let movements: Vec<_> = batch.movements().collect();
        if !self.net.learn_held(batch.image_indices(), &movements, &batch.targets(), batch.labels(), &own) {
            return self.learn(&batch.make(), step, rate).await;
        }
        self.waiting += 1;
        Ok(())
    }

    fn load_training_images(&mut self, split: &Split, images: usize) {
        self.net.hold(&split.images()[..images * PIXELS]);
    }

    async fn outcomes(&mut self) -> Result<Vec<Outcome>, LearnerError> {
        self.net.outcomes(std::mem::take(&mut self.waiting)).await
    }

    async fn classify(&mut self, pixels: Vec<f32>) -> Result<Vec<f32>, LearnerError> {
        self.net.classify(&pixels).await
    }

    async fn training_state(&mut self) -> Result<TrainingState, LearnerError> {
        self.net.training_state().await
    }

    async fn batch_gradients(&mut self, batch: &Batch) -> Result<BatchGradients, LearnerError> {
        let [logits, gradients] = self.net.probe(batch).await?;
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
