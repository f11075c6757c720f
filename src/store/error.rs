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
    /// The browser has not answered in time.
    Silent,
    /// A later attempt has written this run, or may be about to.
    Superseded,
    /// The run was deleted.
    Deleted,
    /// The value could not be turned into bytes.
    Encoding(EncodeError),
    /// Another error, in the browser's words.
    Other(String),
}

impl StoreError {
    /// Makes the error from the name and the message of an exception.
    pub fn of(name: &str, message: &str) -> Self {
        if name == "QuotaExceededError" || FULL_DISK.iter().any(|words| mentions(message, words)) {
            return Self::Full;
        }
        match name {
            "VersionError" => Self::Newer,
            "AbortError" => Self::Aborted,
            "SecurityError" | "InvalidStateError" | "NotAllowedError" => Self::Unavailable,
            _ => Self::Other(message.trim().trim_end_matches('.').to_owned()),
        }
    }
}

/// Words by which browsers say that a disk is full, under several names of exceptions. Chromium also says only that
/// it could not open, write or commit; on a computer where it could before, the disk is full.
const FULL_DISK: [&str; 10] = [
    "full disk",
    "disk is full",
    "disk full",
    "quota",
    "no space left",
    "not enough space",
    "no_device_space",
    "failed to write blobs",
    "error opening backing store",
    "error committing transaction",
];

/// Whether a text contains these words, in capitals or not.
fn mentions(text: &str, words: &str) -> bool {
    text.as_bytes().windows(words.len()).any(|part| part.eq_ignore_ascii_case(words.as_bytes()))
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
            Self::Aborted => "The browser stopped writing to its storage. The disk may be full: free some space.",
            Self::Silent => {
                "The browser’s storage does not answer. Close the other tabs of this page, or restart the browser."
            }
            Self::Superseded => "Another tab has trained this run since, and that is what is kept.",
            Self::Deleted => "This run was deleted, perhaps in another tab.",
            Self::Encoding(error) => return error.fmt(f),
            Self::Other(message) if message.is_empty() => "The browser’s storage does not work.",
            Self::Other(message) => {
                return write!(
                    f,
                    "The browser’s storage does not work: {message}. If the disk is full, free some space."
                );
            }
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
    fn a_full_disk_is_named_whatever_the_exception_is_called() {
        for (name, message) in [
            ("QuotaExceededError", ""),
            ("QuotaExceededError", "Encountered full disk while opening backing store for indexedDB.open."),
            ("UnknownError", "Encountered full disk while opening backing store for indexedDB.open."),
            ("UnknownError", "Internal error opening backing store for indexedDB.open."),
            ("UnknownError", "Internal error committing transaction."),
            ("DataError", "Failed to write blobs (IOError)"),
            ("AbortError", "The transaction was aborted: it exceeded its quota limitations."),
            ("UnknownError", "Error putting value in object store: database or disk is full"),
            ("NS_ERROR_FILE_NO_DEVICE_SPACE", "Component returned failure code: NS_ERROR_FILE_NO_DEVICE_SPACE"),
            ("Error", "ENOSPC: No space left on device"),
        ] {
            assert_eq!(StoreError::of(name, message), StoreError::Full, "{name}: {message}");
        }
        assert_eq!(StoreError::of("AbortError", ""), StoreError::Aborted);
        assert_eq!(StoreError::of("UnknownError", "full"), StoreError::Other("full".to_owned()));
    }

    #[test]
    fn names_of_exceptions_become_sentences() {
        let sentence = |name: &str, message: &str| StoreError::of(name, message).to_string();
        assert!(sentence("QuotaExceededError", "").contains("full"));
        assert!(sentence("SecurityError", "denied").contains("private"));
        assert!(sentence("VersionError", "The requested version (1) is less than 2.").contains("newer"));
        assert_eq!(
            sentence("UnknownError", "Disk I/O."),
            "The browser’s storage does not work: Disk I/O. If the disk is full, free some space."
        );
        assert_eq!(sentence("", ""), "The browser’s storage does not work.");
    }
}
