//! An event listener that is removed when it is dropped.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget};

/// A registered event listener.
pub(super) struct Listener {
    target: EventTarget,
    kind: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Calls `handler` for each event while `owner` is alive.
    pub(super) fn new<T: 'static>(
        target: &EventTarget,
        kind: &'static str,
        owner: &Rc<T>,
        handler: impl Fn(Event, &T) + 'static,
    ) -> Result<Self, JsValue> {
        let owner = Rc::downgrade(owner);
        let closure = Closure::<dyn FnMut(Event)>::new(move |event| {
            if let Some(owner) = owner.upgrade() {
                handler(event, &owner);
            }
        });
        target.add_event_listener_with_callback(kind, closure.as_ref().unchecked_ref())?;
        Ok(Self { target: target.clone(), kind, closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = self.closure.as_ref().unchecked_ref();
        // Removing a listener cannot fail.
        let _ = self.target.remove_event_listener_with_callback(self.kind, callback);
    }
}
