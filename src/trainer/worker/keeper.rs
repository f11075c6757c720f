//! Stores checkpoints in the browser's database while a run goes on.

use std::cell::RefCell;
use std::rc::Rc;

use super::post::post_event;
use crate::store::newest::Newest;
use crate::trainer::kept::runs;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::protocol::Event;

/// Stores the checkpoints of one run. While one is being written, only the newest of the others waits.
#[derive(Clone)]
pub(super) struct Keeper {
    run_id: u32,
    newest: Rc<RefCell<Newest<Checkpoint>>>,
}

impl Keeper {
    pub(super) fn new(run_id: u32) -> Self {
        Self { run_id, newest: Rc::default() }
    }

    /// Stores a checkpoint, now or when the one before is written. A checkpoint that cannot be stored goes to the page.
    pub(super) fn keep(&self, checkpoint: Checkpoint) {
        if let Some(checkpoint) = self.newest.borrow_mut().offer(checkpoint) {
            wasm_bindgen_futures::spawn_local(self.clone().write(checkpoint));
        }
    }

    /// Whether a checkpoint is being written.
    pub(super) fn is_busy(&self) -> bool {
        self.newest.borrow().is_busy()
    }

    async fn write(self, first: Checkpoint) {
        let mut next = Some(first);
        while let Some(checkpoint) = next {
            let event = match runs::save(&checkpoint).await {
                Ok(()) => Event::Saved { step: checkpoint.record.step() },
                // Nothing was written, so the checkpoint before stays, and this one goes to the page as a whole.
                Err(error) => {
                    Event::Unsaved { reason: error.to_string(), checkpoint: checkpoint.to_bytes().unwrap_or_default() }
                }
            };
            post_event(self.run_id, event);
            next = self.newest.borrow_mut().written();
        }
    }
}
