//! Runs that the browser has lost: the list shows their copies, or what the page still knows of them, and brings them back.

use std::collections::HashSet;

use leptos::prelude::*;

use super::state::KeptRunsState;
use super::title::title;
use crate::trainer::kept::copies;
use crate::trainer::kept::list::{self, KeptRun, Owners};
use crate::trainer::kept::listing::List;
use crate::trainer::kept::runs;
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::trainer::run::record_head::RecordHead;

/// The number of runs that get a copy whenever the list is read. The page does nothing else meanwhile, and there may be
/// thousands.
const COPIED_AT_ONCE: usize = 200;

/// A run that the browser has lost: what its copy holds, or the page still shows.
pub(super) type Lost = (RecordHead, Vec<f32>);

impl KeptRunsState {
    /// Adds to the list the runs that have a copy, or that the page has shown until now, and are not there, although nobody
    /// has deleted them. Returns them. Runs in the list without a copy get one.
    pub(super) fn add_lost(self, read: &mut List, copied: &[RunKey], owners: &Owners) -> Vec<Lost> {
        let waits = |key: RunKey| {
            self.unstored.with_untracked(|unstored| unstored.runs().iter().any(|run| run.record.key == key))
        };
        // The list would show how far it had come when it was stored last.
        read.runs.retain(|run| !waits(run.key()));
        let is_ended = |run: &&KeptRun| run.record.end.is_some();
        // There may be thousands of runs, so none is searched for in a list.
        let with_copy: HashSet<RunKey> = copied.iter().copied().collect();
        let there: HashSet<RunKey> = read.runs.iter().map(KeptRun::key).collect();
        let without_copy = read.runs.iter().filter(is_ended).filter(|run| !with_copy.contains(&run.key()));
        without_copy.take(COPIED_AT_ONCE).for_each(copies::keep_head);
        // A run that is under way, or waits to be stored, is written by others.
        let current = self.trainer.run.with_untracked(|run| run.is_running().then_some(run.record.key));
        let is_elsewhere = |key: RunKey| {
            Some(key) == current || owners.trained_in(key).is_some() || waits(key) || there.contains(&key)
        };
        let mut lost: Vec<Lost> = Vec::new();
        for &key in copied {
            if is_elsewhere(key) || read.deleted.contains(&key) {
                continue;
            }
            if let Some((head, losses)) = copies::read(key) {
                read.unreadable.retain(|other| *other != key);
                read.runs.push(KeptRun::new(head.clone(), false, None));
                lost.push((head, losses));
            }
        }
        // Whoever erases all data of this site erases the copies, too, but not what the page has in its memory.
        let known: HashSet<RunKey> =
            lost.iter().map(|(head, _)| head.record.key).chain(read.unreadable.clone()).collect();
        self.groups.with_untracked(|groups| {
            for run in groups.iter().flatten().flat_map(|group| &group.runs) {
                let key = run.key();
                if !(is_elsewhere(key) || read.deleted.contains(&key) || known.contains(&key)) {
                    let head = RecordHead { record: run.record.clone(), steps: run.steps, changed: run.changed };
                    read.runs.push(KeptRun::new(head.clone(), false, None));
                    lost.push((head, self.losses_on_page(key, run.steps)));
                }
            }
        });
        lost
    }

    /// Returns the losses of a run that has taken this number of steps, if it is on the charts; otherwise none.
    fn losses_on_page(self, key: RunKey, steps: u32) -> Vec<f32> {
        let losses_of = |run: &RunRecord| (run.key == key && run.step() == steps).then(|| run.losses.clone());
        let drawn = || self.trainer.overlays.with_untracked(|runs| runs.iter().find_map(|run| losses_of(run)));
        self.trainer.run.with_untracked(|run| losses_of(&run.record)).or_else(drawn).unwrap_or_default()
    }

    /// Returns those of the runs that this page draws and nobody trains: the key, the attempt and the steps of each.
    pub(super) fn drawn(self, runs: &[KeptRun]) -> Vec<(RunKey, u32, u32)> {
        let is_drawn = |run: &&KeptRun| {
            let key = run.key();
            let is_current = self.trainer.run.with_untracked(|run| run.record.key == key && !run.is_running());
            let is_overlaid = || self.trainer.overlays.with_untracked(|runs| runs.iter().any(|run| run.key == key));
            run.trained_in.is_none() && (is_current || is_overlaid())
        };
        runs.iter().filter(is_drawn).map(|run| (run.key(), run.record.attempt, run.steps)).collect()
    }

    /// Stores the losses of drawn runs that are stored without them: another tab, which does not draw these runs, may have
    /// brought them back before this one could.
    pub(super) async fn add_losses(self, drawn: Vec<(RunKey, u32, u32)>) {
        for (key, attempt, steps) in drawn {
            // An error is not shown: the curve is on the page, and the next reading of the list tries again.
            if runs::lacks_losses(key, attempt, steps).await == Ok(true) {
                let losses = self.losses_on_page(key, steps);
                if !losses.is_empty() {
                    let _ = runs::add_losses(key, &losses).await;
                }
            }
        }
    }

    /// Stores lost runs again, and says what became of them.
    pub(super) async fn bring_back(self, lost: Vec<Lost>) {
        if lost.is_empty() {
            return;
        }
        let mut error = None;
        for (head, losses) in &lost {
            if let Err(reason) = runs::bring_back(head, losses).await {
                error = Some(reason);
                break;
            }
        }
        let titles: Vec<String> = lost.iter().map(|(head, _)| title(&head.record)).collect();
        self.lost.set(list::lost_sentence(&titles, error.as_ref()));
        if error.is_none() {
            self.changed();
        }
    }
}
