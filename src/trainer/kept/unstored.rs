//! Runs that have ended and could not be stored: the page keeps them in memory and tries again, until they are stored or
//! the user gives them up.

use std::sync::Arc;
use std::time::Duration;

use crate::store::error::StoreError;
use crate::trainer::run::record::{RunKey, RunRecord};

/// The time until the first new attempt to store. Each failure doubles it.
const FIRST_DELAY: Duration = Duration::from_secs(2);

/// The longest time between two attempts to store.
const LONGEST_DELAY: Duration = Duration::from_secs(60);

/// A run that has ended and could not be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Unstored {
    /// The run's record.
    pub record: Arc<RunRecord>,
    /// The bytes of its last checkpoint, if only the page has it.
    pub checkpoint: Option<Arc<Vec<u8>>>,
    /// Why it could not be stored.
    pub error: StoreError,
    /// Whether the user has saved it as a file.
    pub has_file: bool,
}

/// All runs that could not be stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnstoredRuns {
    /// The runs, the oldest first.
    runs: Vec<Unstored>,
    /// The number of failures since there was last hope.
    failures: u32,
}

impl Unstored {
    /// Whether it makes sense to try again.
    fn may_succeed(&self) -> bool {
        !matches!(self.error, StoreError::Superseded | StoreError::Deleted | StoreError::Encoding(_))
    }

    /// Says what is true of the run now, and what the user can do. `title` is what the page calls it.
    pub fn sentence(&self, title: &str) -> String {
        let what = format!("Training has ended, but the run “{title}” could not be stored. {}", self.error);
        let advice = match (self.may_succeed(), self.has_file) {
            (true, false) => {
                " The page tries again by itself. Until then keep this tab open, or save the run as a file."
            }
            (true, true) => " You have saved it as a file. The page tries again by itself.",
            (false, false) => " Save it as a file if you want to keep it.",
            (false, true) => " You have saved it as a file.",
        };
        [&what, advice].concat()
    }
}

impl UnstoredRuns {
    /// Adds a run, in place of an earlier state of it.
    pub fn add(&mut self, run: Unstored) {
        self.remove(run.record.key);
        self.runs.push(run);
    }

    /// Removes a run: it was stored, or the user has given it up.
    pub fn remove(&mut self, key: RunKey) {
        self.runs.retain(|run| run.record.key != key);
    }

    /// Notes why a run could still not be stored.
    pub fn failed(&mut self, key: RunKey, error: &StoreError) {
        for run in self.runs.iter_mut().filter(|run| run.record.key == key) {
            run.error = error.clone();
        }
    }

    /// Notes that the user has saved a run as a file.
    pub fn saved_as_file(&mut self, key: RunKey) {
        for run in self.runs.iter_mut().filter(|run| run.record.key == key) {
            run.has_file = true;
        }
    }

    /// Returns all runs, the oldest first.
    pub fn runs(&self) -> &[Unstored] {
        &self.runs
    }

    /// Returns the runs that may be stored now.
    pub fn to_store(&self) -> Vec<Unstored> {
        self.runs.iter().filter(|run| run.may_succeed()).cloned().collect()
    }

    /// Whether closing the page loses a run.
    pub fn is_at_risk(&self) -> bool {
        self.runs.iter().any(|run| !run.has_file)
    }

    /// Notes that there is hope again, for example because a run was deleted: the next attempts follow soon.
    pub fn hope(&mut self) {
        self.failures = 0;
    }

    /// Returns the time until the next attempt to store, after one that has failed; `None` if there is nothing to store.
    pub fn next_delay(&mut self) -> Option<Duration> {
        if self.to_store().is_empty() {
            return None;
        }
        let delay = FIRST_DELAY.saturating_mul(1 << self.failures.min(10));
        self.failures += 1;
        Some(delay.min(LONGEST_DELAY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;

    fn unstored(key: u64, error: StoreError) -> Unstored {
        let record = RunRecord::new(RunKey(key), Plan::from(Recipe::quick()), "MNIST".to_owned());
        Unstored { record: Arc::new(record), checkpoint: None, error, has_file: false }
    }

    #[test]
    fn attempts_follow_each_other_more_and_more_slowly_and_soon_again_when_there_is_hope() {
        let mut runs = UnstoredRuns::default();
        assert_eq!(runs.next_delay(), None, "there is nothing to store");
        runs.add(unstored(1, StoreError::Full));
        let seconds: Vec<u64> = (0..8).filter_map(|_| runs.next_delay()).map(|delay| delay.as_secs()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 60, 60, 60]);
        runs.hope();
        assert_eq!(runs.next_delay(), Some(FIRST_DELAY));
        runs.remove(RunKey(1));
        assert_eq!((runs.next_delay(), runs.is_at_risk()), (None, false));
    }

    #[test]
    fn several_runs_wait_and_none_is_dropped_by_the_next() {
        let mut runs = UnstoredRuns::default();
        runs.add(unstored(1, StoreError::Full));
        runs.add(unstored(2, StoreError::Full));
        runs.add(unstored(1, StoreError::Silent));
        assert_eq!(runs.runs().iter().map(|run| run.record.key.0).collect::<Vec<_>>(), [2, 1]);
        runs.saved_as_file(RunKey(1));
        assert!(runs.is_at_risk(), "run 2 has no file");
        runs.saved_as_file(RunKey(2));
        assert_eq!((runs.is_at_risk(), runs.to_store().len()), (false, 2));
    }

    #[test]
    fn a_run_that_another_tab_owns_is_not_tried_again() {
        let mut runs = UnstoredRuns::default();
        runs.add(unstored(1, StoreError::Full));
        runs.failed(RunKey(1), &StoreError::Superseded);
        assert_eq!((runs.to_store(), runs.next_delay(), runs.is_at_risk()), (Vec::new(), None, true));
        let sentence = runs.runs()[0].sentence("First try");
        assert!(sentence.contains("“First try” could not be stored. Another tab"), "{sentence}");
        assert!(sentence.ends_with("Save it as a file if you want to keep it."), "{sentence}");
    }

    #[test]
    fn the_sentence_says_what_is_true_now() {
        let run = unstored(1, StoreError::Full);
        let sentence = run.sentence("First try");
        assert!(sentence.starts_with("Training has ended, but the run “First try” could not be stored. The browser’s"));
        assert!(!sentence.contains("ontinues"), "{sentence}");
        let saved = Unstored { has_file: true, ..run }.sentence("First try");
        assert!(saved.ends_with("You have saved it as a file. The page tries again by itself."), "{saved}");
    }
}
