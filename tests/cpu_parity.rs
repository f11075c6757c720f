//! Compares the net by hand on the CPU with the same net in PyTorch.

mod reference;

use gradsheet::trainer::cpu::{DropoutMasks, Net, NoPeers};
use gradsheet::trainer::engine::check::Reference;
use gradsheet::trainer::engine::parameter_layout::Layout;
use gradsheet::trainer::engine::weights::{Weights, largest_difference};
use pollster::block_on;
use reference::{assert_close, batch, numbers, reference, weights};

/// Takes steps of gradient descent with momentum, as in the reference. Returns the losses.
fn descend(net: &mut Net, reference: &Reference, steps: usize) -> Vec<f32> {
    let mut velocity = vec![0.0; net.parameters().len()];
    let mut losses = Vec::new();
    for _ in 0..steps {
        losses.push(learn(net, reference));
        let gradients = net.gradients().to_vec();
        for ((weight, velocity), gradient) in net.parameters_mut().iter_mut().zip(&mut velocity).zip(gradients) {
            *velocity = 0.9 * *velocity + gradient;
            *weight -= 0.01 * *velocity;
        }
    }
    losses
}

fn learn(net: &mut Net, reference: &Reference) -> f32 {
    learn_with(net, reference, &DropoutMasks::OFF)
}

fn learn_with(net: &mut Net, reference: &Reference, dropout: &DropoutMasks) -> f32 {
    let batch = batch(reference);
    let Ok(outcome) = block_on(net.learn(&batch, dropout, &mut NoPeers, || ()));
    outcome.loss
}

fn setting() -> (Reference, Net) {
    let reference = reference();
    let net = Net::from_weights(&reference.nudged).expect("the weights fit");
    (reference, net)
}

#[test]
fn a_net_returns_the_weights_that_it_was_made_with() {
    let (reference, net) = setting();
    assert_eq!(net.weights(), reference.nudged);
    assert_eq!(net.parameters().len(), 18_738);
}

#[test]
fn all_parts_of_step_one_match_pytorch() {
    let (reference, mut net) = setting();
    let logits = net.infer(&reference.pixels);
    assert_close("logits after training", largest_difference(&logits, &numbers("eval0/", "logits")), 1e-5);

    let loss = learn(&mut net, &reference);
    assert_close("loss", f64::from((loss - reference.losses[0]).abs()), 2e-6);
    let expected = numbers("step1/", "train_logits");
    assert_close("logits", largest_difference(net.logits(), &expected), 1e-5);
    let gradients: Weights = Layout::new().to_named(net.gradients());
    let expected = weights("step1/grad/");
    assert_eq!(expected.0.len(), 26);
    assert_close("gradients", gradients.distance(&expected).expect("same names"), 1e-5);
    let statistics = net.weights().distance(&weights("step1/bn/"));
    assert_close("running statistics", statistics.expect("same names"), 5e-6);
}

#[test]
fn ten_steps_stay_close_to_pytorch() {
    let (reference, mut net) = setting();
    let losses = descend(&mut net, &reference, 10);
    assert_close("losses", largest_difference(&losses, &reference.losses), 2e-3);
    let distance = net.weights().distance(&weights("step10/weights_after/"));
    assert_close("weights", distance.expect("same names"), 2e-3);
    let expected = numbers("step10/", "eval_logits");
    assert_close("logits after training", largest_difference(&net.infer(&reference.pixels), &expected), 5e-3);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let results: Vec<_> = (0..2)
        .map(|_| {
            let (reference, mut net) = setting();
            let dropout = DropoutMasks { rate: 0.1, seed: 1, step: 1, first_image: 0 };
            let loss = learn_with(&mut net, &reference, &dropout);
            (loss, net.gradients().to_vec(), net.statistics().to_vec())
        })
        .collect();
    assert_eq!(results[0], results[1]);
}
