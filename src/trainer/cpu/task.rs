//! What the leader of a worker pool asks a helper to do.

use serde::{Deserialize, Serialize};

use crate::trainer::engine::batch::{Batch, BatchSource};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// What the leader asks a helper to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Take a net with these numbers, in place of any other.
    Begin {
        /// What it learns by.
        recipe: Recipe,
        /// The numbers.
        training_state: TrainingState,
    },
    /// Take a step on a part of a batch.
    Learn {
        /// The part; none if it is what the step before said would be next.
        part: Option<Part>,
        /// The part after it, if that is known, to be made while numbers travel.
        next: Option<BatchSource>,
        /// Where the part stands.
        place: StepPlace,
        /// How many help, this one included.
        helpers: usize,
    },
    /// Classify normalised images; the answer is their logits.
    Classify {
        /// `[images, 28, 28]`
        pixels: Vec<f32>,
    },
}

/// Where a part of a batch stands in its run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPlace {
    /// Where the part begins in the batch.
    pub first: usize,
    /// The step, counted from 0.
    pub step: u32,
    /// Its size.
    pub rate: f64,
}

/// A part of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// To be made by who learns from it.
    Source(BatchSource),
    /// Made already.
    Ready(Batch),
}

impl Part {
    /// The batch itself.
    pub(crate) fn make(self) -> Batch {
        match self {
            Self::Source(batch) => batch.make(),
            Self::Ready(batch) => batch,
        }
    }
}
