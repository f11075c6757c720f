//! The plan of a run: its recipe, and the changes that the user made later.

use serde::{Deserialize, Serialize};

use super::{Field, Recipe};

/// A recipe with the changes that were made after the run had begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The recipe that the run began with.
    pub recipe: Recipe,
    /// The changes, the oldest first.
    pub changes: Vec<Change>,
}

/// A change that the user makes while a run is paused or after it has ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// Another peak learning rate from a step on; the schedule keeps its shape.
    Rate {
        /// The first step with this learning rate, counted from 0.
        step: u32,
        /// The new value of the recipe's learning rate, or of the extension's.
        learning_rate: f64,
    },
    /// More epochs at a constant learning rate, since the schedule has ended.
    Extend {
        /// The number of additional epochs.
        epochs: u32,
        /// The learning rate of the additional epochs.
        learning_rate: f64,
    },
}

impl Change {
    /// Whether the learning rate and the number of epochs are ones that the form allows.
    pub fn is_valid(&self) -> bool {
        match *self {
            Self::Rate { learning_rate, .. } => Field::LearningRate.allows(learning_rate),
            Self::Extend { epochs, learning_rate } => {
                Field::LearningRate.allows(learning_rate) && Field::Epochs.allows(epochs.into())
            }
        }
    }
}

impl From<Recipe> for Plan {
    fn from(recipe: Recipe) -> Self {
        Self { recipe, changes: Vec::new() }
    }
}

impl Plan {
    /// Returns the number of epochs of the recipe and of all extensions.
    pub fn epochs(&self) -> u32 {
        self.changes.iter().fold(self.recipe.epochs, |sum, change| match change {
            Change::Extend { epochs, .. } => sum.saturating_add(*epochs),
            Change::Rate { .. } => sum,
        })
    }

    /// Returns the number of optimizer steps of the whole run.
    pub fn total_steps(&self) -> u32 {
        self.epochs().saturating_mul(self.recipe.steps_per_epoch())
    }

    /// Names the moment after this number of steps for the user: "epoch 7, step 120".
    pub fn place(&self, step: u32) -> String {
        let per_epoch = self.recipe.steps_per_epoch().max(1);
        match (step / per_epoch, step % per_epoch) {
            (0, 0) => "the start".to_owned(),
            (epoch, 0) => format!("the end of epoch {epoch}"),
            (epoch, step) => format!("epoch {}, step {step}", epoch + 1),
        }
    }

    /// Returns the peak learning rate that holds at a step, counted from 0.
    pub fn peak(&self, step: u32) -> f64 {
        self.peak_and_phase(step).0
    }

    /// Returns the learning rate of a step, counted from 0.
    pub fn rate(&self, step: u32) -> f64 {
        self.rate_with_peak(step, self.peak(step))
    }

    /// Returns the learning rate that this peak gives at a step, counted from 0.
    pub fn rate_with_peak(&self, step: u32, peak: f64) -> f64 {
        let recipe = &self.recipe;
        let (_, extended) = self.peak_and_phase(step);
        let factor = || recipe.schedule.factor(step, recipe.total_steps(), recipe.steps_per_epoch());
        if extended { peak } else { peak * factor() }
    }

    /// Returns the peak learning rate at a step, and whether the step is in an extension.
    fn peak_and_phase(&self, step: u32) -> (f64, bool) {
        let per_epoch = self.recipe.steps_per_epoch();
        let mut end = self.recipe.total_steps();
        // Within the recipe the peak is multiplied by the schedule's factor; in an extension it is the learning rate
        // itself.
        let mut peak = self.recipe.learning_rate;
        let mut extended = false;
        for change in &self.changes {
            match *change {
                Change::Rate { step: from, learning_rate } if from <= step => peak = learning_rate,
                Change::Rate { .. } => {}
                Change::Extend { epochs, learning_rate } => {
                    if step >= end {
                        (peak, extended) = (learning_rate, true);
                    }
                    end = end.saturating_add(epochs.saturating_mul(per_epoch));
                }
            }
        }
        (peak, extended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::schedule::Schedule;

    fn plan(schedule: Schedule, changes: &[Change]) -> Plan {
        let recipe =
            Recipe { epochs: 2, images: 100, batch_size: 10, learning_rate: 0.5, schedule, ..Recipe::classic() };
        Plan { recipe, changes: changes.to_vec() }
    }

    #[test]
    fn a_plan_without_changes_is_its_recipe() {
        let plan = plan(Schedule::Cosine, &[]);
        assert_eq!((plan.epochs(), plan.total_steps()), (2, 20));
        assert!((0..20).all(|step| plan.rate(step) == plan.recipe.rate(step)));
    }

    #[test]
    fn a_changed_rate_holds_from_its_step_on_and_keeps_the_schedule() {
        let plan = plan(Schedule::Cosine, &[Change::Rate { step: 8, learning_rate: 0.25 }]);
        assert_eq!(plan.rate(7), plan.recipe.rate(7));
        assert_eq!(plan.rate(8), plan.recipe.rate(8) / 2.0);
        assert_eq!((plan.peak(7), plan.peak(8)), (0.5, 0.25));
    }

    #[test]
    fn an_extension_has_its_own_rate_which_can_be_changed_again() {
        let extend = Change::Extend { epochs: 3, learning_rate: 0.01 };
        let again = Change::Rate { step: 32, learning_rate: 0.002 };
        let plan = plan(Schedule::OneCycle { warm_up: 0.3 }, &[extend, again]);
        assert_eq!((plan.epochs(), plan.total_steps()), (5, 50));
        assert_eq!(plan.rate(19), plan.recipe.rate(19));
        assert_eq!([20, 31, 32, 49].map(|step| plan.rate(step)), [0.01, 0.01, 0.002, 0.002]);
        assert_eq!([0, 19, 20, 32].map(|step| plan.peak(step)), [0.5, 0.5, 0.01, 0.002]);
    }

    #[test]
    fn a_moment_is_named_by_epoch_and_step() {
        let plan = plan(Schedule::Constant, &[]);
        let places = [0, 3, 10, 17, 20].map(|step| plan.place(step));
        assert_eq!(
            places,
            ["the start", "epoch 1, step 3", "the end of epoch 1", "epoch 2, step 7", "the end of epoch 2"]
        );
    }
}
