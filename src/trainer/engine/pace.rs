//! A run's speed and the time that it still needs.

use std::collections::VecDeque;

use super::sampling::TEST_COST;
use crate::trainer::run::record::RunRecord;

/// The length of the window over which the speed is measured, in seconds.
const WINDOW: f64 = 3.0;

/// `Pace` measures a run's progress against the time that it works.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    /// Times in seconds of work, and the number of images that the run had learned from at each. Tests shift the times.
    marks: VecDeque<(f64, u64)>,
    /// Images that the run has learned from since it began or resumed.
    images: u64,
    /// Images that the run had left to learn from when it began or resumed.
    all_images: u64,
    tests_left: u32,
    test_images: usize,
    test_seconds: Option<f64>,
}

impl Pace {
    /// Begins to measure a run at the time `now`, in seconds of work on it.
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

    /// Notes that the run has learned from more images.
    pub(crate) fn learned(&mut self, now: f64, images: usize) {
        self.images += images as u64;
        self.marks.push_back((now, self.images));
        // One mark before the window is kept, because a slow device may have none within it.
        while self.marks.len() > 2 && self.marks[1].0 <= now - WINDOW {
            self.marks.pop_front();
        }
    }

    /// Notes that a test took this number of seconds. The speed of learning does not change by it.
    pub(crate) fn tested(&mut self, seconds: f64) {
        self.test_seconds = Some(seconds);
        self.tests_left = self.tests_left.saturating_sub(1);
        self.sampled(seconds);
    }

    /// Notes that a sample of the test images took this number of seconds. The speed of learning does not change by it.
    pub(crate) fn sampled(&mut self, seconds: f64) {
        self.marks.iter_mut().for_each(|(time, _)| *time += seconds);
    }

    /// Returns the speed in images per second, or 0 while it is unknown.
    pub(crate) fn images_per_second(&self) -> f64 {
        match (self.marks.front(), self.marks.back()) {
            (Some(first), Some(last)) if last.0 > first.0 => (last.1 - first.1) as f64 / (last.0 - first.0),
            _ => 0.0,
        }
    }

    /// Returns the seconds until the run ends, or `None` while they are unknown.
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
    fn a_resumed_run_counts_only_the_images_that_are_left() {
        let mut record = record();
        record.losses = vec![0.0; 8];
        let mut pace = Pace::new(&record, 300, 10.0);
        pace.learned(11.0, 100);
        // 1,200 images in all, 800 learned before the resume and 100 since; no test yet.
        assert_eq!(pace.seconds_left(), Some(3.0 + 2.0));
    }

    #[test]
    fn speed_and_time_are_unknown_before_the_first_images() {
        let pace = pace();
        assert_eq!(pace.images_per_second(), 0.0);
        assert_eq!(pace.seconds_left(), None);
    }

    #[test]
    fn the_speed_is_that_of_the_last_seconds_and_the_time_left_includes_tests() {
        let mut pace = pace();
        pace.learned(11.0, 100);
        assert_eq!(pace.images_per_second(), 100.0);
        // 1,100 images to learn from, and two tests of 300 images at a third of the cost.
        assert_eq!(pace.seconds_left(), Some(11.0 + 2.0));
        pace.learned(16.0, 50);
        assert_eq!(pace.images_per_second(), 10.0, "the window no longer holds the first second");
        pace.tested(8.0);
        assert_eq!(pace.images_per_second(), 10.0, "a test does not lower the speed");
        assert_eq!(pace.seconds_left(), Some(1050.0 / 10.0 + 8.0));
        pace.learned(25.0, 10);
        assert_eq!(pace.images_per_second(), 10.0);
    }
}
