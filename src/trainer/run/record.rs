//! The record of a run: its plan, its results, its notes, its end. Worker and page build it from the same events.

use serde::{Deserialize, Serialize};

use super::backend::{Backend, BackendKind};
use super::epoch::EpochResult;
use super::failure::FailureKind;
use crate::format::thousands;
use crate::trainer::recipe::change_text::rate_line;
use crate::trainer::recipe::plan::{Change, Plan};

/// The key of a run, unique across reloads and machines: milliseconds since 1970 times 1024, plus a random number. It
/// is below 2⁵³, so JavaScript keeps it exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunKey(pub u64);

impl RunKey {
    /// Makes the key of a run that starts now. `random` distinguishes runs that start in the same millisecond.
    pub fn new(milliseconds: f64, random: u16) -> Self {
        Self((milliseconds.max(0.0) as u64) << 10 | u64::from(random & 0x3ff))
    }

    /// Returns the time at which the run was started, in milliseconds since 1970.
    pub fn started(self) -> f64 {
        (self.0 >> 10) as f64
    }
}

/// Everything about a run except its training state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The run's key.
    pub key: RunKey,
    /// The name that the user gave the run; empty without one.
    pub name: String,
    /// The run's plan.
    pub plan: Plan,
    /// The data set's name.
    pub data: String,
    /// The device in use, or the last one; `None` before the first is open.
    pub backend: Option<Backend>,
    /// The loss of each step (mean negative log-likelihood, in nats).
    pub losses: Vec<f32>,
    /// The results of the epochs that have ended.
    pub epochs: Vec<EpochResult>,
    /// Other things that happened, the oldest first.
    pub notes: Vec<Note>,
    /// The seconds spent on the run.
    pub seconds: f64,
    /// How the run ended; `None` while it goes on, or after an interruption.
    pub end: Option<End>,
    /// The number of the attempt that this record is of: it grows each time that a worker begins to train the run. Of
    /// two records of one run, that of the later attempt is the newer one, even if it has fewer steps.
    #[serde(default)]
    pub attempt: u32,
}

/// A note about something that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// The number of steps that had been taken by then.
    pub step: u32,
    /// What happened.
    pub what: Happening,
}

/// An entry of a run's history.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Entry<'a> {
    /// The results of an epoch, and the number of steps that had been taken at its end.
    Epoch(&'a EpochResult, u32),
    /// A note.
    Note(&'a Note),
}

/// The content of a [`Note`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Happening {
    /// A device was opened; the texts are its name and the reason for it.
    Device(String, String),
    /// The run went on from a checkpoint.
    Resumed,
    /// The plan was changed.
    Changed(Change),
    /// The run ended; the text is the sentence that says why.
    Ended(String),
    /// The run began with the weights of a file with this name.
    Weights(String),
    /// The number of CPU workers that shared each batch from then on.
    Shared(u32),
    /// A sample of the test images was classified: how many of its images were right, and how many it has.
    Sampled(u32, u32),
}

impl Happening {
    /// Returns the texts, which come from files and devices and may be long.
    pub fn texts(&self) -> Vec<&String> {
        match self {
            Self::Device(name, why) => vec![name, why],
            Self::Ended(text) | Self::Weights(text) => vec![text],
            Self::Resumed | Self::Changed(_) | Self::Shared(_) | Self::Sampled(..) => Vec::new(),
        }
    }

    /// Returns the change of the plan; `None` for anything else.
    pub fn change(&self) -> Option<&Change> {
        match self {
            Self::Changed(change) => Some(change),
            _ => None,
        }
    }

    /// Returns the line of the log for something that happened after this number of steps of a run with this plan.
    pub(crate) fn log_line(&self, step: u32, plan: &Plan) -> String {
        let at = thousands(step);
        match self {
            Self::Device(name, why) => format!("Device: {name}. {why}"),
            Self::Resumed => format!("Resumed after step {at}."),
            Self::Weights(file) => format!("Started with the weights of “{file}”."),
            Self::Shared(1) => "One worker computes each batch.".to_owned(),
            Self::Shared(workers) => format!("{workers} workers share each batch."),
            Self::Changed(Change::Rate { learning_rate, .. }) => rate_line(plan, *learning_rate, step, &at),
            Self::Changed(Change::Extend { epochs, learning_rate }) => {
                let noun = if *epochs == 1 { "epoch" } else { "epochs" };
                format!("{epochs} more {noun} at learning rate {learning_rate}.")
            }
            Self::Ended(sentence) => sentence.clone(),
            Self::Sampled(correct, of) => format!("{correct} of {of} sampled test images after step {at}."),
        }
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// The run was trained to the end of its plan.
    Finished,
    /// The user stopped the run.
    Stopped,
    /// A failure of this kind ended the run.
    Failed(FailureKind),
}

impl RunRecord {
    /// Makes the record of a run that was just started.
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
            attempt: 0,
        }
    }

    /// Returns the record of the same run before its first step.
    pub fn at_its_beginning(&self) -> Self {
        let given = |note: &&Note| matches!(note.what, Happening::Weights(_));
        let plan = Plan::from(self.plan.recipe.clone());
        let notes = self.notes.iter().filter(given).cloned().collect();
        Self { name: self.name.clone(), notes, ..Self::new(self.key, plan, self.data.clone()) }
    }

    /// Returns the run's name, or its recipe in a few words with the seed if it has no name.
    pub fn title(&self) -> String {
        if !self.name.is_empty() {
            return self.name.clone();
        }
        format!("{}, seed {}", self.plan.recipe.describe(), self.plan.recipe.seed)
    }

    /// Returns the number of steps taken.
    pub fn step(&self) -> u32 {
        self.losses.len() as u32
    }

    /// Whether the run can begin with nothing but its record: it has not taken a step, and new weights are drawn for it.
    pub fn is_untouched(&self) -> bool {
        self.losses.is_empty() && self.begins_with_new_weights()
    }

    /// Whether the run's first weights were drawn from its seed, and not read from a file.
    pub(crate) fn begins_with_new_weights(&self) -> bool {
        !self.notes.iter().any(|note| matches!(note.what, Happening::Weights(_)))
    }

    /// Returns the epoch with the highest test accuracy, the first of several.
    pub fn best(&self) -> Option<&EpochResult> {
        self.epochs.iter().reduce(|best, next| if next.test_accuracy > best.test_accuracy { next } else { best })
    }

    /// Returns the name of the device in use and the reason for it; `None` before it is open.
    pub fn device(&self) -> Option<(&str, &str)> {
        self.notes.iter().rev().find_map(|note| match &note.what {
            Happening::Device(name, why) => Some((name.as_str(), why.as_str())),
            _ => None,
        })
    }

    /// Returns the number of workers that share each batch; `None` for a run that was never on the CPU.
    pub fn workers(&self) -> Option<u32> {
        let noted = self.notes.iter().rev().find_map(|note| match note.what {
            Happening::Shared(workers) => Some(workers),
            _ => None,
        });
        let is_on_cpu = || self.backend.as_ref().is_some_and(|backend| backend.kind == BackendKind::Cpu);
        noted.or_else(|| is_on_cpu().then_some(1))
    }

    /// Returns the log: two lines for each epoch in the form of the published log, and a line for each note. Samples are
    /// too many for it.
    pub fn log_lines(&self) -> Vec<String> {
        let lines = self.in_order().into_iter().flat_map(|entry| match entry {
            Entry::Epoch(result, _) => result.log_lines().to_vec(),
            Entry::Note(Note { what: Happening::Sampled(..), .. }) => Vec::new(),
            Entry::Note(note) => vec![note.what.log_line(note.step, &self.plan)],
        });
        lines.collect()
    }

    /// Returns epochs and notes in the order in which they happened.
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

    /// Returns the number of epochs that have begun, at least 1.
    pub fn epochs_begun(&self) -> u32 {
        self.step().div_ceil(self.plan.recipe.steps_per_epoch().max(1)).max(1)
    }

    /// Whether two runs differ at most in seed, device and number of workers, so that their results may be averaged.
    pub fn is_sibling(&self, other: &Self) -> bool {
        let (own, others) = (&self.plan, &other.plan);
        own.recipe.is_sibling(&others.recipe) && own.changes == others.changes && self.data == other.data
    }

    /// Adds a note about something that happened now.
    pub(super) fn note(&mut self, what: Happening) {
        let step = self.step();
        self.notes.push(Note { step, what });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;

    #[test]
    fn a_run_that_begins_again_keeps_what_it_began_with_and_nothing_else() {
        let mut record = RunRecord::new(RunKey(7), Plan::from(Recipe::quick()), "own".to_owned());
        record.name = "mine".to_owned();
        record.note(Happening::Weights("a.safetensors".to_owned()));
        let beginning = record.clone();
        record.losses = vec![2.3];
        record.note(Happening::Device("WebGPU".to_owned(), "Because.".to_owned()));
        record.end = Some(End::Failed(FailureKind::Device));
        assert_eq!(record.at_its_beginning(), beginning);
    }

    #[test]
    fn a_key_has_the_time_of_the_start_and_is_exact_in_javascript() {
        let key = RunKey::new(1_795_000_000_123.0, 0xffff);
        assert_eq!(key.started(), 1_795_000_000_123.0);
        assert!(key.0 < 1 << 53);
        assert_ne!(key, RunKey::new(1_795_000_000_123.0, 1));
    }
}
