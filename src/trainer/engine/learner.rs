//! What the training loop needs of a net on a device.

use std::fmt;
use std::future::Future;

use super::batch::{Batch, BatchSource};
use super::weights::WeightsError;
use crate::mnist::Split;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::training_state::TrainingState;

/// What a step found before it moved the weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Mean negative log-likelihood of the batch's targets, in nats.
    pub loss: f32,
    /// Images of the batch that were classified right.
    pub correct: u32,
}

/// A batch's logits and what follows for the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchGradients {
    /// `[batch, 10]`, as in training, without dropout.
    pub logits: Vec<f32>,
    /// Gradients of the mean loss, in the order of `layout`.
    pub gradients: Vec<f32>,
}

/// A net that learns by a recipe. Nothing in it blocks: whatever has to be read off a device is awaited.
pub trait Learner {
    /// Takes a step, counted from 0, on a batch. Its outcome may still be on its way.
    fn learn(&mut self, batch: &Batch, step: u32, rate: f64) -> impl Future<Output = Result<(), LearnerError>>;

    /// The same, of a batch that is yet to be made. Whoever has several workers lets each make its own part, and that of
    /// the `next` batch while they would have to wait for each other.
    fn learn_from_source(
        &mut self,
        batch: &BatchSource,
        _next: Option<&BatchSource>,
        step: u32,
        rate: f64,
    ) -> impl Future<Output = Result<(), LearnerError>> {
        async move { self.learn(&batch.make(), step, rate).await }
    }

    /// Hears of the split, and of how many of its first images, the batches to come are made of. A device that can make
    /// them itself takes the images in.
    fn load_training_images(&mut self, _split: &Split, _images: usize) {}

    /// The outcomes of all steps since the last call, in order.
    fn outcomes(&mut self) -> impl Future<Output = Result<Vec<Outcome>, LearnerError>>;

    /// The logits of normalised images, `[images, 10]`, as in use: no dropout, running statistics, averaged weights where
    /// the recipe averages.
    fn classify(&mut self, pixels: Vec<f32>) -> impl Future<Output = Result<Vec<f32>, LearnerError>>;

    /// All numbers that a step changes.
    fn training_state(&mut self) -> impl Future<Output = Result<TrainingState, LearnerError>>;

    /// Logits and gradients of a batch; no weight moves.
    fn batch_gradients(&mut self, batch: &Batch) -> impl Future<Output = Result<BatchGradients, LearnerError>>;

    /// Waits until the device has worked off all steps. Nothing is read.
    fn catch_up(&mut self) -> impl Future<Output = Result<(), LearnerError>> {
        async { Ok(()) }
    }

    /// Steps that may be given to the device before we wait for it. A CPU has worked each off by then; a GPU is given some
    /// in advance, so that it need not wait for us.
    fn most_steps_ahead(&self) -> usize;

    /// How many steps there should be between two readings of outcomes, where reading costs something.
    fn fewest_steps_to_read(&self) -> usize {
        1
    }

    /// How many workers share each batch, where that decides on the bits: on the CPU.
    fn workers(&self) -> Option<u32> {
        None
    }

    /// Lets go of memory that is not needed; called after each epoch.
    fn free_memory(&mut self) {}
}

/// Why a net cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LearnerError {
    /// The device failed, and why.
    Device(String),
    /// The numbers do not fit the net, and why.
    TrainingState(String),
    /// The device has no room for batches of the recipe's size.
    NoRoom,
    /// One of the workers that share the batches is no more, and why.
    Worker(String),
}

impl fmt::Display for LearnerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The first line says it; the rest is for those who work on the device's driver.
            Self::Device(reason) => {
                let reason = reason.lines().next().unwrap_or_default().trim_end_matches('.');
                write!(f, "The device gave up ({reason}).")
            }
            Self::TrainingState(reason) => write!(f, "The checkpoint does not fit the net: {reason}"),
            Self::NoRoom => {
                f.write_str("The device has no room for batches of this size. Choose a smaller batch size.")
            }
            Self::Worker(reason) => {
                let reason = reason.trim_end_matches('.');
                write!(f, "A worker that shared the batches was lost: {reason}. Train starts fresh ones.")
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
        };
        Self::new(kind, error.to_string())
    }
}
