//! What is kept of a run: what was asked for, how it went, how it ended. Worker and page build it from the same events.

use serde::{Deserialize, Serialize};

use super::backend::{Backend, BackendKind};
use super::checksummed::ChecksummedFormat;
use super::epoch::EpochResult;
use super::failure::FailureKind;
use crate::format::thousands;
use crate::trainer::recipe::plan::{Change, Plan};
use crate::trainer::recipe::schedule::Schedule;
use crate::trainer::recipe::{Augmentation, DeviceChoice, Optimizer};
use crate::wire::EncodeError;

/// The format of a record's bytes.
pub(super) const FORMAT: ChecksummedFormat = ChecksummedFormat { magic: *b"GSRN", version: 2 };

/// What records, and checkpoints with them, began with in version 1: key, name, and a recipe that did not say how many workers
/// are to share a batch.
type Beginning =
    (RunKey, String, (DeviceChoice, u32, u32, Optimizer, f64, Schedule, f64, f64, f64, Augmentation, f64, u32, u64));

/// The bytes of version 1 as they are now, for records and for checkpoints.
pub(crate) fn upgrade(bytes: &[u8]) -> Option<Vec<u8>> {
    let (_, rest) = postcard::take_from_bytes::<Beginning>(bytes).ok()?;
    let (beginning, rest) = bytes.split_at(bytes.len() - rest.len());
    // Its recipe's number of workers: as it thinks best.
    Some([beginning, &[0], rest].concat())
}

/// Names a run for good, across reloads and machines: milliseconds since 1970 times 1024, plus a random number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunKey(pub u64);

impl RunKey {
    /// A key for a run that starts now. `random` tells runs apart that start in the same millisecond.
    pub fn new(milliseconds: f64, random: u16) -> Self {
        Self((milliseconds.max(0.0) as u64) << 10 | u64::from(random & 0x3ff))
    }

    /// When the run was started, in milliseconds since 1970.
    pub fn started(self) -> f64 {
        (self.0 >> 10) as f64
    }
}

/// Everything about a run but its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Which run it is.
    pub key: RunKey,
    /// What the user calls it; empty until then.
    pub name: String,
    /// What it is to do.
    pub plan: Plan,
    /// The data set's name.
    pub data: String,
    /// The device in use, the last one if it changed; `None` before it is open.
    pub backend: Option<Backend>,
    /// The loss of each step (mean negative log-likelihood, in nats).
    pub losses: Vec<f32>,
    /// The epochs that have ended.
    pub epochs: Vec<EpochResult>,
    /// What happened besides, in order.
    pub notes: Vec<Note>,
    /// Seconds spent on it.
    pub seconds: f64,
    /// How it ended; `None` while it is under way or was interrupted.
    pub end: Option<End>,
}

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Steps that had been taken by then.
    pub step: u32,
    /// What it was.
    pub what: Happening,
}

/// Something in a run's history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry<'a> {
    /// An epoch that has ended, and the steps that had been taken by then.
    Epoch(&'a EpochResult, u32),
    /// Whatever else happened.
    Note(&'a Note),
}

/// What a [`Note`] tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Happening {
    /// A device was opened: its name, and why it was taken.
    Device(String, String),
    /// The run went on from a checkpoint.
    Resumed,
    /// The plan was changed.
    Changed(Change),
    /// It came to an end: the sentence that says so.
    Ended(String),
    /// It began with the weights of a file of this name.
    Weights(String),
    /// So many workers of the CPU share each batch from then on.
    Shared(u32),
}

impl Happening {
    pub(crate) fn log_line(&self, step: u32) -> String {
        let at = thousands(step);
        match self {
            Self::Device(name, why) => format!("Device: {name}. {why}"),
            Self::Resumed => format!("Resumed after step {at}."),
            Self::Weights(file) => format!("Begun with the weights of “{file}”."),
            Self::Shared(1) => "One worker takes each batch.".to_owned(),
            Self::Shared(workers) => format!("{workers} workers share each batch."),
            Self::Changed(Change::Rate { learning_rate, .. }) => {
                format!("Learning rate {learning_rate} after step {at}.")
            }
            Self::Changed(Change::Extend { epochs, learning_rate }) => {
                format!("{epochs} more epochs at learning rate {learning_rate}.")
            }
            Self::Ended(sentence) => sentence.clone(),
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// As planned.
    Finished,
    /// By the user.
    Stopped,
    /// By a failure.
    Failed(FailureKind),
}

impl RunRecord {
    /// A run that was just started.
    pub fn new(key: RunKey, plan: Plan, data: String) -> Self {
        Self {
            key,
            name: String::new(),
            plan,
            data,
            backend: None,
            losses: Vec::new(),
            epochs: Vec::new(),
            notes: Vec::new(),
            seconds: 0.0,
            end: None,
        }
    }

    /// Returns the bytes that the browser's database keeps of a record.
    ///
    /// # Errors
    /// The record cannot be encoded (see [`wire::encode`](crate::wire::encode)).
    pub fn to_bytes(&self) -> Result<Vec<u8>, EncodeError> {
        FORMAT.encode(self)
    }

    /// Reads bytes that [`RunRecord::to_bytes`] returned, in this version or in version 1. Returns `None` if the bytes are
    /// of another kind or another version, or damaged anywhere.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        FORMAT.decode_or_upgrade(bytes, upgrade).ok()
    }

    /// What it is called: its own name, or its recipe's with its seed.
    pub fn title(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        format!("{}, seed {}", self.plan.recipe.describe(), self.plan.recipe.seed)
    }

    /// Steps taken.
    pub fn step(&self) -> u32 {
        self.losses.len() as u32
    }

    /// The epoch with the highest test accuracy, the first of equals.
    pub fn best(&self) -> Option<&EpochResult> {
        self.epochs.iter().reduce(|best, next| if next.test_accuracy > best.test_accuracy { next } else { best })
    }

    /// The name of the device in use and why it was taken; `None` before it is open.
    pub fn device(&self) -> Option<(&str, &str)> {
        self.notes.iter().rev().find_map(|note| match &note.what {
            Happening::Device(name, why) => Some((name.as_str(), why.as_str())),
            _ => None,
        })
    }

    /// How many workers share each batch; `None` for a run that was never on the CPU.
    pub fn workers(&self) -> Option<u32> {
        let noted = self.notes.iter().rev().find_map(|note| match note.what {
            Happening::Shared(workers) => Some(workers),
            _ => None,
        });
        let is_on_cpu = || self.backend.as_ref().is_some_and(|backend| backend.kind == BackendKind::Cpu);
        noted.or_else(|| is_on_cpu().then_some(1))
    }

    /// The log in the classic form: two lines an epoch, and a line for whatever else happened.
    pub fn log_lines(&self) -> Vec<String> {
        let lines = self.in_order().into_iter().flat_map(|entry| match entry {
            Entry::Epoch(result, _) => result.log_lines().to_vec(),
            Entry::Note(note) => vec![note.what.log_line(note.step)],
        });
        lines.collect()
    }

    /// Epochs and notes in the order in which they happened.
    pub fn in_order(&self) -> Vec<Entry<'_>> {
        let per_epoch = self.plan.recipe.steps_per_epoch();
        let mut epochs = self.epochs.iter().map(|result| (result, result.epoch.saturating_mul(per_epoch))).peekable();
        let mut entries = Vec::new();
        for note in &self.notes {
            while let Some((result, end)) = epochs.next_if(|(_, end)| *end <= note.step) {
                entries.push(Entry::Epoch(result, end));
            }
            entries.push(Entry::Note(note));
        }
        entries.extend(epochs.map(|(result, end)| Entry::Epoch(result, end)));
        entries
    }

    /// Whether two runs differ in seed and in where they were trained only, so that their results may be averaged.
    pub fn is_sibling(&self, other: &Self) -> bool {
        let (own, others) = (&self.plan, &other.plan);
        own.recipe.is_sibling(&others.recipe) && own.changes == others.changes && self.data == other.data
    }

    pub(super) fn note(&mut self, what: Happening) {
        let step = self.step();
        self.notes.push(Note { step, what });
    }
}

/// Returns the body of a record in version 1, without its header.
#[cfg(test)]
pub(crate) fn in_version_1(record: &RunRecord) -> Vec<u8> {
    let r = &record.plan.recipe;
    let training = (r.device, r.epochs, r.batch_size, r.optimizer, r.learning_rate, r.schedule, r.weight_decay);
    let recipe = (training, r.dropout, r.label_smoothing, r.augmentation, r.averaging, r.images, r.seed);
    let RunRecord { key, name, plan, data, backend, losses, epochs, notes, seconds, end } = record;
    let rest = (&plan.changes, data, backend, losses, epochs, notes, seconds, end);
    crate::wire::encode(&(key, name, recipe, rest)).expect("plain data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_when_a_run_was_started_and_stay_exact_in_javascript() {
        let key = RunKey::new(1_795_000_000_123.0, 0xffff);
        assert_eq!(key.started(), 1_795_000_000_123.0);
        assert!(key.0 < 1 << 53);
        assert_ne!(key, RunKey::new(1_795_000_000_123.0, 1));
    }
}
