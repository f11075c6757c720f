//! Why a run ended early.

use serde::{Deserialize, Serialize};

/// `Failure` says why a run ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind of failure, which decides on the remedy that the page offers.
    pub kind: FailureKind,
    /// A sentence for the user: what happened, and what to do.
    pub message: String,
}

impl Failure {
    /// Makes a failure of a kind, with a sentence for the user.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// A data file is missing, truncated or wrong.
    Data,
    /// The device cannot be used, or was lost.
    Device,
    /// A value of the recipe is not allowed.
    Recipe,
    /// The loss is no longer a finite number.
    Diverged,
    /// The page has a bug: the worker panicked or could not be loaded.
    Internal,
    /// A worker that shared the batches on the CPU has ended.
    Worker,
}
