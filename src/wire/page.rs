//! The end of a wire that starts the worker: on the page, or in a worker that starts helpers.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::build::{self, OUTDATED, Text};
use super::{describe, window_script};

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
    line: Rc<Line>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

/// The line to a worker, which the closures share.
struct Line {
    worker: Worker,
    /// The address of the worker's script.
    loader: String,
    /// The messages that wait until the worker has greeted; `None` after that.
    waiting: RefCell<Option<Vec<JsValue>>>,
    is_closed: Cell<bool>,
    /// Hears why the worker is lost.
    fail: Box<dyn Fn(&str)>,
}

impl Wire {
    /// Whether there is a worker, loaded or still loading.
    #[cfg(feature = "ui")]
    pub(crate) fn is_connected(&self) -> bool {
        self.connection.is_some()
    }

    /// Starts a worker. `loader` is the address of its script, and `name` the name of its scope. `hear` receives its
    /// messages. `fail` receives the reason if the worker cannot be loaded, is of another build, or ends with an error:
    /// [`OUTDATED`], or words that continue a sentence after a colon.
    ///
    /// # Errors
    /// The browser refuses to start a worker; the error continues a sentence after a colon.
    pub(crate) fn connect(
        &mut self,
        loader: &str,
        name: &str,
        mut hear: impl FnMut(MessageEvent) + 'static,
        fail: impl Fn(&str) + 'static,
    ) -> Result<(), String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(name);
        let worker = Worker::new_with_options(loader, &options)
            .map_err(|error| format!("the browser allows no worker here ({})", describe(&error)))?;
        let line = Rc::new(Line {
            worker,
            loader: loader.to_owned(),
            waiting: RefCell::new(Some(Vec::new())),
            is_closed: Cell::new(false),
            fail: Box::new(fail),
        });
        let listening = Rc::clone(&line);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if !Rc::clone(&listening).keeps(&event) {
                hear(event);
            }
        });
        let failing = Rc::clone(&line);
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            // The user sees the reason, so the console does not repeat it.
            event.prevent_default();
            // A worker that cannot be loaded reports an event without a message; a trap in wasm has a message.
            let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).filter(|text| !text.is_empty());
            Rc::clone(&failing).lose(message.as_deref().unwrap_or("its code could not be loaded"));
        });
        line.worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        line.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        line.worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        self.connection = Some(Connection { line, _on_message: on_message, _on_error: on_error });
        Ok(())
    }

    /// Posts a message, or keeps it until the worker has loaded. Without a worker, the message is dropped.
    pub(crate) fn post(&mut self, message: JsValue) {
        let Some(connection) = &self.connection else { return };
        match &mut *connection.line.waiting.borrow_mut() {
            Some(waiting) => waiting.push(message),
            None => connection.line.post(&message),
        }
    }

    /// Asks the worker for a sign of life: an empty message, which the worker's loader answers with an empty one.
    #[cfg(feature = "ui")]
    pub(crate) fn ask(&self) {
        if let Some(connection) = &self.connection {
            connection.line.post(&JsValue::NULL);
        }
    }

    /// Ends the worker at once, even in the middle of its work.
    pub(crate) fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take() {
            let Line { worker, is_closed, .. } = &*connection.line;
            is_closed.set(true);
            worker.set_onmessage(None);
            worker.set_onerror(None);
            worker.set_onmessageerror(None);
            worker.terminate();
            self.retired = Some(connection);
        }
    }
}

impl Line {
    /// Handles a message that is about the wire itself. Returns whether it was one.
    fn keeps(self: Rc<Self>, event: &MessageEvent) -> bool {
        let data = event.data();
        match data.as_string().as_deref().map(build::read) {
            Some(Text::SameBuild) => self.open(),
            Some(Text::OtherBuild) => self.is_outdated(),
            Some(Text::Failure(reason)) => self.lose(reason),
            // Code without a greeting is older than greetings. An empty message is a sign of life of the loader.
            None if self.waiting.borrow().is_some() && !data.is_null() => self.is_outdated(),
            None => return false,
        }
        true
    }

    /// The worker has greeted: greets it, and posts the messages that waited.
    fn open(&self) {
        let Some(waiting) = self.waiting.borrow_mut().take() else { return };
        self.post(&build::greeting().into());
        for message in &waiting {
            self.post(message);
        }
    }

    /// The worker is of another build.
    fn is_outdated(&self) {
        window_script::show_outdated();
        (self.fail)(OUTDATED);
    }

    /// The worker has failed. If it has not loaded yet, the reason is looked for first, because the browser tells none.
    fn lose(self: Rc<Self>, message: &str) {
        if self.waiting.borrow().is_none() {
            return (self.fail)(message);
        }
        let Some(reason) = window_script::why_not_loaded(&self.loader) else { return (self.fail)(message) };
        let message = message.to_owned();
        wasm_bindgen_futures::spawn_local(async move {
            let reason = reason.await;
            if !self.is_closed.get() {
                (self.fail)(reason.as_deref().unwrap_or(&message));
            }
        });
    }

    fn post(&self, message: &JsValue) {
        // Posting fails only for values that cannot be copied; bytes and files can.
        let _ = self.worker.post_message(message);
    }
}
