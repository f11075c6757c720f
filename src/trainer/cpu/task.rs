//! The tasks that the leader of a worker pool gives to a helper.

use serde::{Deserialize, Serialize};

use crate::trainer::engine::batch::{Batch, BatchSource};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// `Task` is what the leader asks a helper to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Make a replica with this training state, in place of an earlier one.
    Begin {
        /// The recipe of the run.
        recipe: Recipe,
        /// The training state to begin with.
        training_state: TrainingState,
    },
    /// Take a step on a part of a batch.
    Learn {
        /// The part. `None` when the step before announced it as `next`.
        part: Option<Part>,
        /// The part of the next step, if it is known, to prepare while sums travel.
        next: Option<BatchSource>,
        /// The place of the part in the run.
        place: StepPlace,
        /// The number of helpers, this one included.
        helpers: usize,
    },
    /// Classify normalised images; the answer is their logits.
    Classify {
        /// Normalised pixels, `[images, 28, 28]`.
        pixels: Vec<f32>,
    },
}

/// `StepPlace` is the place of a part of a batch in its run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepPlace {
    /// The position of the part's first image in the batch.
    pub first_image: usize,
    /// The step, counted from 0 over the whole run.
    pub step: u32,
    /// The learning rate of the step.
    pub rate: f64,
}

/// `Part` is a part of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// The worker that receives the part prepares it.
    Source(BatchSource),
    /// The part is prepared already.
    Ready(Batch),
}

impl Part {
    /// Prepares the part if it is not ready.
    pub(crate) fn make(self) -> Batch {
        match self {
            Self::Source(batch) => batch.make(),
            Self::Ready(batch) => batch,
        }
    }
}
