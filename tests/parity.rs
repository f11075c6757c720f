//! The net on Burn's CPU backend against the same net in PyTorch.

mod common;

use std::path::Path;

use common::{Collector, run};
use gradsheet::mnist::CLASSES;
use gradsheet::trainer::check::{self, REFERENCE, Reference};
use gradsheet::trainer::device::OpenDevice;
use gradsheet::trainer::model::{Batch, Descent, Dropout, Net, cross_entropy};
use gradsheet::trainer::protocol::Event;
use gradsheet::trainer::weights::{Weights, largest_difference};
use safetensors::SafeTensors;

const DESCENT: Descent = Descent { learning_rate: 0.01, momentum: 0.9 };

fn file() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(REFERENCE)).expect("the reference is there")
}

struct Setting {
    reference: Reference,
    net: Net,
    batch: Batch,
}

fn setting() -> Setting {
    let reference = Reference::parse(&file()).expect("the reference parses");
    let device = OpenDevice::cpu("").device;
    let net = Net::from_weights(&reference.settled, &device).expect("the weights fit");
    let batch = Batch::from_pixels(reference.pixels.clone(), &reference.labels, &device);
    Setting { reference, net, batch }
}

/// Arrays of the reference by their prefix.
fn weights(prefix: &str) -> Weights {
    let file = file();
    let file = SafeTensors::deserialize(&file).expect("the reference parses");
    let weights = Weights::from_safetensors(&file, prefix).expect("32-bit numbers");
    assert!(!weights.0.is_empty(), "{prefix}");
    weights
}

fn numbers(prefix: &str, name: &str) -> Vec<f32> {
    weights(prefix).0.remove(name).expect("the array is there").values
}

fn assert_close(what: &str, difference: f64, tolerance: f64) {
    println!("{what}: {difference:.2e}");
    assert!(difference <= tolerance, "{what}: {difference} is above {tolerance}");
}

#[test]
fn the_net_has_18_738_trainable_parameters() {
    assert_eq!(setting().net.trainable_parameters(), 18_738);
}

#[test]
fn weights_come_back_as_they_went_in() {
    let Setting { reference, net, .. } = setting();
    assert_eq!(run(net.weights()).expect("a read"), reference.settled);
}

#[test]
fn the_check_passes_on_the_cpu() {
    let reference = Reference::parse(&file()).expect("the reference parses");
    let mut host = Collector::new();
    run(check::run(&reference, &OpenDevice::cpu("because"), &mut host));
    assert!(matches!(&host.events[0], Event::Ready { why, .. } if why == "because"));
    assert_close("losses", largest_difference(&host.losses(), &reference.losses), 2e-3);
    let Some(Event::Checked(report)) = host.events.last() else { panic!("{:?}", host.events.last()) };
    println!("{report:?}");
    assert!(report.passes(), "{report:?}");
}

#[test]
fn the_check_fails_for_a_wrong_net() {
    let mut reference = Reference::parse(&file()).expect("the reference parses");
    reference.settled.0.get_mut("bn3.bias").expect("it is there").values[0] += 0.01;
    let mut host = Collector::new();
    run(check::run(&reference, &OpenDevice::cpu(""), &mut host));
    let Some(Event::Checked(report)) = host.events.last() else { panic!("{:?}", host.events.last()) };
    assert!(!report.passes(), "{report:?}");
}

#[test]
fn the_check_stops_when_asked() {
    let reference = Reference::parse(&file()).expect("the reference parses");
    let mut host = Collector { breaths_left: Some(1), ..Collector::new() };
    run(check::run(&reference, &OpenDevice::cpu(""), &mut host));
    assert_eq!(host.events.last(), Some(&Event::Stopped));
    assert_eq!(host.losses().len(), 2);
}

#[test]
fn a_damaged_reference_is_named() {
    let message = Reference::parse(&file()[..1000]).expect_err("cut off").to_string();
    assert!(message.starts_with("assets/check/reference.safetensors is damaged: "), "{message}");
}

#[test]
fn step_one_matches_in_every_part() {
    let Setting { reference, mut net, batch } = setting();
    let logits = net.infer_logits(&batch).into_data().try_to_vec::<f32>().expect("numbers");
    assert_close("logits in use, before training", largest_difference(&logits, &numbers("eval0/", "logits")), 1e-5);

    let loss = net.step(&batch, &DESCENT, &mut Dropout::Off).into_data().try_to_vec::<f32>().expect("a number");
    assert_close("loss", largest_difference(&loss, &reference.losses[..1]), 2e-6);
    let after = run(net.weights()).expect("a read");
    assert_close("running statistics", after.distance(&weights("step1/bn/")).expect("same names"), 5e-6);
    assert_close("weights", after.distance(&weights("step1/weights_after/")).expect("same names"), 5e-6);
}

#[test]
fn ten_steps_stay_close() {
    let Setting { mut net, batch, .. } = setting();
    for _ in 0..10 {
        net.step(&batch, &DESCENT, &mut Dropout::Off);
    }
    let after = run(net.weights()).expect("a read");
    assert_close("weights", after.distance(&weights("step10/weights_after/")).expect("same names"), 2e-3);
    let logits = net.infer_logits(&batch).into_data().try_to_vec::<f32>().expect("numbers");
    assert_close("logits in use", largest_difference(&logits, &numbers("step10/", "eval_logits")), 5e-3);
}

#[test]
fn dropout_changes_a_step_and_its_gradients_only_while_training() {
    let Setting { mut net, batch, .. } = setting();
    let plain = net.infer_logits(&batch).into_data();
    let mut dropout = Dropout::on_host(1);
    let first = net.learn_logits(&batch, &mut dropout);
    let second = net.learn_logits(&batch, &mut dropout);
    let loss = cross_entropy(first.clone(), &batch);
    assert_eq!(first.dims(), [128, CLASSES]);
    assert_ne!(first.into_data(), second.into_data(), "every step drops others");
    let gradients = run(net.gradients(&loss.backward())).expect("a read");
    assert_eq!(gradients.0.len(), 26, "every trained tensor has a gradient");
    // Twice the running statistics moved, but nothing is dropped in use.
    let Setting { net: fresh, .. } = setting();
    assert_eq!(fresh.infer_logits(&batch).into_data(), plain);
}
