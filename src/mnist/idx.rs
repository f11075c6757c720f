//! The IDX format: a magic number, the size of each dimension, then one byte for each element. Numbers are big-endian.

use std::fmt;
use std::io::Read;

use flate2::bufread::GzDecoder;

use super::{CLASSES, PIXELS, SIDE};

/// The magic number of images: unsigned bytes in three dimensions.
const IMAGES: u32 = 0x0000_0803;
/// The magic number of labels: unsigned bytes in one dimension.
const LABELS: u32 = 0x0000_0801;
/// The first two bytes of a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The largest number of images or labels that is read. No data set like MNIST has more, so a larger number in a header
/// is an error.
const MOST: u64 = 1_000_000;

/// A data file that cannot be used. `Display` writes a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataError {
    /// The name of the file.
    pub file: String,
    /// What is wrong with the file.
    pub problem: Problem,
}

/// What is wrong with a data file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The file ends too early. Sizes are in bytes, after unpacking; an expected size of 0 means that even the header
    /// is incomplete.
    Truncated {
        /// The size according to the header.
        expected: u64,
        /// The actual size.
        found: u64,
    },
    /// The file goes on after its end.
    TooLong {
        /// The size according to the header, in bytes, after unpacking.
        expected: u64,
    },
    /// The file cannot be unpacked, for this reason.
    Gzip(String),
    /// The file is not an IDX file of the right kind.
    Magic {
        /// The magic number of the right kind.
        expected: u32,
        /// The first four bytes.
        found: u32,
    },
    /// The file is not an IDX file of images or labels.
    Kind {
        /// The first four bytes.
        found: u32,
    },
    /// The header gives this number of elements, which is 0 or too large.
    Count(u64),
    /// The images are not 28 by 28 pixels.
    Side {
        /// The number of rows.
        rows: u32,
        /// The number of columns.
        columns: u32,
    },
    /// A label is not a digit from 0 to 9.
    Label {
        /// The index of the label, from 0.
        index: usize,
        /// The value of the label.
        value: u8,
    },
    /// The number of labels differs from the number of images.
    Unequal {
        /// The number of images.
        images: usize,
        /// The number of labels.
        labels: usize,
    },
    /// The file could not be read, for this reason of the system.
    Unreadable(String),
}

impl DataError {
    /// The error for a problem with this file.
    pub fn new(file: &str, problem: Problem) -> Self {
        Self { file: file.to_owned(), problem }
    }
}

impl std::error::Error for DataError {}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        match &self.problem {
            Problem::Truncated { expected: 0, found } => {
                write!(f, "{file} is truncated: it ends after {found} bytes, within its header.")
            }
            Problem::Truncated { expected, found } => {
                write!(f, "{file} is truncated: it should hold {expected} bytes but ends after {found}.")
            }
            Problem::TooLong { expected } => {
                write!(f, "{file} is too long: it should end after {expected} bytes.")
            }
            Problem::Gzip(reason) => write!(f, "{file} is damaged: it cannot be unpacked ({reason})."),
            Problem::Magic { expected, found } => {
                let kind = if *expected == IMAGES { "images" } else { "labels" };
                write!(f, "{file} is not a file of MNIST {kind}: it begins with {found:08x} instead of {expected:08x}.")
            }
            Problem::Kind { found } => {
                write!(
                    f,
                    "{file} is not an IDX file of bytes: it begins with {found:08x} instead of {IMAGES:08x} (images) \
                     or {LABELS:08x} (labels)."
                )
            }
            Problem::Count(0) => write!(f, "{file} is empty: it has no images or labels."),
            Problem::Count(count) => {
                write!(f, "{file} is damaged: its header says {count} elements, which is too many.")
            }
            Problem::Side { rows, columns } => {
                write!(f, "{file} holds images of {rows} by {columns} pixels, but this net needs {SIDE} by {SIDE}.")
            }
            Problem::Label { index, value } => {
                write!(f, "{file} is damaged: label {index} is {value}, but labels go from 0 to {}.", CLASSES - 1)
            }
            Problem::Unequal { images, labels } => {
                write!(f, "{file} does not fit its images: there are {images} images but {labels} labels.")
            }
            Problem::Unreadable(reason) => write!(f, "{file} cannot be read: {reason}."),
        }
    }
}

/// Returns the pixels of all images in an IDX file, which may be a gzip file, with the shape `[images, 28, 28]`. There
/// is at least one image.
///
/// # Errors
/// The first problem of the file, with its name.
pub fn parse_images(file: &str, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    parse(bytes, IMAGES).map_err(|problem| DataError::new(file, problem))
}

/// Returns the labels in an IDX file, which may be a gzip file. There is at least one, and each is from 0 to 9.
///
/// # Errors
/// The first problem of the file, with its name.
pub fn parse_labels(file: &str, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    let labels = parse(bytes, LABELS).map_err(|problem| DataError::new(file, problem))?;
    match labels.iter().position(|&label| usize::from(label) >= CLASSES) {
        Some(index) => Err(DataError::new(file, Problem::Label { index, value: labels[index] })),
        None => Ok(labels),
    }
}

/// The content of an IDX file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Images: three dimensions.
    Images,
    /// Labels: one dimension.
    Labels,
}

/// Reads the first eight bytes of an IDX file, which may be a gzip file: the kind of its content, and the number of
/// images or labels.
///
/// # Errors
/// The file is of another kind, or it ends too early.
pub(super) fn kind_and_count(bytes: &[u8]) -> Result<(Kind, u64), Problem> {
    let mut head = [0; 8];
    let got = if bytes.starts_with(&GZIP) {
        fill(&mut GzDecoder::new(bytes), &mut head)?
    } else {
        let mut plain = bytes;
        fill(&mut plain, &mut head)?
    };
    let [magic, count] = [0, 4].map(|at| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]));
    match magic {
        _ if got < head.len() => Err(Problem::Truncated { expected: 0, found: got as u64 }),
        IMAGES => Ok((Kind::Images, count.into())),
        LABELS => Ok((Kind::Labels, count.into())),
        found => Err(Problem::Kind { found }),
    }
}

/// Reads a file. A server may have unpacked a `.gz` file on the way, so the content decides about unpacking, not the
/// name.
fn parse(bytes: &[u8], magic: u32) -> Result<Vec<u8>, Problem> {
    if bytes.starts_with(&GZIP) {
        let mut decoder = GzDecoder::new(bytes);
        let data = read(&mut decoder, magic)?;
        if decoder.into_inner().is_empty() {
            Ok(data)
        } else {
            Err(Problem::TooLong { expected: bytes_of(&data, magic) })
        }
    } else {
        let mut plain = bytes;
        read(&mut plain, magic)
    }
}

/// Reads the header and the elements, and makes sure that nothing follows. Memory grows with the bytes that are really
/// there, not with the number in the header.
fn read(source: &mut impl Read, magic: u32) -> Result<Vec<u8>, Problem> {
    let mut header = vec![0; header_size(magic)];
    let got = fill(source, &mut header)?;
    let word = |index: usize| -> u32 {
        header[4 * index..4 * index + 4].iter().fold(0, |word, &byte| word << 8 | u32::from(byte))
    };
    if got >= 4 && word(0) != magic {
        return Err(Problem::Magic { expected: magic, found: word(0) });
    }
    if got < header.len() {
        return Err(Problem::Truncated { expected: 0, found: got as u64 });
    }
    let count = u64::from(word(1));
    if count == 0 || count > MOST {
        return Err(Problem::Count(count));
    }
    let mut size = count;
    if magic == IMAGES {
        let (rows, columns) = (word(2), word(3));
        if (rows, columns) != (SIDE as u32, SIDE as u32) {
            return Err(Problem::Side { rows, columns });
        }
        size *= PIXELS as u64;
    }
    let expected = header.len() as u64 + size;

    let mut data = Vec::new();
    // One byte more than expected, to find out whether there is one. Reading to the end also verifies gzip's checksum.
    let outcome = source.take(size + 1).read_to_end(&mut data);
    match outcome {
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => Err(Problem::Gzip(error.to_string())),
        _ if (data.len() as u64) < size => {
            Err(Problem::Truncated { expected, found: (header.len() + data.len()) as u64 })
        }
        _ if data.len() as u64 > size => Err(Problem::TooLong { expected }),
        Err(error) => Err(Problem::Gzip(error.to_string())),
        Ok(_) => Ok(data),
    }
}

fn header_size(magic: u32) -> usize {
    if magic == IMAGES { 16 } else { 8 }
}

fn bytes_of(data: &[u8], magic: u32) -> u64 {
    (header_size(magic) + data.len()) as u64
}

/// Reads until the buffer is full or the source ends, and returns the number of bytes.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> Result<usize, Problem> {
    let mut got = 0;
    while got < buffer.len() {
        match source.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(Problem::Gzip(error.to_string())),
        }
    }
    Ok(got)
}
