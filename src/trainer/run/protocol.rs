//! The messages between the page and the trainer's worker.
//!
//! The order of variants and fields is the format on the wire. `tests/wire_fixture.rs` keeps it as a fixture for the
//! browser tests.

use serde::{Deserialize, Serialize};

use super::backend::{Backend, BackendKind};
use super::epoch::EpochResult;
use super::failure::Failure;
use super::guess::Guess;
use super::job::{Answer, Job};
use super::record::{RunKey, RunRecord};
use super::reports::{CheckReport, Preflight};
use crate::trainer::recipe::plan::Change;
use crate::trainer::recipe::{DeviceChoice, Recipe};

/// A message from the page to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Load the data if it is not there yet, open the device, and train.
    Train {
        /// The number that all events of this run carry, so that late events of an earlier run are recognised.
        run_id: u32,
        /// The key under which the run is kept.
        key: RunKey,
        /// The weights and the plan that the run begins with.
        begin: Begin,
        /// The reason for this worker's device: a sentence for the user.
        why: String,
    },
    /// Pause the run after the current step.
    Pause {
        /// The run to pause; the command has no effect on another run.
        run_id: u32,
    },
    /// Go on with a paused run.
    Resume {
        /// The run to go on with.
        run_id: u32,
    },
    /// Use another peak learning rate from the next step on.
    SetRate {
        /// The run to change, paused or not.
        run_id: u32,
        /// The new peak learning rate.
        learning_rate: f64,
    },
    /// End the run after the current step.
    Stop {
        /// The run to end; the command has no effect on another run.
        run_id: u32,
    },
    /// Compare the net's arithmetic on a device with the PyTorch reference.
    Check {
        /// The number that all events of this check carry.
        run_id: u32,
        /// The device that the user chose.
        device: DeviceChoice,
        /// The reason for this worker's device: a sentence for the user.
        why: String,
    },
    /// Measure how long the steps of a recipe take on this machine.
    Preflight {
        /// The number that all events of this measurement carry.
        run_id: u32,
        /// The recipe to measure.
        recipe: Recipe,
        /// The reason for this worker's device: a sentence for the user.
        why: String,
    },
    /// Do something besides training.
    Job {
        /// The number that all events of this job carry.
        run_id: u32,
        /// The job to do.
        job: Job,
    },
}

/// The weights and the plan that a run begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Begin {
    /// Random weights, and a recipe.
    New(Recipe),
    /// Weights from a file.
    Weights {
        /// The recipe to train the weights with.
        recipe: Recipe,
        /// The file's name.
        file: String,
        /// The file's content.
        bytes: Vec<u8>,
    },
    /// A checkpoint of a run, which goes on from there.
    Checkpoint {
        /// The bytes of the checkpoint if it could not be stored; with `None`, the worker reads the one in the
        /// database.
        bytes: Option<Vec<u8>>,
        /// The device to go on with, which may differ from the recipe's.
        device: DeviceChoice,
        /// A change of the plan from here on.
        change: Option<Change>,
        /// The reason to go on, if the user did not ask for it: a sentence for the log.
        note: Option<String>,
    },
}

impl Command {
    /// Returns the number of the run that the command is about.
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

    /// Whether the worker needs the data set before anything else.
    pub fn needs_data(&self) -> bool {
        matches!(self, Self::Train { .. } | Self::Preflight { .. })
    }
}

/// A message from the worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// Something happened in a run.
    Run(Stamped),
}

/// An [`Event`] with the number of its run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamped {
    /// The number in the command that started the run.
    pub run_id: u32,
    /// The event.
    pub event: Event,
}

/// An event of a run, a check, a measurement or a job.
///
/// The events of a run come in this order: `Opening` and `Data`*, `Restored` if the run goes on from a checkpoint,
/// `Ready`, `Showing`, ((`Steps`, `Sampled`?, `Guessed`?)*, `Evaluating`*, `Epoch`, `Guessed`)*, then `Finished`,
/// `Stopped` or `Failed`. The others may come at any time between.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// More bytes of the data set have arrived.
    Data {
        /// The number of bytes that have arrived so far, over all files.
        loaded: u64,
        /// The number of bytes of all files, as far as it is known. It equals `loaded` only when all have arrived.
        total: u64,
    },
    /// The device is open and the data is there.
    Ready {
        /// The device in use.
        backend: Backend,
        /// The reason for this device: a sentence for the user.
        why: String,
    },
    /// The run goes on from a checkpoint, which has this record.
    Restored(Box<RunRecord>),
    /// Steps were taken, and their losses were read back from the device.
    Steps {
        /// The current epoch, from 1.
        epoch: u32,
        /// The number of steps since the start of the run, with these.
        step: u32,
        /// The mean loss (negative log-likelihood, in nats) of each batch since the last `Steps`.
        losses: Vec<f32>,
        /// The seconds spent on the run so far.
        seconds: f64,
        /// The images per second over the last few seconds; 0 while unknown.
        images_per_second: f64,
        /// The seconds that the run will still take; `None` while unknown.
        seconds_left: Option<f64>,
    },
    /// The test images are being classified.
    Evaluating {
        /// The number of test images classified so far.
        done: u32,
        /// The number of all test images.
        of: u32,
    },
    /// An epoch has ended, and the test images were classified without dropout, with running statistics.
    Epoch(EpochResult),
    /// The run is paused.
    Paused,
    /// The run goes on after a pause.
    Resumed,
    /// The plan was changed.
    Changed(Change),
    /// A checkpoint was stored: from now on the run can go on from there, even after a crash.
    Saved {
        /// The number of steps that the checkpoint holds.
        step: u32,
    },
    /// A checkpoint could not be stored. Training goes on, and the page keeps the checkpoint in memory instead.
    Unsaved {
        /// The reason: a sentence for the user.
        reason: String,
        /// The checkpoint's bytes. They are empty if the checkpoint could not be encoded: then the page keeps the one
        /// that it had before.
        checkpoint: Vec<u8>,
    },
    /// The measurement has ended, with this report.
    Measured(Preflight),
    /// The job has ended, with this answer.
    Answered(Answer),
    /// The run has ended as planned.
    Finished {
        /// The seconds spent on the run.
        seconds: f64,
    },
    /// The user has ended the run.
    Stopped,
    /// The check has ended, with this report.
    Checked(CheckReport),
    /// A failure has ended the run.
    Failed(Failure),
    /// The number of CPU workers that share each batch, from now on.
    Shared {
        /// The number of workers, the leader included.
        workers: u32,
    },
    /// A device of this kind is being opened, while the data arrives.
    Opening(BackendKind),
    /// A sample of the test images was classified between two tests, in the same way as in a test.
    Sampled {
        /// The number of images of the sample that were classified correctly.
        correct: u32,
        /// The number of images of the sample, which are the same ones each time.
        of: u32,
    },
    /// The test images that the page shows while the net learns are these.
    Showing {
        /// The bytes of a [`crate::mnist::Showcase`].
        showcase: Vec<u8>,
    },
    /// The net has answered the images of the showcase, as in a test.
    Guessed {
        /// The net's guesses, in the order of the images.
        guesses: Vec<Guess>,
        /// The parameters and running statistics that the net is tested with, in the order of `engine::parameter_layout`.
        values: Vec<f32>,
    },
}

impl Event {
    /// Whether this event only reports progress, which may come between a command and what it does.
    pub fn is_progress(&self) -> bool {
        matches!(
            self,
            Self::Steps { .. }
                | Self::Sampled { .. }
                | Self::Guessed { .. }
                | Self::Evaluating { .. }
                | Self::Data { .. }
        )
    }

    /// Whether this event is the last of its run.
    pub fn is_end(&self) -> bool {
        let of_run = matches!(self, Self::Finished { .. } | Self::Stopped | Self::Failed(_));
        of_run || matches!(self, Self::Checked(_) | Self::Measured(_) | Self::Answered(_))
    }
}
