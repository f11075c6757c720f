//! The format of bytes that are kept in the browser's database, beyond one visit: a header and a body with a checksum.
//!
//! The bytes are four bytes of magic, one byte with the version, the CRC-32 of the body (little endian), and the body
//! in postcard.

use serde::Serialize;
#[cfg(test)]
use serde::de::DeserializeOwned;

use crate::wire::{self, EncodeError};

/// `ChecksummedFormat` names a kind of kept bytes, such as checkpoints, by the start of their header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChecksummedFormat {
    /// The first four bytes, which no other kind of bytes has.
    pub(crate) magic: [u8; 4],
    /// The version of the body that this page writes.
    pub(crate) version: u8,
}

/// `FormatError` says why bytes cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormatError {
    /// The bytes have another magic: they are of another kind.
    OtherKind,
    /// The body has this version, which this page does not read.
    OtherVersion(u8),
    /// The end is missing, or a byte has changed.
    Damaged,
}

impl ChecksummedFormat {
    /// The length of magic, version and checksum in bytes.
    const HEADER: usize = 4 + 1 + 4;

    /// Returns header and body for a value.
    ///
    /// # Errors
    /// The value cannot be encoded (see [`wire::encode`]). A checksum would hide that: the empty body would look whole.
    pub(crate) fn encode<T: Serialize>(self, value: &T) -> Result<Vec<u8>, EncodeError> {
        Ok(self.with_header(&wire::encode(value)?))
    }

    /// Puts the header in front of a body.
    pub(crate) fn with_header(self, body: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::HEADER + body.len());
        bytes.extend(self.magic);
        bytes.push(self.version);
        bytes.extend(crc32fast::hash(body).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// Reads a value of this version.
    #[cfg(test)]
    pub(crate) fn decode<T: DeserializeOwned>(self, bytes: &[u8]) -> Result<T, FormatError> {
        match self.body(bytes)? {
            (version, body) if version == self.version => wire::decode(body).map_err(|_| FormatError::Damaged),
            (version, _) => Err(FormatError::OtherVersion(version)),
        }
    }

    /// Checks the header, and returns the version and the body. The version is this one or an earlier one.
    pub(crate) fn body(self, bytes: &[u8]) -> Result<(u8, &[u8]), FormatError> {
        if !bytes.starts_with(&self.magic) {
            return Err(FormatError::OtherKind);
        }
        let (header, body) = bytes.split_at_checked(Self::HEADER).ok_or(FormatError::Damaged)?;
        let version = header[4];
        if version == 0 || version > self.version {
            return Err(FormatError::OtherVersion(version));
        }
        if header[5..] == crc32fast::hash(body).to_le_bytes() { Ok((version, body)) } else { Err(FormatError::Damaged) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serializer;

    use super::*;

    const VERSION_3: ChecksummedFormat = ChecksummedFormat { magic: *b"TEST", version: 3 };
    const VERSION_4: ChecksummedFormat = ChecksummedFormat { version: 4, ..VERSION_3 };

    fn bytes<T: Serialize>(format: ChecksummedFormat, value: &T) -> Vec<u8> {
        format.encode(value).expect("plain data")
    }

    #[test]
    fn kind_and_version_are_checked_before_the_checksum() {
        let seven = bytes(VERSION_3, &7_u32);
        assert_eq!(VERSION_3.decode::<u32>(&seven), Ok(7));
        assert_eq!(VERSION_3.decode::<u32>(b"TE"), Err(FormatError::OtherKind));
        assert_eq!(VERSION_3.decode::<u32>(b"TEST"), Err(FormatError::Damaged));
        assert_eq!(VERSION_3.decode::<u32>(&bytes(VERSION_4, &7_u32)), Err(FormatError::OtherVersion(4)));
        let other_kind = ChecksummedFormat { magic: *b"REST", ..VERSION_3 };
        assert_eq!(other_kind.decode::<u32>(&seven), Err(FormatError::OtherKind));
    }

    #[test]
    fn earlier_versions_are_told_apart_and_later_ones_refused() {
        let old = bytes(VERSION_3, &7_u8);
        assert_eq!(VERSION_4.body(&old), Ok((3, &[7][..])));
        assert_eq!(VERSION_4.body(&bytes(VERSION_4, &7_u8)), Ok((4, &[7][..])));
        assert_eq!(VERSION_3.body(&bytes(VERSION_4, &7_u8)), Err(FormatError::OtherVersion(4)));
        assert_eq!(
            VERSION_4.body(&bytes(ChecksummedFormat { version: 0, ..VERSION_4 }, &7_u8)),
            Err(FormatError::OtherVersion(0))
        );
        assert_eq!(VERSION_4.body(&bytes(VERSION_3, &(1_u8, 2_u8))[..10]), Err(FormatError::Damaged));
    }

    #[test]
    fn a_value_that_cannot_be_encoded_gives_no_bytes() {
        struct Unencodable;
        impl Serialize for Unencodable {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("never"))
            }
        }
        assert_eq!(VERSION_3.encode(&Unencodable), Err(EncodeError));
    }

    proptest! {
        #[test]
        fn a_decoded_value_equals_the_encoded_one(value: (u64, Vec<u8>, String)) {
            prop_assert_eq!(VERSION_3.decode(&bytes(VERSION_3, &value)), Ok(value));
        }

        #[test]
        fn a_missing_end_and_a_changed_byte_are_noticed(
            value: Vec<u8>,
            place: prop::sample::Index,
            change in 1_u8..,
        ) {
            let mut bytes = bytes(VERSION_3, &value);
            let place = place.index(bytes.len());
            prop_assert!(VERSION_3.decode::<Vec<u8>>(&bytes[..place]).is_err());
            bytes[place] ^= change;
            prop_assert!(VERSION_3.decode::<Vec<u8>>(&bytes).is_err());
        }

        #[test]
        fn no_body_causes_a_panic(body: Vec<u8>) {
            let _ = VERSION_3.decode::<(String, Vec<Option<f64>>)>(&VERSION_3.with_header(&body));
        }
    }
}
