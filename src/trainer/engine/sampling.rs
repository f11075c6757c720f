//! What is seen of a net between the tests: test images, always the same ones, are classified every few seconds. Those of a
//! sample tell the accuracy; those of the showcase are shown with the net's guesses.

/// The largest number of images in a sample: with it, chance alone moves an accuracy of 98 % by 0.6 %.
const MOST_IMAGES: usize = 500;

/// `Frequency` says how often images are classified between the tests.
#[derive(Clone, Copy, Debug)]
struct Frequency {
    /// The shortest time between two times, in seconds of work.
    every: f64,
    /// The share of a run's time that may be spent on it.
    share_of_time: f64,
    /// The shortest time between two times, as a share of the run's time so far.
    share_of_run: f64,
}

/// How often a sample is taken. A long run has some hundred samples, and no more than a chart can show.
const OF_SAMPLES: Frequency = Frequency { every: 2.0, share_of_time: 0.024, share_of_run: 0.01 };

/// How often the showcase is classified.
const OF_THE_SHOWCASE: Frequency = Frequency { every: 0.5, share_of_time: 0.006, share_of_run: 0.0 };

/// The longest time, in seconds, that a user waits for guesses after “Stop” or “Pause”.
const PATIENCE: f64 = 0.05;

/// The smallest sample that says anything.
const FEWEST_IMAGES: usize = 50;

/// The time to classify an image, as a share of the time to learn from it. A test needs no gradients and no update.
pub(crate) const TEST_COST: f64 = 1.0 / 3.0;

/// `Sampling` decides when some test images are classified next.
#[derive(Clone, Debug)]
pub(crate) struct Sampling {
    frequency: Frequency,
    /// The indices of the images.
    images: Vec<usize>,
    /// When the images were last classified, or a test ended, in seconds of work on the run.
    last: f64,
    /// The seconds that the images last took; `None` before the first time.
    seconds: Option<f64>,
}

impl Sampling {
    /// Chooses the images of a sample, spread evenly over all test images: MNIST's first half is easier than its second.
    pub(crate) fn of_samples(test_images: usize, now: f64) -> Self {
        let count = test_images.min(MOST_IMAGES);
        let images = (0..count).map(|index| index * test_images / count).collect();
        Self { frequency: OF_SAMPLES, images, last: now, seconds: None }
    }

    /// Takes the images of the showcase.
    pub(crate) fn of_the_showcase(images: Vec<usize>, now: f64) -> Self {
        Self { frequency: OF_THE_SHOWCASE, images, last: now, seconds: None }
    }

    /// Returns the indices of the images.
    pub(crate) fn images(&self) -> &[usize] {
        &self.images
    }

    /// Whether the images are to be classified now, in a run that learns from `images_per_second`, which is 0 while unknown.
    pub(crate) fn is_due(&self, now: f64, images_per_second: f64) -> bool {
        let Frequency { every, share_of_time, share_of_run } = self.frequency;
        let wait = now - self.last;
        let seconds = self.expected_seconds(images_per_second);
        wait >= every.max(now * share_of_run) && seconds.is_some_and(|seconds| seconds <= wait * share_of_time)
    }

    /// Whether the images are classified before a user who stopped or paused the run notices.
    pub(crate) fn is_quick(&self, images_per_second: f64) -> bool {
        self.expected_seconds(images_per_second).is_some_and(|seconds| seconds <= PATIENCE)
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

    /// Notes that the images took this time, until now, in seconds of work.
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

    /// Returns when the images are classified in a run of `until` seconds at this speed, if they take `cost` seconds.
    fn times(mut sampling: Sampling, images_per_second: f64, cost: f64, until: f64) -> Vec<f64> {
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
        let images = Sampling::of_samples(10_000, 0.0).images().to_vec();
        assert_eq!((images.len(), images[..3].to_vec(), images.last()), (500, vec![0, 20, 40], Some(&9_980)));
        assert_eq!(Sampling::of_samples(7, 0.0).images(), [0, 1, 2, 3, 4, 5, 6], "few images are all in the sample");
    }

    #[test]
    fn samples_and_showcase_take_at_most_3_percent_of_the_time_on_slow_and_on_fast_devices() {
        let samples = || Sampling::of_samples(10_000, 0.0);
        let showcase = || Sampling::of_the_showcase((0..40).collect(), 0.0);
        // A graphics card, two cores in a browser, a slow phone, a software adapter.
        for (speed, cost) in [(50_000.0, 0.01), (1_600.0, 0.1), (200.0, 0.8), (10.0, 16.0)] {
            for until in [60.0, 600.0, 7_200.0] {
                let taken = times(samples(), speed, cost, until);
                let shown = times(showcase(), speed, cost * 0.08, until);
                let share = (taken.len() as f64 + shown.len() as f64 * 0.08) * cost / until;
                assert!(share <= 0.03 * 1.001, "{speed} images a second: {share} of {until} s");
                assert!(taken.len() <= 600, "{speed} images a second: {} samples", taken.len());
            }
        }
        assert!(times(samples(), 1_600.0, 0.1, 60.0)[0] < 10.0, "a class sees an accuracy soon");
        assert!(times(showcase(), 1_600.0, 0.008, 60.0).len() >= 40, "the guesses change under the eyes of a class");
        assert!(times(samples(), 0.0, 0.1, 60.0).is_empty(), "nothing is sampled before the speed is known");
    }

    #[test]
    fn nobody_waits_for_a_slow_sample_after_a_stop() {
        let sampling = Sampling::of_samples(10_000, 0.0);
        let counts = [0.0, 50.0, 900.0, 1e9].map(|speed| sampling.images_at_a_stop(speed).len());
        assert_eq!(counts, [0, 0, 135, 500]);
        let some = sampling.images_at_a_stop(900.0);
        assert!(some[0] == 0 && some[134] > 9_900 && some.is_sorted(), "spread over all: {some:?}");
        assert_eq!(Sampling::of_samples(7, 0.0).images_at_a_stop(900.0), [0, 1, 2, 3, 4, 5, 6]);
    }
}
