//! What the page shows of the current activity, computed from its events alone: without a clock and without a screen.

use super::backend::BackendKind;
use super::checkpoint_state::CheckpointState;
use super::failure::Failure;
use super::protocol::Event;
use super::record::{End, RunKey, RunRecord};
use super::reports::{CheckReport, Preflight};
use super::resumption::{Resumption, Worth};
use crate::format::{bytes_of, duration, percent, thousands};
use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::plan::Plan;

/// Number of steps whose losses are averaged to the recent loss.
const RECENT_STEPS: usize = 20;

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
            // Checkpoints and the answers of jobs do not change what the run does.
            Event::Saved { .. } | Event::Unsaved { .. } | Event::Answered(_) => self.clone(),
        }
    }
}

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
    /// Whether the run goes on from an earlier point, and what was there before.
    resumption: Resumption,
}

impl Default for RunView {
    /// What the page shows before anything is started: the classic recipe, ready to be trained.
    fn default() -> Self {
        Self::of(Activity::Train, RunRecord::new(RunKey::default(), Plan::from(Recipe::classic()), String::new()))
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
        let (phase, epoch) = (phase_of(&record), record.epochs.len() as u32);
        Self { phase, epoch, ..Self::of(Activity::Train, record) }
    }

    /// Whether an action is possible now.
    pub fn allows(&self, action: Action) -> bool {
        // After an attempt in vain, the run can be continued as before, perhaps with another learning rate.
        let may_try_again = || {
            let has_ended = matches!(self.record.end, Some(End::Finished | End::Stopped));
            has_ended && self.was_in_vain() && !self.is_running()
        };
        self.phase.allows(action) || (action == Action::Continue && may_try_again())
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
            0 if can_go_on => Worth::StoredRun,
            0 => Worth::Nothing,
            _ => Worth::Record,
        }
    }

    /// Takes in what another tab has made of the run.
    pub fn take_over(&mut self, record: RunRecord) {
        // The message of a failure in this tab stays.
        let phase = if let Phase::Failed(_) = self.phase { self.phase.clone() } else { phase_of(&record) };
        *self = Self { phase, ..Self::kept(record) };
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
            Event::Opening(kind) => self.opening = Some(*kind),
            Event::Ready { .. } => self.opening = None,
            Event::Data { .. } | Event::Evaluating { .. } | Event::Saved { .. } | Event::Unsaved { .. } => {}
            Event::Changed(_) | Event::Shared { .. } | Event::Answered(_) => {}
        }
        if let Some(before) = self.resumption.follow(event) {
            self.epoch = before.epochs.len() as u32;
            if *event == Event::Stopped {
                self.phase = phase_of(&before);
                "The run is as it was before.".clone_into(&mut self.announcement);
            }
            self.record = before;
        }
    }

    /// The warning that the run, which has not ended, is not being saved; `None` if it is.
    pub fn warning(&self) -> Option<String> {
        self.is_running().then(|| self.checkpoint.warning(self.phase == Phase::Paused)).flatten()
    }

    fn end(&mut self, announcement: String) {
        (self.opening, self.seconds_left) = (None, None);
        self.announcement = announcement;
    }

    /// Steps of the whole activity.
    pub fn total_steps(&self) -> u32 {
        match &self.activity {
            Activity::Train => self.record.plan.total_steps(),
            Activity::Check | Activity::Measure => CheckReport::STEPS,
        }
    }

    /// The part of the current work that is done, from 0 to 1; `None` while that is unknown.
    pub fn progress(&self) -> Option<f64> {
        match self.phase {
            Phase::Loading { loaded, total } => (total > 0).then(|| loaded as f64 / total as f64),
            Phase::Preparing => None,
            Phase::Training | Phase::Evaluating { .. } | Phase::Paused | Phase::Stopped => {
                Some(f64::from(self.record.step()) / f64::from(self.total_steps().max(1)))
            }
            Phase::Finished { .. } | Phase::Checked(_) | Phase::Measured(_) => Some(1.0),
            Phase::Idle | Phase::Failed(_) => Some(0.0),
        }
    }

    /// The status line: what is happening, in a few words.
    pub fn status(&self) -> String {
        match &self.phase {
            Phase::Idle => "Ready to train.".to_owned(),
            Phase::Loading { total: 0, .. } => match self.opening {
                Some(kind) => opening(kind).to_owned(),
                None => "Loading the trainer…".to_owned(),
            },
            Phase::Loading { loaded, total } => format!("Loading MNIST: {}", bytes_of(*loaded, *total)),
            Phase::Preparing => match self.opening {
                Some(kind) => format!("The data is loaded. {}", opening(kind)),
                None => "Running the first step…".to_owned(),
            },
            Phase::Training => match &self.activity {
                Activity::Train => format!("Epoch {} of {}", self.epoch, self.record.plan.epochs()),
                Activity::Check => "Checking against PyTorch…".to_owned(),
                Activity::Measure => "Measuring this computer…".to_owned(),
            },
            Phase::Paused => format!("Paused in epoch {} of {}.", self.epoch, self.record.plan.epochs()),
            Phase::Evaluating { done, of } => {
                format!("Epoch {}: testing, {} of {} images", self.epoch, thousands(*done), thousands(*of))
            }
            Phase::Finished { seconds } => format!("Finished in {}.", duration(*seconds)),
            Phase::Stopped => "Stopped.".to_owned(),
            Phase::Checked(report) if report.passes() => "The check against PyTorch passes.".to_owned(),
            Phase::Checked(_) => "The check against PyTorch fails.".to_owned(),
            Phase::Measured(report) => format!("About {} on this computer.", duration(report.seconds)),
            Phase::Failed(_) => "The run has failed.".to_owned(),
        }
    }

    /// The mean loss of the last [`RECENT_STEPS`] steps, or of fewer while there are fewer; `None` before the first.
    pub fn recent_loss(&self) -> Option<f64> {
        let losses = self.record.losses.last_chunk::<RECENT_STEPS>().map_or(&self.record.losses[..], |chunk| chunk);
        let sum: f64 = losses.iter().map(|&loss| f64::from(loss)).sum();
        (!losses.is_empty()).then(|| sum / losses.len() as f64)
    }

    /// The part of the current epoch that is done, from 0 to 1; `None` while no epoch is running.
    pub fn epoch_progress(&self) -> Option<f64> {
        if self.activity != Activity::Train {
            return None;
        }
        match self.phase {
            Phase::Evaluating { .. } => Some(1.0),
            Phase::Training | Phase::Paused => {
                let per_epoch = self.record.plan.recipe.steps_per_epoch().max(1);
                // After the last step of an epoch that epoch is complete; the next one has not begun.
                let before = self.epoch.saturating_sub(1).saturating_mul(per_epoch);
                Some((f64::from(self.record.step().saturating_sub(before)) / f64::from(per_epoch)).min(1.0))
            }
            _ => None,
        }
    }

    /// What the window's title shows before the page's name while a run is going on: `Epoch 3/20 · 98.91 %`.
    pub fn title(&self) -> Option<String> {
        let epoch = || format!("Epoch {}/{}", self.epoch.max(1), self.record.plan.epochs());
        let what = match (&self.activity, &self.phase) {
            (Activity::Train, Phase::Loading { .. }) => "Loading".to_owned(),
            (Activity::Train, Phase::Paused) => format!("Paused · {}", epoch()),
            (Activity::Train, phase) if phase.is_running() => epoch(),
            _ => return None,
        };
        Some(match self.record.epochs.last() {
            Some(last) => format!("{what} · {}", percent(last.test_accuracy)),
            None => what,
        })
    }

    /// The first epoch whose test accuracy is at least `accuracy`.
    pub fn first_reached(&self, accuracy: f64) -> Option<u32> {
        self.record.epochs.iter().find(|result| result.test_accuracy >= accuracy).map(|result| result.epoch)
    }

    /// Shows the run that has ended as loading again: it is about to continue from its last checkpoint.
    pub fn resume(&mut self) {
        self.resumption = Resumption::of(&self.record);
        self.phase = Phase::Loading { loaded: 0, total: 0 };
        (self.images_per_second, self.seconds_left) = (0.0, None);
        self.announcement = String::new();
    }
}

/// The phase of a run that no worker trains.
fn phase_of(record: &RunRecord) -> Phase {
    match record.end {
        Some(End::Finished) => Phase::Finished { seconds: record.seconds },
        _ => Phase::Stopped,
    }
}

/// The sentence that a device of this kind is being opened.
fn opening(kind: BackendKind) -> &'static str {
    match kind {
        BackendKind::WebGpu => "Preparing the graphics card…",
        BackendKind::Cpu => "Starting the CPU workers…",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::plan::Change;
    use crate::trainer::run::backend::Backend;
    use crate::trainer::run::epoch::EpochResult;
    use crate::trainer::run::failure::FailureKind;

    fn epoch(epoch: u32, correct: u32) -> Event {
        Event::Epoch(EpochResult {
            epoch,
            learning_rate: 0.01,
            train_loss: 0.3,
            train_accuracy: 0.97,
            test_loss: 0.0673,
            test_accuracy: f64::from(correct) / 10_000.0,
            correct,
            of: 10_000,
            seconds: 19.0,
        })
    }

    fn steps(epoch: u32, step: u32, losses: &[f32]) -> Event {
        Event::Steps {
            epoch,
            step,
            losses: losses.to_vec(),
            seconds: 3.0,
            images_per_second: 500.0,
            seconds_left: Some(60.0),
        }
    }

    fn ready() -> Event {
        let backend = Backend { kind: BackendKind::Cpu, name: "CPU (SIMD)".to_owned() };
        Event::Ready { backend, why: "You chose the CPU.".to_owned() }
    }

    fn started() -> RunView {
        let recipe = Recipe { epochs: 2, images: 512, ..Recipe::classic() };
        RunView::started(Activity::Train, RunRecord::new(RunKey(7), Plan::from(recipe), "MNIST".to_owned()))
    }

    #[test]
    fn the_status_follows_a_run_from_loading_to_its_end() {
        let mut view = started();
        assert!(view.is_running());
        assert_eq!((view.progress(), view.status().as_str()), (None, "Loading the trainer…"));

        view.apply(&Event::Opening(BackendKind::WebGpu));
        assert_eq!(view.status(), "Preparing the graphics card…");

        view.apply(&Event::Data { loaded: 2_900_000, total: 11_600_000 });
        assert_eq!((view.progress(), view.status().as_str()), (Some(0.25), "Loading MNIST: 2.9 of 11.6 MB"));

        view.apply(&Event::Data { loaded: 11_600_000, total: 11_600_000 });
        let compiling = "The data is loaded. Preparing the graphics card…";
        assert_eq!((view.progress(), view.status().as_str()), (None, compiling));

        view.apply(&ready());
        assert_eq!((view.progress(), view.status().as_str()), (None, "Running the first step…"));

        view.apply(&steps(1, 4, &[2.3, 2.1, 1.9, 1.7]));
        assert_eq!((view.progress(), view.status().as_str()), (Some(0.5), "Epoch 1 of 2"));
        assert!(view.recent_loss().is_some_and(|loss| (loss - 2.0).abs() < 1e-6));

        view.apply(&Event::Evaluating { done: 5_000, of: 10_000 });
        assert_eq!(view.status(), "Epoch 1: testing, 5,000 of 10,000 images");
        view.apply(&epoch(1, 9805));
        assert_eq!(view.announcement, "Epoch 1 has ended: 98.05 % of the test images are classified correctly.");

        view.apply(&steps(2, 8, &[1.5; 4]));
        view.apply(&epoch(2, 9799));
        view.apply(&Event::Finished { seconds: 65.2 });
        assert!(!view.is_running());
        assert_eq!(view.record.losses.len(), 8);
        assert_eq!(view.record.best().map(|best| best.epoch), Some(1));
    }

    #[test]
    fn the_phase_decides_what_the_user_can_do() {
        let allowed = |phase: &Phase| {
            [Action::Train, Action::Pause, Action::Resume, Action::Stop, Action::Continue]
                .into_iter()
                .filter(|action| phase.allows(*action))
                .collect::<Vec<_>>()
        };
        let mut view = started();
        assert_eq!(allowed(&Phase::Idle), [Action::Train]);
        assert_eq!(allowed(&view.phase), [Action::Stop]);
        view.apply(&ready());
        view.apply(&steps(1, 1, &[2.3]));
        assert_eq!(allowed(&view.phase), [Action::Pause, Action::Stop]);
        view.apply(&Event::Paused);
        assert_eq!(allowed(&view.phase), [Action::Resume, Action::Stop]);
        assert_eq!(view.status(), "Paused in epoch 1 of 2.");
        // A change of the plan and a stored checkpoint leave the run paused.
        view.apply(&Event::Changed(Change::Rate { step: 1, learning_rate: 0.001 }));
        view.apply(&Event::Saved { step: 1 });
        assert_eq!((&view.phase, view.checkpoint.step()), (&Phase::Paused, Some(1)));
        assert_eq!(view.record.plan.rate(1), 0.001);
        view.apply(&Event::Resumed);
        assert_eq!(allowed(&view.phase), [Action::Pause, Action::Stop]);
        view.apply(&Event::Stopped);
        assert_eq!(allowed(&view.phase), [Action::Train, Action::Continue]);
    }

    #[test]
    fn a_restored_run_shows_its_earlier_steps_and_epochs() {
        let mut earlier = started();
        earlier.apply(&ready());
        earlier.apply(&steps(1, 4, &[2.3, 2.1, 1.9, 1.7]));
        earlier.apply(&epoch(1, 9805));
        earlier.apply(&steps(2, 5, &[1.6]));
        let mut view = started();
        view.apply(&Event::Restored(Box::new(earlier.record)));
        view.apply(&ready());
        view.apply(&steps(2, 6, &[1.5]));
        assert_eq!((view.record.step(), view.epoch, view.record.epochs.len()), (6, 2, 1));
        assert_eq!(view.progress(), Some(0.75));
    }

    #[test]
    fn the_user_is_warned_of_a_checkpoint_that_cannot_be_stored_until_the_next_can() {
        let mut view = started();
        view.apply(&Event::Unsaved { reason: "The disk is full.".to_owned(), checkpoint: Vec::new() });
        let begins_with =
            |view: &RunView, start: &str| view.warning().is_some_and(|warning| warning.starts_with(start));
        assert!(begins_with(&view, "This run is not being saved. The disk is full. Training continues"));
        view.apply(&Event::Paused);
        assert!(begins_with(
            &view,
            "This run is not being saved. The disk is full. The page tries again when the run goes"
        ));
        view.apply(&Event::Resumed);
        view.apply(&Event::Saved { step: 9 });
        assert_eq!((view.checkpoint.step(), view.warning()), (Some(9), None));
        // After the end, another notice says that the run could not be stored.
        view.apply(&Event::Unsaved { reason: "The disk is full.".to_owned(), checkpoint: Vec::new() });
        view.apply(&Event::Finished { seconds: 1.0 });
        assert_eq!(view.warning(), None);
    }

    #[test]
    fn the_recent_loss_ignores_older_steps() {
        let mut view = RunView::default();
        assert_eq!(view.recent_loss(), None);
        view.apply(&steps(1, 1, &[1000.0]));
        view.apply(&steps(1, 2, &[2.0]));
        assert_eq!(view.recent_loss(), Some(501.0));
        view.apply(&steps(1, 1 + RECENT_STEPS as u32, &[2.0; RECENT_STEPS - 1]));
        assert_eq!(view.recent_loss(), Some(2.0));
    }

    #[test]
    fn the_title_shows_how_far_a_run_is_and_nothing_without_a_run() {
        let mut view = started();
        assert_eq!((RunView::default().title(), view.title()), (None, Some("Loading".to_owned())));
        view.apply(&ready());
        view.apply(&steps(1, 3, &[2.3, 2.1, 1.9]));
        assert_eq!((view.title().as_deref(), view.epoch_progress()), (Some("Epoch 1/2"), Some(0.75)));
        view.apply(&steps(1, 4, &[1.7]));
        assert_eq!(view.epoch_progress(), Some(1.0));
        view.apply(&epoch(1, 9891));
        view.apply(&steps(2, 5, &[1.6]));
        view.apply(&Event::Paused);
        assert_eq!(view.title().as_deref(), Some("Paused · Epoch 2/2 · 98.91 %"));
        assert_eq!(
            (view.epoch_progress(), view.first_reached(0.98), view.first_reached(0.994)),
            (Some(0.25), Some(1), None)
        );
        view.apply(&Event::Stopped);
        assert_eq!((view.title(), view.epoch_progress()), (None, None));
        view.resume();
        assert_eq!((view.is_running(), view.record.step()), (true, 5));
    }

    /// A run of this plan that has finished.
    fn finished() -> RunRecord {
        let mut view = started();
        view.apply(&ready());
        for number in [1, 2] {
            view.apply(&steps(number, 4 * number, &[1.5; 4]));
            view.apply(&epoch(number, 9805));
        }
        view.apply(&Event::Finished { seconds: 65.2 });
        view.record
    }

    /// The events of a finished run that goes on for another epoch, up to its next step.
    fn continuation(record: &RunRecord) -> [Event; 3] {
        let mut restored = record.clone();
        restored.resume(record.key, None, Some(Change::Extend { epochs: 1, learning_rate: 0.1 }));
        [Event::Restored(Box::new(restored)), ready(), steps(3, 9, &[1.2])]
    }

    #[test]
    fn a_finished_run_that_cannot_go_on_stays_finished() {
        let record = finished();
        let lost = Event::Failed(Failure::new(FailureKind::Device, "No adapter."));
        for end in [Event::Stopped, lost] {
            // The attempt ends while the device is opened, after that, or with a step that no checkpoint holds.
            for come_so_far in 0..=3 {
                let mut shown = RunView::kept(record.clone());
                shown.resume();
                let listed = RunView::resumed(record.clone(), record.step());
                for mut view in [shown, listed] {
                    for event in &continuation(&record)[..come_so_far] {
                        view.apply(event);
                    }
                    assert!(view.is_running() && !view.allows(Action::Continue));
                    view.apply(&end);
                    assert_eq!(view.record, record, "{end:?} after {come_so_far} events");
                    assert_eq!(view.worth(), Worth::StoredRun);
                    assert!(view.was_in_vain() && view.allows(Action::Continue) && view.allows(Action::Train));
                    match &end {
                        Event::Stopped => assert_eq!(view.status(), "Finished in 1 min 05 s."),
                        _ => assert!(matches!(view.phase, Phase::Failed(_)), "the user reads why"),
                    }
                }
            }
        }
    }

    #[test]
    fn what_a_checkpoint_holds_is_not_put_back() {
        let unsaved = |bytes: &[u8]| Event::Unsaved { reason: "Full.".to_owned(), checkpoint: bytes.to_vec() };
        for (saved, counts) in [(Event::Saved { step: 9 }, true), (unsaved(&[1]), true), (unsaved(&[]), false)] {
            let mut view = RunView::kept(finished());
            view.resume();
            for event in continuation(&view.record.clone()).iter().chain([&saved, &Event::Stopped]) {
                view.apply(event);
            }
            let (end, step) = if counts { (End::Stopped, 9) } else { (End::Finished, 8) };
            assert_eq!((view.record.end, view.record.step(), view.was_in_vain()), (Some(end), step, !counts));
        }
        // A new run has nothing to be put back.
        let mut view = started();
        view.apply(&Event::Stopped);
        assert_eq!((view.record.end, view.was_in_vain()), (Some(End::Stopped), false));
    }

    #[test]
    fn a_run_without_a_step_is_worth_nothing_unless_it_can_go_on() {
        let failed = Event::Failed(Failure::new(FailureKind::Internal, "Out of memory."));
        let worth = |events: &[&Event]| {
            let mut view = started();
            events.iter().for_each(|event| view.apply(event));
            view.worth()
        };
        assert_eq!([worth(&[&failed]), worth(&[&Event::Stopped])], [Worth::Nothing; 2]);
        // The weights of a file are in a checkpoint before the first step.
        let saved = Event::Saved { step: 0 };
        assert_eq!([worth(&[&saved, &failed]), worth(&[&saved, &Event::Stopped])], [Worth::StoredRun, Worth::Nothing]);
        assert_eq!(
            [worth(&[&steps(1, 1, &[2.3]), &failed]), worth(&[&steps(1, 1, &[2.3]), &Event::Stopped])],
            [Worth::Record; 2]
        );
        // A run that was interrupted at its start stays interrupted.
        let mut view = RunView::resumed(started().record, 0);
        view.apply(&failed);
        assert_eq!(view.worth(), Worth::StoredRun);
    }

    #[test]
    fn the_page_takes_over_what_another_tab_has_made_of_a_run() {
        let mut view = RunView::kept(finished());
        let mut longer = finished();
        longer.losses.push(0.5);
        longer.end = Some(End::Stopped);
        view.take_over(longer.clone());
        assert_eq!((&view.record, &view.phase), (&longer, &Phase::Stopped));
        view.apply(&Event::Failed(Failure::new(FailureKind::Data, "No data.")));
        view.take_over(finished());
        assert_eq!((view.record.step(), view.status().as_str()), (8, "The run has failed."));
    }

    #[test]
    fn a_failure_ends_the_run_and_keeps_its_losses() {
        let mut view = started();
        view.apply(&steps(1, 1, &[2.3]));
        view.apply(&Event::Failed(Failure::new(FailureKind::Internal, "Out of memory.")));
        assert!(!view.is_running());
        assert_eq!(view.record.losses, [2.3]);
        assert!(matches!(view.phase, Phase::Failed(_)));
    }
}
