//! What the page knows of a run: events go in, what is to be shown comes out. No clock, no screen.

use super::backend::BackendKind;
use super::failure::Failure;
use super::protocol::Event;
use super::record::{End, RunKey, RunRecord};
use super::reports::{CheckReport, Preflight};
use crate::format::{bytes_of, duration, percent, thousands};
use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::plan::Plan;

/// Steps that the mean of the recent loss is of.
const WINDOW: usize = 20;

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Nothing was started yet.
    #[default]
    Idle,
    /// The worker's code and the data are on their way.
    Loading {
        /// Bytes that arrived so far.
        loaded: u64,
        /// All bytes; 0 while unknown.
        total: u64,
    },
    /// The data is there; the device gets ready, or takes its first step.
    Preparing,
    /// Steps are being taken.
    Training,
    /// The test images are being classified.
    Evaluating {
        /// Test images classified so far.
        done: u32,
        /// All test images.
        of: u32,
    },
    /// Held by the user.
    Paused,
    /// Ended as planned.
    Finished {
        /// Seconds spent on it.
        seconds: f64,
    },
    /// Ended by the user.
    Stopped,
    /// The check has ended.
    Checked(CheckReport),
    /// The measurement has ended.
    Measured(Preflight),
    /// Ended by a failure.
    Failed(Failure),
}

/// What a user can do with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Start a new one.
    Train,
    /// Hold it.
    Pause,
    /// Let it go on, with another learning rate perhaps.
    Resume,
    /// End it.
    Stop,
    /// Train the same net for more epochs.
    Continue,
}

impl Phase {
    /// Whether something is under way, held or not.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Loading { .. } | Self::Preparing | Self::Training | Self::Evaluating { .. } | Self::Paused)
    }

    /// Whether an action makes sense now.
    pub fn allows(&self, action: Action) -> bool {
        match action {
            Action::Train => !self.is_running(),
            Action::Pause => matches!(self, Self::Preparing | Self::Training | Self::Evaluating { .. }),
            Action::Resume => matches!(self, Self::Paused),
            Action::Stop => self.is_running(),
            Action::Continue => matches!(self, Self::Finished { .. } | Self::Stopped),
        }
    }

    /// Where the run stands after an event.
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
            // A job leaves the run alone.
            Event::Saved { .. } | Event::Unsaved { .. } | Event::Answered(_) => self.clone(),
        }
    }
}

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Activity {
    /// Training; by which plan is in the record.
    #[default]
    Train,
    /// The comparison with PyTorch: ten steps.
    Check,
    /// How long a recipe would take here.
    Measure,
}

/// Everything that the page shows of the current run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunView {
    /// What was asked for.
    pub activity: Activity,
    /// Where the run stands.
    pub phase: Phase,
    /// The kind of device that gets ready; `None` before and after.
    pub opening: Option<BackendKind>,
    /// The run itself.
    pub record: RunRecord,
    /// The epoch under way, from 1; 0 before the first.
    pub epoch: u32,
    /// Images a second over the last few seconds; 0 while unknown.
    pub images_per_second: f64,
    /// Seconds left; `None` while unknown.
    pub seconds_left: Option<f64>,
    /// Steps that the last checkpoint holds; `None` before the first.
    pub saved: Option<u32>,
    /// Why the last checkpoint could not be stored, for the user; `None` if it was.
    pub unsaved: Option<String>,
    /// The sentence that a screen reader hears next: one for each epoch and for each end.
    pub announcement: String,
}

impl Default for RunView {
    /// What the page shows when nothing was started yet: ready for the classic recipe.
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
            saved: None,
            unsaved: None,
            announcement: String::new(),
        }
    }

    /// Something that was just started.
    pub fn started(activity: Activity, record: RunRecord) -> Self {
        Self { phase: Phase::Loading { loaded: 0, total: 0 }, ..Self::of(activity, record) }
    }

    /// A kept run that has ended, as if it had just done so.
    pub fn kept(record: RunRecord) -> Self {
        let phase = match record.end {
            Some(End::Stopped) => Phase::Stopped,
            _ => Phase::Finished { seconds: record.seconds },
        };
        Self { phase, epoch: record.epochs.len() as u32, ..Self::of(Activity::Train, record) }
    }

    /// Whether the run is under way.
    pub fn is_running(&self) -> bool {
        self.phase.is_running()
    }

    /// Takes in an event.
    pub fn apply(&mut self, event: Event) {
        self.phase = self.phase.after(&event);
        self.record.apply(&event);
        match event {
            Event::Restored(_) => self.epoch = self.record.epochs.len() as u32 + 1,
            Event::Steps { epoch, images_per_second, seconds_left, .. } => {
                self.epoch = epoch;
                (self.images_per_second, self.seconds_left) = (images_per_second, seconds_left);
            }
            Event::Epoch(result) => {
                self.announcement = format!(
                    "Epoch {} has ended: {} of the test images are right.",
                    result.epoch,
                    percent(result.test_accuracy)
                );
            }
            Event::Saved { step } => (self.saved, self.unsaved) = (Some(step), None),
            Event::Unsaved { reason, .. } => self.unsaved = Some(reason),
            Event::Paused => "The run is paused.".clone_into(&mut self.announcement),
            Event::Resumed => "The run goes on.".clone_into(&mut self.announcement),
            Event::Finished { seconds } => self.end(format!("The run has ended after {}.", duration(seconds))),
            Event::Stopped => self.end("The run was stopped.".to_owned()),
            Event::Checked(report) => {
                let verdict = if report.passes() { "passes" } else { "fails" };
                self.end(format!("The check against PyTorch {verdict}."));
            }
            Event::Measured(report) => {
                self.end(format!("The whole recipe would take about {} here.", duration(report.seconds)));
            }
            // The message is an alert on the page, which is read out by itself.
            Event::Failed(_) => self.end(String::new()),
            Event::Opening(kind) => self.opening = Some(kind),
            Event::Ready { .. } => self.opening = None,
            Event::Data { .. } | Event::Evaluating { .. } => {}
            Event::Changed(_) | Event::Shared { .. } | Event::Answered(_) => {}
        }
    }

    fn end(&mut self, announcement: String) {
        (self.opening, self.seconds_left) = (None, None);
        self.announcement = announcement;
    }

    /// Steps of the whole run.
    pub fn total_steps(&self) -> u32 {
        match &self.activity {
            Activity::Train => self.record.plan.total_steps(),
            Activity::Check | Activity::Measure => CheckReport::STEPS,
        }
    }

    /// Share of the current activity that is done, 0 to 1; `None` while that is unknown or nothing goes on.
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

    /// What goes on, in a few words.
    pub fn status(&self) -> String {
        match &self.phase {
            Phase::Idle => "Ready to train.".to_owned(),
            Phase::Loading { total: 0, .. } => match self.opening {
                Some(kind) => format!("Getting ready: {}", opening(kind)),
                None => "Loading the trainer…".to_owned(),
            },
            Phase::Loading { loaded, total } => format!("Loading MNIST: {}", bytes_of(*loaded, *total)),
            Phase::Preparing => match self.opening {
                Some(kind) => format!("The data is here; {}", opening(kind)),
                None => "The first step is under way…".to_owned(),
            },
            Phase::Training => match &self.activity {
                Activity::Train => format!("Epoch {} of {}", self.epoch, self.record.plan.epochs()),
                Activity::Check => "Checking against PyTorch…".to_owned(),
                Activity::Measure => "Measuring this machine…".to_owned(),
            },
            Phase::Paused => format!("Paused in epoch {} of {}.", self.epoch, self.record.plan.epochs()),
            Phase::Evaluating { done, of } => {
                format!("Epoch {}: testing, {} of {} images", self.epoch, thousands(*done), thousands(*of))
            }
            Phase::Finished { seconds } => format!("Finished in {}.", duration(*seconds)),
            Phase::Stopped => "Stopped.".to_owned(),
            Phase::Checked(report) if report.passes() => "The check against PyTorch passes.".to_owned(),
            Phase::Checked(_) => "The check against PyTorch fails.".to_owned(),
            Phase::Measured(report) => format!("About {} on this machine.", duration(report.seconds)),
            Phase::Failed(_) => "The run has failed.".to_owned(),
        }
    }

    /// The mean loss of the last [`WINDOW`] steps at most; `None` before the first.
    pub fn recent_loss(&self) -> Option<f64> {
        let losses = self.record.losses.last_chunk::<WINDOW>().map_or(&self.record.losses[..], |chunk| chunk);
        let sum: f64 = losses.iter().map(|&loss| f64::from(loss)).sum();
        (!losses.is_empty()).then(|| sum / losses.len() as f64)
    }

    /// Share of the epoch under way that is done, 0 to 1; `None` while there is none.
    pub fn epoch_progress(&self) -> Option<f64> {
        if self.activity != Activity::Train {
            return None;
        }
        match self.phase {
            Phase::Evaluating { .. } => Some(1.0),
            Phase::Training | Phase::Paused => {
                let per_epoch = self.record.plan.recipe.steps_per_epoch().max(1);
                // After an epoch's last step it is that epoch which is over, not one that is about to begin.
                let before = self.epoch.saturating_sub(1).saturating_mul(per_epoch);
                Some((f64::from(self.record.step().saturating_sub(before)) / f64::from(per_epoch)).min(1.0))
            }
            _ => None,
        }
    }

    /// What the window's title says beside the page's name, while a run is under way: `Epoch 3/20 · 98.91 %`.
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

    /// The first epoch after which at least this share of the test images was right.
    pub fn first_reached(&self, share: f64) -> Option<u32> {
        self.record.epochs.iter().find(|result| result.test_accuracy >= share).map(|result| result.epoch)
    }

    /// A run that has ended is about to go on.
    pub fn go_on(&mut self) {
        self.phase = Phase::Loading { loaded: 0, total: 0 };
        (self.images_per_second, self.seconds_left) = (0.0, None);
        self.announcement = String::new();
    }
}

/// What keeps a device of this kind from taking steps.
fn opening(kind: BackendKind) -> &'static str {
    match kind {
        BackendKind::WebGpu => "the graphics card’s programs compile…",
        BackendKind::Cpu => "the CPU’s workers load…",
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
    fn a_run_is_told_from_loading_to_its_end() {
        let mut view = started();
        assert!(view.is_running());
        assert_eq!((view.progress(), view.status().as_str()), (None, "Loading the trainer…"));

        view.apply(Event::Opening(BackendKind::WebGpu));
        assert_eq!(view.status(), "Getting ready: the graphics card’s programs compile…");

        view.apply(Event::Data { loaded: 2_900_000, total: 11_600_000 });
        assert_eq!((view.progress(), view.status().as_str()), (Some(0.25), "Loading MNIST: 2.9 of 11.6 MB"));

        view.apply(Event::Data { loaded: 11_600_000, total: 11_600_000 });
        let compiling = "The data is here; the graphics card’s programs compile…";
        assert_eq!((view.progress(), view.status().as_str()), (None, compiling));

        view.apply(ready());
        assert_eq!((view.progress(), view.status().as_str()), (None, "The first step is under way…"));

        view.apply(steps(1, 4, &[2.3, 2.1, 1.9, 1.7]));
        assert_eq!((view.progress(), view.status().as_str()), (Some(0.5), "Epoch 1 of 2"));
        assert!(view.recent_loss().is_some_and(|loss| (loss - 2.0).abs() < 1e-6));

        view.apply(Event::Evaluating { done: 5_000, of: 10_000 });
        assert_eq!(view.status(), "Epoch 1: testing, 5,000 of 10,000 images");
        view.apply(epoch(1, 9805));
        assert_eq!(view.announcement, "Epoch 1 has ended: 98.05 % of the test images are right.");

        view.apply(steps(2, 8, &[1.5; 4]));
        view.apply(epoch(2, 9799));
        view.apply(Event::Finished { seconds: 65.2 });
        assert!(!view.is_running());
        assert_eq!(view.record.losses.len(), 8);
        assert_eq!(view.record.best().map(|best| best.epoch), Some(1));
    }

    #[test]
    fn what_a_user_can_do_follows_from_where_the_run_stands() {
        let allowed = |phase: &Phase| {
            [Action::Train, Action::Pause, Action::Resume, Action::Stop, Action::Continue]
                .into_iter()
                .filter(|action| phase.allows(*action))
                .collect::<Vec<_>>()
        };
        let mut view = started();
        assert_eq!(allowed(&Phase::Idle), [Action::Train]);
        assert_eq!(allowed(&view.phase), [Action::Stop]);
        view.apply(ready());
        view.apply(steps(1, 1, &[2.3]));
        assert_eq!(allowed(&view.phase), [Action::Pause, Action::Stop]);
        view.apply(Event::Paused);
        assert_eq!(allowed(&view.phase), [Action::Resume, Action::Stop]);
        assert_eq!(view.status(), "Paused in epoch 1 of 2.");
        // What is decided or stored meanwhile does not wake it.
        view.apply(Event::Changed(Change::Rate { step: 1, learning_rate: 0.001 }));
        view.apply(Event::Saved { step: 1 });
        assert_eq!((&view.phase, view.saved), (&Phase::Paused, Some(1)));
        assert_eq!(view.record.plan.rate(1), 0.001);
        view.apply(Event::Resumed);
        assert_eq!(allowed(&view.phase), [Action::Pause, Action::Stop]);
        view.apply(Event::Stopped);
        assert_eq!(allowed(&view.phase), [Action::Train, Action::Continue]);
    }

    #[test]
    fn a_restored_run_shows_what_had_happened() {
        let mut earlier = started();
        earlier.apply(ready());
        earlier.apply(steps(1, 4, &[2.3, 2.1, 1.9, 1.7]));
        earlier.apply(epoch(1, 9805));
        earlier.apply(steps(2, 5, &[1.6]));
        let mut view = started();
        view.apply(Event::Restored(Box::new(earlier.record)));
        view.apply(ready());
        view.apply(steps(2, 6, &[1.5]));
        assert_eq!((view.record.step(), view.epoch, view.record.epochs.len()), (6, 2, 1));
        assert_eq!(view.progress(), Some(0.75));
    }

    #[test]
    fn a_checkpoint_that_cannot_be_stored_is_told_and_forgotten_when_the_next_can() {
        let mut view = started();
        view.apply(Event::Unsaved { reason: "The disk is full.".to_owned(), checkpoint: Vec::new() });
        assert_eq!(view.unsaved.as_deref(), Some("The disk is full."));
        view.apply(Event::Saved { step: 9 });
        assert_eq!((view.saved, view.unsaved), (Some(9), None));
    }

    #[test]
    fn the_recent_loss_forgets_what_is_older_than_its_window() {
        let mut view = RunView::default();
        assert_eq!(view.recent_loss(), None);
        view.apply(steps(1, 1, &[1000.0]));
        view.apply(steps(1, 2, &[2.0]));
        assert_eq!(view.recent_loss(), Some(501.0));
        view.apply(steps(1, 1 + WINDOW as u32, &[2.0; WINDOW - 1]));
        assert_eq!(view.recent_loss(), Some(2.0));
    }

    #[test]
    fn the_title_tells_how_far_a_run_is_and_nothing_when_there_is_none() {
        let mut view = started();
        assert_eq!((RunView::default().title(), view.title()), (None, Some("Loading".to_owned())));
        view.apply(ready());
        view.apply(steps(1, 3, &[2.3, 2.1, 1.9]));
        assert_eq!((view.title().as_deref(), view.epoch_progress()), (Some("Epoch 1/2"), Some(0.75)));
        view.apply(steps(1, 4, &[1.7]));
        assert_eq!(view.epoch_progress(), Some(1.0));
        view.apply(epoch(1, 9891));
        view.apply(steps(2, 5, &[1.6]));
        view.apply(Event::Paused);
        assert_eq!(view.title().as_deref(), Some("Paused · Epoch 2/2 · 98.91 %"));
        assert_eq!(
            (view.epoch_progress(), view.first_reached(0.98), view.first_reached(0.994)),
            (Some(0.25), Some(1), None)
        );
        view.apply(Event::Stopped);
        assert_eq!((view.title(), view.epoch_progress()), (None, None));
        view.go_on();
        assert_eq!((view.is_running(), view.record.step()), (true, 5));
    }

    #[test]
    fn a_failure_ends_the_run_and_keeps_what_was_measured() {
        let mut view = started();
        view.apply(steps(1, 1, &[2.3]));
        view.apply(Event::Failed(Failure::new(FailureKind::Internal, "Out of memory.")));
        assert!(!view.is_running());
        assert_eq!(view.record.losses, [2.3]);
        assert!(matches!(view.phase, Phase::Failed(_)));
    }
}
