//! Compares the net on Burn's CPU backend with the same net in PyTorch, and with the net by hand.

mod common;
mod reference;

use burn::tensor::{Device, Tensor, TensorData};
use common::Collector;
use gradsheet::mnist::{CLASSES, PIXELS, SIDE};
use gradsheet::trainer::burn::device::open_flex;
use gradsheet::trainer::burn::model::{Batch, BurnDropout, Descent, Net, cross_entropy};
use gradsheet::trainer::cpu::device::open_cpu;
use gradsheet::trainer::cpu::worker_pool::WorkerPool;
use gradsheet::trainer::engine::batch;
use gradsheet::trainer::engine::check;
use gradsheet::trainer::engine::check::Reference;
use gradsheet::trainer::engine::host::{Flow, OpenLearner};
use gradsheet::trainer::engine::learner::Learner;
use gradsheet::trainer::engine::weights::largest_difference;
use gradsheet::trainer::recipe::{Augmentation, Betas, Optimizer, Recipe};
use gradsheet::trainer::run::protocol::Event;
use gradsheet::trainer::run::training_state::TrainingState;
use pollster::block_on;
use reference::{assert_close, file, numbers, reference, weights};

const DESCENT: Descent =
    Descent { optimizer: Optimizer::Sgd { momentum: 0.9, nesterov: false }, rate: 0.01, weight_decay: 0.0, step: 0 };

struct Setting {
    reference: Reference,
    net: Net,
    batch: Batch,
}

fn setting() -> Setting {
    let reference = reference();
    let device = Device::flex();
    let net = Net::from_weights(&reference.nudged, &device).expect("the weights fit");
    let batch = Batch::new(&reference::batch(&reference), &device);
    Setting { reference, net, batch }
}

/// Returns the images of the reference, `[128, 1, 28, 28]`.
fn images(reference: &Reference) -> Tensor<4> {
    let data = TensorData::new(reference.pixels.clone(), [reference.labels.len(), 1, SIDE, SIDE]);
    Tensor::from_data(data, &Device::flex())
}

#[test]
fn the_net_has_18_738_trainable_parameters() {
    assert_eq!(setting().net.trainable_parameters(), 18_738);
}

#[test]
fn a_net_returns_the_weights_that_it_was_made_with() {
    let Setting { reference, net, .. } = setting();
    assert_eq!(block_on(net.weights()).expect("a read"), reference.nudged);
}

/// Runs the check for both nets: the one by hand, then Burn's.
fn check(reference: &Reference, mut host: Collector) -> [Collector; 2] {
    let training_state = reference.training_state().expect("the weights fit");
    let by_hand =
        open_cpu(&check::recipe(), &training_state, "because", WorkerPool::alone()).expect("the training state fits");
    block_on(check::run(reference, by_hand, &mut host));
    let mut other = Collector { flows: [(2, Flow::Stop)].into(), ..Collector::new() };
    if host.events.last() != Some(&Event::Stopped) {
        other.flows.clear();
    }
    block_on(check::run(
        reference,
        open_flex(&check::recipe(), &training_state).expect("the training state fits"),
        &mut other,
    ));
    [host, other]
}

#[test]
fn the_check_passes_for_both_nets() {
    let reference = reference();
    for host in check(&reference, Collector::new()) {
        assert!(matches!(&host.events[0], Event::Ready { .. }));
        assert_close("losses", largest_difference(&host.losses(), &reference.losses), 2e-3);
        let Some(Event::Checked(report)) = host.events.last() else { panic!("{:?}", host.events.last()) };
        println!("{report:?}");
        assert!(report.passes(), "{report:?}");
    }
}

#[test]
fn the_check_fails_for_a_wrong_net() {
    let mut reference = reference();
    reference.nudged.0.get_mut("bn3.bias").expect("it is there").values[0] += 0.01;
    for host in check(&reference, Collector::new()) {
        let Some(Event::Checked(report)) = host.events.last() else { panic!("{:?}", host.events.last()) };
        assert!(!report.passes(), "{report:?}");
    }
}

#[test]
fn the_check_stops_when_asked() {
    let reference = reference();
    for host in check(&reference, Collector::with_flow(2, Flow::Stop)) {
        assert_eq!(host.events.last(), Some(&Event::Stopped));
        assert_eq!(host.losses().len(), 2);
    }
}

/// Takes the same steps with both nets. Returns the training state of the net by hand, then that of Burn's net.
fn learn_side_by_side(
    recipe: &Recipe,
    training_state: &TrainingState,
    steps: std::ops::Range<u32>,
) -> [TrainingState; 2] {
    async fn learn<L: Learner>(
        opened: OpenLearner<L>,
        recipe: &Recipe,
        batch: &batch::Batch,
        steps: std::ops::Range<u32>,
    ) -> TrainingState {
        let mut learner = opened.learner;
        for step in steps {
            learner.learn(batch, step, recipe.rate(step)).await.expect("a step");
        }
        learner.outcomes().await.expect("outcomes");
        learner.training_state().await.expect("a read")
    }
    let reference = reference();
    let pixels = reference.pixels[..16 * PIXELS].to_vec();
    let batch = batch::Batch::new(pixels, reference.labels[..16].to_vec(), recipe.label_smoothing);
    let by_hand = open_cpu(recipe, training_state, "", WorkerPool::alone()).expect("the training state fits");
    let burn = open_flex(recipe, training_state).expect("the training state fits");
    [block_on(learn(by_hand, recipe, &batch, steps.clone())), block_on(learn(burn, recipe, &batch, steps))]
}

#[test]
fn both_nets_agree_for_every_optimizer_and_resume_from_each_others_state() {
    let plain = Recipe { epochs: 1, images: 160, batch_size: 16, dropout: 0.0, averaging: 0.5, ..Recipe::classic() };
    let optimizers = [
        Optimizer::Sgd { momentum: 0.0, nesterov: false },
        Optimizer::Sgd { momentum: 0.9, nesterov: false },
        Optimizer::Sgd { momentum: 0.9, nesterov: true },
        Optimizer::Adam(Betas::default()),
        Optimizer::AdamW(Betas::default()),
    ];
    for optimizer in optimizers {
        let recipe = Recipe {
            optimizer,
            learning_rate: 1e-3,
            weight_decay: 0.01,
            label_smoothing: 0.1,
            augmentation: Augmentation::default(),
            ..plain.clone()
        };
        let [by_hand, burn] = learn_side_by_side(&recipe, &TrainingState::initial(1), 0..2);
        let close = |a: &[f32], b: &[f32]| {
            assert_eq!(a.len(), b.len());
            assert_close(&format!("{optimizer:?}"), largest_difference(a, b), 2e-4);
        };
        close(&by_hand.parameters, &burn.parameters);
        close(&by_hand.statistics, &burn.statistics);
        close(&by_hand.average, &burn.average);
        assert_eq!((by_hand.moments.len(), burn.moments.len()), (optimizer.moments(), optimizer.moments()));
        // Each net resumes from the other net's training state.
        let [again, _] = learn_side_by_side(&recipe, &burn, 2..3);
        let [_, across] = learn_side_by_side(&recipe, &by_hand, 2..3);
        close(&again.parameters, &across.parameters);
    }
}

#[test]
fn the_error_names_a_damaged_reference() {
    let message = Reference::parse(&file()[..1000]).expect_err("cut off").to_string();
    assert!(message.starts_with("assets/check/reference.safetensors is damaged: "), "{message}");
}

#[test]
fn all_parts_of_step_one_match_pytorch() {
    let Setting { reference, mut net, batch } = setting();
    let logits = net.infer_logits(images(&reference)).into_data().try_to_vec::<f32>().expect("numbers");
    assert_close("logits before training", largest_difference(&logits, &numbers("eval0/", "logits")), 1e-5);

    let loss = net.step(&batch, &DESCENT, BurnDropout::OFF).into_data().try_to_vec::<f32>().expect("a number");
    assert_close("loss", largest_difference(&loss[..1], &reference.losses[..1]), 2e-6);
    let after = block_on(net.weights()).expect("a read");
    assert_close("running statistics", after.distance(&weights("step1/bn/")).expect("same names"), 5e-6);
    assert_close("weights", after.distance(&weights("step1/weights_after/")).expect("same names"), 5e-6);
}

#[test]
fn ten_steps_stay_close_to_pytorch() {
    let Setting { mut net, batch, reference } = setting();
    for _ in 0..10 {
        net.step(&batch, &DESCENT, BurnDropout::OFF);
    }
    let after = block_on(net.weights()).expect("a read");
    assert_close("weights", after.distance(&weights("step10/weights_after/")).expect("same names"), 2e-3);
    let logits = net.infer_logits(images(&reference)).into_data().try_to_vec::<f32>().expect("numbers");
    assert_close("logits after training", largest_difference(&logits, &numbers("step10/", "eval_logits")), 5e-3);
}

#[test]
fn dropout_changes_a_step_and_its_gradients_only_while_training() {
    let Setting { mut net, batch, reference } = setting();
    let device = Device::flex();
    let plain = net.infer_logits(images(&reference)).into_data();
    let first = net.learn_logits(&batch, BurnDropout::new(0.1, 1, 0, &device));
    let second = net.learn_logits(&batch, BurnDropout::new(0.1, 1, 1, &device));
    let again = net.learn_logits(&batch, BurnDropout::new(0.1, 1, 0, &device));
    let loss = cross_entropy(first.clone(), &batch);
    assert_eq!(first.dims(), [128, CLASSES]);
    assert_ne!(first.clone().into_data(), second.into_data(), "each step has its own mask");
    assert_eq!(first.into_data(), again.into_data(), "the same step has the same mask");
    let gradients = block_on(net.gradients(&loss.backward())).expect("a read");
    assert_eq!(gradients.0.len(), 26, "every trained tensor has a gradient");
    // The running statistics have changed, but dropout does not change the logits after training.
    let Setting { net: fresh, .. } = setting();
    assert_eq!(fresh.infer_logits(images(&reference)).into_data(), plain);
}
