//! The interface between the training loop and a net on a device.

use std::fmt;
use std::future::Future;

use super::batch::{Batch, BatchSource};
use super::weights::WeightsError;
use crate::mnist::Split;
use crate::trainer::recipe::memory;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::training_state::TrainingState;

/// `Outcome` is what a step computed before it changed the parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Mean negative log-likelihood of the batch's targets, in nats.
    pub loss: f32,
    /// The number of images in the batch that were classified correctly.
    pub correct: u32,
}

/// `BatchGradients` holds the logits of a batch and the gradients of its loss.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchGradients {
    /// Logits as in training, but without dropout: `[images, 10]`.
    pub logits: Vec<f32>,
    /// Gradients of the mean loss by each parameter, in the order of [`super::parameter_layout::Layout`].
    pub gradients: Vec<f32>,
}

/// `Learner` is a net on a device that learns by a recipe. No method blocks the thread: reads from the device are
/// awaited.
pub trait Learner {
    /// Takes a step on a batch. `step` counts from 0 over the whole run; `rate` is the learning rate. The device may
    /// still work on the step when this returns.
    fn learn(&mut self, batch: &Batch, step: u32, rate: f64) -> impl Future<Output = Result<(), LearnerError>>;

    /// Takes a step on a batch that is not prepared yet. A learner with several workers lets each prepare its own part,
    /// and its part of the `next` batch while it would wait for the others.
    fn learn_from_source(
        &mut self,
        batch: &BatchSource,
        _next: Option<&BatchSource>,
        step: u32,
        rate: f64,
    ) -> impl Future<Output = Result<(), LearnerError>> {
        async move { self.learn(&batch.make(), step, rate).await }
    }

    /// Announces that all batches will be made of the first `images` images of a split. A device that can prepare
    /// batches itself copies these images to its memory.
    fn load_training_images(&mut self, _split: &Split, _images: usize) {}

    /// Reads the outcomes of all steps since the last call, in order.
    fn outcomes(&mut self) -> impl Future<Output = Result<Vec<Outcome>, LearnerError>>;

    /// Computes the logits of normalised images as after training, `[images, 10]`: without dropout, with running
    /// statistics, and with averaged weights when the recipe averages.
    fn classify(&mut self, pixels: Vec<f32>) -> impl Future<Output = Result<Vec<f32>, LearnerError>>;

    /// Reads all numbers that a step changes.
    fn training_state(&mut self) -> impl Future<Output = Result<TrainingState, LearnerError>>;

    /// Computes the logits and gradients of a batch without changing the net.
    fn batch_gradients(&mut self, batch: &Batch) -> impl Future<Output = Result<BatchGradients, LearnerError>>;

    /// Waits until the device has finished all steps, without reading anything.
    fn catch_up(&mut self) -> impl Future<Output = Result<(), LearnerError>> {
        async { Ok(()) }
    }

    /// Returns the number of steps that may be queued on the device before the loop waits for it. A CPU finishes each
    /// step at once; a GPU gets some steps ahead, so that it never waits for the loop.
    fn most_steps_ahead(&self) -> usize;

    /// Returns the least number of steps between two reads of outcomes. Above 1 when a read is slow.
    fn fewest_steps_to_read(&self) -> usize {
        1
    }

    /// Returns the number of workers that share each batch when the results depend on it to the last bit, as on the
    /// CPU.
    fn workers(&self) -> Option<u32> {
        None
    }

    /// Frees memory that is no longer needed. The loop calls this after each epoch.
    fn free_memory(&mut self) {}
}

/// The reason why a learner cannot go on. The `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LearnerError {
    /// The device failed: the reason.
    Device(String),
    /// The training state does not fit the net: the reason.
    TrainingState(String),
    /// The device does not have enough memory for batches of the recipe's size.
    NoRoom,
    /// A worker that shares the batches is lost: the reason.
    Worker(String),
    /// The CPU does not have enough memory for batches of this size.
    NoMemory {
        /// The number of images in a batch.
        batch_size: u32,
    },
}

impl fmt::Display for LearnerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The lines after the first are details of the driver.
            Self::Device(reason) => {
                let reason = reason.lines().next().unwrap_or_default().trim_end_matches('.');
                write!(f, "The device stopped working ({reason}).")
            }
            Self::TrainingState(reason) => write!(f, "The checkpoint does not fit the net: {reason}"),
            Self::NoRoom => f.write_str(
                "The device does not have enough memory for batches of this size. Choose a smaller batch size.",
            ),
            Self::NoMemory { batch_size } => {
                write!(f, "The browser gives this page too little memory. {}", memory::remedy(*batch_size))
            }
            Self::Worker(reason) => {
                let reason = reason.trim_end_matches('.');
                write!(f, "A worker that shared the batches was lost: {reason}. “Train” starts new workers.")
            }
        }
    }
}

impl std::error::Error for LearnerError {}

impl From<WeightsError> for LearnerError {
    fn from(error: WeightsError) -> Self {
        Self::TrainingState(error.to_string())
    }
}

impl From<LearnerError> for Failure {
    fn from(error: LearnerError) -> Self {
        let kind = match error {
            LearnerError::Device(_) | LearnerError::NoRoom => FailureKind::Device,
            LearnerError::TrainingState(_) => FailureKind::Data,
            LearnerError::Worker(_) => FailureKind::Worker,
            // Only another recipe helps.
            LearnerError::NoMemory { .. } => FailureKind::Recipe,
        };
        Self::new(kind, error.to_string())
    }
}
