//! The accuracy between two tests: what samples of the test images say of a run.

use super::record::{Happening, RunRecord};
use crate::format::percent;

/// `Sample` is the accuracy of a sample of the test images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// The number of steps that had been taken.
    pub step: u32,
    /// The share of the sample that was classified correctly, 0 to 1.
    pub accuracy: f64,
    /// The number of images in the sample.
    pub of: u32,
}

impl RunRecord {
    /// Returns the accuracies of the samples between the tests, each with the number of steps that had been taken by then.
    pub fn samples(&self) -> impl DoubleEndedIterator<Item = Sample> {
        self.notes.iter().filter_map(|note| match note.what {
            Happening::Sampled(correct, of) => {
                Some(Sample { step: note.step, accuracy: f64::from(correct) / f64::from(of.max(1)), of })
            }
            _ => None,
        })
    }

    /// Returns the last sample if it is newer than the last test.
    pub fn latest_sample(&self) -> Option<Sample> {
        self.samples().next_back().filter(|sample| sample.step > self.last_tested())
    }

    /// Returns the newest accuracy in words: "≈ 97.4 %" of a sample, "98.05 %" of a test; `None` before the first.
    pub fn accuracy(&self) -> Option<String> {
        match self.latest_sample() {
            Some(sample) => Some(format!("≈ {:.1} %", sample.accuracy * 100.0)),
            None => self.epochs.last().map(|last| percent(last.test_accuracy)),
        }
    }

    /// Returns the number of steps after which the last test took place; 0 before the first.
    fn last_tested(&self) -> u32 {
        (self.epochs.len() as u32).saturating_mul(self.plan.recipe.steps_per_epoch())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::epoch::EpochResult;
    use crate::trainer::run::protocol::Event;
    use crate::trainer::run::record::RunKey;

    #[test]
    fn the_newest_accuracy_is_that_of_a_sample_until_the_next_test() {
        let recipe = Recipe { epochs: 2, images: 8, batch_size: 4, ..Recipe::classic() };
        let mut record = RunRecord::new(RunKey(1), Plan::from(recipe), "MNIST".to_owned());
        let after = |record: &RunRecord| (record.accuracy(), record.epochs_begun());
        assert_eq!(after(&record), (None, 1));
        record.losses = vec![2.0];
        record.apply(&Event::Sampled { correct: 487, of: 500 });
        assert_eq!(after(&record), (Some("≈ 97.4 %".to_owned()), 1));
        record.losses = vec![2.0; 2];
        record.apply(&Event::Epoch(EpochResult::example(1)));
        assert_eq!(after(&record), (Some("98.05 %".to_owned()), 1), "a whole test says more than a sample");
        record.losses = vec![2.0; 3];
        assert_eq!(after(&record), (Some("98.05 %".to_owned()), 2));
        record.apply(&Event::Sampled { correct: 490, of: 500 });
        assert_eq!(after(&record), (Some("≈ 98.0 %".to_owned()), 2));
        assert_eq!(record.samples().map(|sample| sample.step).collect::<Vec<_>>(), [1, 3]);
    }
}
