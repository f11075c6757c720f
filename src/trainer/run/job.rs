//! The jobs that a worker does besides training, and its answers: weights into a file, weights from a file, a check of
//! a data set.

use serde::{Deserialize, Serialize};

use super::record::RunKey;
use crate::format::{counted, percent, thousands};

/// The largest file of weights that is read, in bytes. A file of this net has 80 KB.
pub const LARGEST_WEIGHTS: u32 = 20_000_000;

/// Something that a worker does besides training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Job {
    /// Write a run's weights as a safetensors file.
    Export {
        /// The run's key.
        key: RunKey,
        /// The run's checkpoint if it could not be stored; with `None`, the worker reads the one in the database.
        checkpoint: Option<Vec<u8>>,
    },
    /// Read weights from a file, and classify the test images with them.
    Test {
        /// The file's name.
        file: String,
        /// The file's content.
        bytes: Vec<u8>,
    },
    /// Read the data set that the user chose, and report whether it can be used.
    Look,
}

/// The result of a [`Job`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The weights were written as a file.
    Exported {
        /// A name for the file.
        file: String,
        /// The file's content.
        bytes: Vec<u8>,
    },
    /// The weights fit this net, and were tested.
    Tested(Tested),
    /// The data set can be used.
    Looked(Data),
    /// The job cannot be done.
    Refused {
        /// The reason: a sentence for the user.
        reason: String,
        /// The differences of the file from a usable one, each as a sentence.
        differences: Vec<String>,
    },
}

/// The test of weights from a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tested {
    /// The file's name.
    pub file: String,
    /// The name of the data set with the test images.
    pub data: String,
    /// The mean negative log-likelihood over the test images, in nats.
    pub loss: f64,
    /// The number of test images that were classified correctly.
    pub correct: u32,
    /// The number of test images.
    pub of: u32,
    /// The number of steps that the weights were trained for, according to the file.
    pub steps: u64,
}

impl Tested {
    /// Returns the result of the test for the user.
    pub fn sentence(&self) -> String {
        let Self { file, data, loss, .. } = self;
        let (correct, of) = (thousands(self.correct), counted(self.of, "test image"));
        let share = percent(f64::from(self.correct) / f64::from(self.of.max(1)));
        format!("“{file}” classifies {correct} of {of} correctly ({share}). Mean loss: {loss:.4}. Data: {data}.")
    }
}

/// A data set of the user's own files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// The name in records.
    pub name: String,
    /// The name of the file with the training images.
    pub train_file: String,
    /// The number of training images.
    pub train: u32,
    /// The name of the file with the test images.
    pub test_file: String,
    /// The number of test images.
    pub test: u32,
    /// Sentences for the user about what is unusual in the data.
    pub notes: Vec<String>,
}

impl Data {
    /// Describes the data set for the user.
    pub fn sentence(&self) -> String {
        let Self { train_file, test_file, .. } = self;
        let (train, test) = (counted(self.train, "training image"), counted(self.test, "test image"));
        format!("Your own data: {train} from “{train_file}”, {test} from “{test_file}”.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_sentences() {
        let tested = Tested {
            file: "a.st".to_owned(),
            data: "MNIST".to_owned(),
            loss: 0.03456,
            correct: 9_876,
            of: 10_000,
            steps: 1,
        };
        assert_eq!(
            tested.sentence(),
            "“a.st” classifies 9,876 of 10,000 test images correctly (98.76 %). Mean loss: 0.0346. Data: MNIST."
        );
        let data = Data {
            name: String::new(),
            train_file: "train.gz".to_owned(),
            train: 60_000,
            test_file: "t10k.gz".to_owned(),
            test: 10_000,
            notes: Vec::new(),
        };
        assert_eq!(
            data.sentence(),
            "Your own data: 60,000 training images from “train.gz”, 10,000 test images from “t10k.gz”."
        );
        let one = Data { train: 1, test: 1, ..data }.sentence();
        assert_eq!(one, "Your own data: 1 training image from “train.gz”, 1 test image from “t10k.gz”.");
    }
}
