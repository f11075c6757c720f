//! Why the browser does not keep something, in words.

use std::fmt;

use crate::wire::EncodeError;

/// What came in the way. Its `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is no database, or the page must not use it.
    Unavailable,
    /// There is no more room.
    Full,
    /// A tab with an older build keeps the database from being brought up to date.
    Blocked,
    /// A newer build of the page has been here.
    Newer,
    /// The browser gave up on writing.
    Aborted,
    /// The value could not be turned into bytes.
    Encoding(EncodeError),
    /// The browser's own words.
    Other(String),
}

impl StoreError {
    /// What an exception of the browser means, by its name.
    pub fn of(name: &str, message: &str) -> Self {
        match name {
            "QuotaExceededError" => Self::Full,
            "VersionError" => Self::Newer,
            "AbortError" => Self::Aborted,
            "SecurityError" | "InvalidStateError" | "NotAllowedError" => Self::Unavailable,
            _ => Self::Other(message.trim().trim_end_matches('.').to_owned()),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unavailable => "This browser lets the page keep nothing here, as in some private windows.",
            Self::Full => {
                "The browser’s storage is full. Delete runs that you no longer need, or make room on the disk."
            }
            Self::Blocked => "Another tab has an older version of this page open. Close or reload it.",
            Self::Newer => "A newer version of this page has been here. Reload this one.",
            Self::Aborted => "The browser gave up on writing to its storage.",
            Self::Encoding(error) => return error.fmt(f),
            Self::Other(message) if message.is_empty() => "The browser’s storage does not work.",
            Self::Other(message) => return write!(f, "The browser’s storage does not work: {message}."),
        })
    }
}

impl std::error::Error for StoreError {}

impl From<EncodeError> for StoreError {
    fn from(error: EncodeError) -> Self {
        Self::Encoding(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_names_become_sentences() {
        let sentence = |name: &str, message: &str| StoreError::of(name, message).to_string();
        assert!(sentence("QuotaExceededError", "").contains("full"));
        assert!(sentence("SecurityError", "denied").contains("private"));
        assert!(sentence("VersionError", "The requested version (1) is less than 2.").contains("newer"));
        assert_eq!(sentence("UnknownError", "Disk I/O."), "The browser’s storage does not work: Disk I/O.");
        assert_eq!(sentence("", ""), "The browser’s storage does not work.");
    }
}
