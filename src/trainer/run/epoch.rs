//! The results of one epoch.

use serde::{Deserialize, Serialize};

/// The results of one epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochResult {
    /// The number of the epoch, from 1.
    pub epoch: u32,
    /// The learning rate of the epoch's last step.
    pub learning_rate: f64,
    /// The mean loss over the epoch's batches, in nats.
    pub train_loss: f64,
    /// The share of training images that were classified correctly in their own step, 0 to 1: with their random
    /// changes, with dropout, and with the weights of that step.
    pub train_accuracy: f64,
    /// The mean loss over the test images, in nats.
    pub test_loss: f64,
    /// The share of test images that were classified correctly, 0 to 1.
    pub test_accuracy: f64,
    /// The number of test images that were classified correctly.
    pub correct: u32,
    /// The number of test images.
    pub of: u32,
    /// The seconds that the epoch took, with the test.
    pub seconds: f64,
}

impl EpochResult {
    /// Returns the epoch's two lines in the log, in the form of the published one.
    pub fn log_lines(&self) -> [String; 2] {
        [
            format!("EPOCH:  {}", self.epoch),
            format!(
                "Test set: Average loss: {:.4}, Accuracy: {}/{} ({:.2}%)",
                self.test_loss,
                self.correct,
                self.of,
                self.test_accuracy * 100.0
            ),
        ]
    }

    /// Returns the results of an epoch for tests.
    #[cfg(test)]
    pub(crate) fn example(epoch: u32) -> Self {
        Self {
            epoch,
            learning_rate: 0.01,
            train_loss: 0.3,
            train_accuracy: 0.9,
            test_loss: 0.0673,
            test_accuracy: 0.9805,
            correct: 9805,
            of: 10_000,
            seconds: 19.0,
        }
    }
}
