//! What a view of a run says: its status in words, and how much is done.

use super::backend::BackendKind;
use super::failure::{Failure, FailureKind};
use super::phase::Phase;
use super::reports::CheckReport;
use super::view::{Activity, RunView};
use crate::format::{bytes_of, counted, duration, thousands};

/// Number of steps whose losses are averaged to the recent loss.
const RECENT_STEPS: usize = 20;

impl RunView {
    /// The warning that the run, which has not ended, is not being saved; `None` if it is.
    pub fn warning(&self) -> Option<String> {
        self.is_running().then(|| self.checkpoint.warning(self.phase == Phase::Paused)).flatten()
    }

    /// Steps of the whole activity.
    pub fn total_steps(&self) -> u32 {
        match &self.activity {
            Activity::Train => self.record.plan.total_steps(),
            Activity::Check | Activity::Measure => CheckReport::STEPS,
        }
    }

    /// The number of steps for which the loss chart has room: to the end of the current epoch.
    pub fn steps_to_draw(&self) -> u32 {
        let begun = self.record.epochs_begun().saturating_mul(self.record.plan.recipe.steps_per_epoch());
        begun.min(self.total_steps())
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
        let standing = || self.record.standing(self.record.step());
        match &self.phase {
            phase if self.is_deleted && !phase.is_running() => "This run was deleted.".to_owned(),
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
                format!("Epoch {}: testing, {} of {}", self.epoch, thousands(*done), counted(*of, "image"))
            }
            Phase::Finished { seconds } => format!("Finished in {}.", duration(*seconds)),
            Phase::Stopped => match &self.activity {
                Activity::Train => format!("{}.", standing()),
                Activity::Check | Activity::Measure => "Stopped.".to_owned(),
            },
            Phase::Checked(report) if report.passes() => "The check against PyTorch passes.".to_owned(),
            Phase::Checked(_) => "The check against PyTorch fails.".to_owned(),
            Phase::Measured(report) => format!("About {} on this computer.", duration(report.seconds)),
            Phase::Failed(_) if self.was_in_vain() => {
                format!("The run did not go on. It is as it was: {}.", standing())
            }
            Phase::Failed(Failure { kind: FailureKind::Diverged, .. }) => "The run broke down.".to_owned(),
            Phase::Failed(_) => "The run has failed.".to_owned(),
        }
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
        Some(match self.record.accuracy() {
            Some(accuracy) => format!("{what} · {accuracy}"),
            None => what,
        })
    }

    /// The mean loss of the last [`RECENT_STEPS`] steps, or of fewer while there are fewer; `None` before the first.
    pub fn recent_loss(&self) -> Option<f64> {
        let losses = self.record.losses.last_chunk::<RECENT_STEPS>().map_or(&self.record.losses[..], |chunk| chunk);
        let sum: f64 = losses.iter().map(|&loss| f64::from(loss)).sum();
        (!losses.is_empty()).then(|| sum / losses.len() as f64)
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
    use super::super::protocol::Event;
    use super::super::view::tests::{epoch, ready, started, steps};
    use super::*;

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
        assert_eq!(view.epoch_progress(), Some(0.25));
        view.apply(&Event::Stopped);
        assert_eq!((view.title(), view.epoch_progress()), (None, None));
        view.resume();
        assert_eq!((view.is_running(), view.record.step()), (true, 5));
    }
}
