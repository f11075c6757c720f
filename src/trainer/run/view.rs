//! What the page shows of the current activity, computed from its events alone: without a clock and without a screen.

use std::sync::Arc;

use super::backend::BackendKind;
use super::checkpoint_state::CheckpointState;
use super::guess::Guess;
use super::phase::{Action, Phase};
use super::protocol::Event;
use super::record::{RunKey, RunRecord};
use super::resumption::{Resumption, Worth};
use crate::format::{duration, percent};
use crate::mnist::Showcase;
use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::plan::Plan;

/// What a view of a run shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Activity {
    /// Training; the plan is in the record.
    #[default]
    Train,
    /// The comparison with PyTorch, which takes ten steps.
    Check,
    /// The measurement of how long a recipe takes on this computer.
    Measure,
}

/// Everything that the page shows of an activity: training, a check or a measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    /// Which activity it is.
    pub activity: Activity,
    /// How far the activity has come.
    pub phase: Phase,
    /// The kind of device that is being opened; `None` before and after.
    pub opening: Option<BackendKind>,
    /// The record of the run.
    pub record: RunRecord,
    /// The current epoch, counted from 1; 0 before the first.
    pub epoch: u32,
    /// Images per second over the last few seconds; 0 while that is unknown.
    pub images_per_second: f64,
    /// Seconds until the end; `None` while that is unknown.
    pub seconds_left: Option<f64>,
    /// The run's last checkpoint.
    pub checkpoint: CheckpointState,
    /// The sentence that a screen reader reads next: one for each epoch and one for the end.
    pub announcement: String,
    /// The test images that the page shows while the net learns; `None` before the data is there.
    pub showcase: Option<Arc<Showcase>>,
    /// The net's newest guesses at these images, in their order; none before the first.
    pub guesses: Vec<Guess>,
    /// The parameters and running statistics of the net that made these guesses; none before the first.
    pub values: Arc<[f32]>,
    /// Whether the run, which no worker trains, was deleted from the list of kept runs.
    pub is_deleted: bool,
    /// Whether the run goes on from an earlier point, and what was there before.
    resumption: Resumption,
}

impl Default for RunView {
    /// What the page shows before anything is started: the demo, ready to be trained.
    fn default() -> Self {
        Self::of(Activity::Train, RunRecord::new(RunKey::default(), Plan::from(Recipe::demo()), String::new()))
    }
}

impl RunView {
    fn of(activity: Activity, record: RunRecord) -> Self {
        Self {
            activity,
            phase: Phase::Idle,
            opening: None,
            record,
            epoch: 0,
            images_per_second: 0.0,
            seconds_left: None,
            checkpoint: CheckpointState::default(),
            announcement: String::new(),
            showcase: None,
            guesses: Vec::new(),
            values: Arc::default(),
            is_deleted: false,
            resumption: Resumption::default(),
        }
    }

    /// An activity that was just started.
    pub fn started(activity: Activity, record: RunRecord) -> Self {
        Self { phase: Phase::Loading { loaded: 0, total: 0 }, ..Self::of(activity, record) }
    }

    /// A kept run that continues from the checkpoint in the database, which holds this many steps.
    pub fn resumed(record: RunRecord, step: u32) -> Self {
        let resumption = Resumption::of(&record);
        Self { checkpoint: CheckpointState::stored(step), resumption, ..Self::started(Activity::Train, record) }
    }

    /// A kept run that no worker trains, shown as if it had just ended.
    pub fn kept(record: RunRecord) -> Self {
        let (phase, epoch) = (Phase::of_kept(&record), record.epochs.len() as u32);
        Self { phase, epoch, ..Self::of(Activity::Train, record) }
    }

    /// Whether an action is possible now.
    pub fn allows(&self, action: Action) -> bool {
        // After an attempt in vain, the run can be continued as before, perhaps with another learning rate.
        let may_try_again = || self.was_in_vain() && !self.is_running();
        match action {
            Action::Continue => {
                let is_over = self.phase.allows(action) || may_try_again();
                is_over && self.record.has_ended_well() && !self.is_deleted
            }
            action => self.phase.allows(action),
        }
    }

    /// Whether the run was resumed and has ended again without a change: the browser keeps it as it was.
    pub fn was_in_vain(&self) -> bool {
        self.resumption.was_in_vain()
    }

    /// What the record of the run is worth, now that the run has ended.
    pub fn worth(&self) -> Worth {
        let can_go_on = matches!(self.phase, Phase::Failed(_)) && self.checkpoint.exists();
        match self.record.step() {
            _ if self.was_in_vain() => Worth::StoredRun,
            // A run with the weights of a file has a checkpoint before its first step.
            0 if !can_go_on => Worth::Nothing,
            _ => Worth::Record,
        }
    }

    /// Takes in what another tab has made of the run.
    pub fn take_over(&mut self, record: RunRecord) {
        // A failure in this tab is history now.
        *self = Self::kept(record);
    }

    /// Takes in which data set the next run will be trained on. Before the first run, the charts are those of this data: the
    /// goal for MNIST is on them only for MNIST. A run that is shown keeps its own.
    pub fn use_data(&mut self, name: String) {
        if self.phase == Phase::Idle {
            self.record.data = name;
        }
    }

    /// Whether the activity has begun and not ended. A paused run counts as running.
    pub fn is_running(&self) -> bool {
        self.phase.is_running()
    }

    /// Follows an event of the activity.
    pub fn apply(&mut self, event: &Event) {
        self.phase = self.phase.after(event);
        self.record.apply(event);
        self.checkpoint.apply(event, self.record.step());
        match event {
            Event::Restored(_) => self.epoch = self.record.epochs.len() as u32 + 1,
            Event::Steps { epoch, images_per_second, seconds_left, .. } => {
                self.epoch = *epoch;
                (self.images_per_second, self.seconds_left) = (*images_per_second, *seconds_left);
            }
            Event::Epoch(result) => {
                self.announcement = format!(
                    "Epoch {} has ended: {} of the test images are classified correctly.",
                    result.epoch,
                    percent(result.test_accuracy)
                );
            }
            Event::Paused => "The run is paused.".clone_into(&mut self.announcement),
            Event::Resumed => "The run continues.".clone_into(&mut self.announcement),
            Event::Finished { seconds } => self.end(format!("The run has ended after {}.", duration(*seconds))),
            Event::Stopped => self.end("The run was stopped.".to_owned()),
            Event::Checked(report) => {
                let verdict = if report.passes() { "passes" } else { "fails" };
                self.end(format!("The check against PyTorch {verdict}."));
            }
            Event::Measured(report) => {
                self.end(format!("The whole run would take about {} on this computer.", duration(report.seconds)));
            }
            // A screen reader reads the failure's message by itself: on the page it is an alert.
            Event::Failed(_) => self.end(String::new()),
            Event::Showing { showcase } => self.showcase = Showcase::read(showcase.clone()).map(Arc::new),
            Event::Guessed { guesses, values } => {
                self.guesses.clone_from(guesses);
                self.values = values.as_slice().into();
            }
            Event::Opening(kind) => self.opening = Some(*kind),
            Event::Ready { .. } => self.opening = None,
            Event::Data { .. } | Event::Evaluating { .. } | Event::Saved { .. } | Event::Unsaved { .. } => {}
            Event::Changed(_) | Event::Shared { .. } | Event::Sampled { .. } | Event::Answered(_) => {}
        }
        if let Some(before) = self.resumption.follow(event) {
            self.epoch = before.epochs.len() as u32;
            if *event == Event::Stopped {
                self.phase = Phase::of_kept(&before);
                "The run is as it was before.".clone_into(&mut self.announcement);
            }
            self.record = before;
        }
    }

    fn end(&mut self, announcement: String) {
        (self.opening, self.seconds_left) = (None, None);
        self.announcement = announcement;
    }

    /// Shows the run that has ended as loading again: it is about to continue from its last checkpoint.
    pub fn resume(&mut self) {
        self.resumption = Resumption::of(&self.record);
        self.phase = Phase::Loading { loaded: 0, total: 0 };
        (self.images_per_second, self.seconds_left) = (0.0, None);
        self.announcement = String::new();
    }
}

#[cfg(test)]
pub(super) mod tests;
