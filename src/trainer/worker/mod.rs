//! The trainer's dedicated workers: one trains on the CPU, the other, with Burn in it, on a graphics adapter. Each takes
//! commands, runs them one after the other, and posts what happens. That for the CPU may start others like it, which share
//! its batches.
//!
//! They move messages; the work is done by [`crate::trainer::engine::session`] and [`crate::trainer::engine::check`].

mod data;
mod fetch;
#[cfg(feature = "worker-gpu")]
mod gpu;
#[cfg(not(feature = "worker-gpu"))]
mod helper;
mod host;
mod job;
mod keeper;
mod loaded;
mod own_data;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Poll, Waker};

use futures_lite::future::try_zip;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::MessageEvent;

use crate::event_loop::NextTask;
use crate::store::locks::{self, Hold};
#[cfg(not(feature = "worker-gpu"))]
use crate::trainer::cpu::device::{cpu_backend, open_cpu};
use crate::trainer::cpu::worker_pool;
use crate::trainer::engine::check;
use crate::trainer::engine::host::{Flow, Host, OpenLearner};
use crate::trainer::engine::preflight;
use crate::trainer::engine::session;
use crate::trainer::engine::weights_file;
use crate::trainer::engine::weights_file::WeightsFileError;
use crate::trainer::kept::runs;
use crate::trainer::recipe::{DeviceChoice, Recipe};
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::{Begin, Command, Event, Message, Stamped};
use crate::trainer::run::record::RunKey;
use crate::trainer::run::training_state::TrainingState;
use crate::wire::scope::scope;
use crate::wire::{self, decode, encode};
use host::WorkerHost;
use loaded::Loaded;

/// The net on this worker's device.
#[cfg(not(feature = "worker-gpu"))]
type Net = crate::trainer::cpu::learner::CpuLearner<helper::Nested>;
/// The net on this worker's device.
#[cfg(feature = "worker-gpu")]
type Net = crate::trainer::burn::graphics::GraphicsLearner;

/// What kind of device that is.
const KIND: BackendKind = if cfg!(feature = "worker-gpu") { BackendKind::WebGpu } else { BackendKind::Cpu };

/// Milliseconds that a run waits for another worker to let go of it.
const HOLD_PATIENCE: f64 = 3000.0;

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
    /// The run under way. Apart from the state, for the panic hook: it must not find it borrowed.
    static CURRENT: Cell<Option<u32>> = const { Cell::new(None) };
}

#[derive(Default)]
struct State {
    /// Each with the files of the data set that it is about: none stand for MNIST.
    waiting: VecDeque<(Command, Vec<JsValue>)>,
    busy: bool,
    /// What the page wants of the run under way.
    wishes: Wishes,
    /// Who waits for a wish.
    waker: Option<Waker>,
}

#[derive(Default)]
struct Wishes {
    stop: bool,
    pause: bool,
    rate: Option<f64>,
}

impl State {
    /// Takes in a wish for the run under way.
    fn wish(&mut self, run_id: u32, wish: impl FnOnce(&mut Wishes)) {
        if CURRENT.get() == Some(run_id) {
            wish(&mut self.wishes);
            if let Some(waker) = self.waker.take() {
                waker.wake();
            }
        }
    }

    /// How the run goes on.
    fn flow(&mut self) -> Flow {
        let Wishes { stop, pause, rate } = &mut self.wishes;
        match rate.take() {
            _ if *stop => Flow::Stop,
            Some(rate) => Flow::Rate(rate),
            None if *pause => Flow::Pause,
            None => Flow::Continue,
        }
    }
}

/// Listens to the page, or to the worker that started this one, and says so.
pub fn start() {
    #[cfg(not(feature = "worker-gpu"))]
    if helper::is_helper() {
        return helper::start();
    }
    let hear = |event: MessageEvent| {
        let mut parts = Array::from(&event.data()).to_vec().into_iter();
        let bytes = Uint8Array::new(&parts.next().unwrap_or_default()).to_vec();
        match decode(&bytes) {
            Ok(command) => receive(command, parts.collect()),
            Err(error) => web_sys::console::error_1(&format!("Not a command: {error}").into()),
        }
    };
    wire::scope::listen(hear, fail);
    post(&Message::Loaded);
}

fn post(message: &Message) {
    // The encoding of plain data cannot fail.
    if let Ok(bytes) = encode(message) {
        wire::scope::post(&Uint8Array::from(bytes.as_slice()));
    }
}

fn post_event(run_id: u32, event: Event) {
    post(&Message::Run(Stamped { run_id, event }));
}

/// Tells the page of a bug of ours, if it waits for anything. The page then ends this worker.
fn fail(what: &str) {
    if let Some(run_id) = CURRENT.get() {
        let message = format!("The trainer's worker failed: {what}. Train starts a fresh one.");
        post_event(run_id, Event::Failed(Failure::new(FailureKind::Internal, message)));
    }
}

fn receive(command: Command, files: Vec<JsValue>) {
    let idle = STATE.with_borrow_mut(|state| {
        match command {
            Command::Stop { run_id } if CURRENT.get() == Some(run_id) => {
                state.wish(run_id, |wishes| wishes.stop = true);
            }
            Command::Stop { run_id } => {
                let before = state.waiting.len();
                state.waiting.retain(|(command, _)| command.run_id() != run_id);
                if state.waiting.len() < before {
                    post_event(run_id, Event::Stopped);
                }
            }
            Command::Pause { run_id } => state.wish(run_id, |wishes| wishes.pause = true),
            Command::Resume { run_id } => state.wish(run_id, |wishes| wishes.pause = false),
            Command::SetRate { run_id, learning_rate } => {
                state.wish(run_id, |wishes| wishes.rate = Some(learning_rate));
            }
            command => state.waiting.push_back((command, files)),
        }
        !std::mem::replace(&mut state.busy, true)
    });
    if idle {
        wasm_bindgen_futures::spawn_local(work());
    }
}

/// Works off the commands that wait.
async fn work() {
    while let Some((command, files)) = STATE.with_borrow_mut(|state| {
        state.wishes = Wishes::default();
        let command = state.waiting.pop_front();
        state.busy = command.is_some();
        command
    }) {
        CURRENT.set(Some(command.run_id()));
        let mut host = WorkerHost::new(command.run_id());
        let done = match command {
            Command::Train { key, begin, why, .. } => train(key, begin, &why, &files, &mut host).await,
            Command::Check { device, why, .. } => compare(device, &why, &mut host).await,
            Command::Preflight { recipe, why, .. } => measure(&recipe, &why, &files, &mut host).await,
            Command::Job { job, .. } => job::run(job, &files, &mut host).await,
            // These are about the run under way, and were heard when they came.
            Command::Pause { .. } | Command::Resume { .. } | Command::SetRate { .. } | Command::Stop { .. } => Ok(()),
        };
        if let Err(end) = done {
            host.emit(end);
        }
        host.finish().await;
        CURRENT.set(None);
    }
}

/// Whether the current run is to end.
fn stop_requested() -> bool {
    STATE.with_borrow(|state| state.wishes.stop)
}

/// How the current run is to go on.
fn flow() -> Flow {
    STATE.with_borrow_mut(State::flow)
}

/// Waits until the current run is no longer to be held as it is.
async fn next_wish() -> Flow {
    std::future::poll_fn(|context| {
        STATE.with_borrow_mut(|state| match state.flow() {
            Flow::Pause => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
            flow => Poll::Ready(flow),
        })
    })
    .await
}

/// Trains; the error is how the run ended before it could begin.
async fn train(key: RunKey, begin: Begin, why: &str, files: &[JsValue], host: &mut WorkerHost) -> Result<(), Event> {
    let _held = hold(key).await?;
    let resumed = matches!(begin, Begin::Checkpoint { .. });
    let mut begin = match begin {
        Begin::New(recipe) => {
            session::check_recipe(&recipe).map_err(Event::Failed)?;
            Checkpoint::begin(key, recipe, String::new())
        }
        Begin::Weights { recipe, file, bytes } => {
            session::check_recipe(&recipe).map_err(Event::Failed)?;
            let unfit =
                |error: WeightsFileError| Event::Failed(Failure::new(FailureKind::Data, format!("“{file}”: {error}")));
            let training_state = weights_file::read(&bytes).map_err(unfit)?.training_state;
            Checkpoint::begin_with(key, recipe, String::new(), &file, training_state)
        }
        Begin::Checkpoint { bytes, change, note, .. } => {
            let mut begin = load(key, bytes).await.map_err(|reason| {
                let message = format!("{reason} The run cannot go on from it; its record stays in the list.");
                Event::Failed(Failure::new(FailureKind::Data, message))
            })?;
            begin.record.resume(key, note, change);
            begin
        }
    };
    let workers = worker_pool::workers_for_run(&begin.record, cores());
    let (mut opened, data) =
        get_ready(&begin.record.plan.recipe, &begin.training_state, why, workers, files, host).await?;
    if !resumed {
        begin.record.data.clone_from(&data.name);
    } else if begin.record.data != data.name {
        let (then, now) = (&begin.record.data, &data.name);
        let message =
            format!("This run has learned from {then}, but the data in use is {now}. Choose that data, then resume.");
        return Err(Event::Failed(Failure::new(FailureKind::Data, message)));
    }
    settle(&mut opened).await;
    session::run(begin, opened, &data.set, host).await;
    Ok(())
}

/// The checkpoint to go on from: the page's, or the one that is kept.
async fn load(key: RunKey, bytes: Option<Vec<u8>>) -> Result<Checkpoint, String> {
    let bytes = match bytes {
        Some(bytes) => bytes,
        None => match runs::checkpoint(key).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Err("This run’s checkpoint is not there any more.".to_owned()),
            Err(error) => return Err(error.to_string()),
        },
    };
    Checkpoint::from_bytes(&bytes).map_err(|error| error.to_string())
}

/// Takes hold of a run, so that no other tab trains it, too. A worker that was just ended may have it a moment longer.
async fn hold(key: RunKey) -> Result<Hold, Event> {
    let next_task = NextTask::new();
    let began = js_sys::Date::now();
    loop {
        if let Some(hold) = locks::hold(key.0).await {
            return Ok(hold);
        }
        if stop_requested() {
            return Err(Event::Stopped);
        }
        if js_sys::Date::now() - began > HOLD_PATIENCE {
            let message = "This run is under way in another tab. Stop it there, or close that tab.";
            return Err(Event::Failed(Failure::new(FailureKind::Data, message)));
        }
        next_task.wait().await;
    }
}

async fn compare(device: DeviceChoice, why: &str, host: &mut WorkerHost) -> Result<(), Event> {
    let bytes = fetch::fetch(check::REFERENCE, false, &mut |_| !stop_requested()).await?;
    let damaged = |error: check::ReferenceError| Event::Failed(Failure::new(FailureKind::Data, error.to_string()));
    let reference = check::Reference::parse(&bytes).map_err(damaged)?;
    let recipe = Recipe { device, ..check::recipe() };
    host.emit(Event::Opening(KIND));
    let opened = open(&recipe, &reference.training_state().map_err(damaged)?, why, 1).await?;
    check::run(&reference, opened, host).await;
    Ok(())
}

async fn measure(recipe: &Recipe, why: &str, files: &[JsValue], host: &mut WorkerHost) -> Result<(), Event> {
    session::check_recipe(recipe).map_err(Event::Failed)?;
    let workers = worker_pool::workers_for_recipe(recipe, cores());
    let training_state = TrainingState::initial(recipe.seed);
    let (mut opened, data) = get_ready(recipe, &training_state, why, workers, files, host).await?;
    settle(&mut opened).await;
    preflight::run(recipe, opened, &data.set, host).await;
    Ok(())
}

/// Opens this worker's device and takes in the data, at once: a graphics adapter compiles its programs while data arrives.
async fn get_ready(
    recipe: &Recipe,
    training_state: &TrainingState,
    why: &str,
    workers: usize,
    files: &[JsValue],
    host: &mut WorkerHost,
) -> Result<(OpenLearner<Net>, Rc<Loaded>), Event> {
    host.emit(Event::Opening(KIND));
    try_zip(open(recipe, training_state, why, workers), data::load(files, host)).await
}

/// The machine's cores, as far as the browser tells.
fn cores() -> usize {
    scope().navigator().hardware_concurrency() as usize
}

/// Opens this worker's device, for so many workers. The others begin to load.
#[cfg(not(feature = "worker-gpu"))]
async fn open(
    recipe: &Recipe,
    training_state: &TrainingState,
    why: &str,
    workers: usize,
) -> Result<OpenLearner<Net>, Event> {
    let pool = helper::pool(workers);
    open_cpu(recipe, training_state, why, pool).map_err(|error| Event::Failed(error.into()))
}

/// Waits for the other workers. Those that cannot be had are gone without.
#[cfg(not(feature = "worker-gpu"))]
async fn settle(opened: &mut OpenLearner<Net>) {
    let pool = opened.learner.pool_mut();
    let wanted = pool.workers();
    if let Some(reason) = helper::settle(pool).await {
        let workers = pool.workers();
        opened.why += &format!(" Of {wanted} workers only {workers} could be had: {reason}.");
        opened.backend = cpu_backend(workers);
    }
}

/// Opens this worker's device.
#[cfg(feature = "worker-gpu")]
async fn open(recipe: &Recipe, training_state: &TrainingState, why: &str, _: usize) -> Result<OpenLearner<Net>, Event> {
    gpu::open(recipe, training_state, why).await
}

/// There are no other workers to wait for.
#[cfg(feature = "worker-gpu")]
async fn settle(_: &mut OpenLearner<Net>) {}
