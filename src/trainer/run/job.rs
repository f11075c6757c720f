//! What the page asks of a worker besides training: weights out, weights in, a look at a data set. And what comes of it,
//! in words for the page.

use serde::{Deserialize, Serialize};

use super::record::RunKey;
use crate::format::{percent, thousands};

/// The largest file of weights that is read, in bytes; this net's has 80 KB.
pub const LARGEST_WEIGHTS: u32 = 20_000_000;

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Job {
    /// Write a run's weights as a safetensors file.
    Export {
        /// The run.
        key: RunKey,
        /// Its checkpoint, if it could not be stored; otherwise the one that is stored under the key.
        checkpoint: Option<Vec<u8>>,
    },
    /// Read weights, and classify the test images with them.
    Test {
        /// The file's name.
        file: String,
        /// What it holds.
        bytes: Vec<u8>,
    },
    /// Read the data set that was chosen.
    Look,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The file was written.
    Exported {
        /// A name for it.
        file: String,
        /// What it holds.
        bytes: Vec<u8>,
    },
    /// The weights are this net's, and this good.
    Tested(Tested),
    /// The data set can be used.
    Looked(Data),
    /// It cannot be done.
    Refused {
        /// Why not: a sentence.
        reason: String,
        /// In which the file differs from what is needed; each a sentence.
        differences: Vec<String>,
    },
}

/// How good weights are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// The file's name.
    pub file: String,
    /// What the test images are of.
    pub data: String,
    /// Mean negative log-likelihood over the test images, in nats.
    pub loss: f64,
    /// Test images classified right.
    pub correct: u32,
    /// Test images.
    pub of: u32,
    /// The steps that were taken, as the file tells.
    pub steps: u64,
}

impl Tested {
    /// All of it, for the user.
    pub fn sentence(&self) -> String {
        let Self { file, data, loss, .. } = self;
        let (correct, of) = (thousands(self.correct), thousands(self.of));
        let share = percent(f64::from(self.correct) / f64::from(self.of.max(1)));
        format!(
            "“{file}” gets {correct} of {of} test images right, that is {share}; mean loss {loss:.4}. Data: {data}."
        )
    }
}

/// A data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// As records call it.
    pub name: String,
    /// The file of training images.
    pub train_file: String,
    /// How many there are.
    pub train: u32,
    /// The file of test images.
    pub test_file: String,
    /// How many there are.
    pub test: u32,
}

impl Data {
    /// All of it, for the user.
    pub fn sentence(&self) -> String {
        let Self { train_file, test_file, .. } = self;
        let (train, test) = (thousands(self.train), thousands(self.test));
        format!("Your own data: {train} images of “{train_file}” to learn from, {test} of “{test_file}” to test with.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_sentences() {
        let tested = Tested {
            file: "a.safetensors".to_owned(),
            data: "MNIST".to_owned(),
            loss: 0.03456,
            correct: 9_876,
            of: 10_000,
            steps: 1,
        };
        assert_eq!(
            tested.sentence(),
            "“a.safetensors” gets 9,876 of 10,000 test images right, that is 98.76 %; mean loss 0.0346. Data: MNIST."
        );
        let data = Data {
            name: String::new(),
            train_file: "train.gz".to_owned(),
            train: 60_000,
            test_file: "t10k.gz".to_owned(),
            test: 10_000,
        };
        assert_eq!(
            data.sentence(),
            "Your own data: 60,000 images of “train.gz” to learn from, 10,000 of “t10k.gz” to test with."
        );
    }
}
