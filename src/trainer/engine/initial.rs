//! The numbers and the checkpoint that a run begins with.

use super::learner::LearnerError;
use super::parameter_layout::Layout;
use super::weights::{Weights, WeightsError};
use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::plan::Plan;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::record::{Happening, Note, RunKey, RunRecord};
use crate::trainer::run::training_state::TrainingState;

impl TrainingState {
    /// The numbers that training begins with, drawn from the seed: the same on every device.
    pub fn initial(seed: u64) -> Self {
        // The initial weights are those of this net, so that they fit.
        Self::of(&Weights::initial(seed)).unwrap_or_default()
    }

    /// The numbers of these weights, before any step.
    ///
    /// # Errors
    /// Some are missing or have another shape.
    pub fn of(weights: &Weights) -> Result<Self, WeightsError> {
        let layout = Layout::new();
        Ok(Self::from_flat(layout.flatten(weights)?, &layout))
    }

    /// The numbers of parameters and statistics in one slice, before any step.
    pub(crate) fn from_flat(mut parameters: Vec<f32>, layout: &Layout) -> Self {
        let statistics = parameters.split_off(layout.parameters());
        Self { parameters, statistics, ..Self::default() }
    }

    /// Parameters and statistics in one slice.
    pub(crate) fn flat(&self) -> Vec<f32> {
        self.parameters.iter().chain(&self.statistics).copied().collect()
    }

    /// Checks that they are those of a net.
    ///
    /// # Errors
    /// Which part has another size.
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

impl Checkpoint {
    /// A run that is about to begin, with new weights drawn from the recipe's seed.
    pub fn begin(key: RunKey, recipe: Recipe, data: String) -> Self {
        let training_state = TrainingState::initial(recipe.seed);
        Self { record: RunRecord::new(key, Plan::from(recipe), data), correct: 0, training_state }
    }

    /// A run that is about to begin with weights of a file.
    pub fn begin_with(key: RunKey, recipe: Recipe, data: String, file: &str, training_state: TrainingState) -> Self {
        let mut record = RunRecord::new(key, Plan::from(recipe), data);
        record.notes.push(Note { step: 0, what: Happening::Weights(file.to_owned()) });
        Self { record, correct: 0, training_state }
    }
}
