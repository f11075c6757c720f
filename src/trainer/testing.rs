//! Classifying the test images, some at a time.

use super::architecture::CLASSES;
use super::batch::{Batcher, is_best};
use super::learner::{Learner, LearnerError};
use super::protocol::Event;
use super::session::{CHUNK, Flow, Host, Interruption, negative_log_likelihood};
use crate::mnist::Split;

/// A test under way.
pub(super) struct Test<'a> {
    split: &'a Split,
    batcher: Batcher<'a>,
    done: usize,
    /// Summed over the images that are done, in nats.
    loss: f64,
    correct: u32,
}

impl<'a> Test<'a> {
    /// A test with all images of a split.
    pub(super) fn new(split: &'a Split) -> Self {
        Self { split, batcher: Batcher::new(split), done: 0, loss: 0.0, correct: 0 }
    }

    /// Classifies some more images; says whether there were any.
    ///
    /// # Errors
    /// The device failed.
    pub(super) async fn advance<L: Learner>(&mut self, learner: &mut L) -> Result<bool, LearnerError> {
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
    pub(super) fn is_over(&self) -> bool {
        self.done == self.split.len()
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Event {
        Event::Evaluating { done: self.done as u32, of: self.split.len() as u32 }
    }

    /// The mean loss in nats, not a number where the net overflows, and how many images were right.
    pub(super) fn result(&self) -> (f64, u32) {
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
        if host.breathe().await == Flow::Stop {
            return Err(Event::Stopped);
        }
    }
    Ok(test.result())
}
