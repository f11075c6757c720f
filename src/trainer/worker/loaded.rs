//! A data set in the worker's memory.

use crate::mnist::Dataset;

/// A data set in memory.
pub(super) struct Loaded {
    pub(super) set: Dataset,
    /// The name of the data set in records.
    pub(super) name: String,
    /// The names of the files with the training images and the test images.
    pub(super) files: [String; 2],
    /// Sentences for the user about what is unusual in the data.
    pub(super) notes: Vec<String>,
}
