//! The sentence that the page shows about a student's answer.

/// A sentence about the student's last answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Feedback {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

/// Whether the answer was right, which decides the colour of the sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Good,
    NotYet,
}

impl Tone {
    /// The CSS class of the tone.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "good",
            Self::NotYet => "not-yet",
        }
    }
}
