//! The start of a worker, and the way of a command from the page to the function that carries it out.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use web_sys::MessageEvent;

use super::device::Device;
use super::host::WorkerHost;
use super::inbox::{Inbox, Next};
use super::measure::{compare, measure};
use super::post::{post_bug, post_event, set_run_under_way};
use super::{job, training};
use crate::trainer::engine::host::Host;
use crate::trainer::run::protocol::{Command, Event};
use crate::wire::decode;
use crate::wire::scope::listen;

/// Starts a worker for a device: from now on it carries out what the page, or the worker that started it, sends.
pub(super) fn start<D: Device>() {
    if D::serve_as_helper() {
        return;
    }
    let inbox = Rc::new(Inbox::default());
    let hear = move |event: MessageEvent| {
        let mut parts = Array::from(&event.data()).to_vec().into_iter();
        let bytes = Uint8Array::new(&parts.next().unwrap_or_default()).to_vec();
        match decode(&bytes) {
            Ok(command) => receive::<D>(&inbox, command, parts.collect()),
            Err(error) => web_sys::console::error_1(&format!("This is not a command: {error}").into()),
        }
    };
    listen(hear, post_bug);
}

fn receive<D: Device>(inbox: &Rc<Inbox<Vec<JsValue>>>, command: Command, files: Vec<JsValue>) {
    match inbox.receive(command, files) {
        Next::Nothing => {}
        Next::TakeOut => wasm_bindgen_futures::spawn_local(work::<D>(Rc::clone(inbox))),
        Next::ReportStopped(run_id) => post_event(run_id, Event::Stopped),
    }
}

/// Carries out the commands that wait, one after the other.
async fn work<D: Device>(inbox: Rc<Inbox<Vec<JsValue>>>) {
    while let Some((command, files)) = inbox.take_out() {
        let run_id = command.run_id();
        set_run_under_way(true);
        let mut host = WorkerHost::new(run_id, Rc::clone(&inbox));
        if let Err(end) = carry_out::<D>(command, &files, &mut host).await {
            host.emit(end);
        }
        host.finish().await;
        set_run_under_way(false);
    }
}

async fn carry_out<D: Device>(command: Command, files: &[JsValue], host: &mut WorkerHost) -> Result<(), Event> {
    match command {
        Command::Train { key, begin, why, .. } => training::train::<D>(key, begin, &why, files, host).await,
        Command::Check { device, why, .. } => compare::<D>(device, &why, host).await,
        Command::Preflight { recipe, why, .. } => measure::<D>(&recipe, &why, files, host).await,
        Command::Job { job, .. } => job::run::<D>(job, files, host).await,
        // The inbox has taken these as wishes for the run under way.
        Command::Pause { .. } | Command::Resume { .. } | Command::SetRate { .. } | Command::Stop { .. } => Ok(()),
    }
}
