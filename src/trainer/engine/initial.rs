//! The training state and the checkpoint that a run begins with.

use super::architecture::CONVOLUTIONS;
use super::learner::LearnerError;
use super::parameter_layout::Layout;
use super::weights::{Weights, WeightsError};
use crate::random::{Purpose, Random};
use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::plan::Plan;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::record::{Happening, Note, RunKey, RunRecord};
use crate::trainer::run::training_state::TrainingState;

impl TrainingState {
    /// Draws the training state of a new net from a seed, with the same result on every device.
    ///
    /// Weights and biases of a convolution are uniform within ±1/√fan-in, as PyTorch draws them by default; batch
    /// normalisation begins as the identity.
    pub fn initial(seed: u64) -> Self {
        let layout = Layout::new();
        Self::from_flat(initial_values(&layout, seed), &layout)
    }

    /// Returns the training state of a net with these weights, before the first step.
    ///
    /// # Errors
    /// When an array is missing or has another shape.
    pub fn of(weights: &Weights) -> Result<Self, WeightsError> {
        let layout = Layout::new();
        Ok(Self::from_flat(layout.flatten(weights)?, &layout))
    }

    /// Returns the training state of a net before the first step. `parameters` also holds the running statistics, in
    /// the order of the layout.
    pub(crate) fn from_flat(mut parameters: Vec<f32>, layout: &Layout) -> Self {
        let statistics = parameters.split_off(layout.parameters());
        Self { parameters, statistics, moments: Vec::new(), average: Vec::new() }
    }

    /// Returns parameters and running statistics in one slice.
    pub(crate) fn flat(&self) -> Vec<f32> {
        self.parameters.iter().chain(&self.statistics).copied().collect()
    }

    /// Returns the parameters and running statistics that are tested: the averaged ones when the recipe averages.
    pub(crate) fn tested(&self) -> Vec<f32> {
        if self.average.is_empty() { self.flat() } else { self.average.clone() }
    }

    /// Checks the sizes of all parts.
    ///
    /// # Errors
    /// When a part has another size than the net needs: the sentence names the part.
    pub(crate) fn check(&self, layout: &Layout) -> Result<(), LearnerError> {
        let wrong = |part: &str| Err(LearnerError::TrainingState(format!("{part} have another size.")));
        if self.parameters.len() != layout.parameters() || self.parameters.len() + self.statistics.len() != layout.len()
        {
            return wrong("its weights");
        }
        if self.moments.iter().any(|moment| moment.len() != layout.parameters()) {
            return wrong("its optimizer’s running means");
        }
        if !self.average.is_empty() && self.average.len() != layout.len() {
            return wrong("its averaged weights");
        }
        Ok(())
    }
}

impl Weights {
    /// Returns the weights of [`TrainingState::initial`] by name.
    pub fn initial(seed: u64) -> Self {
        let layout = Layout::new();
        layout.to_named(&initial_values(&layout, seed))
    }
}

/// Draws parameters and running statistics, in the order of the layout.
fn initial_values(layout: &Layout, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed, Purpose::Weights);
    let mut values = vec![0.0; layout.len()];
    for (conv, ranges) in CONVOLUTIONS.iter().zip(layout.convolutions()) {
        let fan_in = conv.channels_in * conv.kernel * conv.kernel;
        let bound = 1.0 / (fan_in as f32).sqrt();
        for range in [&ranges.weight, &ranges.bias] {
            values[range.clone()].fill_with(|| (2.0 * random.unit() - 1.0) * bound);
        }
    }
    for norm in layout.norms() {
        values[norm.weight.clone()].fill(1.0);
        values[norm.running_var.clone()].fill(1.0);
    }
    values
}

impl Checkpoint {
    /// Returns the checkpoint of a run before its first step, with new weights drawn from the recipe's seed.
    pub fn begin(key: RunKey, recipe: Recipe, data: String) -> Self {
        let training_state = TrainingState::initial(recipe.seed);
        Self { record: RunRecord::new(key, Plan::from(recipe), data), correct: 0, training_state }
    }

    /// Returns the checkpoint of a run before its first step, if its record says everything about it: its weights are drawn
    /// from the recipe's seed.
    pub fn of_untouched(record: RunRecord) -> Option<Self> {
        let training_state = TrainingState::initial(record.plan.recipe.seed);
        record.is_untouched().then_some(Self { record, correct: 0, training_state })
    }

    /// Returns the checkpoint of a run before its first step, with weights from a file.
    pub fn begin_with(key: RunKey, recipe: Recipe, data: String, file: &str, training_state: TrainingState) -> Self {
        let mut record = RunRecord::new(key, Plan::from(recipe), data);
        record.notes.push(Note { step: 0, what: Happening::Weights(file.to_owned()) });
        Self { record, correct: 0, training_state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initial_weights_depend_on_the_seed_only_and_keep_their_bounds() {
        let weights = Weights::initial(1);
        assert_eq!(weights, Weights::initial(1));
        assert_ne!(weights, Weights::initial(2));
        let first = weights.get("conv1.weight", &[32, 1, 5, 5]).expect("there is one");
        assert!(first.iter().all(|weight| weight.abs() <= 0.2));
        // The variance of a uniform distribution within ±b is b²/3.
        let variance: f32 = first.iter().map(|weight| weight * weight).sum::<f32>() / first.len() as f32;
        assert!((variance - 0.04 / 3.0).abs() < 0.001, "{variance}");
        assert_eq!(weights.0.len(), 7 * 2 + 6 * 4);
    }
}
