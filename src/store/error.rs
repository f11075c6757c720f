//! Errors of the browser's database, as sentences for the user.

use std::fmt;

use crate::wire::EncodeError;

/// `StoreError` says why the browser did not read or write. Its `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// There is no database, or the page may not use it.
    Unavailable,
    /// The browser's storage is full.
    Full,
    /// The database cannot be updated, since a tab with an older build of the page is open.
    Blocked,
    /// The database was written by a newer build of the page.
    Newer,
    /// The browser stopped writing.
    Aborted,
    /// The value could not be turned into bytes.
    Encoding(EncodeError),
    /// Another error, in the browser's words.
    Other(String),
}

impl StoreError {
    /// Makes the error from the name and the message of an exception.
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
            Self::Unavailable => {
                "This browser does not let the page save anything, for example because this is a private window."
            }
            Self::Full => {
                "The browser’s storage is full. Delete runs that you no longer need, or free some space on the disk."
            }
            Self::Blocked => "Another tab has an older version of this page open. Close or reload it.",
            Self::Newer => "A newer version of this page has saved runs here. Reload the page.",
            Self::Aborted => "The browser stopped writing to its storage.",
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
    fn names_of_exceptions_become_sentences() {
        let sentence = |name: &str, message: &str| StoreError::of(name, message).to_string();
        assert!(sentence("QuotaExceededError", "").contains("full"));
        assert!(sentence("SecurityError", "denied").contains("private"));
        assert!(sentence("VersionError", "The requested version (1) is less than 2.").contains("newer"));
        assert_eq!(sentence("UnknownError", "Disk I/O."), "The browser’s storage does not work: Disk I/O.");
        assert_eq!(sentence("", ""), "The browser’s storage does not work.");
    }
}
