//! Classifying the test images, some at a time.

use super::architecture::CLASSES;
use super::batch::{Batcher, is_best};
use super::host::{Flow, Host, Interruption};
use super::learner::{Learner, LearnerError};
use crate::mnist::Split;
use crate::trainer::run::protocol::Event;

/// Test images that are classified at once: few enough that a stop takes effect soon on a slow device.
pub(crate) const CHUNK: usize = 200;

/// A test under way.
pub(crate) struct Test<'a> {
    split: &'a Split,
    batcher: Batcher<'a>,
    done: usize,
    /// Summed over the images that are done, in nats.
    loss: f64,
    correct: u32,
}

impl<'a> Test<'a> {
    /// A test with all images of a split.
    pub(crate) fn new(split: &'a Split) -> Self {
        Self { split, batcher: Batcher::new(split), done: 0, loss: 0.0, correct: 0 }
    }

    /// Classifies some more images; says whether there were any.
    ///
    /// # Errors
    /// The device failed.
    pub(crate) async fn advance<L: Learner>(&mut self, learner: &mut L) -> Result<bool, LearnerError> {
        let indices: Vec<usize> = (self.done..self.split.len()).take(CHUNK).collect();
        if indices.is_empty() {
            return Ok(false);
        }
        let logits = learner.classify(self.batcher.to_test(&indices)).await?;
        let mut loss = 0.0;
        for (row, &index) in logits.chunks_exact(CLASSES).zip(&indices) {
            let label = usize::from(self.split.label(index));
            loss += negative_log_likelihood(row, label);
            self.correct += u32::from(is_best(row, label));
        }
        self.loss += loss;
        self.done += indices.len();
        Ok(true)
    }

    /// Whether all images are done.
    pub(crate) fn is_over(&self) -> bool {
        self.done == self.split.len()
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> Event {
        Event::Evaluating { done: self.done as u32, of: self.split.len() as u32 }
    }

    /// The mean loss in nats, not a number where the net overflows, and how many images were right.
    pub(crate) fn result(&self) -> (f64, u32) {
        (self.loss / self.split.len() as f64, self.correct)
    }
}

/// Classifies all images of a split, besides training. Returns what [`Test::result`] does.
///
/// # Errors
/// How it ended before: by the host, or by a failure of the device.
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

/// −ln softmax(logits)[label], in nats.
pub(crate) fn negative_log_likelihood(logits: &[f32], label: usize) -> f64 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&logit| libm::exp(f64::from(logit) - f64::from(most))).sum();
    libm::log(sum) + f64::from(most) - f64::from(logits[label])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likelihood_of_even_odds_is_a_tenth() {
        assert!((negative_log_likelihood(&[3.0; 10], 4) - 10_f64.ln()).abs() < 1e-12);
        assert!(negative_log_likelihood(&[f32::NAN; 10], 4).is_nan());
        // Far apart, so that exponentials in f32 would overflow.
        assert_eq!(negative_log_likelihood(&[200.0, 0.0], 1), 200.0);
    }
}
