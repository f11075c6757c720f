//! The page's end of the wire to the trainer's worker. It moves messages; what they mean is the page's business.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{File, MessageEvent};

use super::relaxed_simd;
use crate::mnist;
use crate::trainer::adapter::find::find_adapter;
use crate::trainer::recipe::{DeviceChoice, Recipe};
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::job::Job;
use crate::trainer::run::protocol::{Begin, Command, Event, Message};
use crate::trainer::run::record::RunKey;
use crate::wire::page::Wire;
use crate::wire::{decode, encode};

/// The address of a device's worker, beside the page, with MNIST's files that its first command needs
/// (`assets/trainer_worker.js`).
fn address(kind: BackendKind, files: &[&str]) -> String {
    let code = match kind {
        BackendKind::Cpu if relaxed_simd::is_of_use() => "trainer-relaxed",
        BackendKind::Cpu => "trainer",
        BackendKind::WebGpu => "trainer-gpu",
    };
    let mut address = ["./trainer_worker.js?", code].concat();
    for file in files {
        address.push('&');
        address.push_str(&mnist::address(file));
    }
    address
}

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
    /// The device of the worker that is there.
    kind: Option<BackendKind>,
    /// The files of the data set; none stand for MNIST.
    files: Vec<File>,
    /// The command for the CPU, given the reason, where the graphics adapter was chosen for the user and may not start.
    otherwise: Option<Box<dyn Fn(String) -> Command>>,
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
        let device = match &begin {
            Begin::New(recipe) | Begin::Weights { recipe, .. } => recipe.device,
            Begin::Checkpoint { device, .. } => *device,
        };
        self.begin(device, move |run_id, why| Command::Train { run_id, key, begin: begin.clone(), why })
    }

    /// Measures how fast a recipe goes here; it ends with `Event::Measured` or `Event::Failed`.
    pub fn measure(&self, recipe: Recipe) -> u32 {
        self.begin(recipe.device, move |run_id, why| Command::Preflight { run_id, recipe: recipe.clone(), why })
    }

    /// Does something besides training; it ends with `Event::Answered` or `Event::Failed`. A run under way is stopped, as
    /// by any other start: who wants it to go on has another client for jobs.
    pub fn job(&self, job: Job) -> u32 {
        self.begin(DeviceChoice::Cpu, move |run_id, _| Command::Job { run_id, job: job.clone() })
    }

    /// Uses these files as the data set from the next start on; none stand for MNIST. They travel as the browser's own
    /// handles, so that the page never holds their bytes.
    pub fn use_data(&self, files: Vec<File>) {
        self.inner.state.borrow_mut().files = files;
    }

    /// Starts a comparison with the PyTorch reference; it ends with `Event::Checked` or `Event::Failed`.
    pub fn check(&self, device: DeviceChoice) -> u32 {
        self.begin(device, move |run_id, why| Command::Check { run_id, device, why })
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

    /// Asks the current run to stop. `Event::Stopped` follows within about a second, by force if need be.
    pub fn stop(&self) {
        let run_id = {
            let mut state = self.inner.state.borrow_mut();
            let Some(run_id) = state.current else { return };
            if std::mem::replace(&mut state.stopping, true) {
                return;
            }
            state.send(&Command::Stop { run_id });
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
            state.send(&command(run_id));
        }
    }

    /// Makes this the current run, chooses its device, and sends its command to that device's worker.
    fn begin(&self, device: DeviceChoice, command: impl Fn(u32, String) -> Command + 'static) -> u32 {
        let run_id = {
            let mut state = self.inner.state.borrow_mut();
            if let Some(run_id) = state.current {
                state.send(&Command::Stop { run_id });
            }
            state.last_run += 1;
            state.current = Some(state.last_run);
            state.stopping = false;
            state.otherwise = None;
            state.last_run
        };
        let inner = Rc::clone(&self.inner);
        // Later, so that the caller has the run id before it hears of the run's end.
        wasm_bindgen_futures::spawn_local(async move {
            let (kind, why) = choose(device).await;
            let on_cpu = move |reason: String| command(run_id, reason);
            let first = match kind {
                BackendKind::Cpu => on_cpu(why),
                BackendKind::WebGpu => {
                    let first = on_cpu(why);
                    if device == DeviceChoice::Auto {
                        inner.state.borrow_mut().otherwise = Some(Box::new(on_cpu));
                    }
                    first
                }
            };
            if inner.state.borrow().current == Some(run_id) {
                inner.begin_on(kind, &first);
            }
        });
        run_id
    }
}

/// The device that a choice leads to here, and why.
async fn choose(device: DeviceChoice) -> (BackendKind, String) {
    match device {
        DeviceChoice::Cpu => (BackendKind::Cpu, "You chose the CPU.".to_owned()),
        DeviceChoice::WebGpu => (BackendKind::WebGpu, "You chose WebGPU.".to_owned()),
        DeviceChoice::Burn => (BackendKind::WebGpu, "You chose WebGPU with Burn’s kernels.".to_owned()),
        DeviceChoice::Auto => match find_adapter().await {
            Err(reason) => (BackendKind::Cpu, format!("Auto chose the CPU: {reason}.")),
            Ok(adapter) => {
                let name = adapter.name();
                if adapter.is_software() {
                    let why = "is many times slower than the CPU";
                    (BackendKind::Cpu, format!("Auto chose the CPU: the only graphics adapter ({name}) {why}."))
                } else {
                    (BackendKind::WebGpu, format!("Auto chose WebGPU: this machine has a graphics adapter ({name})."))
                }
            }
        },
    }
}

impl Inner {
    /// Sends the current run's command to the worker of a device, which is started if another one, or none, is there.
    fn begin_on(self: &Rc<Self>, kind: BackendKind, command: &Command) {
        let mut state = self.state.borrow_mut();
        if state.kind != Some(kind) {
            state.wire.disconnect();
        }
        if !state.wire.is_connected() {
            state.kind = Some(kind);
            let is_mnist = state.files.is_empty();
            let files: &[&str] = if is_mnist && command.needs_data() { &mnist::FILES } else { &[] };
            if let Err(reason) = self.connect(&address(kind, files), &mut state.wire) {
                drop(state);
                self.fail(worker_failure(&reason));
                return;
            }
        }
        state.send(command);
        if state.stopping {
            let run_id = command.run_id();
            state.send(&Command::Stop { run_id });
        }
    }

    fn connect(self: &Rc<Self>, address: &str, wire: &mut Wire) -> Result<(), String> {
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
        wire.connect(address, "trainer", hear, fail)
    }

    fn hear(self: &Rc<Self>, event: &MessageEvent) {
        let bytes = js_sys::Uint8Array::new(&event.data()).to_vec();
        match decode(&bytes) {
            Ok(Message::Loaded) => self.state.borrow_mut().wire.loaded(),
            Ok(Message::Run(stamped)) => self.deliver(stamped.run_id, stamped.event),
            Err(error) => self.fail(worker_failure(&format!("it sent a message that cannot be read ({error})"))),
        }
    }

    /// Ends the current run, and the worker, which cannot be trusted any more.
    fn fail(self: &Rc<Self>, failure: Failure) {
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
    fn deliver(self: &Rc<Self>, run_id: u32, event: Event) {
        {
            let mut state = self.state.borrow_mut();
            if state.current != Some(run_id) {
                return;
            }
            if matches!(event, Event::Ready { .. }) {
                state.otherwise = None;
            }
            if let Event::Failed(Failure { kind: FailureKind::Device, message }) = &event
                && let Some(otherwise) = state.otherwise.take()
            {
                drop(state);
                self.begin_on(BackendKind::Cpu, &otherwise(format!("Auto chose the CPU. {message}")));
                return;
            }
            if event.is_end() {
                state.current = None;
                state.stopping = false;
            }
            // Neither a worker with a bug nor one that lost its graphics device or its helpers gets better: the next run has a
            // fresh one.
            let broken = [FailureKind::Internal, FailureKind::Device, FailureKind::Worker];
            if matches!(&event, Event::Failed(failure) if broken.contains(&failure.kind)) {
                state.wire.disconnect();
            }
        }
        (self.on_event)(event);
    }
}

impl State {
    fn send(&mut self, command: &Command) {
        // The encoding of plain data cannot fail.
        if let Ok(bytes) = encode(command) {
            let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()));
            for file in &self.files {
                parts.push(file);
            }
            self.wire.post(parts.into());
        }
    }
}

fn worker_failure(reason: &str) -> Failure {
    let reason = reason.trim().trim_end_matches('.');
    let message =
        format!("The trainer's worker failed: {reason}. Train starts a fresh one; if that fails too, reload the page.");
    Failure::new(FailureKind::Internal, message)
}
