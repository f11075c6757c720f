//! What becomes of a run's record when the run is resumed and gets nowhere.

use super::protocol::Event;
use super::record::RunRecord;

/// What the record of a run that has ended is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// The record is to be stored.
    Record,
    /// The stored run stays as it is.
    StoredRun,
    /// The run has got nowhere, and is not worth keeping.
    Nothing,
}

/// `Resumption` is a run that goes on from an earlier point. Until a checkpoint holds what has come since, the browser keeps
/// the run as it was. If the attempt ends before that, the record on the page becomes what it was, too: a finished run whose
/// device cannot be opened stays a finished run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resumption {
    /// The record from before, as long as no checkpoint holds what has come since.
    before: Option<Box<RunRecord>>,
    /// Whether the last attempt to go on has changed nothing.
    was_in_vain: bool,
}

impl Resumption {
    /// A run with this record is about to go on.
    pub(super) fn of(record: &RunRecord) -> Self {
        Self { before: Some(Box::new(record.clone())), was_in_vain: false }
    }

    /// Follows an event of the run. Returns the record to put back, if the attempt has ended in vain.
    pub(super) fn follow(&mut self, event: &Event) -> Option<RunRecord> {
        match event {
            Event::Saved { .. } | Event::Finished { .. } => self.before = None,
            // Now the page holds a checkpoint in memory.
            Event::Unsaved { checkpoint, .. } if !checkpoint.is_empty() => self.before = None,
            Event::Stopped | Event::Failed(_) => {
                let before = self.before.take();
                self.was_in_vain = before.is_some();
                return before.map(|before| *before);
            }
            _ => {}
        }
        None
    }

    /// Whether the last attempt to go on has changed nothing.
    pub(super) fn was_in_vain(&self) -> bool {
        self.was_in_vain
    }
}
