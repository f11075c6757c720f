//! The end of a wire that starts the worker: on the page, or in a worker that starts helpers.

use std::collections::VecDeque;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::describe;

/// A wire to one worker at a time.
#[derive(Default)]
pub(crate) struct Wire {
    connection: Option<Connection>,
    /// The connection before this one. One of its closures may have replaced it and still be running, so it is dropped
    /// later.
    retired: Option<Connection>,
}

/// A running worker and the closures that receive its events.
struct Connection {
    worker: Worker,
    /// The messages that wait until the worker has loaded; `None` after that.
    waiting: Option<VecDeque<JsValue>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Wire {
    /// Whether there is a worker, loaded or still loading.
    #[cfg(feature = "ui")]
    pub(crate) fn is_connected(&self) -> bool {
        self.connection.is_some()
    }

    /// Starts a worker. `loader` is the address of its script, and `name` the name of its scope. `hear` receives its
    /// messages. `fail` receives the reason if the worker cannot be loaded or ends with an error, as words that
    /// continue a sentence after a colon.
    ///
    /// # Errors
    /// The browser refuses to start a worker; the error is the browser's message.
    pub(crate) fn connect(
        &mut self,
        loader: &str,
        name: &str,
        hear: impl FnMut(MessageEvent) + 'static,
        fail: impl Fn(&str) + 'static,
    ) -> Result<(), String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(name);
        let worker = Worker::new_with_options(loader, &options).map_err(|error| describe(&error))?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(hear);
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            // The user sees the reason, so the console does not repeat it.
            event.prevent_default();
            // A worker that cannot be loaded reports an event without a message; a trap in wasm has a message.
            let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).filter(|text| !text.is_empty());
            fail(message.as_deref().unwrap_or("its code could not be loaded"));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        self.connection =
            Some(Connection { worker, waiting: Some(VecDeque::new()), _on_message: on_message, _on_error: on_error });
        Ok(())
    }

    /// Posts a message, or keeps it until the worker has loaded. Without a worker, the message is dropped.
    pub(crate) fn post(&mut self, message: JsValue) {
        let Some(connection) = &mut self.connection else { return };
        match &mut connection.waiting {
            Some(waiting) => waiting.push_back(message),
            None => connection.post(&message),
        }
    }

    /// Asks the worker for a sign of life: an empty message, which the worker's loader answers with an empty one.
    #[cfg(feature = "ui")]
    pub(crate) fn ask(&self) {
        if let Some(connection) = &self.connection {
            connection.post(&JsValue::NULL);
        }
    }

    /// Posts the messages that waited. The caller has heard that the worker has loaded.
    pub(crate) fn loaded(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        for message in connection.waiting.take().unwrap_or_default() {
            connection.post(&message);
        }
    }

    /// Ends the worker at once, even in the middle of its work.
    pub(crate) fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.worker.set_onmessage(None);
            connection.worker.set_onerror(None);
            connection.worker.set_onmessageerror(None);
            connection.worker.terminate();
            self.retired = Some(connection);
        }
    }
}

impl Connection {
    fn post(&self, message: &JsValue) {
        // Posting fails only for values that cannot be copied; bytes and files can.
        let _ = self.worker.post_message(message);
    }
}
