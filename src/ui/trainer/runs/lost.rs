//! Runs that the browser has lost: the list shows their copies, and brings them back.

use std::collections::HashSet;

use leptos::prelude::*;

use super::state::KeptRunsState;
use super::title::title;
use crate::trainer::kept::copies;
use crate::trainer::kept::list::{self, KeptRun, Owners};
use crate::trainer::kept::listing::List;
use crate::trainer::kept::runs;
use crate::trainer::run::record::RunKey;
use crate::trainer::run::record_head::RecordHead;

/// A run that the browser has lost: what its copy holds.
pub(super) type Lost = (RecordHead, Vec<f32>);

impl KeptRunsState {
    /// Adds to the list the runs that have a copy and are not there, although nobody has deleted them. Returns them. Runs
    /// in the list without a copy get one.
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
        for run in read.runs.iter().filter(is_ended).filter(|run| !with_copy.contains(&run.key())) {
            copies::keep_head(run);
        }
        // A run that is under way, or waits to be stored, is written by others.
        let current = self.trainer.run.with_untracked(|run| run.is_running().then_some(run.record.key));
        let mut lost = Vec::new();
        for &key in copied {
            let is_there = there.contains(&key) || read.deleted.contains(&key);
            if is_there || Some(key) == current || owners.trained_in(key).is_some() || waits(key) {
                continue;
            }
            if let Some((head, losses)) = copies::read(key) {
                read.unreadable.retain(|other| *other != key);
                read.runs.push(KeptRun::new(head.clone(), false, None));
                lost.push((head, losses));
            }
        }
        lost
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
