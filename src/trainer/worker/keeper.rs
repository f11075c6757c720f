//! Keeps snapshots in the browser's database while the run goes on.

use std::cell::RefCell;
use std::rc::Rc;

use super::post_event;
use crate::store::newest::Newest;
use crate::trainer::kept::runs;
use crate::trainer::run::checkpoint::Snapshot;
use crate::trainer::run::protocol::Event;

/// A run's writer: of the snapshots that come while it is at work, it takes the newest.
#[derive(Clone)]
pub(super) struct Keeper {
    run_id: u32,
    newest: Rc<RefCell<Newest<Snapshot>>>,
}

impl Keeper {
    pub(super) fn new(run_id: u32) -> Self {
        Self { run_id, newest: Rc::default() }
    }

    /// Keeps a snapshot, now or when the one before is written. What cannot be stored is given to the page.
    pub(super) fn keep(&self, snapshot: Snapshot) {
        if let Some(snapshot) = self.newest.borrow_mut().offer(snapshot) {
            wasm_bindgen_futures::spawn_local(self.clone().write(snapshot));
        }
    }

    /// Whether something is being written.
    pub(super) fn is_busy(&self) -> bool {
        self.newest.borrow().is_busy()
    }

    async fn write(self, first: Snapshot) {
        let mut next = Some(first);
        while let Some(snapshot) = next {
            let bytes = snapshot.to_bytes();
            let saved = runs::save(snapshot.record.key, &snapshot.record.to_bytes(), &bytes).await;
            let event = match saved {
                Ok(()) => Event::Saved { step: snapshot.record.step() },
                Err(error) => Event::Unsaved { reason: error.to_string(), snapshot: bytes },
            };
            post_event(self.run_id, event);
            next = self.newest.borrow_mut().written();
        }
    }
}
