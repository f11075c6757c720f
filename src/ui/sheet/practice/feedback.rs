//! What the page says about a student's answer.

/// What was said last about the student's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Feedback {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

/// How it is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Good,
    NotYet,
}

impl Tone {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "good",
            Self::NotYet => "not-yet",
        }
    }
}
