//! How fast a run goes, and how long it will still take.

use std::collections::VecDeque;

use crate::trainer::run::record::RunRecord;

/// Seconds over which the rate is taken.
const WINDOW: f64 = 3.0;

/// Testing an image costs about a third of learning from it: no gradients, no update.
const TEST_COST: f64 = 1.0 / 3.0;

/// A run's progress against the clock.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    /// Moments, and how many images had been learned from until then in the time spent learning.
    marks: VecDeque<(f64, u64)>,
    images: u64,
    /// Images that the run had to learn from when it began or went on.
    all_images: u64,
    tests_left: u32,
    test_images: usize,
    test_seconds: Option<f64>,
}

impl Pace {
    /// A run that starts now.
    pub(crate) fn new(record: &RunRecord, test_images: usize, now: f64) -> Self {
        let (plan, recipe) = (&record.plan, &record.plan.recipe);
        let per_epoch = recipe.steps_per_epoch().max(1);
        let (epochs, taken) = (record.step() / per_epoch, record.step() % per_epoch);
        let learned = u64::from(epochs) * u64::from(recipe.images) + u64::from(taken) * u64::from(recipe.batch_size);
        Self {
            marks: VecDeque::from([(now, 0)]),
            images: 0,
            all_images: (u64::from(recipe.images) * u64::from(plan.epochs())).saturating_sub(learned),
            tests_left: plan.epochs().saturating_sub(record.epochs.len() as u32),
            test_images,
            test_seconds: None,
        }
    }

    /// More images have been learned from.
    pub(crate) fn learned(&mut self, now: f64, images: usize) {
        self.images += images as u64;
        self.marks.push_back((now, self.images));
        // The mark before the window is kept: a slow device may have no other.
        while self.marks.len() > 2 && self.marks[1].0 <= now - WINDOW {
            self.marks.pop_front();
        }
    }

    /// The test images have been classified, in so many seconds. They do not count as a slow spell of learning.
    pub(crate) fn tested(&mut self, seconds: f64) {
        self.test_seconds = Some(seconds);
        self.tests_left = self.tests_left.saturating_sub(1);
        self.held(seconds);
    }

    /// The run was held for so many seconds: no slow spell either.
    pub(crate) fn held(&mut self, seconds: f64) {
        self.marks.iter_mut().for_each(|(moment, _)| *moment += seconds);
    }

    /// Images a second; 0 while unknown.
    pub(crate) fn images_per_second(&self) -> f64 {
        match (self.marks.front(), self.marks.back()) {
            (Some(first), Some(last)) if last.0 > first.0 => (last.1 - first.1) as f64 / (last.0 - first.0),
            _ => 0.0,
        }
    }

    /// Seconds until the run ends; `None` while unknown.
    pub(crate) fn seconds_left(&self) -> Option<f64> {
        let rate = self.images_per_second();
        if rate <= 0.0 {
            return None;
        }
        let test = self.test_seconds.unwrap_or(self.test_images as f64 * TEST_COST / rate);
        Some(self.all_images.saturating_sub(self.images) as f64 / rate + f64::from(self.tests_left) * test)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::record::RunKey;

    fn record() -> RunRecord {
        let recipe = Recipe { epochs: 2, images: 600, batch_size: 100, ..Recipe::classic() };
        RunRecord::new(RunKey(1), Plan::from(recipe), String::new())
    }

    fn pace() -> Pace {
        Pace::new(&record(), 300, 10.0)
    }

    #[test]
    fn a_run_that_goes_on_has_less_to_do() {
        let mut record = record();
        record.losses = vec![0.0; 8];
        let mut pace = Pace::new(&record, 300, 10.0);
        pace.learned(11.0, 100);
        // Of 1,200 images 800 were learned before, 100 now; no test has been made.
        assert_eq!(pace.seconds_left(), Some(3.0 + 2.0));
        pace.held(5.0);
        pace.learned(17.0, 100);
        assert_eq!(pace.images_per_second(), 100.0, "a pause is no slow spell");
    }

    #[test]
    fn nothing_is_known_before_the_first_images() {
        let pace = pace();
        assert_eq!(pace.images_per_second(), 0.0);
        assert_eq!(pace.seconds_left(), None);
    }

    #[test]
    fn the_rate_follows_the_last_seconds_and_tests_are_counted_in() {
        let mut pace = pace();
        pace.learned(11.0, 100);
        assert_eq!(pace.images_per_second(), 100.0);
        // 1,100 images to learn from, and two tests of 300 at a third of the cost.
        assert_eq!(pace.seconds_left(), Some(11.0 + 2.0));
        pace.learned(16.0, 50);
        assert_eq!(pace.images_per_second(), 10.0, "the first second is out of the window");
        pace.tested(8.0);
        assert_eq!(pace.images_per_second(), 10.0, "a test is no slow spell");
        assert_eq!(pace.seconds_left(), Some(1050.0 / 10.0 + 8.0));
        pace.learned(25.0, 10);
        assert_eq!(pace.images_per_second(), 10.0);
    }
}
