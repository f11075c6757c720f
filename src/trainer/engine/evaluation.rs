//! Evaluation: classifies the test images, some at a time, and reports mean loss and accuracy.

use super::architecture::CLASSES;
use super::batch::{Batcher, is_best};
use super::host::{Flow, Host, Interruption};
use super::learner::{Learner, LearnerError};
use crate::mnist::Split;
use crate::trainer::run::protocol::Event;

/// Test images that are classified at once: few enough that a stop takes effect soon on a slow device.
pub(crate) const IMAGES_AT_ONCE: usize = 200;

/// `Test` is the progress of one pass over test images.
pub(crate) struct Test<'a> {
    split: &'a Split,
    /// The indices of the images.
    images: Vec<usize>,
    batcher: Batcher<'a>,
    done: usize,
    /// The sum of the losses of the images that are done, in nats.
    loss: f64,
    correct: u32,
}

impl<'a> Test<'a> {
    /// Begins a test with all images of a split.
    pub(crate) fn new(split: &'a Split) -> Self {
        Self::of(split, (0..split.len()).collect())
    }

    /// Begins a test with the images of a split that have these indices.
    pub(crate) fn of(split: &'a Split, images: Vec<usize>) -> Self {
        Self { split, images, batcher: Batcher::new(split), done: 0, loss: 0.0, correct: 0 }
    }

    /// Classifies the next images. Returns whether there were any.
    ///
    /// # Errors
    /// When the device fails.
    pub(crate) async fn advance<L: Learner>(&mut self, learner: &mut L) -> Result<bool, LearnerError> {
        let indices = &self.images[self.done..self.images.len().min(self.done + IMAGES_AT_ONCE)];
        if indices.is_empty() {
            return Ok(false);
        }
        let logits = learner.classify(self.batcher.to_test(indices)).await?;
        let mut loss = 0.0;
        for (row, &index) in logits.chunks_exact(CLASSES).zip(indices) {
            let label = usize::from(self.split.label(index));
            loss += negative_log_likelihood(row, label);
            self.correct += u32::from(is_best(row, label));
        }
        self.loss += loss;
        self.done += indices.len();
        Ok(true)
    }

    /// Returns whether all images are done.
    pub(crate) fn is_over(&self) -> bool {
        self.done == self.images.len()
    }

    /// Returns an event with the number of images that are done.
    pub(crate) fn progress(&self) -> Event {
        Event::Evaluating { done: self.done as u32, of: self.images.len() as u32 }
    }

    /// Returns the mean loss in nats, which is NaN when the net overflows, and the number of images that were
    /// classified correctly.
    pub(crate) fn result(&self) -> (f64, u32) {
        (self.loss / self.images.len() as f64, self.correct)
    }
}

/// Classifies all images of a split, outside of a run. Returns the same as [`Test::result`].
///
/// # Errors
/// When the host stops the test, or the device fails: the event that says so.
pub async fn test<L: Learner, H: Host>(learner: &mut L, split: &Split, host: &mut H) -> Result<(f64, u32), Event> {
    let mut test = Test::new(split);
    while test.advance(learner).await.map_err(Interruption::from)? {
        host.emit(test.progress());
        if host.yield_now().await == Flow::Stop {
            return Err(Event::Stopped);
        }
    }
    Ok(test.result())
}

/// Returns the loss of one image, −ln softmax(logits)\[label\], in nats. The largest logit is subtracted first, so that
/// no exponential overflows.
pub(crate) fn negative_log_likelihood(logits: &[f32], label: usize) -> f64 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&logit| libm::exp(f64::from(logit) - f64::from(most))).sum();
    libm::log(sum) + f64::from(most) - f64::from(logits[label])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_equal_logits_cost_ln_10() {
        assert!((negative_log_likelihood(&[3.0; 10], 4) - 10_f64.ln()).abs() < 1e-12);
        assert!(negative_log_likelihood(&[f32::NAN; 10], 4).is_nan());
        // The logits are so far apart that exponentials in f32 would overflow.
        assert_eq!(negative_log_likelihood(&[200.0, 0.0], 1), 200.0);
    }
}
