//! The trainer's dedicated worker: takes commands, runs them one after the other, and posts what happens.
//!
//! It moves messages; the work is done by [`super::session`] and [`super::check`].

mod data;
mod fetch;
mod gpu;
mod host;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use web_sys::MessageEvent;

use super::check;
use super::device::OpenDevice;
use super::protocol::{Begin, Command, Event, Failure, FailureKind, Message, Stamped};
use super::recipe::{DeviceChoice, Recipe};
use super::session;
use crate::wire::{self, decode, encode};
use host::WorkerHost;

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
    /// The run under way. Apart from the state, for the panic hook: it must not find it borrowed.
    static CURRENT: Cell<Option<u32>> = const { Cell::new(None) };
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Command>,
    busy: bool,
    stop: bool,
}

/// Listens to the page, and tells it so.
pub fn start() {
    let hear = |event: MessageEvent| {
        let bytes = js_sys::Uint8Array::new(&event.data()).to_vec();
        match decode(&bytes) {
            Ok(command) => receive(command),
            Err(error) => web_sys::console::error_1(&format!("Not a command: {error}").into()),
        }
    };
    wire::scope::listen(hear, fail);
    post(&Message::Loaded);
}

fn post(message: &Message) {
    // The encoding of plain data cannot fail.
    if let Ok(bytes) = encode(message) {
        wire::scope::post(&js_sys::Uint8Array::from(bytes.as_slice()));
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

fn receive(command: Command) {
    let idle = STATE.with_borrow_mut(|state| {
        match command {
            Command::Stop { run_id } if CURRENT.get() == Some(run_id) => state.stop = true,
            Command::Stop { run_id } => {
                let before = state.waiting.len();
                state.waiting.retain(|command| command.run_id() != run_id);
                if state.waiting.len() < before {
                    post_event(run_id, Event::Stopped);
                }
            }
            command => state.waiting.push_back(command),
        }
        !std::mem::replace(&mut state.busy, true)
    });
    if idle {
        wasm_bindgen_futures::spawn_local(work());
    }
}

/// Works off the commands that wait.
async fn work() {
    while let Some(command) = STATE.with_borrow_mut(|state| {
        state.stop = false;
        let command = state.waiting.pop_front();
        state.busy = command.is_some();
        command
    }) {
        CURRENT.set(Some(command.run_id()));
        let mut host = WorkerHost::new(command.run_id());
        let done = match command {
            Command::Train { begin: Begin::New(recipe), .. } => train(&recipe, &mut host).await,
            Command::Check { device, .. } => compare(device, &mut host).await,
            _ => Ok(()),
        };
        if let Err(end) = done {
            session::Host::emit(&mut host, end);
        }
        CURRENT.set(None);
    }
}

/// Whether the current run is to end.
fn stop_requested() -> bool {
    STATE.with_borrow(|state| state.stop)
}

/// Trains; the error is how the run ended before it could begin.
async fn train(recipe: &Recipe, host: &mut WorkerHost) -> Result<(), Event> {
    session::check_recipe(recipe).map_err(Event::Failed)?;
    // The device first: if it cannot be used, there is no need to fetch the data.
    let opened = open(recipe.device).await?;
    let data = data::load(host).await?;
    session::run(recipe, &data, &opened, host).await;
    Ok(())
}

async fn compare(device: DeviceChoice, host: &mut WorkerHost) -> Result<(), Event> {
    let opened = open(device).await?;
    let bytes = fetch::fetch(check::REFERENCE, false, &mut |_| !stop_requested()).await?;
    let reference = check::Reference::parse(&bytes)
        .map_err(|error| Event::Failed(Failure::new(FailureKind::Data, error.to_string())))?;
    check::run(&reference, &opened, host).await;
    Ok(())
}

async fn open(choice: DeviceChoice) -> Result<OpenDevice, Event> {
    match choice {
        DeviceChoice::Cpu => Ok(OpenDevice::cpu("You chose the CPU.")),
        DeviceChoice::WebGpu => gpu::open_chosen().await.map_err(Event::Failed),
        DeviceChoice::Auto => Ok(gpu::open_best().await),
    }
}
