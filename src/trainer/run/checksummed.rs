//! Bytes that outlive the page: what they are, of which version, and whether they are whole.
//!
//! Four bytes of magic, one of the version, the body's CRC-32 (little endian), and the body as postcard.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is kept: how its bytes begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope {
    /// Tells it from everything else.
    pub(crate) magic: [u8; 4],
    /// The version of the body that is written.
    pub(crate) version: u8,
}

/// Why bytes cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
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
    pub(crate) fn seal<T: Serialize>(self, value: &T) -> Vec<u8> {
        // Plain data can always be encoded.
        self.wrap(&postcard::to_allocvec(value).unwrap_or_default())
    }

    pub(crate) fn wrap(self, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::HEAD + body.len());
        bytes.extend(self.magic);
        bytes.push(self.version);
        bytes.extend(crc32fast::hash(body).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// The value of bytes of this version.
    #[cfg(test)]
    pub(crate) fn open<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, Flaw> {
        postcard::from_bytes(self.unwrap(bytes)?).map_err(|_| Flaw::Damaged)
    }

    /// The value of bytes of this version, or of the one before: `upgrade` turns the body of that into one of this.
    pub(crate) fn open_or_upgrade<T: DeserializeOwned>(
        self,
        bytes: &[u8],
        upgrade: fn(&[u8]) -> Option<Vec<u8>>,
    ) -> Result<T, Flaw> {
        let before = Self { version: self.version - 1, ..self };
        match self.unwrap(bytes) {
            Err(Flaw::Version(version)) if version == before.version => {
                let body = upgrade(before.unwrap(bytes)?).ok_or(Flaw::Damaged)?;
                postcard::from_bytes(&body).map_err(|_| Flaw::Damaged)
            }
            body => postcard::from_bytes(body?).map_err(|_| Flaw::Damaged),
        }
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

    #[test]
    fn the_version_before_is_read_too() {
        let later = Envelope { version: 4, ..LETTER };
        let upgrade = |body: &[u8]| body.first().map(|byte| vec![*byte, 9]);
        assert_eq!(later.open_or_upgrade(&LETTER.seal(&7_u8), upgrade), Ok((7_u8, 9_u8)));
        assert_eq!(later.open_or_upgrade(&later.seal(&(7_u8, 8_u8)), upgrade), Ok((7_u8, 8_u8)));
        assert_eq!(later.open_or_upgrade::<(u8, u8)>(&LETTER.seal(&()), upgrade), Err(Flaw::Damaged));
        let oldest = Envelope { version: 2, ..LETTER };
        assert_eq!(later.open_or_upgrade::<(u8, u8)>(&oldest.seal(&7_u8), upgrade), Err(Flaw::Version(2)));
        let cut = &LETTER.seal(&(1_u8, 2_u8))[..10];
        assert_eq!(later.open_or_upgrade::<(u8, u8)>(cut, upgrade), Err(Flaw::Damaged));
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
