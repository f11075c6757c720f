//! Compares the net in Burn with PyTorch and with finite differences in 64 bits, where rounding hides no error.
//!
//! These tests have a file of their own, because a process has one default precision for a device.

mod common;
mod reference;

use std::sync::Once;

use burn::tensor::{Device, FloatDType};
use common::small_data;
use gradsheet::mnist::{Normalisation, PIXELS};
use gradsheet::random::{Purpose, Random};
use gradsheet::trainer::burn::model::{Batch, BurnDropout, Net, cross_entropy};
use gradsheet::trainer::engine::batch;
use gradsheet::trainer::engine::weights::{Weights, largest_difference};
use pollster::block_on;
use reference::reference;

/// The distance by which a weight is moved to either side: so small that hardly any ReLU changes between 0 and its
/// input.
const NUDGE: f32 = 1e-6;
/// The number of weights that are tried in each tensor.
const TRIES: usize = 4;

fn loss(weights: &Weights, batch: &Batch, device: &Device) -> f64 {
    let mut net = Net::from_weights(weights, device).expect("the weights fit");
    let loss = cross_entropy(net.learn_logits(batch, BurnDropout::OFF), batch);
    loss.into_data().iter::<f64>().sum()
}

/// Returns the CPU as a device with 64-bit numbers.
fn device() -> Device {
    static CONFIGURED: Once = Once::new();
    let mut device = Device::flex();
    CONFIGURED.call_once(|| {
        device.configure(FloatDType::F64).expect("nothing has used the device yet");
    });
    device
}

#[test]
fn the_first_step_matches_pytorch() {
    let device = device();
    let reference = reference();
    let mut net = Net::from_weights(&reference.initial, &device).expect("the weights fit");
    let batch = Batch::new(&reference::batch(&reference), &device);
    let logits = net.learn_logits(&batch, BurnDropout::OFF);
    let gradients = cross_entropy(logits.clone(), &batch).backward();
    let gradients = block_on(net.gradients(&gradients)).expect("a read").distance(&reference.gradients).expect("all");
    let logits: Vec<f32> = logits.into_data().iter::<f32>().collect();
    let logits = largest_difference(&logits, &reference.logits);
    println!("logits {logits:.1e}, gradients {gradients:.1e}");
    // The tolerance is PyTorch's own rounding: the reference was computed in 32 bits.
    assert!(logits < 1e-6 && gradients < 1e-6, "logits {logits}, gradients {gradients}");
}

#[test]
fn gradients_match_finite_differences_of_the_loss() {
    let device = device();
    let mut random = Random::new(7, Purpose::Weights);

    // Six images of noise around a bar, so that every weight has an effect.
    let data = small_data(6, 1);
    let mut pixels = Normalisation::new(0.13, 0.31).gather(&data.train, &[0, 1, 2, 3, 4, 5]);
    assert_eq!(pixels.len(), 6 * PIXELS);
    pixels.iter_mut().for_each(|pixel| *pixel += random.unit());
    let batch = Batch::new(&batch::Batch::new(pixels, vec![0, 1, 2, 3, 4, 5], 0.0), &device);

    // Batch normalisation begins as the identity; other values are a stronger test.
    let mut weights = Weights::initial(3);
    for (name, array) in &mut weights.0 {
        if name.starts_with("bn") && !name.contains("running") {
            array.values.iter_mut().for_each(|value| *value += random.unit() - 0.5);
        }
    }

    let mut net = Net::from_weights(&weights, &device).expect("the weights fit");
    let gradients = cross_entropy(net.learn_logits(&batch, BurnDropout::OFF), &batch).backward();
    let gradients = block_on(net.gradients(&gradients)).expect("a read");
    assert_eq!(gradients.0.len(), 26);

    let mut worst = 0.0_f64;
    for (name, gradient) in &gradients.0 {
        for _ in 0..TRIES {
            let index = random.below(gradient.values.len());
            let mut at = |nudge: f32| {
                let value = &mut weights.0.get_mut(name).expect("the same names").values[index];
                let before = *value;
                *value += nudge;
                let after = *value;
                let loss = loss(&weights, &batch, &device);
                weights.0.get_mut(name).expect("the same names").values[index] = before;
                (f64::from(after), loss)
            };
            let (right, loss_right) = at(NUDGE);
            let (left, loss_left) = at(-NUDGE);
            let expected = (loss_right - loss_left) / (right - left);
            let gradient = f64::from(gradient.values[index]);
            let difference = (expected - gradient).abs();
            worst = worst.max(difference / (1e-3 + gradient.abs()));
            assert!(
                difference <= 1e-7 + 1e-4 * gradient.abs(),
                "{name}[{index}]: the gradient is {gradient}, the finite difference {expected}"
            );
        }
    }
    println!("largest relative difference: {worst:.1e}");
}
