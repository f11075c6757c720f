//! The list of kept runs: the state of each, groups of runs with one recipe, and the runs to delete when there are too
//! many.

use std::collections::HashSet;

use crate::format::percent;
use crate::store::error::StoreError;
use crate::trainer::run::record::{End, RunKey, RunRecord};
use crate::trainer::run::record_check::LONGEST_NAME;
use crate::trainer::run::record_head::RecordHead;
use crate::trainer::run::spread::{Extent, siblings};

/// The largest number of kept runs. Beyond it, the oldest runs without a name are deleted.
pub const MOST: usize = 200;

/// A kept run.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRun {
    /// The run's record without the losses, which are many and needed by charts only.
    pub record: RunRecord,
    /// The number of steps taken.
    pub steps: u32,
    /// When the run was last written, in milliseconds since 1970.
    pub changed: f64,
    /// Whether there is a checkpoint, from which the run can go on.
    pub checkpoint: bool,
    /// The tab that trains the run now, if there is one.
    pub trained_in: Option<Tab>,
}

/// A tab that trains a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// This tab.
    This,
    /// Another tab of the same browser.
    Other,
}

/// Which runs are owned by a tab.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    /// The run that this tab owns.
    pub own: Option<RunKey>,
    /// Whether this tab trains that run. Otherwise the run has just ended, and is about to be stored.
    pub is_training: bool,
    /// The runs that any tab owns, this one included.
    pub owned: Vec<RunKey>,
}

impl Owners {
    /// Returns the tab that trains a run, if there is one.
    pub fn trained_in(&self, key: RunKey) -> Option<Tab> {
        match self.own {
            Some(own) if own == key => self.is_training.then_some(Tab::This),
            _ => self.owned.contains(&key).then_some(Tab::Other),
        }
    }
}

/// The status of a kept run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// A tab trains the run now.
    Live(Tab),
    /// No worker trains the run, although it has not ended.
    Interrupted,
    /// The run has ended.
    Ended(End),
}

impl KeptRun {
    /// Makes the entry of a run from the head of its record.
    pub fn new(head: RecordHead, checkpoint: bool, trained_in: Option<Tab>) -> Self {
        let RecordHead { record, steps, changed } = head;
        Self { record, steps, changed, checkpoint, trained_in }
    }

    /// Returns the run's key.
    pub fn key(&self) -> RunKey {
        self.record.key
    }

    /// Returns the run's status.
    pub fn status(&self) -> RunStatus {
        self.trained_in.map_or_else(|| self.stored_status(), RunStatus::Live)
    }

    /// Returns the status that the run has if no tab trains it.
    fn stored_status(&self) -> RunStatus {
        self.record.end.map_or(RunStatus::Interrupted, RunStatus::Ended)
    }

    /// Describes the run's status for the user.
    pub fn status_text(&self) -> String {
        match self.status() {
            RunStatus::Live(Tab::This) => "Running".to_owned(),
            RunStatus::Live(Tab::Other) => "Training in another tab. Stop it there, or close that tab.".to_owned(),
            RunStatus::Interrupted | RunStatus::Ended(_) => self.record.standing(self.steps),
        }
    }

    /// Whether another tab trains the run now, so that this one must not touch it.
    pub fn is_of_other_tab(&self) -> bool {
        self.trained_in == Some(Tab::Other)
    }

    /// Whether the run can go on from its checkpoint, or begin once more if it has none yet, to the end of its plan.
    pub fn can_resume(&self) -> bool {
        self.trained_in.is_none() && self.is_resumable()
    }

    /// Whether the run can be resumed once no tab trains it.
    pub fn is_resumable(&self) -> bool {
        let is_open = match self.stored_status() {
            RunStatus::Interrupted | RunStatus::Ended(End::Failed(_)) => true,
            RunStatus::Ended(End::Stopped) => self.steps < self.record.plan.total_steps(),
            RunStatus::Live(_) | RunStatus::Ended(End::Finished) => false,
        };
        let can_begin = self.steps == 0 && self.record.begins_with_new_weights();
        is_open && (self.checkpoint || can_begin)
    }

    /// Whether the run has reached the end of its plan and can be trained for more epochs.
    pub fn can_continue(&self) -> bool {
        self.trained_in.is_none() && self.is_continuable()
    }

    /// Whether the run can be continued once no tab trains it.
    pub fn is_continuable(&self) -> bool {
        self.checkpoint && self.record.has_ended_well() && !self.is_resumable()
    }

    /// Returns the test accuracy after the last epoch, a share from 0 to 1.
    pub fn accuracy(&self) -> Option<f64> {
        self.record.epochs.last().map(|last| last.test_accuracy)
    }
}

/// The results of finished runs of one recipe, each with a different seed.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupResults {
    /// The number of runs.
    pub runs: usize,
    /// The spread of their last test accuracies.
    pub extent: Extent,
}

impl GroupResults {
    /// Describes the results in a line for the user.
    pub fn line(&self) -> String {
        let Extent { low, mean, high } = self.extent;
        let low = percent(low);
        let low = low.strip_suffix(" %").unwrap_or(&low);
        format!("{} runs: {} mean, {low} to {}", self.runs, percent(mean), percent(high))
    }

    /// Collects the results of runs of one recipe; `None` if fewer than two seeds have finished. Of several runs with
    /// one seed, the first counts.
    fn of<'a>(runs: impl Iterator<Item = &'a KeptRun>) -> Option<Self> {
        let mut seeds = HashSet::new();
        let accuracies: Vec<f64> = runs
            .filter(|run| run.record.end == Some(End::Finished))
            .filter_map(|run| Some((run.accuracy()?, run.record.plan.recipe.seed)))
            .filter(|(_, seed)| seeds.insert(*seed))
            .map(|(accuracy, _)| accuracy)
            .collect();
        Extent::of(&accuracies).map(|extent| Self { runs: accuracies.len(), extent })
    }
}

/// Runs of one recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct RunGroup {
    /// At least one run, the newest first.
    pub runs: Vec<KeptRun>,
    /// The results, if at least two seeds have finished.
    pub results: Option<GroupResults>,
}

/// Sorts the list: the newest run first, and after each run the others of its recipe.
pub fn arrange(mut runs: Vec<KeptRun>) -> Vec<RunGroup> {
    runs.sort_by_key(|run| std::cmp::Reverse(run.record.key));
    let groups = siblings(runs, |run| &run.record);
    groups.into_iter().map(|runs| RunGroup { results: GroupResults::of(runs.iter()), runs }).collect()
}

/// The number of rows of the list that are built together. A row has a dozen parts, and hundreds of rows would hold up the
/// page.
pub const ROWS_AT_ONCE: usize = 20;

/// Rows of one group that are built together: whether they are the group's first ones, and the keys of their runs.
pub type Rows = (bool, Vec<RunKey>);

/// Cuts the list into rows that are built together, until at least `most` runs are in them. A new run at the front of a
/// group changes only the first rows of this group.
pub fn rows(groups: &[RunGroup], most: usize) -> Vec<Rows> {
    let mut count = 0;
    let of_group = |group: &RunGroup| {
        let keys: Vec<RunKey> = group.runs.iter().map(KeptRun::key).collect();
        let parts = keys.rchunks(ROWS_AT_ONCE).rev().enumerate().map(|(part, keys)| (part == 0, keys.to_vec()));
        parts.collect::<Vec<_>>()
    };
    let is_wanted = |rows: &Rows| {
        let is_wanted = count < most;
        count += rows.1.len();
        is_wanted
    };
    groups.iter().flat_map(of_group).take_while(is_wanted).collect()
}

/// Notes in the list that a run, which this tab trained, trains no more: `record` is what the page knows of it, and
/// `has_checkpoint` whether it can go on from a checkpoint. The database may take long to answer, above all if the worker
/// that was writing has been ended.
pub fn note_end(groups: &mut [RunGroup], record: &RunRecord, has_checkpoint: bool) {
    for group in groups {
        if let Some(run) = group.runs.iter_mut().find(|run| run.key() == record.key) {
            let name = std::mem::take(&mut run.record.name);
            run.record = RunRecord { name, ..record.without_losses() };
            run.steps = record.step();
            run.checkpoint |= has_checkpoint;
            run.trained_in = None;
            group.results = GroupResults::of(group.runs.iter());
        }
    }
}

/// Returns the runs to delete so that [`MOST`] are left: those that were written longest ago. Runs with a name stay, and
/// so do runs that have not ended, and the run that was written last.
pub fn surplus(runs: &[KeptRun]) -> Vec<RunKey> {
    let last = runs.iter().max_by(|a, b| a.changed.total_cmp(&b.changed)).map(KeptRun::key);
    let mut ended: Vec<&KeptRun> = runs
        .iter()
        .filter(|run| matches!(run.status(), RunStatus::Ended(_)) && run.record.name.is_empty())
        .filter(|run| Some(run.key()) != last)
        .collect();
    ended.sort_by(|a, b| a.changed.total_cmp(&b.changed));
    ended.truncate(runs.len().saturating_sub(MOST));
    ended.into_iter().map(KeptRun::key).collect()
}

/// Returns the newest interrupted run that can be resumed.
pub(super) fn interrupted(runs: &[KeptRun]) -> Option<&KeptRun> {
    let open = runs.iter().filter(|run| run.status() == RunStatus::Interrupted && run.can_resume());
    open.max_by_key(|run| run.record.key)
}

/// Says what became of runs with these titles, which the browser has lost. `error` is why they could not be stored again.
pub fn lost_sentence(titles: &[String], error: Option<&StoreError>) -> String {
    const SHOWN: usize = 5;
    let mut names = titles.iter().take(SHOWN).map(|title| format!("“{title}”")).collect::<Vec<_>>().join(", ");
    if let Some(more) = titles.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        names = format!("{names} and {more} more");
    }
    let (runs, have) = if titles.len() == 1 { ("A run", "was") } else { ("Some runs", "were") };
    let what = format!(
        "{runs} {have} missing from the browser’s storage, which happens when the disk is full or when the data of this site is deleted: {names}."
    );
    match error {
        None => {
            format!("{what} The results are back, from a second copy. Such a run cannot be trained for more epochs.")
        }
        Some(error) => format!("{what} You see the results from a second copy. {error}"),
    }
}

/// Removes the space around a name, and shortens it to [`LONGEST_NAME`].
pub fn tidy_name(name: &str) -> String {
    name.trim().chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::epoch::EpochResult;
    use crate::trainer::run::failure::FailureKind;
    use crate::trainer::run::record::{Happening, Note};

    pub(in crate::trainer::kept) fn run(key: u64, seed: u64, accuracy: Option<f64>, end: Option<End>) -> KeptRun {
        let recipe = Recipe { seed, ..Recipe::quick() };
        let mut record = RunRecord::new(RunKey(key), Plan::from(recipe), "MNIST".to_owned());
        record.losses = vec![1.0; 1000];
        record.epochs = accuracy
            .map(|test_accuracy| EpochResult {
                epoch: 1,
                learning_rate: 0.1,
                train_loss: 0.1,
                train_accuracy: 0.9,
                test_loss: 0.1,
                test_accuracy,
                correct: (test_accuracy * 10_000.0) as u32,
                of: 10_000,
                seconds: 20.0,
            })
            .into_iter()
            .collect();
        record.end = end;
        KeptRun::new(RecordHead::of(&record, key as f64), true, None)
    }

    fn finished(key: u64, seed: u64, accuracy: f64) -> KeptRun {
        run(key, seed, Some(accuracy), Some(End::Finished))
    }

    #[test]
    fn a_long_list_is_built_in_parts_and_a_new_run_changes_only_the_first() {
        let of = |keys: std::ops::Range<u64>| arrange(keys.map(|key| run(key, 1, None, None)).collect());
        let long = of(1..46);
        let sizes = |rows: &[Rows]| rows.iter().map(|(first, keys)| (*first, keys.len())).collect::<Vec<_>>();
        let all = rows(&long, 1000);
        assert_eq!(sizes(&all), [(true, 5), (false, 20), (false, 20)]);
        assert_eq!(
            all.iter().flat_map(|(_, keys)| keys).map(|key| key.0).collect::<Vec<_>>(),
            (1..46).rev().collect::<Vec<_>>()
        );
        assert_eq!(sizes(&rows(&long, 20)), [(true, 5), (false, 20)]);
        let longer = rows(&of(1..47), 1000);
        assert_eq!((longer[0].1.len(), &longer[1..]), (6, &all[1..]));
        assert_eq!(rows(&[], 20), []);
    }

    #[test]
    fn runs_of_one_recipe_are_listed_together_and_have_a_mean() {
        let mut other = finished(5, 1, 0.98);
        other.record.plan.recipe = Recipe::classic();
        let mut changed = finished(6, 9, 0.5);
        changed.record.plan.changes.push(crate::trainer::recipe::plan::Change::Rate { step: 4, learning_rate: 0.01 });
        let list = vec![
            finished(1, 1, 0.9947),
            finished(7, 2, 0.9940),
            other,
            changed,
            finished(3, 3, 0.9943),
            // A second run with the same seed, and runs that have not finished, do not count.
            finished(2, 2, 0.1),
            run(4, 4, Some(0.2), Some(End::Stopped)),
            run(8, 5, None, None),
        ];
        let arranged = arrange(list);
        let keys: Vec<Vec<u64>> =
            arranged.iter().map(|group| group.runs.iter().map(|run| run.record.key.0).collect()).collect();
        assert_eq!(keys, [vec![8, 7, 4, 3, 2, 1], vec![6], vec![5]]);
        let lines: Vec<_> = arranged.iter().map(|group| group.results.as_ref().map(GroupResults::line)).collect();
        assert_eq!(lines, [Some("3 runs: 99.43 % mean, 99.40 to 99.47 %".to_owned()), None, None]);
    }

    #[test]
    fn the_status_decides_what_the_user_can_do() {
        let interrupted = run(1, 1, None, None);
        assert_eq!(interrupted.status_text(), "Interrupted at epoch 2, step 62");
        assert!(interrupted.can_resume() && !interrupted.can_continue());
        for (tab, text) in
            [(Tab::This, "Running"), (Tab::Other, "Training in another tab. Stop it there, or close that tab.")]
        {
            let live = KeptRun { trained_in: Some(tab), ..interrupted.clone() };
            assert_eq!((live.status_text().as_str(), live.can_resume(), live.can_continue()), (text, false, false));
            let continued = KeptRun { trained_in: Some(tab), ..finished(1, 1, 0.99) };
            assert_eq!((continued.status_text().as_str(), continued.can_continue()), (text, false));
        }
        let imported = KeptRun { checkpoint: false, ..interrupted };
        assert!(!imported.can_resume());
        let finished = finished(1, 1, 0.99);
        assert!(finished.can_continue() && !finished.can_resume());
        let stopped = run(1, 1, None, Some(End::Stopped));
        assert!(stopped.can_resume() && !stopped.can_continue(), "steps of its plan are left");
        let at_its_end = KeptRun { steps: stopped.record.plan.total_steps(), ..stopped };
        assert!(at_its_end.can_continue() && !at_its_end.can_resume());
        let diverged = run(1, 1, None, Some(End::Failed(FailureKind::Diverged)));
        assert_eq!((diverged.status_text().as_str(), diverged.can_resume()), ("Broke down", true));
    }

    #[test]
    fn a_run_without_a_checkpoint_can_begin_once_more_if_its_record_says_everything() {
        let at_start = KeptRun { checkpoint: false, steps: 0, ..run(1, 1, None, None) };
        assert!(at_start.can_resume());
        assert_eq!(at_start.status_text(), "Interrupted at the start");
        let mut with_file = at_start.clone();
        with_file.record.notes.push(Note { step: 0, what: Happening::Weights("a.safetensors".to_owned()) });
        assert!(!with_file.can_resume(), "its weights are lost");
        with_file.checkpoint = true;
        assert!(with_file.can_resume());
    }

    #[test]
    fn a_run_is_trained_in_the_tab_that_owns_it() {
        let mut owners = Owners { own: Some(RunKey(1)), is_training: true, owned: vec![RunKey(1), RunKey(2)] };
        let tabs = |owners: &Owners| [1, 2, 3].map(|key| owners.trained_in(RunKey(key)));
        assert_eq!(tabs(&owners), [Some(Tab::This), Some(Tab::Other), None]);
        // The browser may tell late that a run is owned, or that it is not any more.
        owners.owned.clear();
        assert_eq!(tabs(&owners), [Some(Tab::This), None, None]);
        owners = Owners { own: Some(RunKey(1)), is_training: false, owned: vec![RunKey(1)] };
        assert_eq!(tabs(&owners), [None; 3]);
    }

    #[test]
    fn the_newest_interrupted_run_with_a_checkpoint_is_offered() {
        let mut live = run(9, 1, None, None);
        live.trained_in = Some(Tab::Other);
        let mut imported = run(8, 1, None, None);
        imported.checkpoint = false;
        let list = [run(3, 1, None, None), live, imported, finished(7, 1, 0.9), run(5, 1, None, None)];
        assert_eq!(interrupted(&list).map(|run| run.record.key), Some(RunKey(5)));
        assert_eq!(interrupted(&list[1..4]), None);
    }

    #[test]
    fn the_oldest_surplus_runs_are_deleted_except_named_and_open_ones() {
        let mut list: Vec<KeptRun> = (0..MOST as u64 + 3).rev().map(|key| finished(key, key, 0.9)).collect();
        assert_eq!(surplus(&list[3..]), []);
        assert_eq!(surplus(&list), [0, 1, 2].map(RunKey));
        let last = list.len() - 1;
        list[last].record.name = "Best so far".to_owned();
        list[last - 1].record.end = None;
        assert_eq!(surplus(&list), [2, 3, 4].map(RunKey));
    }

    #[test]
    fn a_run_that_began_long_ago_and_has_just_ended_is_not_deleted() {
        let mut list: Vec<KeptRun> = (0..=MOST as u64).map(|key| finished(key, key, 0.9)).collect();
        list[0].changed = 1e6;
        assert_eq!(surplus(&list), [RunKey(1)]);
        // Not even if it is the only one that may be deleted.
        for run in &mut list[1..] {
            run.record.name = "Keep this".to_owned();
        }
        assert_eq!(surplus(&list), []);
    }

    #[test]
    fn a_run_that_the_page_has_seen_fail_is_shown_as_failed_before_the_database_answers() {
        let running = KeptRun { trained_in: Some(Tab::This), checkpoint: false, ..run(3, 3, None, None) };
        let named = |mut run: KeptRun| {
            run.record.name = "Mine".to_owned();
            run
        };
        let mut groups = arrange(vec![finished(1, 1, 0.98), finished(2, 2, 0.99), named(running)]);
        let mut seen = RunRecord::new(RunKey(3), Plan::from(Recipe { seed: 3, ..Recipe::quick() }), "MNIST".to_owned());
        seen.losses = vec![1.0; 1200];
        seen.end = Some(End::Failed(FailureKind::Internal));
        note_end(&mut groups, &seen, true);
        let shown = &groups[0].runs[0];
        assert_eq!((shown.status_text().as_str(), shown.can_resume(), shown.steps), ("Failed", true, 1200));
        assert_eq!((shown.record.name.as_str(), shown.record.losses.len()), ("Mine", 0));
        assert_eq!(groups[0].results.as_ref().map(|results| results.runs), Some(2));
        // A continued run that has finished again counts among the results at once.
        seen.epochs = finished(3, 3, 0.97).record.epochs;
        seen.end = Some(End::Finished);
        note_end(&mut groups, &seen, true);
        assert_eq!(groups[0].results.as_ref().map(|results| results.runs), Some(3));
        assert_eq!(groups[0].runs[1].status_text(), "Finished", "other runs stay as they are");
    }

    #[test]
    fn lost_runs_are_named() {
        let titles: Vec<String> = ["A", "B"].map(str::to_owned).to_vec();
        let sentence = lost_sentence(&titles, None);
        assert!(sentence.starts_with("Some runs were missing") && sentence.contains("“A”, “B”. The results are back"));
        let many: Vec<String> = (0..8).map(|number| number.to_string()).collect();
        let sentence = lost_sentence(&many, Some(&StoreError::Full));
        assert!(sentence.contains("“4” and 3 more. You see") && sentence.contains("storage is full"), "{sentence}");
    }

    #[test]
    fn a_name_is_trimmed_and_shortened() {
        assert_eq!(tidy_name("  A class of 2026 "), "A class of 2026");
        assert_eq!(tidy_name(&"ä".repeat(100)).chars().count(), LONGEST_NAME);
    }
}
