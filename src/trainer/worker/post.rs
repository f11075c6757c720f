//! Posts messages to the page.

use std::cell::Cell;

use js_sys::Uint8Array;

use crate::trainer::run::protocol::{Event, Message, Stamped};
use crate::wire::{EncodeError, encode, scope};

thread_local! {
    /// Whether a run is under way, for the panic hook: anything that is borrowed while a panic happens stays borrowed.
    static IS_UNDER_WAY: Cell<bool> = const { Cell::new(false) };
}

/// Notes whether a panic from now on is about a run.
pub(super) fn set_run_under_way(is_under_way: bool) {
    IS_UNDER_WAY.set(is_under_way);
}

/// Posts an event of a run.
pub(super) fn post_event(run_id: u32, event: Event) {
    post(&Message::Run(Stamped { run_id, event }));
}

/// Posts that this worker has a bug, if a run is under way: a text, as for a message that cannot be encoded. The page
/// then ends the worker.
pub(super) fn post_bug(what: &str) {
    if IS_UNDER_WAY.get() {
        scope::post(&what.into());
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
