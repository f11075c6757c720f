//! What the page knows of a run: events go in, what is to be shown comes out. No clock, no screen.

use super::protocol::{Backend, CheckReport, EpochResult, Event, Failure};
use super::recipe::Recipe;

/// Steps over which the running mean of the loss reaches.
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
    /// The device is open; the first step is under way.
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
    /// Ended as planned.
    Finished {
        /// Seconds since the first step.
        seconds: f64,
    },
    /// Ended by the user.
    Stopped,
    /// The check has ended.
    Checked(CheckReport),
    /// Ended by a failure.
    Failed(Failure),
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// Training by a recipe.
    Train(Recipe),
    /// The comparison with PyTorch: ten steps.
    Check,
}

impl Default for Job {
    /// The classic recipe: what the page is ready for when nothing was started yet.
    fn default() -> Self {
        Self::Train(Recipe::classic())
    }
}

/// Everything that the page shows of the current run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunView {
    /// What was asked for.
    pub job: Job,
    /// Where the run stands.
    pub phase: Phase,
    /// The device in use and why.
    pub backend: Option<(Backend, String)>,
    /// The epoch under way, from 1; 0 before the first.
    pub epoch: u32,
    /// Steps taken.
    pub step: u32,
    /// The loss of each step.
    pub losses: Vec<f32>,
    /// The epochs that have ended.
    pub epochs: Vec<EpochResult>,
    /// Images a second over the last few seconds; 0 while unknown.
    pub images_per_second: f64,
    /// Seconds left; `None` while unknown.
    pub seconds_left: Option<f64>,
    /// The classic log.
    pub log: Vec<String>,
    /// The sentence that a screen reader hears next: one for each epoch and for each end.
    pub announcement: String,
}

impl RunView {
    /// A run that was just started.
    pub fn started(job: Job) -> Self {
        let phase = Phase::Loading { loaded: 0, total: 0 };
        Self { job, phase, ..Self::default() }
    }

    /// Whether the run is under way.
    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Loading { .. } | Phase::Preparing | Phase::Training | Phase::Evaluating { .. })
    }

    /// Takes in an event.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Data { loaded, total } => self.phase = Phase::Loading { loaded, total },
            Event::Ready { backend, why } => {
                self.log.push(format!("Device: {}. {why}", backend.name));
                self.backend = Some((backend, why));
                self.phase = Phase::Preparing;
            }
            Event::Steps { epoch, step, losses, images_per_second, seconds_left } => {
                self.phase = Phase::Training;
                (self.epoch, self.step) = (epoch, step);
                (self.images_per_second, self.seconds_left) = (images_per_second, seconds_left);
                self.losses.extend(losses);
            }
            Event::Evaluating { done, of } => self.phase = Phase::Evaluating { done, of },
            Event::Epoch(result) => {
                self.log.extend(result.log_lines());
                self.announcement = format!(
                    "Epoch {} has ended: {} of the test images are right.",
                    result.epoch,
                    percent(result.test_accuracy)
                );
                self.epochs.push(result);
            }
            Event::Finished { seconds } => {
                self.end(Phase::Finished { seconds }, format!("The run has ended after {}.", duration(seconds)));
            }
            Event::Stopped => self.end(Phase::Stopped, "The run was stopped.".to_owned()),
            Event::Checked(report) => {
                let verdict = if report.passes() { "passes" } else { "fails" };
                self.end(Phase::Checked(report), format!("The check against PyTorch {verdict}."));
            }
            // The message is an alert on the page, which is read out by itself.
            Event::Failed(failure) => self.end(Phase::Failed(failure), String::new()),
        }
    }

    fn end(&mut self, phase: Phase, announcement: String) {
        if matches!(phase, Phase::Finished { .. } | Phase::Stopped) {
            self.log.push(announcement.clone());
        }
        self.phase = phase;
        self.seconds_left = None;
        self.announcement = announcement;
    }

    /// Steps of the whole run.
    pub fn total_steps(&self) -> u32 {
        match &self.job {
            Job::Train(recipe) => recipe.total_steps(),
            Job::Check => CheckReport::STEPS,
        }
    }

    /// Share of the current activity that is done, 0 to 1; `None` while that is unknown or nothing goes on.
    pub fn progress(&self) -> Option<f64> {
        match self.phase {
            Phase::Loading { loaded, total } => (total > 0).then(|| loaded as f64 / total as f64),
            Phase::Preparing => None,
            Phase::Training | Phase::Evaluating { .. } | Phase::Stopped => {
                Some(f64::from(self.step) / f64::from(self.total_steps().max(1)))
            }
            Phase::Finished { .. } | Phase::Checked(_) => Some(1.0),
            Phase::Idle | Phase::Failed(_) => Some(0.0),
        }
    }

    /// What goes on, in a few words.
    pub fn status(&self) -> String {
        match &self.phase {
            Phase::Idle => "Ready to train.".to_owned(),
            Phase::Loading { total: 0, .. } => "Loading the trainer…".to_owned(),
            Phase::Loading { loaded, total } => {
                let megabytes = |bytes: u64| bytes as f64 / 1e6;
                format!("Loading MNIST: {:.1} of {:.1} MB", megabytes(*loaded), megabytes(*total))
            }
            Phase::Preparing => "First step: the device gets ready…".to_owned(),
            Phase::Training => match &self.job {
                Job::Train(recipe) => format!("Epoch {} of {}", self.epoch, recipe.epochs),
                Job::Check => "Checking against PyTorch…".to_owned(),
            },
            Phase::Evaluating { done, of } => {
                format!("Epoch {}: testing, {} of {} images", self.epoch, thousands(*done), thousands(*of))
            }
            Phase::Finished { seconds } => format!("Finished in {}.", duration(*seconds)),
            Phase::Stopped => "Stopped.".to_owned(),
            Phase::Checked(report) if report.passes() => "The check against PyTorch passes.".to_owned(),
            Phase::Checked(_) => "The check against PyTorch fails.".to_owned(),
            Phase::Failed(_) => "The run has failed.".to_owned(),
        }
    }

    /// For each step the mean loss of it and the steps before, a [`WINDOW`] of them at most.
    pub fn running_mean(&self) -> impl Iterator<Item = f64> {
        let mut sum = 0.0;
        self.losses.iter().enumerate().map(move |(index, &loss)| {
            sum += f64::from(loss);
            if index >= WINDOW {
                sum -= f64::from(self.losses[index - WINDOW]);
            }
            sum / (index + 1).min(WINDOW) as f64
        })
    }

    /// The running mean at the last step; `None` before the first.
    pub fn recent_loss(&self) -> Option<f64> {
        self.running_mean().last()
    }

    /// The epoch with the highest test accuracy, the first of equals.
    pub fn best(&self) -> Option<&EpochResult> {
        self.epochs.iter().reduce(|best, next| if next.test_accuracy > best.test_accuracy { next } else { best })
    }
}

/// A share as a percentage with two decimals.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// A whole number with thousands separators.
pub fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds in words: `8.4 s`, `3 min 05 s`, `1 h 02 min`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..=9 => format!("{seconds:.1} s"),
        10..=59 => format!("{whole} s"),
        60..=3599 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::protocol::{BackendKind, FailureKind};

    fn epoch(epoch: u32, correct: u32) -> Event {
        Event::Epoch(EpochResult {
            epoch,
            train_loss: 0.3,
            test_loss: 0.0673,
            test_accuracy: f64::from(correct) / 10_000.0,
            correct,
            of: 10_000,
            seconds: 19.0,
        })
    }

    fn steps(epoch: u32, step: u32, losses: &[f32]) -> Event {
        Event::Steps { epoch, step, losses: losses.to_vec(), images_per_second: 500.0, seconds_left: Some(60.0) }
    }

    #[test]
    fn a_run_is_told_from_loading_to_the_classic_log() {
        let recipe = Recipe { epochs: 2, images: 512, ..Recipe::classic() };
        let mut view = RunView::started(Job::Train(recipe));
        assert!(view.is_running());
        assert_eq!((view.progress(), view.status().as_str()), (None, "Loading the trainer…"));

        view.apply(Event::Data { loaded: 2_900_000, total: 11_600_000 });
        assert_eq!((view.progress(), view.status().as_str()), (Some(0.25), "Loading MNIST: 2.9 of 11.6 MB"));

        let backend = Backend { kind: BackendKind::Cpu, name: "CPU (Flex, SIMD)".to_owned() };
        view.apply(Event::Ready { backend, why: "You chose the CPU.".to_owned() });
        assert_eq!(view.progress(), None);

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
        assert_eq!(view.losses.len(), 8);
        assert_eq!(view.best().map(|best| best.epoch), Some(1));
        assert_eq!(
            view.log,
            [
                "Device: CPU (Flex, SIMD). You chose the CPU.",
                "EPOCH:  1",
                "Test set: Average loss: 0.0673, Accuracy: 9805/10000 (98.05%)",
                "EPOCH:  2",
                "Test set: Average loss: 0.0673, Accuracy: 9799/10000 (97.99%)",
                "The run has ended after 1 min 05 s.",
            ]
        );
    }

    #[test]
    fn the_running_mean_forgets_what_is_older_than_its_window() {
        let mut view = RunView::default();
        view.apply(steps(1, 1, &[1000.0]));
        view.apply(steps(1, 1 + WINDOW as u32, &[2.0; WINDOW]));
        let mean: Vec<f64> = view.running_mean().collect();
        assert_eq!((mean[0], mean[1], mean[WINDOW]), (1000.0, 501.0, 2.0));
        assert_eq!(view.recent_loss(), Some(2.0));
    }

    #[test]
    fn a_failure_ends_the_run_and_keeps_what_was_measured() {
        let mut view = RunView::started(Job::Train(Recipe::classic()));
        view.apply(steps(1, 1, &[2.3]));
        view.apply(Event::Failed(Failure::new(FailureKind::Internal, "Out of memory.")));
        assert!(!view.is_running());
        assert_eq!(view.losses, [2.3]);
        assert!(matches!(view.phase, Phase::Failed(_)));
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([999, 1_000, 60_000, 1_234_567].map(thousands), ["999", "1,000", "60,000", "1,234,567"]);
        assert_eq!(
            [0.0, 8.44, 59.0, 185.0, 3_725.0].map(duration),
            ["0.0 s", "8.4 s", "59 s", "3 min 05 s", "1 h 02 min"]
        );
        assert_eq!(percent(0.9946), "99.46 %");
    }
}
