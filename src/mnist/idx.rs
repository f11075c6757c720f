//! The IDX format: a magic number, the size of each dimension, then one byte for each element. Numbers are big-endian.

use std::fmt;
use std::io::Read;

use super::packed::{fill, is_packed, reader, start_of_content, without_outer_layers};
use super::{CLASSES, MOST, PIXELS, SIDE, foreign};
use crate::file_kind::{self, FileKind};
use crate::format::group;

/// The magic number of images: unsigned bytes in three dimensions.
const IMAGES: u32 = 0x0000_0803;
/// The magic number of labels: unsigned bytes in one dimension.
const LABELS: u32 = 0x0000_0801;
/// The number of bytes that are read at the start of a file, to recognise its kind.
const START: usize = 512;

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
    /// The file cannot be unpacked: it is damaged, or packed too many times.
    Gzip,
    /// The file is not an IDX file of the right kind.
    Magic {
        /// The magic number of the right kind.
        expected: u32,
        /// The first four bytes.
        found: u32,
    },
    /// The file is of another kind.
    Foreign(FileKind),
    /// The file is an IDX file of other elements than bytes, or of other dimensions than images and labels have.
    Elements {
        /// The name of the elements' type.
        kind: &'static str,
        /// The number of dimensions.
        dimensions: u8,
    },
    /// The labels tell more classes apart than the net does.
    Classes {
        /// The smallest label.
        first: u8,
        /// The largest label.
        last: u8,
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

/// Returns a number with a comma between thousands.
fn grouped(number: u64) -> String {
    group(&number.to_string())
}

impl std::error::Error for DataError {}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        match &self.problem {
            Problem::Truncated { expected: 0, found } => {
                write!(f, "{file} is truncated: it ends after {} bytes, within its header.", grouped(*found))
            }
            Problem::Truncated { expected, found } => {
                let (expected, found) = (grouped(*expected), grouped(*found));
                write!(f, "{file} is truncated: it should hold {expected} bytes but ends after {found}.")
            }
            Problem::TooLong { expected } => {
                write!(f, "{file} is too long: it should end after {} bytes.", grouped(*expected))
            }
            Problem::Gzip => write!(f, "{file} is damaged and cannot be unpacked. Download it again."),
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
            Problem::Foreign(kind) => write!(f, "{file} is {}. {}.", kind.name(), foreign::advice(*kind)),
            Problem::Elements { kind, dimensions } => write!(
                f,
                "{file} is an IDX file, but it holds numbers of type {kind} in {dimensions} dimensions. This page reads \
                 images (bytes in three dimensions) and labels (bytes in one)."
            ),
            Problem::Classes { first, last } => write!(
                f,
                "{file} has labels from {first} to {last}, but this net tells only ten classes apart. Choose a data set \
                 with ten classes, labelled from 0 to 9 or from 1 to 10."
            ),
            Problem::Count(0) => write!(f, "{file} is empty: it has no images or labels."),
            Problem::Count(count) => {
                write!(f, "{file} is damaged: its header says {} elements, which is too many.", grouped(*count))
            }
            Problem::Side { rows, columns } => {
                write!(f, "{file} holds images of {rows} by {columns} pixels, but this net needs {SIDE} by {SIDE}.")
            }
            Problem::Label { index, value } => {
                let (index, last) = (grouped(*index as u64), CLASSES - 1);
                write!(f, "{file} is damaged: label {index} is {value}, but labels go from 0 to {last}.")
            }
            Problem::Unequal { images, labels } => {
                let (images, labels) = (grouped(*images as u64), grouped(*labels as u64));
                write!(f, "{file} does not fit its images: there are {images} images but {labels} labels.")
            }
            Problem::Unreadable(reason) => write!(f, "{file} cannot be read: {reason}."),
        }
    }
}

/// Returns the pixels of all images in an IDX file, which may be packed, with the shape `[images, 28, 28]`. There is at
/// least one image.
///
/// # Errors
/// The first problem of the file, with its name.
pub fn parse_images(file: &str, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    parse(bytes, IMAGES).map_err(|problem| DataError::new(file, problem))
}

/// Returns the labels in an IDX file, which may be packed. There is at least one, and each is from 0 to 9.
///
/// # Errors
/// The first problem of the file, with its name.
pub fn parse_labels(file: &str, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    let labels = parse_any_labels(file, bytes)?;
    check_labels(file, &labels, 0)?;
    Ok(labels)
}

/// Returns the labels in an IDX file, whatever their values are.
///
/// # Errors
/// The first problem of the file, with its name.
pub(super) fn parse_any_labels(file: &str, bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    parse(bytes, LABELS).map_err(|problem| DataError::new(file, problem))
}

/// Checks that the labels are those of ten classes, of which the first has the label `first`.
///
/// # Errors
/// When a label is not, with the file's name. One wrong value is damage; several are further classes.
pub(super) fn check_labels(file: &str, labels: &[u8], first: u8) -> Result<(), DataError> {
    let is_wrong = |label: &u8| label.checked_sub(first).is_none_or(|class| usize::from(class) >= CLASSES);
    let Some(index) = labels.iter().position(is_wrong) else { return Ok(()) };
    let value = labels[index];
    let problem = if labels.iter().any(|label| is_wrong(label) && *label != value) {
        let (first, last) = labels.iter().fold((value, value), |(low, high), &label| (low.min(label), high.max(label)));
        Problem::Classes { first, last }
    } else {
        Problem::Label { index, value }
    };
    Err(DataError::new(file, problem))
}

/// The content of an IDX file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Images: three dimensions.
    Images,
    /// Labels: one dimension.
    Labels,
}

/// `Header` holds what the first bytes of an IDX file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The content.
    pub(super) kind: Kind,
    /// The number of images or labels.
    pub(super) count: u64,
}

impl Header {
    /// Reads the header of a file, which may be packed. `bytes` may be the file's beginning only.
    ///
    /// # Errors
    /// When the file is of another kind or too short, or says numbers that no data set for this net has.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let start = start_of_content(bytes).map_err(|_| Problem::Gzip)?;
        Self::next(&mut &start[..]).map(|(header, _)| header)
    }

    /// Reads the header from a source, which then stands at the elements behind the header or has been read a little
    /// further. Returns the bytes that were read too far.
    fn next(source: &mut dyn Read) -> Result<(Self, Vec<u8>), Problem> {
        let mut start = vec![0; START];
        let got = fill(source, &mut start).map_err(|_| Problem::Gzip)?;
        start.truncate(got);
        let word = |index: usize| -> Option<u32> {
            start.get(4 * index..4 * index + 4)?.first_chunk().map(|word| u32::from_be_bytes(*word))
        };
        let short = Problem::Truncated { expected: 0, found: got as u64 };
        let magic = word(0).ok_or_else(|| file_kind::of(&start).map_or(short.clone(), Problem::Foreign))?;
        let kind = match magic {
            IMAGES => Kind::Images,
            LABELS => Kind::Labels,
            found => return Err(other(found, &start)),
        };
        let count = u64::from(word(1).ok_or_else(|| short.clone())?);
        if count == 0 || count > MOST {
            return Err(Problem::Count(count));
        }
        let header = Self { kind, count };
        if kind == Kind::Images {
            let (Some(rows), Some(columns)) = (word(2), word(3)) else { return Err(short) };
            if (rows, columns) != (SIDE as u32, SIDE as u32) {
                return Err(Problem::Side { rows, columns });
            }
        }
        let elements = start.split_off(header.length());
        Ok((header, elements))
    }

    /// Returns the length of the header in bytes.
    fn length(self) -> usize {
        match self.kind {
            Kind::Images => 16,
            Kind::Labels => 8,
        }
    }

    /// Returns the number of bytes of all elements.
    fn size(self) -> u64 {
        match self.kind {
            Kind::Images => self.count * PIXELS as u64,
            Kind::Labels => self.count,
        }
    }

    /// Returns the size that the unpacked file should have, in bytes.
    fn expected(self) -> u64 {
        self.length() as u64 + self.size()
    }
}

/// Says what a file is that begins with another magic number.
fn other(magic: u32, start: &[u8]) -> Problem {
    if let Some(kind) = file_kind::of(start) {
        return Problem::Foreign(kind);
    }
    let kind = match (magic >> 8) as u8 {
        0x08 => "unsigned byte",
        0x09 => "signed byte",
        0x0b => "short",
        0x0c => "int",
        0x0d => "float",
        0x0e => "double",
        _ => return Problem::Kind { found: magic },
    };
    match magic as u8 {
        dimensions @ 1..=8 if magic >> 16 == 0 => Problem::Elements { kind, dimensions },
        _ => Problem::Kind { found: magic },
    }
}

/// Checks a file of this size in bytes by its beginning, `start`, so that a wrong giant need not be read.
///
/// # Errors
/// When the header is wrong, or the file is shorter than its header says.
pub fn check_start(file: &str, start: &[u8], size: u64) -> Result<(), DataError> {
    let wrong = |problem| Err(DataError::new(file, problem));
    match Header::read(start) {
        Err(problem) => wrong(problem),
        Ok(header) if !is_packed(start) && size < header.expected() => {
            wrong(Problem::Truncated { expected: header.expected(), found: size })
        }
        Ok(_) => Ok(()),
    }
}

/// Reads a file: its elements, and nothing but zeros behind them. Memory grows with the bytes that are really there, not
/// with the number in the header.
fn parse(bytes: &[u8], magic: u32) -> Result<Vec<u8>, Problem> {
    let damaged = |_: std::io::Error| Problem::Gzip;
    let content = without_outer_layers(bytes).map_err(damaged)?;
    let mut source = reader(&content);
    let (header, mut data) = Header::next(&mut source)?;
    let found = if header.kind == Kind::Images { IMAGES } else { LABELS };
    if found != magic {
        return Err(Problem::Magic { expected: magic, found });
    }
    let size = header.size();
    // Reading to the end also verifies gzip's checksum.
    let outcome = match size.checked_sub(data.len() as u64) {
        Some(missing) => source.by_ref().take(missing).read_to_end(&mut data),
        None => Ok(0),
    };
    match outcome {
        Err(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => return Err(damaged(error)),
        _ if (data.len() as u64) < size => {
            let found = (header.length() + data.len()) as u64;
            return Err(Problem::Truncated { expected: header.expected(), found });
        }
        _ => {}
    }
    let padding = data.split_off(size as usize);
    if !(padding.iter().all(|byte| *byte == 0) && only_zeros(&mut source).map_err(damaged)?) {
        return Err(Problem::TooLong { expected: header.expected() });
    }
    Ok(data)
}

/// Whether the rest of a source is padding: no bytes but zeros.
fn only_zeros(source: &mut dyn Read) -> std::io::Result<bool> {
    let mut piece = [0; 4096];
    loop {
        match source.read(&mut piece)? {
            0 => return Ok(true),
            count if piece[..count].iter().any(|byte| *byte != 0) => return Ok(false),
            _ => {}
        }
    }
}
