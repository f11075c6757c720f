//! One worker's net on the CPU, learning by a recipe.

use super::task::StepPlace;
use super::{DropoutMasks, Net, NoPeers, Peers};
use crate::trainer::engine::batch::Batch;
use crate::trainer::engine::learner::{BatchGradients, LearnerError, Outcome};
use crate::trainer::engine::optimizer::average;
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// A net and everything that a step changes.
///
/// Workers that share batches have one each. They begin with the same numbers, and add up what they find in the same
/// order, so they stay the same to the last bit, and weights never travel.
#[derive(Debug)]
pub(crate) struct Replica {
    net: Net,
    recipe: Recipe,
    moments: Vec<Vec<f32>>,
    average: Vec<f32>,
    /// The net that is tested, where the recipe averages.
    averaged: Option<Net>,
}

impl Replica {
    /// A net with these numbers that learns by a recipe.
    ///
    /// # Errors
    /// The numbers are not those of this net.
    pub(crate) fn new(recipe: &Recipe, training_state: &TrainingState) -> Result<Self, LearnerError> {
        let layout = Layout::new();
        training_state.check(&layout)?;
        let mut moments = training_state.moments.clone();
        moments.resize(recipe.optimizer.moments(), vec![0.0; layout.parameters()]);
        Ok(Self {
            net: Net::from_weights(&layout.to_named(&training_state.flat()))?,
            recipe: recipe.clone(),
            moments,
            average: training_state.average.clone(),
            averaged: None,
        })
    }

    /// Takes a step, counted from 0, on this worker's part of a batch, which begins at the batch's image `first`. What it
    /// found is that of the whole batch. `meanwhile` is called while the last sum travels.
    ///
    /// # Errors
    /// A peer is no more; then this net has taken half a step.
    pub(crate) async fn learn<P: Peers>(
        &mut self,
        part: &Batch,
        StepPlace { first, step, rate }: StepPlace,
        peers: &mut P,
        meanwhile: impl FnOnce(),
    ) -> Result<Outcome, P::Error> {
        let Recipe { dropout, seed, .. } = self.recipe;
        let dropout = DropoutMasks { rate: dropout as f32, seed, step: u64::from(step), first_image: first };
        let outcome = self.net.learn(part, &dropout, peers, meanwhile).await?;

        let recipe = &self.recipe;
        let (parameters, gradients) = self.net.parameters_and_gradients();
        recipe.optimizer.descend(parameters, gradients, &mut self.moments, rate, recipe.weight_decay, step);
        if recipe.averaging > 0.0 {
            let values = self.net.parameters().iter().chain(self.net.statistics()).copied();
            average(&mut self.average, values, recipe.averaging, step);
            self.averaged = None;
        }
        Ok(outcome)
    }

    /// The logits of normalised images, as in use.
    ///
    /// # Errors
    /// Never, as long as the average is that of this net.
    pub(crate) fn classify(&mut self, pixels: &[f32]) -> Result<Vec<f32>, LearnerError> {
        if self.average.is_empty() {
            return Ok(self.net.infer(pixels));
        }
        let averaged = match self.averaged.take() {
            Some(net) => net,
            None => Net::from_weights(&Layout::new().to_named(&self.average))?,
        };
        Ok(self.averaged.insert(averaged).infer(pixels))
    }

    /// All numbers that a step changes.
    pub(crate) fn training_state(&self) -> TrainingState {
        TrainingState {
            parameters: self.net.parameters().to_vec(),
            statistics: self.net.statistics().to_vec(),
            moments: self.moments.clone(),
            average: self.average.clone(),
        }
    }

    /// Logits and gradients of a batch, by this worker alone; nothing moves.
    pub(crate) async fn batch_gradients(&mut self, batch: &Batch) -> BatchGradients {
        // The running statistics would move.
        let statistics = self.net.statistics().to_vec();
        let Ok(_) = self.net.learn(batch, &DropoutMasks::OFF, &mut NoPeers, || ()).await;
        self.net.statistics_mut().copy_from_slice(&statistics);
        BatchGradients { logits: self.net.logits().to_vec(), gradients: self.net.gradients().to_vec() }
    }
}
