//! What has become of a run that no worker trains, in a few words: the list of runs and the status line say the same.

use super::failure::FailureKind;
use super::record::{End, RunRecord};

impl RunRecord {
    /// Says what has become of the run after this number of steps, if no worker trains it.
    pub fn standing(&self, steps: u32) -> String {
        match self.end {
            None => format!("Interrupted at {}", self.plan.place(steps)),
            Some(End::Finished) => "Finished".to_owned(),
            Some(End::Stopped) => format!("Stopped at {}", self.plan.place(steps)),
            Some(End::Failed(FailureKind::Diverged)) => "Broke down".to_owned(),
            Some(End::Failed(_)) => "Failed".to_owned(),
        }
    }

    /// Whether the run has ended in a way after which it can be trained for more epochs.
    pub fn has_ended_well(&self) -> bool {
        matches!(self.end, Some(End::Finished | End::Stopped))
    }
}
