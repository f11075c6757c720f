//! What the page and the trainer's worker say to each other.

use crate::trainer::run::backend::Backend;
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::epoch::EpochResult;
use crate::trainer::run::failure::Failure;
use crate::trainer::run::reports::CheckReport;
use crate::trainer::run::reports::Preflight;
use serde::{Deserialize, Serialize};

use super::job::{Answer, Job};
use super::record::{RunKey, RunRecord};
use crate::trainer::recipe::plan::Change;
use crate::trainer::recipe::{DeviceChoice, Recipe};

/// From the page to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Load the data if need be, open the device, train.
    Train {
        /// Stamps every event of this run, so that late ones of an earlier run are recognised.
        run_id: u32,
        /// Under which name the run is kept.
        key: RunKey,
        /// What the run begins with.
        begin: Begin,
        /// Why this worker's device was chosen: a sentence for the user.
        why: String,
    },
    /// Hold the run after the current step.
    Pause {
        /// The run to hold; another run is left alone.
        run_id: u32,
    },
    /// Go on with a run that is held.
    Resume {
        /// The run.
        run_id: u32,
    },
    /// Use another peak learning rate from the next step on.
    SetRate {
        /// The run, held or not.
        run_id: u32,
        /// The new peak.
        learning_rate: f64,
    },
    /// End the run after the current step.
    Stop {
        /// The run to end; another run is left alone.
        run_id: u32,
    },
    /// Compare the net's arithmetic on a device with the PyTorch reference.
    Check {
        /// Stamps the events.
        run_id: u32,
        /// The device as it was chosen.
        device: DeviceChoice,
        /// Why this worker's device was chosen.
        why: String,
    },
    /// Measure how long a recipe's steps take here.
    Preflight {
        /// Stamps the events.
        run_id: u32,
        /// The recipe.
        recipe: Recipe,
        /// Why this worker's device was chosen.
        why: String,
    },
    /// Do something besides training.
    Job {
        /// Stamps the events.
        run_id: u32,
        /// What it is.
        job: Job,
    },
}

/// What a run begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Begin {
    /// New weights.
    New(Recipe),
    /// Weights from a file.
    Weights {
        /// What is to be done with them.
        recipe: Recipe,
        /// The file's name.
        file: String,
        /// What it holds.
        bytes: Vec<u8>,
    },
    /// A checkpoint, where it ended.
    Checkpoint {
        /// The checkpoint itself, if it could not be stored; otherwise the one that is stored under the run's key.
        bytes: Option<Vec<u8>>,
        /// The device to go on with: the recipe's, or another.
        device: DeviceChoice,
        /// What is decided now.
        change: Option<Change>,
        /// Why it goes on, if that was not the user's wish: a sentence for the log.
        note: Option<String>,
    },
}

impl Command {
    /// The run that the command is about.
    pub fn run_id(&self) -> u32 {
        match self {
            Self::Train { run_id, .. }
            | Self::Pause { run_id }
            | Self::Resume { run_id }
            | Self::SetRate { run_id, .. }
            | Self::Stop { run_id }
            | Self::Check { run_id, .. }
            | Self::Preflight { run_id, .. }
            | Self::Job { run_id, .. } => *run_id,
        }
    }

    /// Whether the data set is needed before anything else can begin.
    pub fn needs_data(&self) -> bool {
        matches!(self, Self::Train { .. } | Self::Preflight { .. })
    }
}

/// From the worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// The worker's code has loaded: it listens now. Commands posted earlier would be lost.
    Loaded,
    /// Something happened in a run.
    Run(Stamped),
}

/// An [`Event`] and the run it belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// As in the command that started the run.
    pub run_id: u32,
    /// What happened.
    pub event: Event,
}

/// What happens in a run, in this order: `Opening` and `Data`*, `Restored` if it goes on from a checkpoint, `Ready`, (`Steps`*,
/// `Evaluating`*, `Epoch`)*, then one of the ends. The others may come at any time between.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Data is coming in.
    Data {
        /// Bytes that arrived so far, over all files.
        loaded: u64,
        /// Bytes of all files, as far as is known: as many as arrived once all have, and not before.
        total: u64,
    },
    /// The device is open and the data is there.
    Ready {
        /// The device in use.
        backend: Backend,
        /// Why this one: a sentence for the user.
        why: String,
    },
    /// The run goes on from a checkpoint: what had happened until then.
    Restored(Box<RunRecord>),
    /// Steps were taken and their losses read back.
    Steps {
        /// Epoch under way, from 1.
        epoch: u32,
        /// Steps taken since the start of the run, including these.
        step: u32,
        /// Mean loss (negative log-likelihood, in nats) of each batch since the last such event.
        losses: Vec<f32>,
        /// Seconds spent on the run so far.
        seconds: f64,
        /// Images a second over the last few seconds; 0 while unknown.
        images_per_second: f64,
        /// Seconds that the run will still take; `None` while unknown.
        seconds_left: Option<f64>,
    },
    /// The test images are being classified.
    Evaluating {
        /// Test images classified so far.
        done: u32,
        /// All test images.
        of: u32,
    },
    /// An epoch has ended and the test images were classified, dropout off, with running statistics.
    Epoch(EpochResult),
    /// The run is held.
    Paused,
    /// It goes on.
    Resumed,
    /// The plan was changed.
    Changed(Change),
    /// A checkpoint was stored: with it the run can go on from here, whatever happens.
    Saved {
        /// Steps taken until then.
        step: u32,
    },
    /// A checkpoint could not be stored. Training goes on, and the page keeps the checkpoint in memory instead.
    Unsaved {
        /// The reason: a sentence for the user.
        reason: String,
        /// The checkpoint's bytes. They are empty if the checkpoint could not be encoded: then the page keeps the one that
        /// it had before.
        checkpoint: Vec<u8>,
    },
    /// The measurement has ended.
    Measured(Preflight),
    /// The job is done.
    Answered(Answer),
    /// The run has ended as planned.
    Finished {
        /// Seconds spent on it.
        seconds: f64,
    },
    /// The run has ended because it was asked to.
    Stopped,
    /// The check has ended.
    Checked(CheckReport),
    /// The run has ended because something went wrong.
    Failed(Failure),
    /// So many workers of the CPU share each batch from now on.
    Shared {
        /// Their number.
        workers: u32,
    },
    /// A device of this kind gets ready, while the data comes in.
    Opening(BackendKind),
}

impl Event {
    /// Whether this event is the last of its run.
    pub fn is_end(&self) -> bool {
        let of_run = matches!(self, Self::Finished { .. } | Self::Stopped | Self::Failed(_));
        of_run || matches!(self, Self::Checked(_) | Self::Measured(_) | Self::Answered(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::run::failure::FailureKind;
    use crate::wire::encode;

    #[test]
    fn messages_have_the_bytes_that_the_end_to_end_tests_forge() {
        let bytes = |event| encode(&Message::Run(Stamped { run_id: 3, event })).expect("plain data");
        assert_eq!(bytes(Event::Saved { step: 5 }), [1, 3, 9, 5]);
        let lost = Event::Failed(Failure::new(FailureKind::Device, "x"));
        assert_eq!(bytes(lost), [1, 3, 16, 1, 1, b'x']);
    }
}
