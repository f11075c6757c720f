//! Each transition of the supervisor.

use super::*;
use crate::trainer::page::request::Training;
use crate::trainer::page::watchdog::LOOK_EVERY;
use crate::trainer::recipe::Recipe;
use crate::trainer::run::backend::Backend;
use crate::trainer::run::job::Job;
use crate::trainer::run::protocol::Begin;
use crate::trainer::run::record::RunKey;

fn recipe(device: DeviceChoice) -> Recipe {
    Recipe { device, ..Recipe::quick() }
}

fn training(begin: Begin) -> Request {
    Request::Train(Training { key: RunKey(5), begin, batch_size: 64, on_cpu: None })
}

/// A supervisor with run 1, a training, under way in the worker for WebGPU, which was chosen for this choice.
fn training_on_gpu(choice: DeviceChoice) -> Supervisor {
    let mut supervisor = Supervisor::default();
    supervisor.start(training(Begin::New(recipe(choice))));
    supervisor.device_chosen(1, BackendKind::WebGpu, String::new());
    supervisor
}

/// The actions that begin run 1, a training, again on the CPU.
fn again_on_cpu(why: &str) -> [Action; 3] {
    let (key, begin, why) = (RunKey(5), Begin::New(recipe(DeviceChoice::Auto)), why.to_owned());
    let command = Command::Train { run_id: 1, key, begin, why };
    [Action::Disconnect, connect(BackendKind::Cpu), Action::Send(command)]
}

/// The actions that end the worker and tell the page of a failure.
fn ends_with(kind: FailureKind, message: &str) -> [Action; 2] {
    [Action::Disconnect, Action::Deliver(Event::Failed(Failure::new(kind, message)))]
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
        (training(Begin::New(recipe(DeviceChoice::Cpu))), DeviceChoice::Cpu, true),
        (training(resumed), DeviceChoice::WebGpu, true),
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
    let actions = supervisor.hear(2, failed(FailureKind::Device));
    let message = "It does not work. Choose Auto or the CPU as the device.";
    assert_eq!(actions, ends_with(FailureKind::Device, message), "only the first run could have fallen back");
}

#[test]
fn a_browser_that_does_not_name_its_adapter_trains_on_the_cpu() {
    let mut supervisor = Supervisor::default();
    supervisor.start(Request::Measure(recipe(DeviceChoice::Auto)));
    let why = "Auto chose the CPU: the browser does not say which GPU there is.";
    let begins = [connect(BackendKind::Cpu), measure(1, DeviceChoice::Auto, why)];
    assert_eq!(supervisor.choice_timed_out(1), begins);
    assert_eq!(supervisor.device_chosen(1, BackendKind::WebGpu, String::new()), [], "the answer comes too late");
    let mut supervisor = on_gpu(DeviceChoice::Auto);
    assert_eq!(supervisor.choice_timed_out(1), [], "the answer has come");
}

#[test]
fn a_run_that_is_to_go_on_with_the_cpu_says_why() {
    let mut supervisor = Supervisor::default();
    let begin = Begin::New(recipe(DeviceChoice::WebGpu));
    let why = "The card was lost.".to_owned();
    let on_cpu = Training { key: RunKey(5), begin: begin.clone(), batch_size: 64, on_cpu: Some(why.clone()) };
    let (_, actions) = supervisor.start(Request::Train(on_cpu));
    assert_eq!(actions, [Action::ChooseDevice { run_id: 1, choice: DeviceChoice::Cpu }]);
    let actions = supervisor.device_chosen(1, BackendKind::Cpu, "You chose the CPU.".to_owned());
    assert_eq!(actions[1], Action::Send(Command::Train { run_id: 1, key: RunKey(5), begin, why }));
}

#[test]
fn auto_falls_back_to_the_cpu_before_the_device_is_ready() {
    let mut supervisor = on_gpu(DeviceChoice::Auto);
    let actions = supervisor.hear(1, failed(FailureKind::Device));
    let command = measure(1, DeviceChoice::Auto, "Auto chose the CPU. It does not work.");
    assert_eq!(actions, [Action::Disconnect, connect(BackendKind::Cpu), command]);
    // The CPU has nothing to fall back to.
    let crash = failed(FailureKind::Internal);
    assert_eq!(supervisor.hear(1, crash.clone()), [Action::Disconnect, Action::Deliver(crash)]);
}

#[test]
fn auto_falls_back_to_the_cpu_when_the_worker_for_the_gpu_fails() {
    for reason in ["its code could not be loaded", "it panicked: a bug (a.rs:1)\nmore", "it no longer answers"] {
        let why = format!(
            "Auto chose the CPU. The worker for the GPU failed: {}.",
            reason.lines().next().unwrap_or_default()
        );
        let mut supervisor = training_on_gpu(DeviceChoice::Auto);
        assert_eq!(supervisor.worker_failed(reason), again_on_cpu(&why));
        let ended = supervisor.worker_failed("it crashed");
        assert!(matches!(&ended[..], [Action::Disconnect, Action::Deliver(Event::Failed(_))]), "{ended:?}");
    }
    let mut supervisor = training_on_gpu(DeviceChoice::Auto);
    let why = "Auto chose the CPU. It does not work.";
    assert_eq!(supervisor.hear(1, failed(FailureKind::Internal)), again_on_cpu(why), "it reported the bug itself");
}

#[test]
fn a_measurement_begins_again_on_the_cpu_even_in_the_middle() {
    let mut supervisor = on_gpu(DeviceChoice::Auto);
    supervisor.hear(1, ready());
    let actions = supervisor.hear(1, failed(FailureKind::Device));
    assert_eq!(actions[2], measure(1, DeviceChoice::Auto, "Auto chose the CPU. It does not work."));
}

#[test]
fn a_broken_worker_for_the_gpu_counts_as_a_lost_device() {
    // Then the page offers to go on with the CPU.
    let mut chosen = training_on_gpu(DeviceChoice::WebGpu);
    let ends = ends_with(FailureKind::Device, "It does not work.");
    assert_eq!(chosen.hear(1, failed(FailureKind::Internal)), ends);
    let mut late = training_on_gpu(DeviceChoice::Auto);
    late.hear(1, ready());
    let actions = late.worker_failed("it crashed");
    let [Action::Disconnect, Action::Deliver(Event::Failed(failure))] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(failure.kind, FailureKind::Device);
}

#[test]
fn a_worker_that_closes_silently_is_asked_and_then_ended() {
    let mut supervisor = on_cpu();
    assert_eq!(supervisor.hear(1, ready()), [Action::Deliver(ready())]);
    let mut looks = (0..).map(|look| f64::from(look) * LOOK_EVERY);
    let actions: Vec<Action> = looks.by_ref().take(13).flat_map(|now| supervisor.look(now, false)).collect();
    let message = "The trainer’s worker failed: it no longer answers. Press Train to start a new worker; if that fails \
                   too, reload the page.";
    let [disconnect, deliver] = ends_with(FailureKind::Internal, message);
    assert_eq!(actions, [Action::Ask, disconnect, deliver]);
    assert!(looks.take(100).all(|now| supervisor.look(now, false).is_empty()), "there is no worker to look at");
}

#[test]
fn slow_parts_of_a_run_are_not_taken_for_a_lost_worker() {
    let looks = |supervisor: &mut Supervisor, from: u32, seconds: f64, answers: bool| {
        let mut actions = Vec::new();
        for look in from..from + (seconds / LOOK_EVERY) as u32 {
            for action in supervisor.look(f64::from(look) * LOOK_EVERY, false) {
                if answers && action == Action::Ask {
                    supervisor.hear_sign();
                } else {
                    actions.push(action);
                }
            }
        }
        actions
    };
    let mut supervisor = on_cpu();
    // The data on a slow line, a large database, a graphics adapter at work: the worker waits, so it can answer.
    assert_eq!(looks(&mut supervisor, 0, 250.0, true), []);
    supervisor.hear(1, ready());
    assert_eq!(looks(&mut supervisor, 100, 3600.0, true), []);
    // The first step: the worker is busy.
    assert_eq!(looks(&mut supervisor, 1000, 55.0, false), [Action::Ask]);
    let steps =
        Event::Steps { epoch: 1, step: 1, losses: vec![2.0], seconds: 1.0, images_per_second: 1.0, seconds_left: None };
    (0..9).for_each(|_| drop(supervisor.hear(1, steps.clone())));
    // The first images of a test, after many short steps.
    supervisor.hear(1, Event::Evaluating { done: 0, of: 10_000 });
    assert_eq!(looks(&mut supervisor, 2000, 55.0, false), [Action::Ask]);
}

#[test]
fn a_worker_that_answers_or_has_nothing_to_do_is_left_alone() {
    let mut supervisor = on_cpu();
    supervisor.hear(1, Event::Paused);
    let looks = |from: u32| (from..from + 100).map(|look| f64::from(look) * LOOK_EVERY);
    for now in looks(0) {
        for action in supervisor.look(now, false) {
            assert_eq!(action, Action::Ask);
            supervisor.hear_sign();
        }
    }
    supervisor.hear(1, Event::Stopped);
    assert!(looks(100).all(|now| supervisor.look(now, false).is_empty()));
    // A page in the background hears too little to judge.
    start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
    assert!(looks(200).all(|now| supervisor.look(now, true).is_empty()));
}

#[test]
fn a_worker_without_memory_says_how_much_it_needs() {
    // What Chromium, Firefox and Safari say.
    for words in [
        "Uncaught RuntimeError: unreachable",
        "RuntimeError: unreachable executed",
        "RuntimeError: Unreachable code should not be executed (evaluating 'wasm.__wasm_bindgen()')",
    ] {
        let mut supervisor = Supervisor::default();
        supervisor.start(Request::Measure(Recipe { batch_size: 4096, ..recipe(DeviceChoice::Cpu) }));
        supervisor.device_chosen(1, BackendKind::Cpu, String::new());
        let message = "The trainer’s worker failed: it was given no more memory. Batches of 4,096 images take about \
                       1.8 GB. Choose a smaller batch size, for example 1,024.";
        assert_eq!(supervisor.worker_failed(words), ends_with(FailureKind::Internal, message));
    }
}

#[test]
fn nothing_else_falls_back() {
    let lost = failed(FailureKind::Device);
    let ends = [Action::Disconnect, Action::Deliver(lost.clone())];
    let mut late = training_on_gpu(DeviceChoice::Auto);
    assert_eq!(late.hear(1, ready()), [Action::Deliver(ready())]);
    assert_eq!(late.hear(1, lost.clone()), ends, "the device was ready");
    assert_eq!(training_on_gpu(DeviceChoice::WebGpu).hear(1, lost.clone()), ends, "the user chose WebGPU");
    let data = failed(FailureKind::Data);
    let actions = on_gpu(DeviceChoice::Auto).hear(1, data.clone());
    assert_eq!(actions, [Action::Deliver(data)], "the device did not fail");
}

#[test]
fn a_stop_is_sent_once_and_forced_if_nobody_answers() {
    let mut supervisor = on_cpu();
    assert_eq!(supervisor.stop(), [stop(1), Action::StartStopTimer { run_id: 1, seconds: 1.0 }]);
    assert_eq!(supervisor.stop(), [], "it is stopping already");
    assert_eq!(supervisor.stop_timed_out(1), [Action::Disconnect, Action::Deliver(Event::Stopped)]);
    assert_eq!(supervisor.hear(1, Event::Stopped), [], "the run has ended");
    assert_eq!(supervisor.stop(), []);
    let (_, actions) = start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
    assert_eq!(actions[0], connect(BackendKind::Cpu), "the next run has a new worker");
}

#[test]
fn a_stop_waits_for_a_slow_step() {
    let patience = |images_per_second| {
        let mut supervisor = on_cpu();
        let (epoch, step, seconds) = (1, 1, 3.0);
        supervisor
            .hear(1, Event::Steps { epoch, step, losses: vec![2.0], seconds, images_per_second, seconds_left: None });
        match supervisor.stop().pop() {
            Some(Action::StartStopTimer { seconds, .. }) => seconds,
            other => panic!("{other:?}"),
        }
    };
    let batch_size = f64::from(recipe(DeviceChoice::Cpu).batch_size);
    assert_eq!(patience(0.0), 1.0);
    assert_eq!(patience(batch_size / 3.0), 7.0, "a step takes three seconds");
    assert_eq!(patience(batch_size / 60.0), 10.0, "nobody waits for a minute");
}

#[test]
fn a_stop_that_is_answered_is_not_forced() {
    let mut supervisor = on_cpu();
    supervisor.stop();
    assert_eq!(supervisor.hear(1, Event::Stopped), [Action::Deliver(Event::Stopped)]);
    assert_eq!(supervisor.stop_timed_out(1), []);
    start(&mut supervisor, DeviceChoice::Cpu, BackendKind::Cpu);
    assert_eq!(supervisor.stop_timed_out(1), [], "the next run goes on");
    assert_eq!(
        supervisor.stop(),
        [stop(2), Action::StartStopTimer { run_id: 2, seconds: 1.0 }],
        "it can be stopped, too"
    );
}

#[test]
fn a_stop_during_the_start_follows_the_command() {
    let mut supervisor = Supervisor::default();
    supervisor.start(Request::Measure(recipe(DeviceChoice::Cpu)));
    assert_eq!(supervisor.stop(), [Action::StartStopTimer { run_id: 1, seconds: 1.0 }], "there is no worker yet");
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
