//! What the page knows of the current run's last checkpoint.

use super::protocol::Event;

/// The current run's last checkpoint: the number of steps that it holds, whether it is stored, and if not, why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckpointState {
    /// The last checkpoint; `None` while the page does not know of one.
    last: Option<Checkpoint>,
    /// Why the latest checkpoint could not be stored: a sentence for the user. `None` if it was stored.
    reason: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Checkpoint {
    /// Steps of the run that the checkpoint holds.
    step: u32,
    /// The checkpoint itself, if only the page holds it; `None` if the browser's database holds it under the run's key.
    bytes: Option<Vec<u8>>,
}

impl CheckpointState {
    /// The state of a run whose checkpoint in the browser's database holds this many steps.
    pub fn stored(step: u32) -> Self {
        Self { last: Some(Checkpoint { step, bytes: None }), reason: None }
    }

    /// Follows an event of the run. `step` is the number of steps that the run has taken, this event included.
    pub fn apply(&mut self, event: &Event, step: u32) {
        match event {
            Event::Saved { step } => *self = Self::stored(*step),
            Event::Unsaved { reason, checkpoint } => {
                self.reason = Some(reason.clone());
                // Without bytes there is no new checkpoint, and the one before is still the last.
                if !checkpoint.is_empty() {
                    self.last = Some(Checkpoint { step, bytes: Some(checkpoint.clone()) });
                }
            }
            // The run was read from its checkpoint, so the number of steps in it is known exactly now.
            Event::Restored(_) => {
                if let Some(last) = &mut self.last {
                    last.step = step;
                }
            }
            _ => {}
        }
    }

    /// Whether there is a checkpoint.
    pub fn exists(&self) -> bool {
        self.last.is_some()
    }

    /// Steps that the checkpoint holds; `None` if there is no checkpoint.
    pub fn step(&self) -> Option<u32> {
        self.last.as_ref().map(|last| last.step)
    }

    /// The checkpoint itself, if only the page holds it.
    pub fn bytes(&self) -> Option<&[u8]> {
        self.last.as_ref()?.bytes.as_deref()
    }

    /// Whether closing the page loses steps that the latest checkpoint was to keep.
    pub fn is_at_risk(&self) -> bool {
        self.reason.is_some()
    }

    /// The warning that the latest checkpoint could not be stored, while the run goes on or is paused; `None` if it was
    /// stored, or if there is none.
    pub fn warning(&self, is_paused: bool) -> Option<String> {
        let reason = self.reason.as_ref()?;
        let now = if is_paused {
            "The page tries again when the run goes on. Until then keep this tab open."
        } else {
            "Training continues, and the page tries again every few seconds."
        };
        Some(format!("This run is not being saved. {reason} {now}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::record::{RunKey, RunRecord};

    const WARNING: &str = "This run is not being saved. The disk is full. Training continues, and the page tries again every few seconds.";

    fn unsaved(checkpoint: &[u8]) -> Event {
        Event::Unsaved { reason: "The disk is full.".to_owned(), checkpoint: checkpoint.to_vec() }
    }

    fn restored() -> Event {
        let record = RunRecord::new(RunKey(1), Plan::from(Recipe::classic()), "MNIST".to_owned());
        Event::Restored(Box::new(record))
    }

    #[test]
    fn a_run_begins_without_a_checkpoint() {
        let mut state = CheckpointState::default();
        assert_eq!((state.step(), state.bytes(), state.warning(false)), (None, None, None));
        state.apply(&Event::Paused, 5);
        state.apply(&restored(), 5);
        assert!(!state.exists() && !state.is_at_risk());
    }

    #[test]
    fn a_stored_checkpoint_holds_the_steps_that_the_worker_reports() {
        let mut state = CheckpointState::default();
        state.apply(&Event::Saved { step: 9 }, 12);
        assert_eq!(state, CheckpointState::stored(9));
        assert_eq!((state.step(), state.bytes(), state.warning(false)), (Some(9), None, None));
        assert!(state.exists() && !state.is_at_risk());
    }

    #[test]
    fn a_checkpoint_that_cannot_be_stored_stays_on_the_page_until_the_next_can() {
        let mut state = CheckpointState::stored(4);
        state.apply(&unsaved(&[1, 2, 3]), 7);
        assert_eq!((state.step(), state.bytes()), (Some(7), Some(&[1, 2, 3][..])));
        assert!(state.exists() && state.is_at_risk());
        assert_eq!(state.warning(false).as_deref(), Some(WARNING));
        state.apply(&Event::Paused, 8);
        assert_eq!((state.step(), state.is_at_risk()), (Some(7), true), "other events change nothing");
        state.apply(&Event::Saved { step: 9 }, 9);
        assert_eq!(state, CheckpointState::stored(9));
    }

    #[test]
    fn without_bytes_the_checkpoint_before_stays_the_last_and_the_user_is_warned() {
        let mut state = CheckpointState::default();
        state.apply(&unsaved(&[]), 3);
        assert_eq!((state.exists(), state.warning(false).as_deref()), (false, Some(WARNING)));
        let mut state = CheckpointState::stored(4);
        state.apply(&unsaved(&[]), 7);
        assert_eq!((state.step(), state.bytes(), state.is_at_risk()), (Some(4), None, true));
        state.apply(&unsaved(&[1]), 8);
        state.apply(&unsaved(&[]), 9);
        assert_eq!((state.step(), state.bytes()), (Some(8), Some(&[1][..])));
    }

    #[test]
    fn a_restored_run_tells_how_many_steps_its_checkpoint_holds() {
        let mut stored = CheckpointState::stored(100);
        stored.apply(&restored(), 90);
        assert_eq!(stored, CheckpointState::stored(90));
        let mut on_page = CheckpointState::default();
        on_page.apply(&unsaved(&[1]), 100);
        on_page.apply(&restored(), 90);
        assert_eq!((on_page.step(), on_page.bytes()), (Some(90), Some(&[1][..])));
    }
}
