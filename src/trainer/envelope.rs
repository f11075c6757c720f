//! Bytes that outlive the page: what they are, of which version, and whether they are whole.
//!
//! Four bytes of magic, one of the version, the body's CRC-32 (little endian), and the body as postcard.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is kept: how its bytes begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Envelope {
    /// Tells it from everything else.
    pub(super) magic: [u8; 4],
    /// The version of the body that is written, and the only one that is read.
    pub(super) version: u8,
}

/// Why bytes cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// They begin like something else.
    Foreign,
    /// They are of another version.
    Version(u8),
    /// The end is missing, or something has changed.
    Damaged,
}

impl Envelope {
    /// Bytes before the body.
    const HEAD: usize = 4 + 1 + 4;

    /// The bytes of a value.
    pub(super) fn seal<T: Serialize>(self, value: &T) -> Vec<u8> {
        // Plain data can always be encoded.
        self.wrap(&postcard::to_allocvec(value).unwrap_or_default())
    }

    fn wrap(self, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::HEAD + body.len());
        bytes.extend(self.magic);
        bytes.push(self.version);
        bytes.extend(crc32fast::hash(body).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// The value of bytes.
    pub(super) fn open<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, Flaw> {
        postcard::from_bytes(self.unwrap(bytes)?).map_err(|_| Flaw::Damaged)
    }

    fn unwrap(self, bytes: &[u8]) -> Result<&[u8], Flaw> {
        if !bytes.starts_with(&self.magic) {
            return Err(Flaw::Foreign);
        }
        let (head, body) = bytes.split_at_checked(Self::HEAD).ok_or(Flaw::Damaged)?;
        if head[4] != self.version {
            return Err(Flaw::Version(head[4]));
        }
        if head[5..] == crc32fast::hash(body).to_le_bytes() { Ok(body) } else { Err(Flaw::Damaged) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LETTER: Envelope = Envelope { magic: *b"TEST", version: 3 };

    #[test]
    fn what_it_is_comes_before_whether_it_is_whole() {
        let bytes = LETTER.seal(&7_u32);
        assert_eq!(LETTER.open::<u32>(&bytes), Ok(7));
        assert_eq!(LETTER.open::<u32>(b"TE"), Err(Flaw::Foreign));
        assert_eq!(LETTER.open::<u32>(b"TEST"), Err(Flaw::Damaged));
        let later = Envelope { version: 4, ..LETTER };
        assert_eq!(LETTER.open::<u32>(&later.seal(&7_u32)), Err(Flaw::Version(4)));
        assert_eq!(Envelope { magic: *b"REST", ..LETTER }.open::<u32>(&bytes), Err(Flaw::Foreign));
    }

    proptest! {
        #[test]
        fn values_come_back(value: (u64, Vec<u8>, String)) {
            prop_assert_eq!(LETTER.open(&LETTER.seal(&value)), Ok(value));
        }

        #[test]
        fn a_cut_or_a_changed_byte_is_noticed(value: Vec<u8>, place: prop::sample::Index, change in 1_u8..) {
            let mut bytes = LETTER.seal(&value);
            let place = place.index(bytes.len());
            prop_assert!(LETTER.open::<Vec<u8>>(&bytes[..place]).is_err());
            bytes[place] ^= change;
            prop_assert!(LETTER.open::<Vec<u8>>(&bytes).is_err());
        }

        #[test]
        fn no_body_makes_it_panic(body: Vec<u8>) {
            let _ = LETTER.open::<(String, Vec<Option<f64>>)>(&LETTER.wrap(&body));
        }
    }
}
