//! One worker's copy of the net on the CPU, with its optimizer state.

use super::task::StepPlace;
use super::{DropoutMasks, Net, NoPeers, Peers};
use crate::trainer::engine::batch::Batch;
use crate::trainer::engine::learner::{BatchGradients, LearnerError, Outcome};
use crate::trainer::engine::optimizer::average;
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// `Replica` is a net with everything that a step changes.
///
/// Each worker that shares batches has one. All replicas begin with the same training state and add up sums in the same
/// order, so they stay equal to the last bit, and parameters never travel.
#[derive(Debug)]
pub(crate) struct Replica {
    net: Net,
    recipe: Recipe,
    moments: Vec<Vec<f32>>,
    average: Vec<f32>,
    /// The net with the averaged weights, which is tested when the recipe averages. Made when it is needed.
    averaged: Option<Net>,
}

impl Replica {
    /// Makes a replica with this training state.
    ///
    /// # Errors
    /// When the training state does not fit the net.
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

    /// Allocates the memory to learn from a part of this number of images.
    ///
    /// # Errors
    /// When there is not enough.
    pub(crate) fn try_reserve(&mut self, images: usize) -> Result<(), LearnerError> {
        self.net.try_reserve(images).map_err(|_| LearnerError::NoMemory { batch_size: self.recipe.batch_size })
    }

    /// Takes a step on this worker's part of a batch. Returns the outcome of the whole batch. `meanwhile` is called
    /// while the last sum travels.
    ///
    /// # Errors
    /// When a peer is lost; then this replica has taken half a step.
    pub(crate) async fn learn<P: Peers>(
        &mut self,
        part: &Batch,
        StepPlace { first_image, step, rate }: StepPlace,
        peers: &mut P,
        meanwhile: impl FnOnce(),
    ) -> Result<Outcome, P::Error> {
        let Recipe { dropout, seed, .. } = self.recipe;
        let dropout = DropoutMasks { rate: dropout as f32, seed, step: u64::from(step), first_image };
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

    /// Returns the logits of normalised images as after training, `[images, 10]`.
    ///
    /// # Errors
    /// When the average does not fit this net, which [`Replica::new`] rules out.
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

    /// Returns all numbers that a step changes.
    pub(crate) fn training_state(&self) -> TrainingState {
        TrainingState {
            parameters: self.net.parameters().to_vec(),
            statistics: self.net.statistics().to_vec(),
            moments: self.moments.clone(),
            average: self.average.clone(),
        }
    }

    /// Computes the logits and gradients of a batch on this worker alone, without changing the training state.
    pub(crate) async fn batch_gradients(&mut self, batch: &Batch) -> BatchGradients {
        // `learn` changes the running statistics, so they are restored afterwards.
        let statistics = self.net.statistics().to_vec();
        let Ok(_) = self.net.learn(batch, &DropoutMasks::OFF, &mut NoPeers, || ()).await;
        self.net.statistics_mut().copy_from_slice(&statistics);
        BatchGradients { logits: self.net.logits().to_vec(), gradients: self.net.gradients().to_vec() }
    }
}
