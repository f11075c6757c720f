//! Continuing runs: one that was interrupted, one that has failed, one that has ended.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{KeptRunsState, whole_record};
use crate::store::persistence;
use crate::trainer::kept::copies;
use crate::trainer::kept::list::{self, KeptRun, RunGroup};
use crate::trainer::kept::{removal, runs};
use crate::trainer::recipe::DeviceChoice;
use crate::trainer::run::checkpoint_state::CheckpointState;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::phase::Phase;
use crate::trainer::run::protocol::Event;
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::trainer::run::recovery::{Recovery, Remedy};
use crate::trainer::run::resumption::Worth;
use crate::trainer::run::view::RunView;
use crate::ui::trainer::state::{CHOSE_CPU, News};

impl KeptRunsState {
    /// Follows the news of the current run.
    pub(super) fn hear(self, news: News) {
        match news {
            News::Begun(key) => self.keep_beginning(key),
            News::Event(event) => self.hear_event(event),
        }
    }

    /// Stores the record of a new run at once, so that the run can begin once more if the page is reloaded before the first
    /// checkpoint.
    fn keep_beginning(self, key: RunKey) {
        let owned = self.trainer.own_new(key);
        spawn_local(async move {
            if owned.await {
                let record =
                    self.trainer.run.with_untracked(|run| (run.record.step() == 0).then(|| run.record.clone()));
                if let Some(record) = record {
                    // An error is not shown: the page says that nothing can be stored when the first checkpoint is not.
                    let _ = runs::save_record(&record, None).await;
                }
                self.changed();
            }
        });
    }

    fn hear_event(self, event: &Event) {
        let (key, epochs) = self.trainer.run.with_untracked(|run| (run.record.key, run.record.epochs.len()));
        self.recovery.update_value(|(of, recovery)| {
            if *of != key {
                (*of, *recovery) = (key, Recovery::default());
            }
        });
        self.recovery.update_value(|(_, recovery)| recovery.follow(event));
        match event {
            Event::Failed(failure) => self.recover(failure),
            Event::Finished { .. } | Event::Stopped => self.keep_record(),
            // Other tabs see that the run is training here, and the list no longer shows how it ended before.
            Event::Opening(_) => self.changed(),
            Event::Saved { .. } if self.listed.get_value() != (key, epochs) => {
                if !self.has_asked.get_value() {
                    self.has_asked.set_value(true);
                    persistence::ask();
                }
                self.trainer.run.with_untracked(|run| copies::keep(&run.record));
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
        match remedy {
            Remedy::ResumeNow { device, why } => {
                self.notice.set(why.clone());
                self.trainer.resume_from_checkpoint(device, None, Some(why));
            }
            Remedy::RestartNow { why } => {
                self.notice.set(why.clone());
                self.trainer.restart_on_cpu(why);
            }
            remedy => {
                self.remedy.set(remedy);
                self.keep_record();
            }
        }
    }

    /// Stores the record of the current run, which has ended, as far as it is worth it. The worker may have stored an older
    /// one, if it was terminated or has failed. Then this tab gives up the run.
    fn keep_record(self) {
        let (key, worth) = self.trainer.run.with_untracked(|run| (run.record.key, run.worth()));
        let record = (worth == Worth::Record).then(|| self.trainer.run.with_untracked(|run| run.record.clone()));
        self.trainer.run.with_untracked(|run| {
            let note = |groups: &mut Option<Vec<RunGroup>>| {
                list::note_end(groups.as_deref_mut().unwrap_or_default(), &run.record, run.checkpoint.exists());
            };
            self.groups.update(note);
        });
        spawn_local(async move {
            match (worth, record) {
                (_, Some(record)) => {
                    self.keep_ended(record).await;
                    self.find_checkpoint(key).await;
                }
                (Worth::Nothing, _) => {
                    copies::forget(key);
                    // An error is not shown: nothing is lost with the run.
                    drop(removal::delete(key).await);
                }
                _ => {}
            }
            self.trainer.disown().await;
            self.changed();
        });
    }

    /// Looks for the checkpoint of the current run, which has failed, if the page has not heard of one: a worker that was
    /// ended may have stored it without being able to say so. If there is one, the run can resume there.
    async fn find_checkpoint(self, key: RunKey) {
        let is_open = move || {
            let without_checkpoint = |run: &RunView| {
                let resumable = [FailureKind::Internal, FailureKind::Data, FailureKind::Worker];
                let has_failed = matches!(&run.phase, Phase::Failed(failure) if resumable.contains(&failure.kind));
                run.record.key == key && has_failed && !run.checkpoint.exists()
            };
            self.trainer.run.with_untracked(without_checkpoint)
        };
        if !is_open() {
            return;
        }
        // Where the database cannot be read, the run can only be started again.
        if let Ok(Some(step)) = runs::checkpoint_steps(key).await
            && is_open()
        {
            self.trainer.run.update(|run| run.checkpoint = CheckpointState::stored(step));
            self.remedy.set(Remedy::OfferResume { step, device: None });
        }
    }

    /// Does what is offered after a failure.
    pub(crate) fn accept_remedy(self) {
        match self.remedy.get_untracked() {
            Remedy::None | Remedy::ResumeNow { .. } | Remedy::RestartNow { .. } => {}
            Remedy::OfferCpu { has_checkpoint: true } => {
                self.trainer.resume_from_checkpoint(Some(DeviceChoice::Cpu), None, None);
            }
            Remedy::OfferCpu { has_checkpoint: false } => self.trainer.begin_anew_on_cpu(CHOSE_CPU.to_owned()),
            remedy @ (Remedy::OfferResume { device, .. } | Remedy::OfferSlowerResume { device, .. }) => {
                self.trainer.resume_from_checkpoint(device, remedy.change(), None);
            }
            Remedy::OfferSlowerStart { learning_rate } => self.trainer.train_at(learning_rate),
        }
    }

    /// Continues a kept run from its checkpoint, if no other tab has it.
    pub(crate) fn resume(self, key: RunKey) {
        let owned = self.trainer.own(key);
        spawn_local(async move {
            if !owned.await {
                return self.refresh();
            }
            // The list may be older than what another tab has made of the run.
            let record = whole_record(key).await;
            if !self.trainer.is_asked_for(key) {
                return self.trainer.disown().await;
            }
            match record {
                Ok(record) => {
                    self.recovery.set_value((key, Recovery::default()));
                    self.trainer.resume_kept(record);
                    scroll_to_strip();
                }
                Err(reason) => self.give_up(reason).await,
            }
        });
    }

    /// Ends the attempt to continue a run, and says why.
    async fn give_up(self, why: String) {
        self.trainer.give_up(why);
        self.trainer.disown().await;
        self.refresh();
    }

    /// Shows what is stored of the current run, if that is more than this page knows: another tab has trained it further, or
    /// its worker has failed after it had stored the end.
    pub(super) fn follow_stored(self, list: &[KeptRun]) {
        let is_idle = move || !self.trainer.running.get_untracked();
        let key = self.trainer.run.with_untracked(|run| run.record.key);
        let is_more = move |steps: u32, record: &RunRecord| {
            self.trainer.run.with_untracked(|run| {
                let own = &run.record;
                let has_end = steps == own.step() && record.has_ended_well() && !own.has_ended_well();
                key == own.key && record.key == key && (steps > own.step() || has_end)
            })
        };
        if is_idle() && list.iter().any(|run| run.trained_in.is_none() && is_more(run.steps, &run.record)) {
            self.with_record(key, move |record| {
                if is_idle() && is_more(record.step(), &record) {
                    self.trainer.take_over(record);
                    self.remedy.set(Remedy::None);
                }
            });
        }
    }

    /// Notes whether the current run, which is not training, was deleted here or in another tab. A run without results is
    /// deleted by the page itself.
    pub(super) fn follow_deletion(self, is_deleted: impl Fn(RunKey) -> bool) {
        let now = self.trainer.run.with_untracked(|run| {
            let is_kept = !run.is_running() && run.worth() != Worth::Nothing;
            is_kept && is_deleted(run.record.key)
        });
        if now != self.trainer.run.with_untracked(|run| run.is_deleted) {
            self.trainer.run.update(|run| run.is_deleted = now);
            if now {
                self.remedy.set(Remedy::None);
            }
        }
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
