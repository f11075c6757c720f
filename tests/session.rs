//! The training loop: its events, learning, stops and pauses, failures, and results that repeat to the last bit.

mod common;

use common::{Collector, small_data};
use gradsheet::mnist::{Dataset, FILES, Showcase};
use gradsheet::trainer::cpu::device::open_cpu;
use gradsheet::trainer::cpu::worker_pool;
use gradsheet::trainer::cpu::worker_pool::WorkerPool;
use gradsheet::trainer::engine::host::Flow;
use gradsheet::trainer::engine::session;
use gradsheet::trainer::recipe::plan::Change;
use gradsheet::trainer::recipe::schedule::Schedule;
use gradsheet::trainer::recipe::{Augmentation, Betas, DeviceChoice, Optimizer, Recipe};
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::epoch::EpochResult;
use gradsheet::trainer::run::failure::FailureKind;
use gradsheet::trainer::run::protocol::Event;
use gradsheet::trainer::run::record::{End, RunKey};
use gradsheet::trainer::run::training_state::TrainingState;
use gradsheet::wire::{decode, encode};
use pollster::block_on;

fn recipe() -> Recipe {
    Recipe { device: DeviceChoice::Cpu, epochs: 2, batch_size: 8, images: 20, ..Recipe::classic() }
}

fn begin(recipe: &Recipe) -> Checkpoint {
    Checkpoint::begin(RunKey(1), recipe.clone(), "bars".to_owned())
}

/// Trains from a checkpoint on the CPU. Returns the host with its events.
fn go_on(begin: Checkpoint, data: &Dataset, mut host: Collector) -> Collector {
    let pool = WorkerPool::of_threads(worker_pool::workers_for_run(&begin.record, 1));
    let opened =
        open_cpu(&begin.record.plan.recipe, &begin.training_state, "because", pool).expect("the training state fits");
    block_on(session::run(begin, opened, data, &mut host));
    for Checkpoint { record, .. } in &host.checkpoints {
        assert_eq!(
            record.check().and_then(|()| record.check_consistency()),
            Ok(()),
            "a file of it could not be imported"
        );
    }
    host
}

fn train(recipe: &Recipe, data: &Dataset) -> Collector {
    go_on(begin(recipe), data, Collector::new())
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
            Event::Showing { .. } => "showing",
            Event::Guessed { .. } => "guessed",
            Event::Steps { .. } => "steps",
            Event::Evaluating { .. } => "evaluating",
            Event::Epoch(_) => "epoch",
            Event::Finished { .. } => "finished",
            other => panic!("{other:?}"),
        })
        .collect();
    kinds.dedup();
    let epoch = ["steps", "evaluating", "epoch", "guessed"];
    assert_eq!(kinds, [&["ready", "showing"][..], &epoch, &epoch, &["finished"]].concat());
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
fn a_run_repeats_bit_for_bit() {
    let data = small_data(20, 10);
    // A second run at the same time must not change the first: runs share no random generator.
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
fn a_net_learns_bars() {
    let host = train(&Recipe { epochs: 4, images: 100, ..recipe() }, &small_data(100, 50));
    let last = *epochs(&host).last().expect("four epochs");
    assert!(last.test_accuracy > 0.9, "{last:?}");
    let losses = host.losses();
    assert!(losses[losses.len() - 1] < losses[0] / 2.0, "{losses:?}");
}

#[test]
fn the_last_batch_may_have_one_image() {
    let host = train(&Recipe { images: 17, epochs: 1, ..recipe() }, &small_data(17, 10));
    assert_eq!(host.losses().len(), 3);
    assert!(matches!(host.events.last(), Some(Event::Finished { .. })), "{:?}", host.events.last());
}

#[test]
fn a_stop_ends_the_run_after_the_current_step() {
    let host = go_on(begin(&recipe()), &small_data(20, 10), Collector::with_flow(2, Flow::Stop));
    assert_eq!(host.events.last(), Some(&Event::Stopped));
    assert_eq!(host.losses().len(), 2);
    assert!(epochs(&host).is_empty());
    assert_eq!(host.checkpoints.last().and_then(|last| last.record.end), Some(End::Stopped));
}

/// Returns a recipe with enough steps for samples when each step takes a second, and one that uses everything.
fn sampled_recipe() -> Recipe {
    Recipe { images: 400, dropout: 0.2, averaging: 0.9, ..recipe() }
}

/// The samples of a run, as its events tell them: steps, correct images, and the size of the sample.
fn samples(host: &Collector) -> Vec<(u32, u32, u32)> {
    let mut step = 0;
    let taken = host.events.iter().filter_map(|event| match event {
        Event::Steps { step: now, .. } => {
            step = *now;
            None
        }
        Event::Sampled { correct, of } => Some((step, *correct, *of)),
        _ => None,
    });
    taken.collect()
}

#[test]
fn samples_tell_the_accuracy_between_the_tests_and_change_no_bit_of_the_run() {
    let data = small_data(400, 10);
    let with = go_on(begin(&sampled_recipe()), &data, Collector { tick: 1.0, ..Collector::new() });
    let without = go_on(begin(&sampled_recipe()), &data, Collector { tick: 0.0, ..Collector::new() });
    let taken = samples(&with);
    assert!(taken.len() >= 2 && samples(&without).is_empty(), "{taken:?}");
    assert!(
        taken.iter().all(|(step, correct, of)| !step.is_multiple_of(50) && correct <= of && *of == 10),
        "{taken:?}"
    );
    assert!(taken[0].1 < 10 && taken[taken.len() - 1].1 == 10, "the net learns the bars: {taken:?}");
    // The checkpoints have them, so that they are there after a reload.
    let kept = last(&with).record.samples().map(|sample| (sample.step, sample.accuracy, sample.of));
    let told = taken.iter().map(|&(step, correct, of)| (step, f64::from(correct) / f64::from(of), of));
    assert_eq!(kept.collect::<Vec<_>>(), told.collect::<Vec<_>>());
    assert!(last(&with).record.log_lines().iter().all(|line| !line.contains("sampled")));

    assert_eq!(bits(&last(&with).training_state), bits(&last(&without).training_state));
    assert_eq!(with.losses(), without.losses());
    let results = |host: &Collector| -> Vec<(u32, u64)> {
        epochs(host).iter().map(|result| (result.correct, result.test_loss.to_bits())).collect()
    };
    assert_eq!(results(&with), results(&without));
}

#[test]
fn the_page_hears_what_the_net_makes_of_a_few_test_images() {
    let data = small_data(400, 60);
    let host = go_on(begin(&sampled_recipe()), &data, Collector { tick: 1.0, ..Collector::new() });
    let showcases = host.events.iter().filter_map(|event| match event {
        Event::Showing { showcase } => Showcase::read(showcase.clone()),
        _ => None,
    });
    let showcases: Vec<Showcase> = showcases.collect();
    let [showcase] = showcases.as_slice() else { panic!("one showcase, not {}", showcases.len()) };
    let labels: Vec<u8> = (0..10).flat_map(|digit| [digit; 4]).collect();
    assert_eq!(showcase.labels(), labels);
    let guesses = host.events.iter().filter_map(|event| match event {
        Event::Guessed { guesses, .. } => Some(guesses),
        _ => None,
    });
    let certain = guesses.map(|guesses| {
        assert_eq!(guesses.len(), labels.len());
        guesses.iter().map(|guess| guess.of_label).sum::<f32>() / 40.0
    });
    let certain: Vec<f32> = certain.collect();
    assert!(
        certain.len() > 5 && certain[0] < 0.7 && certain.last() > Some(&0.9),
        "the net learns the bars: {certain:?}"
    );
    // The page has the net that makes the guesses.
    let values = host.events.iter().rev().find_map(|event| match event {
        Event::Guessed { values, .. } => Some(values),
        _ => None,
    });
    assert_eq!(values, Some(&last(&host).training_state.average));
    // The guesses after a test belong to the same net.
    let after_test = host.events.windows(2).filter(|events| matches!(events, [Event::Epoch(_), Event::Guessed { .. }]));
    assert_eq!(after_test.count(), epochs(&host).len());
}

#[test]
fn a_run_that_is_stopped_within_an_epoch_says_how_good_it_is() {
    let data = small_data(400, 10);
    let stopped_at = |step| go_on(begin(&sampled_recipe()), &data, Collector::with_flow(step, Flow::Stop));
    let host = stopped_at(30);
    assert_eq!(samples(&host).iter().map(|sample| sample.0).collect::<Vec<_>>(), [30]);
    assert!(matches!(
        &host.events[host.events.len() - 3..],
        [Event::Sampled { .. }, Event::Guessed { .. }, Event::Stopped]
    ));
    assert_eq!(last(&host).record.latest_sample().map(|sample| sample.step), Some(30));
    // What is known is not replaced by a smaller sample: fifty steps and the test of ten images come before this stop.
    let host = stopped_at(60);
    assert_eq!((epochs(&host).len(), samples(&host).len(), last(&host).record.step()), (1, 0, 59));
    // A device on which a sample takes long stops at once.
    let slow = Collector { tick: 10.0, ..Collector::with_flow(30, Flow::Stop) };
    let slow = go_on(begin(&Recipe { images: 400, ..recipe() }), &small_data(400, 100), slow);
    assert_eq!((slow.events.last(), samples(&slow).last().map(|sample| sample.0)), (Some(&Event::Stopped), None));
}

#[test]
fn settings_out_of_range_are_refused_before_the_first_step() {
    let host = train(
        &Recipe { epochs: 0, optimizer: Optimizer::Sgd { momentum: 1.0, nesterov: false }, ..recipe() },
        &small_data(20, 10),
    );
    assert!(host.losses().is_empty());
    assert_eq!(
        failure(&host),
        (FailureKind::Recipe, "Epochs: a whole number from 1 to 1,000. Momentum: a number from 0 to below 1.")
    );
    let host = train(&Recipe { images: 30, ..recipe() }, &small_data(20, 10));
    assert_eq!(
        failure(&host),
        (FailureKind::Recipe, "Training images: the data set has 20, but the settings ask for 30.")
    );
}

#[test]
fn a_run_that_diverges_fails_with_a_sentence_and_its_events_can_be_encoded() {
    let optimizer = Optimizer::Sgd { momentum: 0.99, nesterov: false };
    let host = train(&Recipe { epochs: 20, learning_rate: 10.0, optimizer, ..recipe() }, &small_data(20, 10));
    let (kind, message) = failure(&host);
    assert_eq!(kind, FailureKind::Diverged);
    assert!(message.starts_with("Training broke down at step "), "{message}");
    assert!(message.ends_with("the learning rate (10) is too large. Try a smaller one."), "{message}");
    for event in &host.events {
        let bytes = encode(event).expect("an event is plain data");
        decode::<Event>(&bytes).expect("it comes back");
    }
}

#[test]
fn the_first_losses_on_real_images_fall_from_chance() {
    let files = FILES.map(|file| {
        std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/mnist").join(file)).expect(file)
    });
    let mut data = Dataset::parse(std::array::from_fn(|i| (FILES[i], &files[i][..]))).expect("the assets parse");
    data.test = small_data(1, 10).test;
    let host = train(&Recipe { epochs: 1, images: 640, batch_size: 32, ..recipe() }, &data);
    let losses = host.losses();
    // Chance is ln 10 = 2.30 nats; twenty steps bring the loss well below.
    assert!((losses[0] - 2.30).abs() < 0.15, "{losses:?}");
    assert!(losses[15..].iter().all(|loss| *loss < 2.15), "{losses:?}");
}

/// Returns recipes that together use everything that a checkpoint holds.
fn demanding_recipes() -> [Recipe; 2] {
    let everything = Recipe {
        optimizer: Optimizer::Sgd { momentum: 0.9, nesterov: true },
        schedule: Schedule::OneCycle { warm_up: 0.3 },
        learning_rate: 0.05,
        weight_decay: 1e-3,
        dropout: 0.2,
        label_smoothing: 0.1,
        augmentation: Augmentation { shift: 2.0, rotation: 10.0 },
        averaging: 0.9,
        epochs: 3,
        ..recipe()
    };
    let adam = Recipe { optimizer: Optimizer::AdamW(Betas::default()), learning_rate: 1e-3, ..everything.clone() };
    [everything, adam]
}

fn bits(training_state: &TrainingState) -> Vec<u32> {
    let TrainingState { parameters, statistics, moments, average } = training_state;
    let all = parameters.iter().chain(statistics).chain(moments.iter().flatten()).chain(average);
    all.map(|value| value.to_bits()).collect()
}

fn last(host: &Collector) -> &Checkpoint {
    host.checkpoints.last().expect("the end is stored")
}

#[test]
fn a_run_that_is_resumed_from_any_checkpoint_gives_the_same_bits() {
    let data = small_data(20, 10);
    for recipe in demanding_recipes() {
        // The clock moves so far between steps that nearly every step is stored.
        let every_step = Collector { tick: 10.0, ..Collector::new() };
        let whole = go_on(begin(&recipe), &data, every_step);
        assert!(whole.checkpoints.len() >= 7, "{}", whole.checkpoints.len());
        for checkpoint in &whole.checkpoints {
            if checkpoint.record.end.is_some() {
                continue;
            }
            // The checkpoint is encoded and decoded, as in storage.
            let checkpoint = Checkpoint::from_bytes(&checkpoint.to_bytes().expect("plain data"))
                .expect("a written checkpoint is read");
            let step = checkpoint.record.step();
            let resumed = go_on(checkpoint, &data, Collector::new());
            assert_eq!(
                bits(&last(&resumed).training_state),
                bits(&last(&whole).training_state),
                "resumed after step {step}"
            );
            assert_eq!(last(&resumed).record.losses, last(&whole).record.losses);
            let results = |host: &Collector| -> Vec<_> {
                let epochs = last(host).record.epochs.iter();
                epochs.map(|epoch| (epoch.train_loss, epoch.train_accuracy, epoch.test_loss, epoch.correct)).collect()
            };
            assert_eq!(results(&resumed), results(&whole), "resumed after step {step}");
        }
    }
}

#[test]
fn a_resumed_run_first_reports_its_earlier_part() {
    let data = small_data(20, 10);
    let stopped = go_on(begin(&recipe()), &data, Collector::with_flow(2, Flow::Stop));
    let host = go_on(last(&stopped).clone(), &data, Collector::new());
    assert!(matches!(&host.events[0], Event::Restored(record) if record.step() == 2), "{:?}", host.events[0]);
    assert!(matches!(&host.events[1], Event::Ready { .. }), "{:?}", host.events[1]);
    assert_eq!((host.losses().len(), last(&host).record.step()), (4, 6));
}

#[test]
fn a_resumed_run_stores_its_first_step_at_once_and_before_it_nothing() {
    let data = small_data(20, 10);
    let paused_at = |step| {
        let mut host = Collector::with_flow(step, Flow::Pause);
        host.flows_while_paused = [Flow::Stop].into();
        go_on(begin(&recipe()), &data, host).checkpoints[0].clone()
    };
    let stored =
        |host: &Collector| -> Vec<u32> { host.checkpoints.iter().map(|stored| stored.record.step()).collect() };
    // The run goes on with the test after the first epoch, and is stopped there.
    let in_test = go_on(paused_at(3), &data, Collector::with_flow(1, Flow::Stop));
    assert_eq!((in_test.events.last(), stored(&in_test)), (Some(&Event::Stopped), vec![]), "nothing has changed");
    let to_the_end = go_on(paused_at(1), &data, Collector::new());
    assert_eq!(stored(&to_the_end), [2, 3, 6, 6], "the first step, the two epochs, the end");
}

#[test]
fn a_run_that_was_interrupted_before_its_first_checkpoint_begins_once_more() {
    let data = small_data(20, 10);
    let fresh = begin(&recipe());
    let again = Checkpoint::of_untouched(fresh.record.clone()).expect("its record says everything");
    assert_eq!(
        bits(&last(&go_on(again, &data, Collector::new())).training_state),
        bits(&last(&train(&recipe(), &data)).training_state)
    );
    let stopped = go_on(fresh.clone(), &data, Collector::with_flow(2, Flow::Stop));
    assert_eq!(Checkpoint::of_untouched(last(&stopped).record.clone()), None, "its steps are lost");
    let TrainingState { parameters, statistics, .. } = fresh.training_state;
    let given = TrainingState { parameters, statistics, moments: Vec::new(), average: Vec::new() };
    let with_file = Checkpoint::begin_with(RunKey(1), recipe(), String::new(), "a.safetensors", given);
    assert_eq!(Checkpoint::of_untouched(with_file.record), None, "its weights are lost");
}

#[test]
fn a_pause_stops_learning_stores_a_checkpoint_and_takes_no_run_time() {
    let data = small_data(20, 10);
    let plain = train(&recipe(), &data);
    let mut host = Collector::with_flow(2, Flow::Pause);
    host.flows_while_paused = [Flow::Pause, Flow::Continue].into();
    let host = go_on(begin(&recipe()), &data, host);
    let place = |wanted: &Event| host.events.iter().position(|event| event == wanted);
    let (paused, resumed) = (place(&Event::Paused), place(&Event::Resumed));
    assert!(paused.is_some() && paused.map(|at| at + 1) == resumed, "no step happens between pause and resume");
    assert_eq!(host.checkpoints[0].record.step(), 2);
    assert_eq!(host.losses(), plain.losses(), "the losses are those of a run without a pause");
    assert!(last(&host).record.seconds < 100.0, "{}", last(&host).record.seconds);
}

#[test]
fn pauses_in_an_epoch_and_in_its_test_count_neither_into_its_time_nor_into_the_time_left() {
    let data = small_data(20, 600);
    let clock = || Collector { tick: 1.0, ..Collector::new() };
    let plain = go_on(begin(&recipe()), &data, clock());
    // Three steps, then three parts of the test. Each pause takes a thousand seconds.
    let flows = [(2, Flow::Pause), (4, Flow::Pause), (5, Flow::Pause)].into();
    let paused = go_on(begin(&recipe()), &data, Collector { flows, ..clock() });
    let seconds = |host: &Collector| epochs(host).iter().map(|epoch| epoch.seconds).collect::<Vec<_>>();
    assert_eq!(paused.events.iter().filter(|event| **event == Event::Resumed).count(), 3);
    assert_eq!(seconds(&paused), seconds(&plain));
    assert_eq!(last(&paused).record.seconds, last(&plain).record.seconds);
    let left = |host: &Collector| {
        let all = host.events.iter().filter_map(|event| match event {
            Event::Steps { seconds_left, step, .. } => Some((*step, *seconds_left)),
            _ => None,
        });
        all.filter(|(step, _)| *step > 3).collect::<Vec<_>>()
    };
    assert_eq!(left(&paused), left(&plain));
}

#[test]
fn a_change_is_stored_at_once_even_in_a_pause() {
    let mut host = Collector::with_flow(2, Flow::Pause);
    // The page is closed in the pause, so nothing follows the change.
    host.flows_while_paused = [Flow::Rate(0.001), Flow::Stop].into();
    let host = go_on(begin(&recipe()), &small_data(20, 10), host);
    let change = Change::Rate { step: 2, learning_rate: 0.001 };
    let stored = host
        .checkpoints
        .iter()
        .find(|checkpoint| checkpoint.record.end.is_none() && !checkpoint.record.plan.changes.is_empty());
    let stored = stored.expect("a checkpoint with the change, before the end");
    assert_eq!((stored.record.step(), stored.record.plan.changes.as_slice()), (2, &[change][..]));
    assert!(stored.record.log_lines().contains(&"Learning rate 0.001 after step 2.".to_owned()));
    assert!(stored.record.seconds < 100.0, "the pause takes no time of the run");
}

#[test]
fn a_paused_run_can_be_stopped() {
    let mut host = Collector::with_flow(2, Flow::Pause);
    host.flows_while_paused = [Flow::Stop].into();
    let host = go_on(begin(&recipe()), &small_data(20, 10), host);
    assert_eq!(host.events.last(), Some(&Event::Stopped));
    assert_eq!(host.losses().len(), 2);
}

#[test]
fn a_new_learning_rate_applies_from_the_next_step_and_is_recorded() {
    let data = small_data(20, 10);
    let mut host = Collector::with_flow(2, Flow::Pause);
    // Invalid learning rates are ignored.
    host.flows_while_paused = [Flow::Rate(f64::NAN), Flow::Rate(-1.0), Flow::Rate(0.001), Flow::Continue].into();
    let host = go_on(begin(&recipe()), &data, host);
    let change = Change::Rate { step: 2, learning_rate: 0.001 };
    assert_eq!(host.events.iter().filter(|event| **event == Event::Changed(change)).count(), 1);
    let record = &last(&host).record;
    assert_eq!((record.plan.changes.as_slice(), record.epochs[1].learning_rate), (&[change][..], 0.001));
    assert!(record.log_lines().contains(&"Learning rate 0.001 after step 2.".to_owned()));
    let plain = train(&recipe(), &data);
    assert_eq!(host.losses()[..3], plain.losses()[..3]);
    assert_ne!(host.losses()[3], plain.losses()[3]);
}

#[test]
fn a_finished_run_can_be_continued() {
    let data = small_data(20, 10);
    let first = train(&recipe(), &data);
    let mut checkpoint = last(&first).clone();
    assert_eq!(checkpoint.record.end, Some(End::Finished));
    checkpoint.record.end = None;
    checkpoint.record.apply(&Event::Changed(Change::Extend { epochs: 1, learning_rate: 0.01 }));
    let host = go_on(checkpoint, &data, Collector::new());
    assert_eq!((last(&host).record.epochs.len(), last(&host).record.step()), (3, 9));
    // The learning rate is constant, so two epochs and one more equal three epochs.
    let three = train(&Recipe { epochs: 3, ..recipe() }, &data);
    assert_eq!(bits(&last(&host).training_state), bits(&last(&three).training_state));
}

#[test]
fn averaged_weights_are_tested() {
    let data = small_data(20, 10);
    let plain = train(&Recipe { epochs: 1, ..recipe() }, &data);
    let averaged = train(&Recipe { epochs: 1, averaging: 0.99, ..recipe() }, &data);
    assert_eq!(plain.losses(), averaged.losses(), "averaging does not change the training itself");
    assert_ne!(epochs(&plain)[0].test_loss, epochs(&averaged)[0].test_loss);
}
