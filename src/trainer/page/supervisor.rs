//! Decides what happens to the page's worker: a state machine over starts, stops and the worker's messages, without a
//! browser or a clock. The [client](super::client) carries out the actions that it returns.
//!
//! One run is current at a time, and events of earlier runs are dropped. Where the user leaves the choice of the device
//! to the page and the graphics adapter or its worker turns out not to work, the run begins again on the CPU. A worker
//! that does not answer a stop in time is ended by force, and so is one that the [watchdog](super::watchdog) finds lost.

use super::request::Request;
use super::watchdog::{Look, Watchdog};
use crate::trainer::recipe::{DeviceChoice, memory};
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::{Command, Event};
use crate::wire::build;

/// A step that the client has to take. The steps of a list are taken in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// Find out which device a choice leads to, then call [`Supervisor::device_chosen`]. Where that takes long, call
    /// [`Supervisor::choice_timed_out`] first.
    ChooseDevice { run_id: u32, choice: DeviceChoice },
    /// Start the worker for a device. `needs_data` says whether its first command needs the data set at once.
    Connect { kind: BackendKind, needs_data: bool },
    /// End the worker, whatever it does.
    Disconnect,
    /// Send a command to the worker.
    Send(Command),
    /// Ask the worker for a sign of life, which is passed to [`Supervisor::hear_sign`].
    Ask,
    /// Call [`Supervisor::stop_timed_out`] in this number of seconds.
    StartStopTimer { run_id: u32, seconds: f64 },
    /// Hand an event to the page. This is always the last action, since the page may start the next run at once.
    Deliver(Event),
}

/// Seconds that a worker may take to answer a stop before it is ended by force, besides those of the step under way.
const STOP_PATIENCE: f64 = 1.0;

/// The longest patience with a stop, in seconds. A user who has waited longer wants it to end.
const LONGEST_STOP_PATIENCE: f64 = 10.0;

/// The state machine.
#[derive(Debug, Default)]
pub(super) struct Supervisor {
    /// The id of the run that was started last.
    last_run: u32,
    run: Option<Run>,
    /// The device of the worker that is connected.
    worker: Option<BackendKind>,
    watchdog: Watchdog,
}

/// The current run.
#[derive(Debug)]
struct Run {
    id: u32,
    request: Request,
    /// Whether a stop was asked for.
    is_stopping: bool,
    /// The seconds that a step takes; 0 while unknown.
    step_seconds: f64,
    /// Whether its command has gone to a worker.
    is_sent: bool,
    /// Whether the run begins again on the CPU if its device fails: the page chose the graphics adapter, and nothing
    /// would be lost. Once a run trains, [`Recovery`](crate::trainer::run::recovery::Recovery) decides.
    may_fall_back: bool,
}

impl Supervisor {
    /// Makes a request the current run, and returns its id. A run under way is stopped; its events are dropped from now
    /// on.
    pub(super) fn start(&mut self, request: Request) -> (u32, Vec<Action>) {
        let mut actions: Vec<Action> = self.stop_command().into_iter().collect();
        self.last_run += 1;
        let id = self.last_run;
        actions.push(Action::ChooseDevice { run_id: id, choice: request.device() });
        self.run =
            Some(Run { id, request, is_stopping: false, step_seconds: 0.0, is_sent: false, may_fall_back: false });
        (id, actions)
    }

    /// The browser has had its time to say which graphics adapter it has. If it has not, the CPU trains.
    pub(super) fn choice_timed_out(&mut self, run_id: u32) -> Vec<Action> {
        let why = "Auto chose the CPU: the browser does not say which GPU there is.";
        self.device_chosen(run_id, BackendKind::Cpu, why.to_owned())
    }

    /// The device for a run is chosen: the run's command goes to the worker of that device.
    pub(super) fn device_chosen(&mut self, run_id: u32, kind: BackendKind, why: String) -> Vec<Action> {
        let waits = |run: &&mut Run| run.id == run_id && !run.is_sent;
        let Some(run) = self.run.as_mut().filter(waits) else { return Vec::new() };
        run.may_fall_back = kind == BackendKind::WebGpu && run.request.device() == DeviceChoice::Auto;
        self.begin_on(kind, why)
    }

    /// The page says something about the current run, if there is one: to pause, for example.
    pub(super) fn tell(&self, command: impl FnOnce(u32) -> Command) -> Vec<Action> {
        let Some(run) = &self.run else { return Vec::new() };
        vec![Action::Send(command(run.id))]
    }

    /// The page asks the current run to stop.
    pub(super) fn stop(&mut self) -> Vec<Action> {
        let stop = self.stop_command();
        let Some(run) = self.run.as_mut().filter(|run| !run.is_stopping) else { return Vec::new() };
        run.is_stopping = true;
        // A worker hears nothing before its step is over, and one that is ended by force has kept nothing of its last seconds.
        let seconds = (STOP_PATIENCE + 2.0 * run.step_seconds).min(LONGEST_STOP_PATIENCE);
        stop.into_iter().chain([Action::StartStopTimer { run_id: run.id, seconds }]).collect()
    }

    /// The worker has had its time to answer a stop. If the run has not ended, the worker is ended by force.
    pub(super) fn stop_timed_out(&mut self, run_id: u32) -> Vec<Action> {
        if self.run.take_if(|run| run.id == run_id).is_none() {
            return Vec::new();
        }
        self.worker = None;
        vec![Action::Disconnect, Action::Deliver(Event::Stopped)]
    }

    /// The worker has posted an event of a run.
    pub(super) fn hear(&mut self, run_id: u32, event: Event) -> Vec<Action> {
        match event {
            Event::Steps { .. } => self.watchdog.hear_report(),
            Event::Evaluating { .. } => self.watchdog.hear_test(),
            _ => self.watchdog.hear_event(),
        }
        let Some(run) = self.run.as_mut().filter(|run| run.id == run_id) else { return Vec::new() };
        match event {
            Event::Steps { images_per_second, .. } if images_per_second > 0.0 => {
                run.step_seconds = f64::from(run.request.batch_size().unwrap_or_default()) / images_per_second;
            }
            Event::Failed(failure) => return self.fail(failure),
            // From now on the page has losses that would be lost, and checkpoints to go on from.
            Event::Ready { .. } if matches!(run.request, Request::Train(_)) => run.may_fall_back = false,
            _ => {}
        }
        if event.is_end() {
            self.run = None;
        }
        vec![Action::Deliver(event)]
    }

    /// The worker has given a sign of life.
    pub(super) fn hear_sign(&mut self) {
        self.watchdog.hear_sign();
    }

    /// Some time has passed: `now` is a time in seconds. While the page `is_hidden`, its timers are too rare to tell
    /// whether the worker is lost.
    pub(super) fn look(&mut self, now: f64, is_hidden: bool) -> Vec<Action> {
        let is_at_work = self.worker.is_some() && self.run.is_some();
        match self.watchdog.look(now, is_hidden || !is_at_work) {
            Look::Fine => Vec::new(),
            Look::Ask => vec![Action::Ask],
            Look::Lost(reason) => self.worker_failed(reason),
        }
    }

    /// The worker cannot be used: it did not load, it crashed, it no longer answers, or a message to or from it could
    /// not be read. It is ended, and the current run with it, unless that begins again on the CPU. `reason` completes
    /// the sentence "The trainer's worker failed: …".
    pub(super) fn worker_failed(&mut self, reason: &str) -> Vec<Action> {
        let message = self.run.as_ref().map_or_else(String::new, |run| {
            // What follows the first line is for developers, who find it in the console.
            let reason = reason.trim().lines().next().unwrap_or_default();
            match run.request.batch_size() {
                Some(batch_size) if is_out_of_memory(reason) => out_of_memory(batch_size, self.worker),
                _ if run.may_fall_back => build::failure("The worker for the GPU", reason, ""),
                _ => {
                    let remedy = "Press Train to start a new worker; if that fails too, reload the page.";
                    build::failure("The trainer’s worker", reason, remedy)
                }
            }
        });
        self.fail(Failure::new(FailureKind::Internal, message))
    }

    /// A failure ends the current run, unless that begins again on the CPU.
    fn fail(&mut self, mut failure: Failure) -> Vec<Action> {
        // Whatever breaks the worker for WebGPU, a lost device is the likely cause, and the CPU is the remedy.
        let is_on_gpu = self.worker == Some(BackendKind::WebGpu);
        if is_on_gpu && failure.kind == FailureKind::Internal {
            failure.kind = FailureKind::Device;
        }
        let mut actions = Vec::new();
        // A worker with a bug stays broken, and so does one that has lost its graphics device or a helper: the next run
        // gets a new worker.
        let broken = [FailureKind::Internal, FailureKind::Device, FailureKind::Worker];
        if broken.contains(&failure.kind) {
            self.worker = None;
            actions.push(Action::Disconnect);
        }
        match self.run.take() {
            Some(run) if run.may_fall_back && failure.kind == FailureKind::Device => {
                self.run = Some(Run { may_fall_back: false, ..run });
                actions.extend(self.begin_on(BackendKind::Cpu, format!("Auto chose the CPU. {}", failure.message)));
            }
            Some(run) => {
                // A run can go on with the CPU at a click; for all else the user has to choose it.
                if is_on_gpu && failure.kind == FailureKind::Device && !matches!(run.request, Request::Train(_)) {
                    failure.message += " Choose Auto or the CPU as the device.";
                }
                actions.push(Action::Deliver(Event::Failed(failure)));
            }
            None => {}
        }
        actions
    }

    /// Sends the current run's command to the worker of a device. Another device's worker is ended first.
    fn begin_on(&mut self, kind: BackendKind, why: String) -> Vec<Action> {
        let Some(run) = &mut self.run else { return Vec::new() };
        run.is_sent = true;
        let is_stopping = run.is_stopping;
        let command = run.request.command(run.id, why);
        let batch_size = run.request.batch_size().filter(|_| kind == BackendKind::Cpu);
        let mut actions = Vec::new();
        if self.worker != Some(kind) {
            if self.worker.is_some() {
                actions.push(Action::Disconnect);
            }
            actions.push(Action::Connect { kind, needs_data: command.needs_data() });
            self.worker = Some(kind);
            self.watchdog = Watchdog::default();
        }
        self.watchdog.expect_steps_of(batch_size);
        actions.push(Action::Send(command));
        if is_stopping {
            actions.extend(self.stop_command());
        }
        actions
    }

    /// The command that stops the current run, if there is a worker that may have begun it.
    fn stop_command(&self) -> Option<Action> {
        let run = self.run.as_ref().filter(|_| self.worker.is_some())?;
        Some(Action::Send(Command::Stop { run_id: run.id }))
    }
}

/// Whether these words of a browser mean that a worker got no more memory: our code then ends in a trap. Any other bug
/// of ours says more.
fn is_out_of_memory(reason: &str) -> bool {
    let mut words = reason.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| word.eq_ignore_ascii_case("unreachable"))
}

/// Says that a worker got no memory for steps of this number of images, and what to do.
fn out_of_memory(batch_size: u32, kind: Option<BackendKind>) -> String {
    let failed = "The trainer’s worker failed: it was given no more memory.";
    match kind {
        Some(BackendKind::WebGpu) => format!("{failed} Choose a smaller batch size, or close other tabs."),
        _ => format!("{failed} {}", memory::remedy(batch_size)),
    }
}

#[cfg(test)]
mod tests;
