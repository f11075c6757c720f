//! The page's end of the wire to the trainer's worker. It moves messages; what they mean is the page's business.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::protocol::{Command, Event, Failure, FailureKind, Message, decode, encode};
use super::recipe::{DeviceChoice, Recipe};

/// Trunk's loader of the worker's wasm, beside the page.
const LOADER: &str = "./trainer_loader.js";

/// How long a worker may take to answer a Stop before it is ended by force.
const STOP_PATIENCE_MS: i32 = 1000;

/// Starts and stops runs in a dedicated worker, and hands their events to the page.
///
/// The worker, and with it the fetch of its wasm, starts with the first command. One run is current at a time; events
/// of earlier runs are dropped. Clones share the worker.
#[derive(Clone)]
pub struct Client {
    inner: Rc<Inner>,
}

struct Inner {
    on_event: Rc<dyn Fn(Event)>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    /// The connection before: its closures may be running while it is replaced, so they are dropped later.
    retired: Option<Connection>,
    last_run: u32,
    current: Option<u32>,
    stopping: bool,
}

/// A live worker and the closures that hear it.
struct Connection {
    worker: Worker,
    /// Commands that wait for the worker to load; `None` once it has.
    waiting: Option<VecDeque<Command>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(web_sys::Event)>,
}

impl Client {
    /// A client that hands the current run's events to `on_event`, in order, the end included.
    ///
    /// `on_event` may call the client again, for example to start the next run.
    pub fn new(on_event: Rc<dyn Fn(Event)>) -> Self {
        Self { inner: Rc::new(Inner { on_event, state: RefCell::default() }) }
    }

    /// Starts a run and returns its id. A run still under way is stopped, and its events are no longer heard.
    pub fn start(&self, recipe: Recipe) -> u32 {
        self.begin(|run_id| Command::Start { run_id, recipe })
    }

    /// Starts a comparison with the PyTorch reference; it ends with `Event::Checked` or `Event::Failed`.
    pub fn check(&self, device: DeviceChoice) -> u32 {
        self.begin(|run_id| Command::Check { run_id, device })
    }

    /// Asks the current run to stop. `Event::Stopped` follows within about a second, by force if need be.
    pub fn stop(&self) {
        let run_id = {
            let mut state = self.inner.state.borrow_mut();
            let Some(run_id) = state.current else { return };
            if std::mem::replace(&mut state.stopping, true) {
                return;
            }
            state.send(Command::Stop { run_id });
            run_id
        };
        let inner = Rc::clone(&self.inner);
        let force = Closure::once_into_js(move || {
            if inner.state.borrow().current == Some(run_id) {
                inner.state.borrow_mut().disconnect();
                inner.deliver(run_id, Event::Stopped);
            }
        });
        if let Some(window) = web_sys::window() {
            let force = force.unchecked_ref();
            // Without a timer the worker's own answer is all there is; that is the usual case anyway.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(force, STOP_PATIENCE_MS);
        }
    }

    fn begin(&self, command: impl FnOnce(u32) -> Command) -> u32 {
        let mut state = self.inner.state.borrow_mut();
        if let Some(run_id) = state.current {
            state.send(Command::Stop { run_id });
        }
        state.last_run += 1;
        let run_id = state.last_run;
        state.current = Some(run_id);
        state.stopping = false;
        if state.connection.is_none() {
            match self.inner.connect() {
                Ok(connection) => state.connection = Some(connection),
                Err(error) => {
                    drop(state);
                    let inner = Rc::clone(&self.inner);
                    let failure = worker_failure(&describe(&error));
                    // Later, so that the caller has the run id before it hears of the run's end.
                    wasm_bindgen_futures::spawn_local(async move { inner.fail(failure) });
                    return run_id;
                }
            }
        }
        state.send(command(run_id));
        run_id
    }
}

impl Inner {
    fn connect(self: &Rc<Self>) -> Result<Connection, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(LOADER, &options)?;

        let inner = Rc::downgrade(self);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(inner) = inner.upgrade() {
                inner.hear(&event);
            }
        });
        let inner = Rc::downgrade(self);
        let on_error = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            // Told to the user below; the console need not repeat it.
            event.prevent_default();
            // A worker that fails to load reports a plain event; one that traps reports an error with a message.
            let message = event.dyn_ref::<ErrorEvent>().map(ErrorEvent::message).filter(|text| !text.is_empty());
            if let Some(inner) = inner.upgrade() {
                inner.fail(worker_failure(message.as_deref().unwrap_or("its code could not be loaded")));
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
        Ok(Connection { worker, waiting: Some(VecDeque::new()), _on_message: on_message, _on_error: on_error })
    }

    fn hear(&self, event: &MessageEvent) {
        let bytes = js_sys::Uint8Array::new(&event.data()).to_vec();
        match decode(&bytes) {
            Ok(Message::Loaded) => self.state.borrow_mut().loaded(),
            Ok(Message::Run(stamped)) => self.deliver(stamped.run_id, stamped.event),
            Err(error) => self.fail(worker_failure(&format!("it sent a message that cannot be read ({error})"))),
        }
    }

    /// Ends the current run, and the worker, which cannot be trusted any more.
    fn fail(&self, failure: Failure) {
        let current = {
            let mut state = self.state.borrow_mut();
            state.disconnect();
            state.current
        };
        if let Some(run_id) = current {
            self.deliver(run_id, Event::Failed(failure));
        }
    }

    /// Hands an event of the current run to the page. The state is not borrowed while the page reacts.
    fn deliver(&self, run_id: u32, event: Event) {
        {
            let mut state = self.state.borrow_mut();
            if state.current != Some(run_id) {
                return;
            }
            if event.is_end() {
                state.current = None;
                state.stopping = false;
            }
            // Neither a worker with a bug nor one that lost its graphics device gets better: the next run has a fresh one.
            let broken = [FailureKind::Internal, FailureKind::Device];
            if matches!(&event, Event::Failed(failure) if broken.contains(&failure.kind)) {
                state.disconnect();
            }
        }
        (self.on_event)(event);
    }
}

impl State {
    fn send(&mut self, command: Command) {
        let Some(connection) = &mut self.connection else { return };
        match &mut connection.waiting {
            Some(waiting) => waiting.push_back(command),
            None => connection.post(&command),
        }
    }

    fn loaded(&mut self) {
        let Some(connection) = &mut self.connection else { return };
        for command in connection.waiting.take().unwrap_or_default() {
            connection.post(&command);
        }
    }

    fn disconnect(&mut self) {
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
    fn post(&self, command: &Command) {
        // Neither the encoding of plain data nor the posting of bytes can fail.
        if let Ok(bytes) = encode(command) {
            let _ = self.worker.post_message(&js_sys::Uint8Array::from(bytes.as_slice()));
        }
    }
}

fn worker_failure(reason: &str) -> Failure {
    let reason = reason.trim().trim_end_matches('.');
    let message =
        format!("The trainer's worker failed: {reason}. Train starts a fresh one; if that fails too, reload the page.");
    Failure::new(FailureKind::Internal, message)
}

fn describe(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| format!("{error:?}"), |error| String::from(error.message()))
}
