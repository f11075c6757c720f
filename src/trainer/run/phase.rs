//! How far an activity has come, and what the user can do with it then.

use super::failure::Failure;
use super::protocol::Event;
use super::record::{End, RunRecord};
use super::reports::{CheckReport, Preflight};

/// How far an activity has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Nothing was started yet.
    #[default]
    Idle,
    /// The worker's code and the data are being loaded.
    Loading {
        /// Bytes that have arrived.
        loaded: u64,
        /// Bytes of all files; 0 while that is unknown.
        total: u64,
    },
    /// The data is loaded; the device is being opened, or runs its first step.
    Preparing,
    /// Training steps are running.
    Training,
    /// The test images are being classified.
    Evaluating {
        /// Test images that have been classified.
        done: u32,
        /// All test images.
        of: u32,
    },
    /// The user has paused the run.
    Paused,
    /// The run ended as planned.
    Finished {
        /// Seconds of training, tests included.
        seconds: f64,
    },
    /// The user stopped the run.
    Stopped,
    /// The comparison with PyTorch has ended.
    Checked(CheckReport),
    /// The measurement has ended.
    Measured(Preflight),
    /// A failure ended the activity.
    Failed(Failure),
}

/// What a user can do with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start a new run.
    Train,
    /// Pause the run.
    Pause,
    /// Resume the paused run, perhaps with another learning rate.
    Resume,
    /// End the run.
    Stop,
    /// Train the net of the run that has ended for more epochs.
    Continue,
}

impl Phase {
    /// The phase of a run that no worker trains.
    pub(super) fn of_kept(record: &RunRecord) -> Self {
        match record.end {
            Some(End::Finished) => Self::Finished { seconds: record.seconds },
            _ => Self::Stopped,
        }
    }

    /// Whether the activity has begun and not ended. A paused run counts as running.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Loading { .. } | Self::Preparing | Self::Training | Self::Evaluating { .. } | Self::Paused)
    }

    /// Whether an action is possible now.
    pub fn allows(&self, action: Action) -> bool {
        match action {
            Action::Train => !self.is_running(),
            Action::Pause => matches!(self, Self::Preparing | Self::Training | Self::Evaluating { .. }),
            Action::Resume => matches!(self, Self::Paused),
            Action::Stop => self.is_running(),
            Action::Continue => matches!(self, Self::Finished { .. } | Self::Stopped),
        }
    }

    /// The phase that follows from an event.
    pub fn after(&self, event: &Event) -> Self {
        match event {
            Event::Data { loaded, total } if loaded == total && *total > 0 => Self::Preparing,
            Event::Data { loaded, total } => Self::Loading { loaded: *loaded, total: *total },
            Event::Ready { .. } => Self::Preparing,
            Event::Steps { .. } => Self::Training,
            Event::Evaluating { done, of } => Self::Evaluating { done: *done, of: *of },
            Event::Paused => Self::Paused,
            Event::Resumed => Self::Training,
            Event::Finished { seconds } => Self::Finished { seconds: *seconds },
            Event::Stopped => Self::Stopped,
            Event::Checked(report) => Self::Checked(report.clone()),
            Event::Measured(report) => Self::Measured(report.clone()),
            Event::Failed(failure) => Self::Failed(failure.clone()),
            Event::Restored(_) | Event::Epoch(_) | Event::Changed(_) | Event::Shared { .. } | Event::Opening(_) => {
                self.clone()
            }
            Event::Showing { .. } | Event::Guessed { .. } => self.clone(),
            // Checkpoints, samples and the answers of jobs do not change what the run does.
            Event::Sampled { .. } | Event::Saved { .. } | Event::Unsaved { .. } | Event::Answered(_) => self.clone(),
        }
    }
}
