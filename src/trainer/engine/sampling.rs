//! Accuracy between the tests: a sample of the test images, always the same ones, is classified every few seconds.

/// The largest number of images in a sample: with it, chance alone moves an accuracy of 98 % by 0.6 %.
const MOST_IMAGES: usize = 500;

/// The shortest time between two samples, in seconds of work.
const EVERY: f64 = 2.0;

/// The share of a run's time that samples may take.
const SHARE_OF_TIME: f64 = 0.03;

/// The shortest time between two samples, as a share of the run's time so far. A long run has some hundred samples, and
/// no more than a chart can show.
const SHARE_OF_RUN: f64 = 0.01;

/// The longest sample, in seconds, that a user waits for after “Stop”.
const PATIENCE: f64 = 0.05;

/// The smallest sample that says anything.
const FEWEST_IMAGES: usize = 50;

/// The time to classify an image, as a share of the time to learn from it. A test needs no gradients and no update.
pub(crate) const TEST_COST: f64 = 1.0 / 3.0;

/// `Sampling` decides when the next sample is due.
#[derive(Clone, Debug)]
pub(crate) struct Sampling {
    /// The indices of the sampled test images.
    images: Vec<usize>,
    /// When the last sample or test ended, in seconds of work on the run.
    last: f64,
    /// The seconds that the last sample took; `None` before the first.
    seconds: Option<f64>,
}

impl Sampling {
    /// Chooses the images, spread evenly over all test images: MNIST's first half is easier than its second.
    pub(crate) fn new(test_images: usize, now: f64) -> Self {
        let count = test_images.min(MOST_IMAGES);
        Self { images: (0..count).map(|index| index * test_images / count).collect(), last: now, seconds: None }
    }

    /// Returns the indices of the sampled test images.
    pub(crate) fn images(&self) -> &[usize] {
        &self.images
    }

    /// Whether a sample is due now, in a run that learns from `images_per_second`, which is 0 while unknown.
    pub(crate) fn is_due(&self, now: f64, images_per_second: f64) -> bool {
        let wait = now - self.last;
        let seconds = self.expected_seconds(images_per_second);
        wait >= EVERY.max(now * SHARE_OF_RUN) && seconds.is_some_and(|seconds| seconds <= wait * SHARE_OF_TIME)
    }

    /// Returns the indices of as many sampled images as are classified before a user who stopped the run notices, in a run
    /// that learns from `images_per_second`; none if these are too few.
    pub(crate) fn images_at_a_stop(&self, images_per_second: f64) -> Vec<usize> {
        let all = self.images.len();
        let count = all.min((PATIENCE * images_per_second / TEST_COST) as usize);
        if count < FEWEST_IMAGES.min(all) {
            return Vec::new();
        }
        (0..count).map(|index| self.images[index * all / count]).collect()
    }

    /// Notes that a sample took this time and ended now, in seconds of work.
    pub(crate) fn took(&mut self, seconds: f64, now: f64) {
        (self.seconds, self.last) = (Some(seconds), now);
    }

    /// Notes that the whole test has just ended, so that a sample would say less.
    pub(crate) fn skip_to(&mut self, now: f64) {
        self.last = now;
    }

    fn expected_seconds(&self, images_per_second: f64) -> Option<f64> {
        let estimate = || self.images.len() as f64 * TEST_COST / images_per_second;
        self.seconds.or_else(|| (images_per_second > 0.0).then(estimate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns when samples were taken in a run of `until` seconds at this speed, if each takes `cost` seconds.
    fn times(images_per_second: f64, cost: f64, until: f64) -> Vec<f64> {
        let mut sampling = Sampling::new(10_000, 0.0);
        let (mut now, mut taken) = (0.0, Vec::new());
        while now < until {
            now += 0.05;
            if sampling.is_due(now, images_per_second) {
                now += cost;
                sampling.took(cost, now);
                taken.push(now);
            }
        }
        taken
    }

    #[test]
    fn samples_are_spread_over_all_test_images() {
        let images = Sampling::new(10_000, 0.0).images().to_vec();
        assert_eq!((images.len(), images[..3].to_vec(), images.last()), (500, vec![0, 20, 40], Some(&9_980)));
        assert_eq!(Sampling::new(7, 0.0).images(), [0, 1, 2, 3, 4, 5, 6], "few images are all in the sample");
    }

    #[test]
    fn samples_take_at_most_their_share_of_the_time_on_slow_and_on_fast_devices() {
        // A graphics card, two cores in a browser, a slow phone, a software adapter.
        for (speed, cost) in [(50_000.0, 0.01), (1_600.0, 0.1), (200.0, 0.8), (10.0, 16.0)] {
            for until in [60.0, 600.0, 7_200.0] {
                let taken = times(speed, cost, until);
                let share = taken.len() as f64 * cost / until;
                assert!(share <= SHARE_OF_TIME * 1.001, "{speed} images a second: {share} of {until} s");
                assert!(taken.len() <= 600, "{speed} images a second: {} samples", taken.len());
            }
        }
        assert!(times(1_600.0, 0.1, 60.0)[0] < 10.0, "a class sees an accuracy soon");
        assert!(times(0.0, 0.1, 60.0).is_empty(), "nothing is sampled before the speed is known");
    }

    #[test]
    fn nobody_waits_for_a_slow_sample_after_a_stop() {
        let sampling = Sampling::new(10_000, 0.0);
        let counts = [0.0, 50.0, 900.0, 1e9].map(|speed| sampling.images_at_a_stop(speed).len());
        assert_eq!(counts, [0, 0, 135, 500]);
        let some = sampling.images_at_a_stop(900.0);
        assert!(some[0] == 0 && some[134] > 9_900 && some.is_sorted(), "spread over all: {some:?}");
        assert_eq!(Sampling::new(7, 0.0).images_at_a_stop(900.0), [0, 1, 2, 3, 4, 5, 6]);
    }
}
