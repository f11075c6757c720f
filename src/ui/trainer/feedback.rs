//! The sentence under a list or a panel that says what came of the user's last action there.

/// What came of the user's last action in a list or a panel.
#[derive(Clone, Default)]
pub(crate) struct Feedback {
    /// The sentence; empty if there is nothing to say.
    pub(crate) text: String,
    /// Whether the action failed.
    pub(crate) failed: bool,
    /// Whether the user can undo the action.
    pub(crate) can_undo: bool,
    /// More sentences for a list below the first: the differences between a file and what is needed.
    pub(crate) details: Vec<String>,
}

impl Feedback {
    /// A sentence about an action that succeeded or is going on.
    pub(crate) fn good(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A sentence about an action that failed.
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self { failed: true, ..Self::good(text) }
    }

    /// The same with a button to undo the action.
    pub(crate) fn with_undo(self) -> Self {
        Self { can_undo: true, ..self }
    }

    /// The same with a list of sentences below.
    pub(crate) fn with_details(self, details: Vec<String>) -> Self {
        Self { details, ..self }
    }
}
