//! Decides what happens to the page's worker: a state machine over starts, stops and the worker's messages, without a
//! browser or a clock. The [client](super::client) carries out the actions that it returns.
//!
//! One run is current at a time, and events of earlier runs are dropped. Where the user leaves the choice of the device
//! to the page and the graphics adapter turns out not to start, the run begins again on the CPU. A worker that does not
//! answer a stop in time is ended by force.

use crate::trainer::recipe::{DeviceChoice, Recipe};
use crate::trainer::run::backend::BackendKind;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::job::Job;
use crate::trainer::run::protocol::{Begin, Command, Event};
use crate::trainer::run::record::RunKey;

/// A task for a worker.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Request {
    /// Train a net, and keep the run under this key.
    Train(RunKey, Begin),
    /// Measure how long a recipe's steps take.
    Measure(Recipe),
    /// Compare the net on a device with PyTorch.
    Check(DeviceChoice),
    /// Do a job.
    Job(Job),
}

/// A step that the client has to take. The steps of a list are taken in order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    /// Find out which device a choice leads to, then call [`Supervisor::device_chosen`].
    ChooseDevice { run_id: u32, choice: DeviceChoice },
    /// Start the worker for a device. `needs_data` says whether its first command needs the data set at once.
    Connect { kind: BackendKind, needs_data: bool },
    /// End the worker, whatever it does.
    Disconnect,
    /// Send a command to the worker.
    Send(Command),
    /// Call [`Supervisor::stop_timed_out`] in a while.
    StartStopTimer { run_id: u32 },
    /// Hand an event to the page. This is always the last action, since the page may start the next run at once.
    Deliver(Event),
}

/// The state machine.
#[derive(Debug, Default)]
pub(super) struct Supervisor {
    /// The id of the run that was started last.
    last_run: u32,
    run: Option<Run>,
    /// The device of the worker that is connected.
    worker: Option<BackendKind>,
}

/// The current run.
#[derive(Debug)]
struct Run {
    id: u32,
    request: Request,
    /// Whether a stop was asked for.
    is_stopping: bool,
    /// Whether the run begins again on the CPU if its device fails: the page chose the graphics adapter, which has not
    /// started yet.
    may_fall_back: bool,
}

impl Request {
    /// The device that the user has chosen for it. Jobs run on the CPU.
    fn device(&self) -> DeviceChoice {
        match self {
            Self::Train(_, Begin::New(recipe) | Begin::Weights { recipe, .. }) | Self::Measure(recipe) => recipe.device,
            Self::Train(_, Begin::Checkpoint { device, .. }) | Self::Check(device) => *device,
            Self::Job(_) => DeviceChoice::Cpu,
        }
    }

    /// The command for a worker. `why` is the sentence that says why the worker's device was chosen.
    fn command(&self, run_id: u32, why: String) -> Command {
        match self.clone() {
            Self::Train(key, begin) => Command::Train { run_id, key, begin, why },
            Self::Measure(recipe) => Command::Preflight { run_id, recipe, why },
            Self::Check(device) => Command::Check { run_id, device, why },
            Self::Job(job) => Command::Job { run_id, job },
        }
    }
}

impl Supervisor {
    /// Makes a request the current run, and returns its id. A run under way is stopped; its events are dropped from now
    /// on.
    pub(super) fn start(&mut self, request: Request) -> (u32, Vec<Action>) {
        let mut actions: Vec<Action> = self.stop_command().into_iter().collect();
        self.last_run += 1;
        let id = self.last_run;
        actions.push(Action::ChooseDevice { run_id: id, choice: request.device() });
        self.run = Some(Run { id, request, is_stopping: false, may_fall_back: false });
        (id, actions)
    }

    /// The device for a run is chosen: the run's command goes to the worker of that device.
    pub(super) fn device_chosen(&mut self, run_id: u32, kind: BackendKind, why: String) -> Vec<Action> {
        let Some(run) = self.run.as_mut().filter(|run| run.id == run_id) else { return Vec::new() };
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
        stop.into_iter().chain([Action::StartStopTimer { run_id: run.id }]).collect()
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
        let Some(run) = self.run.as_mut().filter(|run| run.id == run_id) else { return Vec::new() };
        match &event {
            Event::Ready { .. } => run.may_fall_back = false,
            Event::Failed(Failure { kind: FailureKind::Device, message }) if run.may_fall_back => {
                run.may_fall_back = false;
                return self.begin_on(BackendKind::Cpu, format!("Auto chose the CPU. {message}"));
            }
            _ => {}
        }
        if event.is_end() {
            self.run = None;
        }
        let mut actions = Vec::new();
        // A worker with a bug stays broken, and so does one that has lost its graphics device or a helper: the next run
        // gets a new worker.
        let broken = [FailureKind::Internal, FailureKind::Device, FailureKind::Worker];
        if matches!(&event, Event::Failed(failure) if broken.contains(&failure.kind)) {
            self.worker = None;
            actions.push(Action::Disconnect);
        }
        actions.push(Action::Deliver(event));
        actions
    }

    /// The worker cannot be used: it did not load, it crashed, or a message to or from it could not be read. It is
    /// ended, and the current run with it. `reason` completes the sentence "The trainer's worker failed: …".
    pub(super) fn worker_failed(&mut self, reason: &str) -> Vec<Action> {
        self.worker = None;
        let failure = self.run.take().map(|_| {
            let reason = reason.trim().trim_end_matches('.');
            let remedy = "Press Train to start a new worker; if that fails too, reload the page.";
            let message = format!("The trainer’s worker failed: {reason}. {remedy}");
            Action::Deliver(Event::Failed(Failure::new(FailureKind::Internal, message)))
        });
        [Action::Disconnect].into_iter().chain(failure).collect()
    }

    /// Sends the current run's command to the worker of a device. Another device's worker is ended first.
    fn begin_on(&mut self, kind: BackendKind, why: String) -> Vec<Action> {
        let Some(run) = &self.run else { return Vec::new() };
        let command = run.request.command(run.id, why);
        let mut actions = Vec::new();
        if self.worker != Some(kind) {
            if self.worker.is_some() {
                actions.push(Action::Disconnect);
            }
            actions.push(Action::Connect { kind, needs_data: command.needs_data() });
            self.worker = Some(kind);
        }
        actions.push(Action::Send(command));
        if run.is_stopping {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::run::backend::Backend;

    fn recipe(device: DeviceChoice) -> Recipe {
        Recipe { device, ..Recipe::quick() }
    }

    fn measure(run_id: u32, device: DeviceChoice, why: &str) -> Action {
        Action::Send(Command::Preflight { run_id, recipe: recipe(device), why: why.to_owned() })
    }

    fn stop(run_id: u32) -> Action {
        Action::Send(Command::Stop { run_id })
    }

    fn connect(kind: BackendKind) -> Action {
        Action::Connect { kind, needs_data: true }
    }

    fn failed(kind: FailureKind) -> Event {
        Event::Failed(Failure::new(kind, "It does not work."))
    }

    fn ready() -> Event {
        Event::Ready { backend: Backend { kind: BackendKind::WebGpu, name: String::new() }, why: String::new() }
    }

    /// Starts a measurement, and sends it to the worker of this device.
    fn start(supervisor: &mut Supervisor, choice: DeviceChoice, kind: BackendKind) -> (u32, Vec<Action>) {
        let (run_id, _) = supervisor.start(Request::Measure(recipe(choice)));
        (run_id, supervisor.device_chosen(run_id, kind, "Because.".to_owned()))
    }

    /// A supervisor with run 1 under way in the CPU's worker.
    fn on_cpu() -> Supervisor {
        let mut supervisor = Supervisor::default();
        start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
        supervisor
    }

    /// A supervisor with run 1 under way in the worker for WebGPU, which was chosen for this choice.
    fn on_gpu(choice: DeviceChoice) -> Supervisor {
        let mut supervisor = Supervisor::default();
        start(&mut supervisor, choice, BackendKind::WebGpu);
        supervisor
    }

    #[test]
    fn a_start_chooses_a_device_connects_its_worker_and_sends_the_command() {
        let mut supervisor = Supervisor::default();
        let (run_id, actions) = supervisor.start(Request::Measure(recipe(DeviceChoice::Auto)));
        assert_eq!((run_id, actions), (1, vec![Action::ChooseDevice { run_id: 1, choice: DeviceChoice::Auto }]));
        let actions = supervisor.device_chosen(1, BackendKind::Cpu, "No GPU.".to_owned());
        assert_eq!(actions, [connect(BackendKind::Cpu), measure(1, DeviceChoice::Auto, "No GPU.")]);
    }

    #[test]
    fn requests_have_their_devices_and_say_whether_they_need_data_at_once() {
        let resumed = Begin::Checkpoint { bytes: None, device: DeviceChoice::WebGpu, change: None, note: None };
        for (request, choice, needs_data) in [
            (Request::Train(RunKey(5), Begin::New(recipe(DeviceChoice::Cpu))), DeviceChoice::Cpu, true),
            (Request::Train(RunKey(5), resumed), DeviceChoice::WebGpu, true),
            (Request::Check(DeviceChoice::Burn), DeviceChoice::Burn, false),
            (Request::Job(Job::Look), DeviceChoice::Cpu, false),
        ] {
            let mut supervisor = Supervisor::default();
            let (run_id, actions) = supervisor.start(request);
            assert_eq!(actions, [Action::ChooseDevice { run_id, choice }]);
            let actions = supervisor.device_chosen(run_id, BackendKind::Cpu, String::new());
            assert_eq!(actions[0], Action::Connect { kind: BackendKind::Cpu, needs_data });
        }
    }

    #[test]
    fn the_next_run_uses_the_same_worker_or_replaces_that_of_another_device() {
        let mut supervisor = on_cpu();
        assert_eq!(supervisor.hear(1, Event::Stopped), [Action::Deliver(Event::Stopped)]);
        let (_, actions) = start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
        assert_eq!(actions, [measure(2, DeviceChoice::Cpu, "Because.")]);
        supervisor.hear(2, Event::Stopped);
        let (_, actions) = start(&mut supervisor, DeviceChoice::WebGpu, BackendKind::WebGpu);
        let command = measure(3, DeviceChoice::WebGpu, "Because.");
        assert_eq!(actions, [Action::Disconnect, connect(BackendKind::WebGpu), command]);
    }

    #[test]
    fn a_start_stops_the_run_under_way_and_its_late_events_are_dropped() {
        let mut supervisor = on_cpu();
        let (run_id, actions) = supervisor.start(Request::Measure(recipe(DeviceChoice::Cpu)));
        assert_eq!(actions, [stop(1), Action::ChooseDevice { run_id, choice: DeviceChoice::Cpu }]);
        for late in [ready(), Event::Paused, failed(FailureKind::Internal), Event::Stopped] {
            assert_eq!(supervisor.hear(1, late), [], "the new run is not touched");
        }
        assert_eq!(supervisor.hear(run_id, Event::Paused), [Action::Deliver(Event::Paused)]);
    }

    #[test]
    fn a_device_that_is_chosen_too_late_starts_nothing() {
        let mut supervisor = Supervisor::default();
        supervisor.start(Request::Measure(recipe(DeviceChoice::Auto)));
        supervisor.start(Request::Measure(recipe(DeviceChoice::WebGpu)));
        assert_eq!(supervisor.device_chosen(1, BackendKind::WebGpu, String::new()), []);
        supervisor.device_chosen(2, BackendKind::WebGpu, String::new());
        let lost = failed(FailureKind::Device);
        let actions = supervisor.hear(2, lost.clone());
        assert_eq!(actions, [Action::Disconnect, Action::Deliver(lost)], "only the first run could have fallen back");
    }

    #[test]
    fn auto_falls_back_to_the_cpu_before_the_device_is_ready() {
        let mut supervisor = on_gpu(DeviceChoice::Auto);
        let actions = supervisor.hear(1, failed(FailureKind::Device));
        let command = measure(1, DeviceChoice::Auto, "Auto chose the CPU. It does not work.");
        assert_eq!(actions, [Action::Disconnect, connect(BackendKind::Cpu), command]);
        // The CPU has nothing to fall back to.
        let lost = failed(FailureKind::Device);
        assert_eq!(supervisor.hear(1, lost.clone()), [Action::Disconnect, Action::Deliver(lost)]);
    }

    #[test]
    fn nothing_else_falls_back() {
        let lost = failed(FailureKind::Device);
        let ends = [Action::Disconnect, Action::Deliver(lost.clone())];
        let mut late = on_gpu(DeviceChoice::Auto);
        assert_eq!(late.hear(1, ready()), [Action::Deliver(ready())]);
        assert_eq!(late.hear(1, lost.clone()), ends, "the device was ready");
        assert_eq!(on_gpu(DeviceChoice::WebGpu).hear(1, lost.clone()), ends, "the user chose WebGPU");
        let data = failed(FailureKind::Data);
        let actions = on_gpu(DeviceChoice::Auto).hear(1, data.clone());
        assert_eq!(actions, [Action::Deliver(data)], "the device did not fail");
    }

    #[test]
    fn a_stop_is_sent_once_and_forced_if_nobody_answers() {
        let mut supervisor = on_cpu();
        assert_eq!(supervisor.stop(), [stop(1), Action::StartStopTimer { run_id: 1 }]);
        assert_eq!(supervisor.stop(), [], "it is stopping already");
        assert_eq!(supervisor.stop_timed_out(1), [Action::Disconnect, Action::Deliver(Event::Stopped)]);
        assert_eq!(supervisor.hear(1, Event::Stopped), [], "the run has ended");
        assert_eq!(supervisor.stop(), []);
        let (_, actions) = start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
        assert_eq!(actions[0], connect(BackendKind::Cpu), "the next run has a new worker");
    }

    #[test]
    fn a_stop_that_is_answered_is_not_forced() {
        let mut supervisor = on_cpu();
        supervisor.stop();
        assert_eq!(supervisor.hear(1, Event::Stopped), [Action::Deliver(Event::Stopped)]);
        assert_eq!(supervisor.stop_timed_out(1), []);
        start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
        assert_eq!(supervisor.stop_timed_out(1), [], "the next run goes on");
        assert_eq!(supervisor.stop(), [stop(2), Action::StartStopTimer { run_id: 2 }], "it can be stopped, too");
    }

    #[test]
    fn a_stop_during_the_start_follows_the_command() {
        let mut supervisor = Supervisor::default();
        supervisor.start(Request::Measure(recipe(DeviceChoice::Cpu)));
        assert_eq!(supervisor.stop(), [Action::StartStopTimer { run_id: 1 }], "there is no worker yet");
        let actions = supervisor.device_chosen(1, BackendKind::Cpu, String::new());
        assert_eq!(actions, [connect(BackendKind::Cpu), measure(1, DeviceChoice::Cpu, ""), stop(1)]);
        // The same for a run that falls back while it is stopping.
        let mut supervisor = on_gpu(DeviceChoice::Auto);
        supervisor.stop();
        assert_eq!(supervisor.hear(1, failed(FailureKind::Device)).last(), Some(&stop(1)));
    }

    #[test]
    fn a_stop_that_times_out_during_the_start_ends_the_run() {
        let mut supervisor = Supervisor::default();
        supervisor.start(Request::Measure(recipe(DeviceChoice::Auto)));
        supervisor.stop();
        assert_eq!(supervisor.stop_timed_out(1), [Action::Disconnect, Action::Deliver(Event::Stopped)]);
        assert_eq!(supervisor.device_chosen(1, BackendKind::Cpu, String::new()), []);
    }

    #[test]
    fn wishes_go_to_the_current_run() {
        let pause = |run_id| Command::Pause { run_id };
        assert_eq!(Supervisor::default().tell(pause), []);
        let mut supervisor = on_cpu();
        assert_eq!(supervisor.tell(pause), [Action::Send(pause(1))]);
        supervisor.hear(1, Event::Stopped);
        assert_eq!(supervisor.tell(pause), []);
    }

    #[test]
    fn a_broken_worker_is_replaced_at_the_next_start() {
        for kind in [FailureKind::Internal, FailureKind::Device, FailureKind::Worker] {
            let mut supervisor = on_cpu();
            assert_eq!(supervisor.hear(1, failed(kind)), [Action::Disconnect, Action::Deliver(failed(kind))]);
            let (_, actions) = start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
            assert_eq!(actions, [connect(BackendKind::Cpu), measure(2, DeviceChoice::Cpu, "Because.")]);
        }
        for kind in [FailureKind::Data, FailureKind::Recipe, FailureKind::Diverged] {
            let mut supervisor = on_cpu();
            assert_eq!(supervisor.hear(1, failed(kind)), [Action::Deliver(failed(kind))]);
            let (_, actions) = start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
            assert_eq!(actions, [measure(2, DeviceChoice::Cpu, "Because.")], "the worker works");
        }
    }

    #[test]
    fn a_worker_that_fails_ends_the_run_with_a_sentence() {
        let mut supervisor = on_cpu();
        let actions = supervisor.worker_failed("its code could not be loaded.");
        let message = "The trainer’s worker failed: its code could not be loaded. Press Train to start a new worker; if \
                       that fails too, reload the page.";
        let failure = Failure::new(FailureKind::Internal, message);
        assert_eq!(actions, [Action::Disconnect, Action::Deliver(Event::Failed(failure))]);
        assert_eq!(supervisor.worker_failed("it crashed"), [Action::Disconnect], "no run is current");
        let (_, actions) = start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
        assert_eq!(actions[0], connect(BackendKind::Cpu));
    }
}
