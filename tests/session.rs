//! The training loop: what it tells its host, that it learns, stops, fails in words, and repeats itself bit for bit.

mod common;

use common::{Collector, run, small_data};
use gradsheet::mnist::{Dataset, FILES};
use gradsheet::trainer::device::OpenDevice;
use gradsheet::trainer::protocol::{EpochResult, Event, FailureKind};
use gradsheet::trainer::recipe::{DeviceChoice, Recipe};
use gradsheet::trainer::session;
use gradsheet::wire::{decode, encode};

fn recipe() -> Recipe {
    Recipe { device: DeviceChoice::Cpu, epochs: 2, batch_size: 8, images: 20, ..Recipe::classic() }
}

fn train(recipe: &Recipe, data: &Dataset) -> Collector {
    let mut host = Collector::new();
    run(session::run(recipe, data, &OpenDevice::cpu("because"), &mut host));
    host
}

fn epochs(host: &Collector) -> Vec<&EpochResult> {
    let results = host.events.iter().filter_map(|event| match event {
        Event::Epoch(result) => Some(result),
        _ => None,
    });
    results.collect()
}

fn failure(host: &Collector) -> (FailureKind, &str) {
    match host.events.last() {
        Some(Event::Failed(failure)) => (failure.kind, &failure.message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn events_come_in_the_order_of_the_protocol() {
    let host = train(&recipe(), &small_data(20, 10));
    let mut kinds: Vec<&str> = host
        .events
        .iter()
        .map(|event| match event {
            Event::Ready { .. } => "ready",
            Event::Steps { .. } => "steps",
            Event::Evaluating { .. } => "evaluating",
            Event::Epoch(_) => "epoch",
            Event::Finished { .. } => "finished",
            other => panic!("{other:?}"),
        })
        .collect();
    kinds.dedup();
    assert_eq!(kinds, ["ready", "steps", "evaluating", "epoch", "steps", "evaluating", "epoch", "finished"]);
    assert!(matches!(&host.events[0], Event::Ready { why, .. } if why == "because"));

    // 20 images in batches of 8 are three steps, the last of 4 images.
    assert_eq!(host.losses().len(), 6);
    let last_steps = host.events.iter().rev().find_map(|event| match event {
        Event::Steps { epoch, step, .. } => Some((*epoch, *step)),
        _ => None,
    });
    assert_eq!(last_steps, Some((2, 6)));

    let first = epochs(&host)[0];
    let mean = host.losses()[..3].iter().map(|loss| f64::from(*loss)).sum::<f64>() / 3.0;
    assert_eq!(first.train_loss, mean);
    assert_eq!((first.epoch, first.of), (1, 10));
    assert_eq!(first.test_accuracy, f64::from(first.correct) / 10.0);
}

#[test]
fn a_run_repeats_itself_bit_for_bit() {
    let data = small_data(20, 10);
    // Another run at the same time must not disturb it: nothing of a run is drawn from a generator that is shared.
    let other = std::thread::spawn(|| train(&recipe(), &small_data(20, 10)));
    let first = train(&recipe(), &data);
    let bits = |host: &Collector| -> (Vec<u32>, Vec<[u64; 3]>) {
        (
            host.losses().iter().map(|loss| loss.to_bits()).collect(),
            epochs(host).iter().map(|e| [e.train_loss, e.test_loss, e.test_accuracy].map(f64::to_bits)).collect(),
        )
    };
    assert_eq!(bits(&first), bits(&train(&recipe(), &data)));
    assert_eq!(bits(&first), bits(&other.join().expect("the other run ends")));
    assert_ne!(bits(&first), bits(&train(&Recipe { seed: 2, ..recipe() }, &data)), "another seed, another run");
}

#[test]
fn it_learns_bars() {
    let host = train(&Recipe { epochs: 4, images: 100, ..recipe() }, &small_data(100, 50));
    let last = *epochs(&host).last().expect("four epochs");
    assert!(last.test_accuracy > 0.9, "{last:?}");
    let losses = host.losses();
    assert!(losses[losses.len() - 1] < losses[0] / 2.0, "{losses:?}");
}

#[test]
fn a_last_batch_of_one_image_is_harmless() {
    let host = train(&Recipe { images: 17, epochs: 1, ..recipe() }, &small_data(17, 10));
    assert_eq!(host.losses().len(), 3);
    assert!(matches!(host.events.last(), Some(Event::Finished { .. })), "{:?}", host.events.last());
}

#[test]
fn a_stop_takes_effect_after_the_step() {
    let mut host = Collector { breaths_left: Some(1), ..Collector::new() };
    run(session::run(&recipe(), &small_data(20, 10), &OpenDevice::cpu(""), &mut host));
    assert_eq!(host.events.last(), Some(&Event::Stopped));
    assert!(host.losses().len() <= 2);
    assert!(epochs(&host).is_empty());
}

#[test]
fn a_recipe_out_of_range_is_refused_before_anything_else() {
    let host = train(&Recipe { epochs: 0, momentum: 1.0, ..recipe() }, &small_data(20, 10));
    assert_eq!(host.events.len(), 1);
    assert_eq!(
        failure(&host),
        (FailureKind::Recipe, "Epochs: a whole number from 1 to 1,000. Momentum: a number from 0 to below 1.")
    );
    let host = train(&Recipe { images: 30, ..recipe() }, &small_data(20, 10));
    assert_eq!(
        failure(&host),
        (FailureKind::Recipe, "Training images: the data set has 20, but the recipe asks for 30.")
    );
}

#[test]
fn a_run_that_diverges_says_so_and_its_events_still_travel() {
    let host = train(&Recipe { epochs: 20, learning_rate: 10.0, momentum: 0.99, ..recipe() }, &small_data(20, 10));
    let (kind, message) = failure(&host);
    assert_eq!(kind, FailureKind::Diverged);
    assert!(message.starts_with("The loss is no longer a finite number "), "{message}");
    assert!(message.ends_with("Try a learning rate below 10."), "{message}");
    for event in &host.events {
        let bytes = encode(event).expect("an event is plain data");
        decode::<Event>(&bytes).expect("it comes back");
    }
}

#[test]
fn the_first_losses_on_real_images_stay_what_they_are() {
    let files = FILES.map(|file| {
        std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/mnist").join(file)).expect(file)
    });
    let mut data = Dataset::parse(std::array::from_fn(|i| (FILES[i], &files[i][..]))).expect("the assets parse");
    data.test = small_data(1, 10).test;
    let host = train(&Recipe { epochs: 1, images: 640, batch_size: 32, ..recipe() }, &data);
    let losses = host.losses();
    // Chance is ln 10 = 2.30; twenty steps bring it well below.
    assert!((losses[0] - 2.30).abs() < 0.15, "{losses:?}");
    assert!(losses[15..].iter().all(|loss| *loss < 2.15), "{losses:?}");
}
