//! The layout of every message between the page and the trainer's worker, as `tests/fixtures/trainer/wire.json`.
//!
//! The browser tests have a worker of their own and read what real workers post, both in TypeScript. They take
//! positions of variants and orders of fields from this fixture, so that only Rust decides on them. After a change of
//! the protocol, write the fixture anew:
//!
//! ```text
//! GRADSHEET_WRITE_FIXTURES=1 cargo test --test wire_fixture
//! ```

mod wire_layout;

use std::path::Path;

use gradsheet::trainer::recipe::plan::{Change, Plan};
use gradsheet::trainer::recipe::schedule::Schedule;
use gradsheet::trainer::recipe::{Betas, DeviceChoice, Optimizer, Recipe};
use gradsheet::trainer::run::backend::{Backend, BackendKind};
use gradsheet::trainer::run::epoch::EpochResult;
use gradsheet::trainer::run::failure::{Failure, FailureKind};
use gradsheet::trainer::run::guess::Guess;
use gradsheet::trainer::run::job::{Answer, Data, Job, Tested};
use gradsheet::trainer::run::protocol::{Begin, Command, Event, Message, Stamped};
use gradsheet::trainer::run::record::{End, Happening, Note, RunKey, RunRecord};
use gradsheet::trainer::run::reports::{CheckReport, Preflight};
use gradsheet::wire::encode;
use serde::Serialize;
use serde_json::{Value, json};

use wire_layout::Layouts;

const FIXTURE: &str = "tests/fixtures/trainer/wire.json";

fn text(text: &str) -> String {
    text.to_owned()
}

fn recipes() -> Vec<Recipe> {
    let sgd = Optimizer::Sgd { momentum: 0.9, nesterov: true };
    let optimizers = [sgd, Optimizer::Adam(Betas::default()), Optimizer::AdamW(Betas::default()), sgd];
    let schedules = [
        Schedule::Constant,
        Schedule::Step { epochs: 5, factor: 0.5 },
        Schedule::Cosine,
        Schedule::OneCycle { warm_up: 0.25 },
    ];
    let devices = [DeviceChoice::Auto, DeviceChoice::WebGpu, DeviceChoice::Cpu, DeviceChoice::Burn];
    let choices = devices.into_iter().zip(optimizers).zip(schedules);
    choices.map(|((device, optimizer), schedule)| Recipe { device, optimizer, schedule, ..Recipe::best() }).collect()
}

fn commands() -> Vec<Command> {
    let (run_id, key, why) = (200, RunKey(1 << 52), text("You chose the CPU."));
    let [rate, _] = changes();
    let checkpoint = Begin::Checkpoint {
        bytes: Some(vec![1, 200]),
        device: DeviceChoice::Cpu,
        change: Some(rate),
        note: Some(text("It was lost.")),
    };
    let weights = Begin::Weights { recipe: Recipe::quick(), file: text("a.safetensors"), bytes: vec![7] };
    let jobs = [
        Job::Export { key, checkpoint: Some(vec![1]) },
        Job::Test { file: text("a.safetensors"), bytes: vec![7] },
        Job::Look,
    ];
    let begins = recipes().into_iter().map(Begin::New).chain([weights, checkpoint]);
    let train = begins.map(|begin| Command::Train { run_id, key, begin, why: why.clone() });
    let others = [
        Command::Pause { run_id },
        Command::Resume { run_id },
        Command::SetRate { run_id, learning_rate: 0.005 },
        Command::Stop { run_id },
        Command::Check { run_id, device: DeviceChoice::Cpu, why: why.clone() },
        Command::Preflight { run_id, recipe: Recipe::classic(), why: why.clone() },
    ];
    train.chain(others).chain(jobs.map(|job| Command::Job { run_id, job })).collect()
}

fn changes() -> [Change; 2] {
    [Change::Rate { step: 300, learning_rate: 0.005 }, Change::Extend { epochs: 2, learning_rate: 0.001 }]
}

fn backends() -> [Backend; 2] {
    [BackendKind::Cpu, BackendKind::WebGpu].map(|kind| Backend { kind, name: text("CPU (SIMD, 3 workers)") })
}

fn failures() -> [FailureKind; 6] {
    [
        FailureKind::Data,
        FailureKind::Device,
        FailureKind::Recipe,
        FailureKind::Diverged,
        FailureKind::Internal,
        FailureKind::Worker,
    ]
}

fn epoch() -> EpochResult {
    EpochResult {
        epoch: 1,
        learning_rate: 0.01,
        train_loss: 0.3,
        train_accuracy: 0.9,
        test_loss: 0.0673,
        test_accuracy: 0.9805,
        correct: 9805,
        of: 10_000,
        seconds: 19.0,
    }
}

fn record() -> RunRecord {
    let [rate, extend] = changes();
    let [backend, _] = backends();
    let mut record = RunRecord::new(RunKey(1 << 52), Plan::from(Recipe::quick()), text("MNIST"));
    record.plan.changes = vec![rate, extend];
    record.losses = vec![2.25, 0.5];
    record.epochs = vec![epoch()];
    record.backend = Some(backend);
    let happenings = [
        Happening::Device(text("CPU"), text("You chose the CPU.")),
        Happening::Resumed,
        Happening::Changed(rate),
        Happening::Ended(text("The run was stopped.")),
        Happening::Weights(text("a.safetensors")),
        Happening::Shared(2),
        Happening::Sampled(487, 500),
    ];
    record.notes = happenings.map(|what| Note { step: 1, what }).to_vec();
    record.end = Some(End::Finished);
    record
}

fn events() -> Vec<Event> {
    let [cpu, webgpu] = backends();
    let why = text("You chose the CPU.");
    let measured =
        Preflight { backend: cpu.clone(), why: why.clone(), ms_per_step: 14.5, first_step_ms: 320.0, seconds: 754.0 };
    let checked =
        CheckReport { backend: webgpu.clone(), logits: 1e-6, gradients: 2e-6, loss_after_10: 1e-4, ms_per_step: 9.5 };
    let tested = Tested { file: text("a"), data: text("MNIST"), loss: 0.5, correct: 99, of: 100, steps: 469 };
    let data = Data {
        name: text("own"),
        train_file: text("a"),
        train: 600,
        test_file: text("b"),
        test: 100,
        notes: vec![text("c")],
    };
    let refused = Answer::Refused { reason: text("No."), differences: vec![text("One layer is missing.")] };
    let answers = [
        Answer::Exported { file: text("a.safetensors"), bytes: vec![7, 200] },
        Answer::Tested(tested),
        Answer::Looked(data),
        refused,
    ];
    let ended = [End::Finished, End::Stopped, End::Failed(FailureKind::Data)];
    let mut events = vec![
        Event::Data { loaded: 1000, total: 1 << 33 },
        Event::Ready { backend: cpu.clone(), why: why.clone() },
        Event::Ready { backend: webgpu, why },
        Event::Steps {
            epoch: 1,
            step: 2,
            losses: vec![2.25, 0.5],
            seconds: 0.25,
            images_per_second: 5120.0,
            seconds_left: Some(60.0),
        },
        Event::Evaluating { done: 3000, of: 10_000 },
        Event::Epoch(epoch()),
        Event::Paused,
        Event::Resumed,
        Event::Saved { step: 5 },
        Event::Unsaved { reason: text("The disk is full."), checkpoint: vec![1, 200] },
        Event::Measured(measured),
        Event::Finished { seconds: 65.5 },
        Event::Stopped,
        Event::Checked(checked),
        Event::Shared { workers: 3 },
        Event::Opening(BackendKind::WebGpu),
        Event::Sampled { correct: 487, of: 500 },
        Event::Showing { showcase: vec![7, 200] },
        Event::Guessed { guesses: vec![Guess { digit: 9, certainty: 0.5, of_label: 0.25 }], values: vec![0.5, -2.0] },
    ];
    events.extend(changes().map(Event::Changed));
    events.extend(answers.map(Event::Answered));
    events.extend(failures().map(|kind| Event::Failed(Failure::new(kind, "The device was lost."))));
    events.extend(ended.map(|end| Event::Restored(Box::new(RunRecord { end: Some(end), ..record() }))));
    events
}

/// Records the layout of a value's types, and returns the value as JSON with the bytes that Rust writes for it.
fn example<T: Serialize>(layouts: &mut Layouts, type_name: &str, value: &T) -> Value {
    layouts.add(value);
    let bytes = encode(value).expect("plain data");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "type": type_name, "value": serde_json::to_value(value).expect("plain data"), "bytes": hex })
}

#[test]
fn the_fixture_has_the_layout_of_every_message() {
    let mut layouts = Layouts::default();
    let mut examples = Vec::new();
    let messages = events().into_iter().map(|event| Message::Run(Stamped { run_id: 200, event }));
    for message in messages {
        examples.push(example(&mut layouts, "Message", &message));
    }
    for command in commands() {
        examples.push(example(&mut layouts, "Command", &command));
    }
    layouts.check_positions();
    let enums = layouts.into_json();
    // A new variant at the end of an enum needs an example, and changes these numbers.
    for (name, variants) in [("Command", 8), ("Event", 22), ("FailureKind", 6), ("Happening", 7), ("Optimizer", 3)] {
        assert_eq!(enums[name].as_object().map(serde_json::Map::len), Some(variants), "{name}: give each an example");
    }
    let enums = enums.as_object().expect("a map of enums");
    let enums: Vec<String> = enums.iter().map(|(name, variants)| format!("\"{name}\": {variants}")).collect();
    let examples: Vec<String> = examples.iter().map(Value::to_string).collect();
    let (enums, examples) = (enums.join(",\n"), examples.join(",\n"));
    // One line for each enum and each example, so that a difference is easy to read.
    let fixture = format!("{{\n\"enums\": {{\n{enums}\n}},\n\"examples\": [\n{examples}\n]\n}}\n");

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FIXTURE);
    if std::env::var_os("GRADSHEET_WRITE_FIXTURES").is_some() {
        std::fs::write(&path, &fixture).expect("the fixture can be written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    let advice = "is stale; write it anew: GRADSHEET_WRITE_FIXTURES=1 cargo test --test wire_fixture";
    assert!(stored == fixture, "{FIXTURE} {advice}");
}
