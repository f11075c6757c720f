//! What the training loop needs of the place where it runs.

use std::future::Future;

use super::learner::LearnerError;
use crate::trainer::run::backend::Backend;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::failure::Failure;
use crate::trainer::run::protocol::Event;

/// Where a run takes place: a worker, a command, a test.
pub trait Host {
    /// Takes an event.
    fn emit(&mut self, event: Event);

    /// Lets the surroundings run, for example to hear that the user wants to stop. Called after every step, so it
    /// should usually do nothing.
    fn yield_now(&mut self) -> impl Future<Output = Flow>;

    /// Waits for the user while the run is held.
    fn wait(&mut self) -> impl Future<Output = Flow> {
        async { Flow::Continue }
    }

    /// Keeps a checkpoint, the newest in place of the older, without holding up the run.
    fn save(&mut self, _checkpoint: Checkpoint) {}

    /// Seconds on a clock that only goes forward, from any start.
    fn seconds(&self) -> f64;
}

/// How a run goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flow {
    /// It does; a run that was held goes on.
    Continue,
    /// It is held.
    Pause,
    /// It has another peak learning rate from now on.
    Rate(f64),
    /// It ends here.
    Stop,
}

/// Why a run ended before its time.
pub(crate) enum Interruption {
    /// The host said so.
    Stopped,
    /// Something went wrong.
    Failed(Failure),
}

impl From<Interruption> for Event {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Stopped => Self::Stopped,
            Interruption::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<LearnerError> for Interruption {
    fn from(error: LearnerError) -> Self {
        Self::Failed(error.into())
    }
}

/// A net on the device that was opened for it.
#[derive(Debug)]
pub struct OpenLearner<L> {
    /// The net.
    pub learner: L,
    /// The device.
    pub backend: Backend,
    /// Why this one: a sentence for the user.
    pub why: String,
}
