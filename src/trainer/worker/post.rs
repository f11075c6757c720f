//! Posts messages to the page.

use std::cell::Cell;

use js_sys::Uint8Array;

use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::{Event, Message, Stamped};
use crate::wire::{EncodeError, encode, scope};

thread_local! {
    /// The run under way, for the panic hook: anything that is borrowed while a panic happens stays borrowed.
    static UNDER_WAY: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Notes which run a panic from now on is about.
pub(super) fn set_run_under_way(run_id: Option<u32>) {
    UNDER_WAY.set(run_id);
}

/// Posts that this worker's code has loaded and listens.
pub(super) fn post_loaded() {
    post(&Message::Loaded);
}

/// Posts an event of a run.
pub(super) fn post_event(run_id: u32, event: Event) {
    post(&Message::Run(Stamped { run_id, event }));
}

/// Posts that this worker has a bug, if a run is under way. The page then ends the worker.
pub(super) fn post_bug(what: &str) {
    if let Some(run_id) = UNDER_WAY.get() {
        let message = format!("The trainer’s worker failed: {what}. Press Train to start a new worker.");
        post_event(run_id, Event::Failed(Failure::new(FailureKind::Internal, message)));
    }
}

/// Posts a message as bytes. In place of a message that cannot be encoded, the page gets a text, and shows it as a
/// failure.
fn post(message: &Message) {
    match encode(message) {
        Ok(bytes) => scope::post(&Uint8Array::from(bytes.as_slice())),
        Err(EncodeError) => scope::post(&"it could not turn a message into bytes".into()),
    }
}
