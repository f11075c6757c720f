//! Records as bytes. The browser's database keeps a record in two parts: its head, which is written with each checkpoint,
//! and its losses, of which only new ones are written ([`loss_chunks`](super::loss_chunks)). A copy of a record is in one
//! part.

use serde::{Deserialize, Serialize};

use super::backend::Backend;
use super::checksummed::{ChecksummedFormat, FormatError};
use super::epoch::EpochResult;
use super::record::{End, Note, RunKey, RunRecord};
use crate::trainer::recipe::plan::Plan;
use crate::trainer::recipe::schedule::Schedule;
use crate::trainer::recipe::{Augmentation, DeviceChoice, Optimizer};
use crate::wire::{self, EncodeError};

/// The format of a record's bytes: a head, and a list of losses that is empty if they are kept elsewhere.
const FORMAT: ChecksummedFormat = ChecksummedFormat { magic: *b"GSRN", version: 3 };

/// `RecordHead` holds a record without its losses: all that the list of runs shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordHead {
    /// The record. Its list of losses is empty.
    pub record: RunRecord,
    /// The number of steps taken, which is the number of losses.
    pub steps: u32,
    /// When the run was last written, in milliseconds since 1970.
    pub changed: f64,
}

/// The fields of a record in version 2, and the first ones of a checkpoint.
pub(super) type InVersion2 =
    (RunKey, String, Plan, String, Option<Backend>, Vec<f32>, Vec<EpochResult>, Vec<Note>, f64, Option<End>);

/// The first fields of a record in version 1: key, name, and a recipe without a number of workers.
type StartInVersion1 =
    (RunKey, String, (DeviceChoice, u32, u32, Optimizer, f64, Schedule, f64, f64, f64, Augmentation, f64, u32, u64));

impl RecordHead {
    /// Makes the head of a record that is written at this time.
    pub fn of(record: &RunRecord, changed: f64) -> Self {
        Self { record: record.without_losses(), steps: record.step(), changed }
    }

    /// Returns the bytes of a record. `losses` is empty if the losses are kept elsewhere.
    ///
    /// # Errors
    /// The record cannot be encoded (see [`wire::encode`]).
    pub fn to_bytes(&self, losses: &[f32]) -> Result<Vec<u8>, EncodeError> {
        FORMAT.encode(&(self, losses))
    }

    /// Reads bytes that [`RecordHead::to_bytes`] returned, in this version or an earlier one. Returns the head, and the
    /// losses if they are in these bytes; `None` if the bytes are of another kind or a later version, or damaged
    /// anywhere.
    pub fn from_bytes(bytes: &[u8]) -> Option<(Self, Vec<f32>)> {
        match FORMAT.body(bytes).ok()? {
            (1, body) => Some(Self::of_version_2(wire::decode(&version_2(body)?).ok()?)),
            (2, body) => Some(Self::of_version_2(wire::decode(body).ok()?)),
            (_, body) => wire::decode(body).ok(),
        }
    }

    /// Whether bytes are those of a record that this or an earlier build wrote, but damaged or impossible, or of no
    /// record at all.
    pub fn is_damaged(bytes: &[u8]) -> bool {
        !matches!(FORMAT.body(bytes), Err(FormatError::OtherVersion(_)))
            && Self::from_bytes(bytes).is_none_or(|(head, _)| head.record.check_head(head.steps).is_err())
    }

    /// Turns a record of version 2 into a head and losses.
    pub(super) fn of_version_2(record: InVersion2) -> (Self, Vec<f32>) {
        let (key, name, plan, data, backend, losses, epochs, notes, seconds, end) = record;
        let record =
            RunRecord { key, name, plan, data, backend, losses: Vec::new(), epochs, notes, seconds, end, attempt: 0 };
        let changed = key.started() + seconds * 1e3;
        (Self { record, steps: losses.len() as u32, changed }, losses)
    }

    /// Puts a record together. Returns `None` if these are not as many losses as the run has steps.
    pub fn with_losses(self, losses: Vec<f32>) -> Option<RunRecord> {
        (losses.len() == self.steps as usize).then_some(RunRecord { losses, ..self.record })
    }

    /// Whether this head was stored after this number of steps of this attempt, and its losses are missing: it came with
    /// `losses` of them, and there are `chunks` with others.
    pub fn lacks(&self, losses: u32, chunks: u32, attempt: u32, steps: u32) -> bool {
        let is_same = (self.record.attempt, self.steps) == (attempt, steps);
        is_same && steps > 0 && losses == 0 && chunks == 0
    }

    /// Whether this head is newer than the `stored` one of the same run, or as new, so that it may replace it. A run
    /// that has ended stays as it has ended until its next attempt.
    pub fn may_replace(&self, stored: &Self) -> bool {
        let order = |head: &Self| (head.record.attempt, head.steps);
        let is_as_new = order(self) == order(stored);
        order(self) > order(stored)
            || is_as_new && stored.record.end.is_none() && self.record.notes.len() >= stored.record.notes.len()
    }
}

impl RunRecord {
    /// Returns the record with an empty list of losses.
    pub fn without_losses(&self) -> Self {
        let Self { key, name, plan, data, backend, losses: _, epochs, notes, seconds, end, attempt } = self;
        Self {
            key: *key,
            name: name.clone(),
            plan: plan.clone(),
            data: data.clone(),
            backend: backend.clone(),
            losses: Vec::new(),
            epochs: epochs.clone(),
            notes: notes.clone(),
            seconds: *seconds,
            end: *end,
            attempt: *attempt,
        }
    }
}

/// Turns the body of a record or checkpoint from version 1 into version 2. Returns `None` for a damaged body.
pub(super) fn version_2(body: &[u8]) -> Option<Vec<u8>> {
    let (_, rest) = postcard::take_from_bytes::<StartInVersion1>(body).ok()?;
    let (start, rest) = body.split_at(body.len() - rest.len());
    // The recipe's number of workers, 0 for Auto.
    Some([start, &[0], rest].concat())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Change;
    use crate::trainer::run::backend::BackendKind;
    use crate::trainer::run::record::Happening;

    /// Returns the body of a record in version 1, without its header.
    pub(in super::super) fn in_version_1(record: &RunRecord) -> Vec<u8> {
        let r = &record.plan.recipe;
        let training = (r.device, r.epochs, r.batch_size, r.optimizer, r.learning_rate, r.schedule, r.weight_decay);
        let recipe = (training, r.dropout, r.label_smoothing, r.augmentation, r.averaging, r.images, r.seed);
        let RunRecord { key, name, plan, data, backend, losses, epochs, notes, seconds, end, .. } = record;
        let rest = (&plan.changes, data, backend, losses, epochs, notes, seconds, end);
        wire::encode(&(key, name, recipe, rest)).expect("plain data")
    }

    /// Returns the body of a record in version 2, without its header.
    pub(in super::super) fn in_version_2(record: &RunRecord) -> Vec<u8> {
        let RunRecord { key, name, plan, data, backend, losses, epochs, notes, seconds, end, .. } = record;
        wire::encode(&(key, name, plan, data, backend, losses, epochs, notes, seconds, end)).expect("plain data")
    }

    fn record() -> RunRecord {
        let mut record = RunRecord::new(RunKey(9 << 10), Plan::from(Recipe::quick()), "MNIST".to_owned());
        record.name = "Äpfel".to_owned();
        record.backend = Some(Backend { kind: BackendKind::Cpu, name: "CPU".to_owned() });
        record.losses = vec![2.5, f32::MIN_POSITIVE, 1e-7];
        let change = Change::Rate { step: 2, learning_rate: 0.1 + 0.2 };
        record.plan.changes.push(change);
        record.notes.push(Note { step: 2, what: Happening::Changed(change) });
        record.epochs.push(EpochResult::example(1));
        record.seconds = 2.0;
        record.end = Some(End::Finished);
        record
    }

    #[test]
    fn a_record_is_read_back_whole_or_without_its_losses() {
        let record = RunRecord { attempt: 3, ..record() };
        let head = RecordHead::of(&record, 1234.5);
        let whole = head.to_bytes(&record.losses).expect("plain data");
        let (read, losses) = RecordHead::from_bytes(&whole).expect("whole");
        assert_eq!((read.changed, read.with_losses(losses).as_ref()), (1234.5, Some(&record)), "every field is stored");
        let parted = head.to_bytes(&[]).expect("plain data");
        let (read, losses) = RecordHead::from_bytes(&parted).expect("whole");
        assert_eq!((&read, &losses), (&head, &Vec::new()));
        assert_eq!(read.with_losses(losses), None, "its losses are elsewhere");
        for end in 0..parted.len() {
            assert_eq!(RecordHead::from_bytes(&parted[..end]), None, "cut at {end}");
        }
    }

    #[test]
    fn earlier_versions_are_read() {
        let record = record();
        for (version, body) in [(1, in_version_1(&record)), (2, in_version_2(&record))] {
            let old = ChecksummedFormat { version, ..FORMAT }.with_header(&body);
            let (head, losses) = RecordHead::from_bytes(&old).expect("every field was stored");
            assert_eq!((head.steps, head.changed), (3, 2009.0), "the end is as late as the start and the time spent");
            assert_eq!(head.with_losses(losses).as_ref(), Some(&record), "{version}");
            for end in 0..old.len() {
                assert_eq!(RecordHead::from_bytes(&old[..end]), None, "cut at {end}");
            }
        }
    }

    #[test]
    fn losses_are_missing_where_the_same_steps_are_stored_without_any() {
        let head = RecordHead::of(&RunRecord { attempt: 2, ..record() }, 0.0);
        assert!(head.lacks(0, 0, 2, 3));
        assert!(!head.lacks(3, 0, 2, 3), "they are in the record");
        assert!(!head.lacks(0, 1, 2, 3), "they are in a chunk");
        assert!(!head.lacks(0, 0, 1, 3) && !head.lacks(0, 0, 2, 2), "the losses would be those of other steps");
        assert!(!RecordHead { steps: 0, ..head }.lacks(0, 0, 2, 0), "there are none");
    }

    #[test]
    fn no_older_record_replaces_a_newer_one() {
        let head = |attempt, steps, end, notes| {
            let mut record = RunRecord { attempt, end, ..record() };
            record.notes = vec![Note { step: 0, what: Happening::Resumed }; notes];
            record.losses = vec![1.0; steps];
            RecordHead::of(&record, 0.0)
        };
        let ended = Some(End::Finished);
        for (new, stored, may) in [
            (head(0, 9, None, 1), head(0, 8, None, 1), true),
            (head(0, 8, None, 1), head(0, 9, None, 1), false),
            // A pause that changes the learning rate, and an end after the last checkpoint.
            (head(0, 8, None, 2), head(0, 8, None, 1), true),
            (head(0, 8, None, 1), head(0, 8, None, 2), false),
            (head(0, 8, ended, 2), head(0, 8, None, 1), true),
            // A tab that could not go on would turn "Finished" into "Failed".
            (head(0, 8, Some(End::Stopped), 2), head(0, 8, ended, 1), false),
            (head(0, 8, None, 1), head(0, 8, ended, 1), false),
            // A later attempt goes back to the last checkpoint.
            (head(1, 5, None, 1), head(0, 8, ended, 1), true),
            (head(0, 99, ended, 9), head(1, 5, None, 1), false),
        ] {
            assert_eq!(new.may_replace(&stored), may, "{new:?} over {stored:?}");
        }
    }
}
