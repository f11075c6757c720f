//! A data set that the worker holds.

use crate::mnist::Dataset;

/// A data set that can be used.
pub(super) struct Loaded {
    pub(super) set: Dataset,
    /// As it is called in records.
    pub(super) name: String,
    /// The files of training images and of test images.
    pub(super) files: [String; 2],
}
