//! Why a run ended early.

use serde::{Deserialize, Serialize};

/// Why a run ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind of thing went wrong; decides which remedy the page offers.
    pub kind: FailureKind,
    /// A sentence for the user: what happened, and what to do.
    pub message: String,
}

impl Failure {
    /// A failure of the given kind with a sentence for the user.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// A data file is missing, truncated or wrong.
    Data,
    /// The asked-for device cannot be used.
    Device,
    /// The recipe is out of range.
    Recipe,
    /// The loss is no longer a finite number.
    Diverged,
    /// A bug of ours: the worker panicked or could not be loaded.
    Internal,
    /// A worker that shared the batches on the CPU is no more.
    Worker,
}
