//! The results of one epoch.

use serde::{Deserialize, Serialize};

/// What one epoch came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochResult {
    /// The epoch, from 1.
    pub epoch: u32,
    /// The learning rate of its last step.
    pub learning_rate: f64,
    /// Mean loss over the epoch's batches.
    pub train_loss: f64,
    /// Share of the training images classified right while they were learned: changed at random, with dropout, by the
    /// weights of that moment. 0 to 1.
    pub train_accuracy: f64,
    /// Mean loss over the test images.
    pub test_loss: f64,
    /// Share of test images classified right, 0 to 1.
    pub test_accuracy: f64,
    /// Test images classified right.
    pub correct: u32,
    /// Test images.
    pub of: u32,
    /// Seconds that the epoch took, test included.
    pub seconds: f64,
}

impl EpochResult {
    /// The two lines of the classic log.
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
}
