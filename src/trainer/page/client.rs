//! The page's end of the wire to the trainer's worker. It moves messages, and carries out what the
//! [supervisor](super::supervisor) decides.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{File, MessageEvent};

use super::request::{Request, Training};
use super::supervisor::{Action, Supervisor};
use super::watchdog::LOOK_EVERY;
use super::{choice, relaxed_simd};
use crate::trainer::adapter::find::find_adapter;
use crate::trainer::recipe::{DeviceChoice, Recipe};
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::job::Job;
use crate::trainer::run::protocol::{Command, Event, Message};
use crate::wire::page::Wire;
use crate::wire::{EncodeError, build, decode, encode};

/// Milliseconds that the browser may take to name its graphics adapter. A graphics process that hangs never does.
const CHOICE_PATIENCE: i32 = 15_000;

/// Starts and stops runs in a dedicated worker, and hands their events to the page.
///
/// The worker, and with it the download of its code, starts with the first command. One run is current at a time;
/// events of earlier runs are dropped. Clones share the worker.
#[derive(Clone)]
pub struct Client {
    inner: Rc<Inner>,
}

struct Inner {
    on_event: Rc<dyn Fn(Event)>,
    supervisor: RefCell<Supervisor>,
    wire: RefCell<Wire>,
    /// Counts the workers, so that looks after an earlier one end.
    workers: Cell<u32>,
    /// The files of the data set. None stand for MNIST.
    files: RefCell<Vec<File>>,
}

impl Client {
    /// A client that hands the current run's events to `on_event`, in order, including the last one.
    ///
    /// `on_event` may call the client again, for example to start the next run.
    pub fn new(on_event: Rc<dyn Fn(Event)>) -> Self {
        let (supervisor, wire) = (RefCell::default(), RefCell::default());
        let (workers, files) = (Cell::new(0), RefCell::default());
        Self { inner: Rc::new(Inner { on_event, supervisor, wire, workers, files }) }
    }

    /// Starts a run and returns its id. A run under way is stopped, and its events are dropped from now on.
    pub(crate) fn train(&self, training: Training) -> u32 {
        self.start(Request::Train(training))
    }

    /// Measures how fast a recipe runs on this computer. The last event is `Event::Measured` or `Event::Failed`.
    pub fn measure(&self, recipe: Recipe) -> u32 {
        self.start(Request::Measure(recipe))
    }

    /// Does a job. The last event is `Event::Answered` or `Event::Failed`. As by any other start, a run under way is
    /// stopped; whoever wants to keep it uses another client for jobs.
    pub fn job(&self, job: Job) -> u32 {
        self.start(Request::Job(job))
    }

    /// Compares the net with the PyTorch reference. The last event is `Event::Checked` or `Event::Failed`.
    pub fn check(&self, device: DeviceChoice) -> u32 {
        self.start(Request::Check(device))
    }

    /// Uses these files as the data set from the next start on; none stand for MNIST. They travel as the browser's own
    /// handles, so that the page never holds their bytes.
    pub fn use_data(&self, files: Vec<File>) {
        self.inner.files.replace(files);
    }

    /// Pauses the current run: `Event::Paused` follows.
    pub fn pause(&self) {
        self.tell(|run_id| Command::Pause { run_id });
    }

    /// Resumes the current run: `Event::Resumed` follows.
    pub fn resume(&self) {
        self.tell(|run_id| Command::Resume { run_id });
    }

    /// Gives the current run another peak learning rate: `Event::Changed` follows.
    pub fn set_rate(&self, learning_rate: f64) {
        self.tell(|run_id| Command::SetRate { run_id, learning_rate });
    }

    /// Asks the current run to stop. `Event::Stopped` follows within about a second, by force if necessary.
    pub fn stop(&self) {
        let actions = self.inner.supervisor.borrow_mut().stop();
        self.inner.carry_out(actions);
    }

    /// Ends the worker at once, and with it gives back its memory. The client is of no use afterwards.
    pub fn end(&self) {
        self.inner.wire.borrow_mut().disconnect();
    }

    fn tell(&self, command: impl FnOnce(u32) -> Command) {
        let actions = self.inner.supervisor.borrow().tell(command);
        self.inner.carry_out(actions);
    }

    fn start(&self, request: Request) -> u32 {
        let (run_id, actions) = self.inner.supervisor.borrow_mut().start(request);
        self.inner.carry_out(actions);
        run_id
    }
}

impl Inner {
    /// Carries out what the supervisor has decided. The supervisor is not borrowed meanwhile, since the page may call
    /// the client when it gets an event.
    fn carry_out(self: &Rc<Self>, actions: Vec<Action>) {
        for action in actions {
            let done = match action {
                Action::ChooseDevice { run_id, choice } => {
                    self.choose_device(run_id, choice);
                    Ok(())
                }
                Action::Connect { kind, needs_data } => self.connect(kind, needs_data),
                Action::Disconnect => {
                    self.workers.set(self.workers.get() + 1);
                    self.wire.borrow_mut().disconnect();
                    Ok(())
                }
                Action::Send(command) => self.send(&command),
                Action::Ask => {
                    self.wire.borrow_mut().ask();
                    Ok(())
                }
                Action::StartStopTimer { run_id, seconds } => {
                    let milliseconds = (seconds * 1e3) as i32;
                    self.after(milliseconds, move |inner| inner.supervisor.borrow_mut().stop_timed_out(run_id));
                    Ok(())
                }
                Action::Deliver(event) => {
                    (self.on_event)(event);
                    Ok(())
                }
            };
            if let Err(reason) = done {
                // The run has ended, so the actions that are left no longer matter.
                return self.worker_failed(&reason);
            }
        }
    }

    /// Chooses the device for a run. This happens in a later task, so that the caller knows the run's id before the
    /// run's first event.
    fn choose_device(self: &Rc<Self>, run_id: u32, choice: DeviceChoice) {
        let inner = Rc::clone(self);
        if choice == DeviceChoice::Auto {
            self.after(CHOICE_PATIENCE, move |inner| inner.supervisor.borrow_mut().choice_timed_out(run_id));
        }
        wasm_bindgen_futures::spawn_local(async move {
            let adapter = match choice {
                DeviceChoice::Auto => find_adapter().await,
                _ => Err(String::new()),
            };
            let (kind, why) = choice::device(choice, adapter);
            let actions = inner.supervisor.borrow_mut().device_chosen(run_id, kind, why);
            inner.carry_out(actions);
        });
    }

    fn connect(self: &Rc<Self>, kind: BackendKind, needs_data: bool) -> Result<(), String> {
        let needs_mnist = needs_data && self.files.borrow().is_empty();
        let (hearing, failing) = (Rc::downgrade(self), Rc::downgrade(self));
        let hear = move |event: MessageEvent| {
            if let Some(inner) = hearing.upgrade() {
                inner.hear(&event.data());
            }
        };
        let fail = move |reason: &str| {
            if let Some(inner) = failing.upgrade() {
                inner.worker_failed(reason);
            }
        };
        self.wire.borrow_mut().connect(&address(kind, needs_mnist), "trainer", hear, fail)?;
        self.look_after(self.workers.get());
        Ok(())
    }

    /// Looks at a worker again and again, until it is disconnected.
    fn look_after(self: &Rc<Self>, worker: u32) {
        self.after((LOOK_EVERY * 1e3) as i32, move |inner| {
            if inner.workers.get() != worker {
                return Vec::new();
            }
            inner.look_after(worker);
            let is_hidden = web_sys::window().and_then(|window| window.document()).is_some_and(|page| page.hidden());
            inner.supervisor.borrow_mut().look(js_sys::Date::now() / 1e3, is_hidden)
        });
    }

    /// Sends a command, and the files of the data set with it.
    fn send(&self, command: &Command) -> Result<(), String> {
        let bytes = encode(command).map_err(|EncodeError| "its command could not be turned into bytes".to_owned())?;
        let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
        for file in self.files.borrow().iter() {
            parts.push(file);
        }
        self.wire.borrow_mut().post(parts.into());
        Ok(())
    }

    /// Asks the supervisor what to do when this number of milliseconds has passed.
    fn after(self: &Rc<Self>, milliseconds: i32, ask: impl FnOnce(&Rc<Self>) -> Vec<Action> + 'static) {
        let inner = Rc::clone(self);
        let time_out = Closure::once_into_js(move || {
            let actions = ask(&inner);
            inner.carry_out(actions);
        });
        if let Some(window) = web_sys::window() {
            // Without a timer, the page waits for the worker or the browser, which usually answers.
            let _ =
                window.set_timeout_with_callback_and_timeout_and_arguments_0(time_out.unchecked_ref(), milliseconds);
        }
    }

    /// Takes in a message of the worker, or nothing as a sign of life.
    fn hear(self: &Rc<Self>, message: &JsValue) {
        if message.is_null() {
            return self.supervisor.borrow_mut().hear_sign();
        }
        match decode(&Uint8Array::new(message).to_vec()) {
            Ok(Message::Run(stamped)) => {
                let actions = self.supervisor.borrow_mut().hear(stamped.run_id, stamped.event);
                self.carry_out(actions);
            }
            Err(error) => self.worker_failed(&format!("it sent a message that cannot be read ({error})")),
        }
    }

    fn worker_failed(self: &Rc<Self>, reason: &str) {
        let actions = self.supervisor.borrow_mut().worker_failed(reason);
        self.carry_out(actions);
    }
}

/// The address of a device's worker, beside the page. It says whether the worker is to fetch MNIST at once
/// (`assets/loader.js`).
fn address(kind: BackendKind, needs_mnist: bool) -> String {
    let code = match kind {
        BackendKind::Cpu if relaxed_simd::is_of_use() => "trainer-relaxed",
        BackendKind::Cpu => "trainer",
        BackendKind::WebGpu => "trainer-gpu",
    };
    let mut address = build::loader(code);
    if needs_mnist {
        address.push_str("&ahead=mnist");
    }
    address
}
