//! Checkpoints: a run with everything that it needs to go on from one step. On the CPU it then computes the same bits
//! as a run without a break.
//!
//! Random numbers need no state here: each is a function of the seed, of the epoch or step, and of its place in there.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::checksummed::{ChecksummedFormat, FormatError};
use super::record::RunRecord;
use super::record_head::{InVersion2, RecordHead, version_2};
use super::training_state::TrainingState;
use crate::wire::{self, EncodeError};

/// The format of a checkpoint's bytes: the head of its record, a list of losses that is empty if they are kept
/// elsewhere, and the rest.
const FORMAT: ChecksummedFormat = ChecksummedFormat { magic: *b"GSSN", version: 3 };

/// A run at the end of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The run's record; the number of its losses is the number of steps taken.
    pub record: RunRecord,
    /// The number of images in the current epoch so far that were classified correctly in their own step.
    pub correct: u32,
    /// Everything that the next steps change.
    pub training_state: TrainingState,
}

/// `CheckpointError` says why bytes cannot be read as a checkpoint. Its `Display` is a sentence for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointError {
    /// The bytes do not begin like a checkpoint.
    OtherKind,
    /// The bytes are of this version, which this page does not read.
    OtherVersion(u8),
    /// The end is missing, or a byte has changed.
    Damaged,
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherKind => f.write_str("This is not a checkpoint of a run."),
            Self::OtherVersion(version) => {
                write!(f, "This checkpoint has version {version}, but this page reads version {}.", FORMAT.version)
            }
            Self::Damaged => f.write_str("This checkpoint is damaged."),
        }
    }
}

impl std::error::Error for CheckpointError {}

impl Checkpoint {
    /// Returns the bytes of the whole checkpoint.
    ///
    /// # Errors
    /// The checkpoint cannot be encoded (see [`wire::encode`]).
    pub fn to_bytes(&self) -> Result<Vec<u8>, EncodeError> {
        self.encode(&self.record.losses)
    }

    /// Returns the bytes of the checkpoint without its losses, which are kept elsewhere.
    ///
    /// # Errors
    /// The checkpoint cannot be encoded (see [`wire::encode`]).
    pub fn to_bytes_without_losses(&self) -> Result<Vec<u8>, EncodeError> {
        self.encode(&[])
    }

    fn encode(&self, losses: &[f32]) -> Result<Vec<u8>, EncodeError> {
        // The time belongs to the record in the database; a checkpoint needs none.
        FORMAT.encode(&(RecordHead::of(&self.record, 0.0), losses, self.correct, &self.training_state))
    }

    /// Reads bytes of a whole checkpoint, in this version or an earlier one.
    ///
    /// # Errors
    /// The bytes are of another kind or a later version, or damaged anywhere.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        match Self::read(bytes)? {
            (checkpoint, steps) if checkpoint.record.step() == steps => Ok(checkpoint),
            _ => Err(CheckpointError::Damaged),
        }
    }

    /// Reads bytes of a checkpoint with or without its losses. Returns the checkpoint, whose list of losses may be
    /// empty, and its number of steps.
    ///
    /// # Errors
    /// The bytes are of another kind or a later version, or damaged anywhere.
    pub fn read(bytes: &[u8]) -> Result<(Self, u32), CheckpointError> {
        type Parts<R> = (R, u32, TrainingState);
        let damaged = |_| CheckpointError::Damaged;
        let of_version_2 = |(record, correct, training_state): Parts<InVersion2>| {
            (RecordHead::of_version_2(record), correct, training_state)
        };
        let ((head, losses), correct, training_state): Parts<(RecordHead, Vec<f32>)> = match FORMAT.body(bytes)? {
            (1, body) => {
                of_version_2(wire::decode(&version_2(body).ok_or(CheckpointError::Damaged)?).map_err(damaged)?)
            }
            (2, body) => of_version_2(wire::decode(body).map_err(damaged)?),
            (_, body) => wire::decode(body).map_err(damaged)?,
        };
        let record = RunRecord { losses, ..head.record };
        Ok((Self { record, correct, training_state }, head.steps))
    }

    /// Reads only the head of the record in a checkpoint's bytes, and its losses if they are there. Returns `None` if
    /// the bytes are of another kind or a later version, or damaged anywhere.
    pub fn read_head(bytes: &[u8]) -> Option<(RecordHead, Vec<f32>)> {
        match FORMAT.body(bytes).ok()? {
            (1, body) => Some(RecordHead::of_version_2(postcard::take_from_bytes(&version_2(body)?).ok()?.0)),
            (2, body) => Some(RecordHead::of_version_2(postcard::take_from_bytes(body).ok()?.0)),
            (_, body) => Some(postcard::take_from_bytes(body).ok()?.0),
        }
    }
}

impl From<FormatError> for CheckpointError {
    fn from(error: FormatError) -> Self {
        match error {
            FormatError::OtherKind => Self::OtherKind,
            FormatError::OtherVersion(version) => Self::OtherVersion(version),
            FormatError::Damaged => Self::Damaged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::{Change, Plan};
    use crate::trainer::run::record::{Happening, Note, RunKey};
    use crate::trainer::run::record_head::tests::{in_version_1, in_version_2};

    fn checkpoint() -> Checkpoint {
        let mut record = RunRecord::new(RunKey(7), Plan::from(Recipe::quick()), "MNIST".to_owned());
        record.losses = vec![2.5, f32::MIN_POSITIVE, 1e-7];
        let change = Change::Rate { step: 2, learning_rate: 0.1 + 0.2 };
        record.plan.changes.push(change);
        record.notes.push(Note { step: 2, what: Happening::Changed(change) });
        let training_state = TrainingState {
            parameters: vec![0.1, -0.0, f32::MAX],
            statistics: vec![1.0],
            moments: vec![vec![0.5, 0.25, -1.0]],
            average: Vec::new(),
        };
        Checkpoint { record, correct: 99, training_state }
    }

    #[test]
    fn a_checkpoint_is_read_back_to_the_last_bit() {
        let checkpoint = checkpoint();
        let read = Checkpoint::from_bytes(&checkpoint.to_bytes().expect("plain data"));
        assert_eq!(read.as_ref(), Ok(&checkpoint));
        let bits = |checkpoint: &Checkpoint| {
            checkpoint.training_state.parameters.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        assert!(read.is_ok_and(|read| bits(&read) == bits(&checkpoint)), "minus zero stays minus zero");
    }

    #[test]
    fn earlier_versions_are_read_too() {
        let checkpoint = checkpoint();
        let rest = wire::encode(&(checkpoint.correct, &checkpoint.training_state)).expect("plain data");
        for (version, record) in [(1, in_version_1(&checkpoint.record)), (2, in_version_2(&checkpoint.record))] {
            let format = ChecksummedFormat { version, ..FORMAT };
            let old = format.with_header(&[record, rest.clone()].concat());
            assert_eq!(Checkpoint::from_bytes(&old).as_ref(), Ok(&checkpoint), "{version}");
            let (head, losses) = Checkpoint::read_head(&old).expect("the whole record is there");
            assert_eq!(head.with_losses(losses).as_ref(), Some(&checkpoint.record), "{version}");
        }
        let later = ChecksummedFormat { version: 4, ..FORMAT }.with_header(&[]);
        assert_eq!(Checkpoint::from_bytes(&later), Err(CheckpointError::OtherVersion(4)));
    }

    #[test]
    fn a_checkpoint_without_its_losses_tells_how_many_it_needs_and_holds_the_head_of_its_record() {
        let checkpoint = checkpoint();
        let bytes = checkpoint.to_bytes_without_losses().expect("plain data");
        let (mut read, steps) = Checkpoint::read(&bytes).expect("whole");
        assert_eq!((read.record.step(), steps), (0, 3));
        read.record.losses.clone_from(&checkpoint.record.losses);
        assert_eq!(read, checkpoint);
        assert_eq!(Checkpoint::from_bytes(&bytes), Err(CheckpointError::Damaged), "it is not whole");
        let (head, losses) = Checkpoint::read_head(&bytes).expect("whole");
        assert_eq!((head, losses), (RecordHead::of(&checkpoint.record, 0.0), Vec::new()));
    }

    #[test]
    fn bytes_that_are_cut_or_changed_anywhere_are_refused() {
        let bytes = checkpoint().to_bytes().expect("plain data");
        for end in 0..bytes.len() {
            assert!(Checkpoint::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
            let mut changed = bytes.clone();
            changed[end] ^= 0x10;
            assert!(Checkpoint::from_bytes(&changed).is_err(), "changed at {end}");
        }
        assert_eq!(Checkpoint::from_bytes(b"PK\x03\x04 a zip file"), Err(CheckpointError::OtherKind));
    }
}
