//! Continuing runs: one that was interrupted, one that has failed, one that has ended.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::KeptRunsState;
use crate::trainer::kept::list::KeptRun;
use crate::trainer::kept::runs;
use crate::trainer::run::failure::Failure;
use crate::trainer::run::protocol::Event;
use crate::trainer::run::record::RunKey;
use crate::trainer::run::recovery::{Recovery, Remedy};

impl KeptRunsState {
    /// Follows an event of the current run, which has taken it in already.
    pub(super) fn hear(self, event: &Event) {
        let (key, epochs) = self.trainer.run.with_untracked(|run| (run.record.key, run.record.epochs.len()));
        self.recovery.update_value(|(of, recovery)| {
            if *of != key {
                (*of, *recovery) = (key, Recovery::default());
            }
        });
        match event {
            Event::Failed(failure) => self.recover(failure),
            Event::Finished { .. } | Event::Stopped => self.keep_record(),
            Event::Saved { .. } if self.listed.get_value() != (key, epochs) => {
                self.listed.set_value((key, epochs));
                self.changed();
            }
            _ => {}
        }
    }

    /// Continues the run after a failure, or offers to.
    fn recover(self, failure: &Failure) {
        let mut remedy = Remedy::None;
        self.recovery.update_value(|(_, recovery)| {
            remedy = self.trainer.run.with_untracked(|run| recovery.remedy(failure, &run.record.plan, &run.checkpoint));
        });
        if let Remedy::ResumeNow { device, why } = remedy {
            self.notice.set(why.clone());
            self.trainer.resume_from_checkpoint(device, None, Some(why));
        } else {
            self.remedy.set(remedy);
            self.keep_record();
        }
    }

    /// Stores the record of the current run, which has ended. The worker may have stored an older one, if it was
    /// terminated or has failed.
    fn keep_record(self) {
        // A run without steps is not worth keeping. A kept run that could not be resumed has an empty record here, which
        // must not replace the stored one.
        let record = self.trainer.run.with_untracked(|run| (run.record.step() > 0).then(|| run.record.clone()));
        // The list may have been read while the run seemed to be under way.
        let Some(record) = record else { return self.refresh() };
        spawn_local(async move {
            // An error is not shown: the page has said that nothing can be stored when the first checkpoint was not.
            let _ = runs::save_record(&record).await;
            self.changed();
        });
    }

    /// Does what is offered after a failure.
    pub(crate) fn accept_remedy(self) {
        match self.remedy.get_untracked() {
            Remedy::None | Remedy::ResumeNow { .. } => {}
            remedy @ (Remedy::OfferResume { device, .. } | Remedy::OfferSlowerResume { device, .. }) => {
                self.trainer.resume_from_checkpoint(device, remedy.change(), None);
            }
            Remedy::OfferSlowerStart { learning_rate } => self.trainer.train_at(learning_rate),
        }
    }

    /// Continues a kept run from its checkpoint.
    pub(crate) fn resume(self, run: &KeptRun) {
        self.offered.set(None);
        self.recovery.set_value((run.key(), Recovery::default()));
        self.trainer.resume_kept(run.record.clone(), run.steps);
        scroll_to_strip();
    }

    /// Shows a kept run that has ended as the current one, so that it can be trained for more epochs.
    pub(crate) fn open(self, key: RunKey) {
        self.with_record(key, move |record| {
            self.trainer.show_kept(record);
            scroll_to_strip();
        });
    }
}

/// Scrolls to the strip on top, which is far from the list.
fn scroll_to_strip() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}
