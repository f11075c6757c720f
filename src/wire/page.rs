//! The end of a wire to a worker, of the page or of a worker that starts another.

use std::collections::VecDeque;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::describe;

/// A wire to one worker at a time.
#[derive(Default)]
pub(crate) struct Wire {
    connection: Option<Connection>,
    /// The connection before: its closures may be running while it is replaced, so they are dropped later.
    retired: Option<Connection>,
}

/// A live worker and the closures that hear it.
struct Connection {
    worker: Worker,
    /// Messages that wait for the worker to load; `None` once it has.
    waiting: Option<VecDeque<JsValue>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Wire {
    /// Whether there is a worker, loaded or not.
    #[cfg(feature = "ui")]
    pub(crate) fn is_connected(&self) -> bool {
        self.connection.is_some()
    }

    /// Starts the worker whose loader this is. `name` is what its scope is called. `hear` gets what it posts; `fail`
    /// hears why it could not be loaded or what killed it, in words that go on a sentence.
    ///
    /// # Errors
    /// When the browser refuses, in words.
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
            // Told to the user; the console need not repeat it.
            event.prevent_default();
            // A worker that fails to load reports a plain event; one that traps reports an error with a message.
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

    /// Posts a message, or keeps it until the worker has loaded. Without a worker it is dropped.
    pub(crate) fn post(&mut self, message: JsValue) {
        let Some(connection) = &mut self.connection else { return };
        match &mut connection.waiting {
            Some(waiting) => waiting.push_back(message),
            None => connection.post(&message),
        }
    }

    /// The worker has loaded: posts what was kept.
    pub(crate) fn loaded(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        for message in connection.waiting.take().unwrap_or_default() {
            connection.post(&message);
        }
    }

    /// Ends the worker, whatever it does.
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
        // The posting of bytes, and of files, cannot fail.
        let _ = self.worker.post_message(message);
    }
}
