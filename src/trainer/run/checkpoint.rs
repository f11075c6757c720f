//! Checkpoints: a run with everything that it needs to go on from one step. On the CPU it then computes the same bits
//! as a run without a break.
//!
//! Random numbers need no state here: each is a function of the seed, of the epoch or step, and of its place in there.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::checksummed::{ChecksummedFormat, FormatError};
use super::record::{RunRecord, upgrade};
use super::training_state::TrainingState;
use crate::wire::EncodeError;

/// The format of a checkpoint's bytes.
const FORMAT: ChecksummedFormat = ChecksummedFormat { magic: *b"GSSN", version: 2 };

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
    /// Returns the bytes that the browser's database keeps of a checkpoint.
    ///
    /// # Errors
    /// The checkpoint cannot be encoded (see [`wire::encode`](crate::wire::encode)).
    pub fn to_bytes(&self) -> Result<Vec<u8>, EncodeError> {
        FORMAT.encode(self)
    }

    /// Reads bytes that [`Checkpoint::to_bytes`] returned, in this version or in version 1.
    ///
    /// # Errors
    /// The bytes are of another kind or another version, or damaged anywhere.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        FORMAT.decode_or_upgrade(bytes, upgrade).map_err(|error| match error {
            FormatError::OtherKind => CheckpointError::OtherKind,
            FormatError::OtherVersion(version) => CheckpointError::OtherVersion(version),
            FormatError::Damaged => CheckpointError::Damaged,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::{Change, Plan};
    use crate::trainer::run::record::{Happening, Note, RunKey, in_version_1};

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
    fn version_1_is_read_too() {
        let checkpoint = checkpoint();
        let rest = crate::wire::encode(&(checkpoint.correct, &checkpoint.training_state)).expect("plain data");
        let version_1 = ChecksummedFormat { version: 1, ..FORMAT };
        let old = version_1.with_header(&[in_version_1(&checkpoint.record), rest].concat());
        assert_eq!(Checkpoint::from_bytes(&old), Ok(checkpoint));
        let oldest = ChecksummedFormat { version: 0, ..FORMAT }.with_header(&[]);
        assert_eq!(Checkpoint::from_bytes(&oldest), Err(CheckpointError::OtherVersion(0)));
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
