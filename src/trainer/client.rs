//! The page's end of the wire to the trainer's worker. It moves messages; what they mean is the page's business.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

use super::protocol::{Begin, Command, Event, Failure, FailureKind, Message};
use super::recipe::{DeviceChoice, Recipe};
use super::record::RunKey;
use crate::wire::page::Wire;
use crate::wire::{decode, encode};

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
    wire: Wire,
    last_run: u32,
    current: Option<u32>,
    stopping: bool,
}

impl Client {
    /// A client that hands the current run's events to `on_event`, in order, the end included.
    ///
    /// `on_event` may call the client again, for example to start the next run.
    pub fn new(on_event: Rc<dyn Fn(Event)>) -> Self {
        Self { inner: Rc::new(Inner { on_event, state: RefCell::default() }) }
    }

    /// Starts a run and returns its id. A run still under way is stopped, and its events are no longer heard.
    pub fn train(&self, key: RunKey, begin: Begin) -> u32 {
        self.begin(|run_id| Command::Train { run_id, key, begin })
    }

    /// Measures how fast a recipe goes here; it ends with `Event::Measured` or `Event::Failed`.
    pub fn measure(&self, recipe: Recipe) -> u32 {
        self.begin(|run_id| Command::Preflight { run_id, recipe })
    }

    /// Holds the current run: `Event::Paused` follows.
    pub fn pause(&self) {
        self.tell(|run_id| Command::Pause { run_id });
    }

    /// Lets the current run go on: `Event::Resumed` follows.
    pub fn resume(&self) {
        self.tell(|run_id| Command::Resume { run_id });
    }

    /// Gives the current run another peak learning rate: `Event::Changed` follows.
    pub fn set_rate(&self, learning_rate: f64) {
        self.tell(|run_id| Command::SetRate { run_id, learning_rate });
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
                inner.state.borrow_mut().wire.disconnect();
                inner.deliver(run_id, Event::Stopped);
            }
        });
        if let Some(window) = web_sys::window() {
            let force = force.unchecked_ref();
            // Without a timer the worker's own answer is all there is; that is the usual case anyway.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(force, STOP_PATIENCE_MS);
        }
    }

    /// Says something about the current run, if there is one.
    fn tell(&self, command: impl FnOnce(u32) -> Command) {
        let mut state = self.inner.state.borrow_mut();
        if let Some(run_id) = state.current {
            state.send(command(run_id));
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
        if !state.wire.is_connected()
            && let Err(reason) = self.inner.connect(&mut state.wire)
        {
            drop(state);
            let inner = Rc::clone(&self.inner);
            let failure = worker_failure(&reason);
            // Later, so that the caller has the run id before it hears of the run's end.
            wasm_bindgen_futures::spawn_local(async move { inner.fail(failure) });
            return run_id;
        }
        state.send(command(run_id));
        run_id
    }
}

impl Inner {
    fn connect(self: &Rc<Self>, wire: &mut Wire) -> Result<(), String> {
        let (hearing, failing) = (Rc::downgrade(self), Rc::downgrade(self));
        let hear = move |event: MessageEvent| {
            if let Some(inner) = hearing.upgrade() {
                inner.hear(&event);
            }
        };
        let fail = move |reason: &str| {
            if let Some(inner) = failing.upgrade() {
                inner.fail(worker_failure(reason));
            }
        };
        wire.connect(LOADER, hear, fail)
    }

    fn hear(&self, event: &MessageEvent) {
        let bytes = js_sys::Uint8Array::new(&event.data()).to_vec();
        match decode(&bytes) {
            Ok(Message::Loaded) => self.state.borrow_mut().wire.loaded(),
            Ok(Message::Run(stamped)) => self.deliver(stamped.run_id, stamped.event),
            Err(error) => self.fail(worker_failure(&format!("it sent a message that cannot be read ({error})"))),
        }
    }

    /// Ends the current run, and the worker, which cannot be trusted any more.
    fn fail(&self, failure: Failure) {
        let current = {
            let mut state = self.state.borrow_mut();
            state.wire.disconnect();
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
                state.wire.disconnect();
            }
        }
        (self.on_event)(event);
    }
}

impl State {
    fn send(&mut self, command: Command) {
        // The encoding of plain data cannot fail.
        if let Ok(bytes) = encode(&command) {
            self.wire.post(js_sys::Uint8Array::from(bytes.as_slice()).into());
        }
    }
}

fn worker_failure(reason: &str) -> Failure {
    let reason = reason.trim().trim_end_matches('.');
    let message =
        format!("The trainer's worker failed: {reason}. Train starts a fresh one; if that fails too, reload the page.");
    Failure::new(FailureKind::Internal, message)
}
