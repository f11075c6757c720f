//! The interface between the training loop and the place where it runs.

use std::future::Future;

use super::learner::LearnerError;
use crate::trainer::run::backend::Backend;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::failure::Failure;
use crate::trainer::run::protocol::Event;

/// `Host` is the place where a training loop runs: a worker, the native command or a test.
pub trait Host {
    /// Receives an event.
    fn emit(&mut self, event: Event);

    /// Gives the browser or the program around the loop a turn, for example to receive a stop. The loop calls this
    /// after every step, so it should be cheap. Returns how the run goes on.
    fn yield_now(&mut self) -> impl Future<Output = Flow>;

    /// Waits for the user while the run is paused.
    fn wait(&mut self) -> impl Future<Output = Flow> {
        async { Flow::Continue }
    }

    /// Stores a checkpoint in place of the one before. The run does not wait for it.
    fn save(&mut self, _checkpoint: Checkpoint) {}

    /// Waits until the checkpoints are stored, but no longer than this number of seconds.
    fn settle(&mut self, _patience: f64) -> impl Future<Output = ()> {
        async {}
    }

    /// Returns the time in seconds on a clock that never goes back. Its zero may be any moment.
    fn seconds(&self) -> f64;
}

/// `Flow` says how a run goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Flow {
    /// The run goes on; a paused run resumes.
    Continue,
    /// The run pauses.
    Pause,
    /// The run has another peak learning rate from the next step on.
    Rate(f64),
    /// The run ends.
    Stop,
}

/// The reason why a run ended early.
pub(crate) enum Interruption {
    /// The host asked for a stop.
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
    /// The net, ready to learn.
    pub learner: L,
    /// The device, as the user sees it.
    pub backend: Backend,
    /// A sentence for the user that says why this device was chosen.
    pub why: String,
}
