//! Every gradient of the whole net against finite differences, in 64 bits, so that a wrong one cannot hide in rounding.
//!
//! A file of its own: a process has one default precision for a device.

mod common;

use burn::tensor::{Device, FloatDType};
use common::{run, small_data};
use gradsheet::mnist::random::{Purpose, Random};
use gradsheet::mnist::{Normalisation, PIXELS};
use gradsheet::trainer::device::OpenDevice;
use gradsheet::trainer::model::{Batch, Dropout, Net, cross_entropy};
use gradsheet::trainer::weights::Weights;

/// How far a weight is moved to either side: so little that hardly a ReLU changes sides.
const NUDGE: f32 = 1e-6;
/// Weights tried in each tensor.
const TRIES: usize = 4;

fn loss(weights: &Weights, batch: &Batch, device: &Device) -> f64 {
    let mut net = Net::from_weights(weights, device).expect("the weights fit");
    let loss = cross_entropy(net.learn_logits(batch, &mut Dropout::Off), batch);
    loss.into_data().iter::<f64>().sum()
}

#[test]
fn gradients_are_the_slopes_of_the_loss() {
    let mut device = OpenDevice::cpu("").device;
    device.configure(FloatDType::F64).expect("nothing has used the device yet");
    let mut random = Random::new(7, Purpose::Weights);

    // Six real labels on images of noise around a bar: enough to give every weight something to do.
    let data = small_data(6, 1);
    let mut pixels = Normalisation::new(0.13, 0.31).gather(&data.train, &[0, 1, 2, 3, 4, 5]);
    assert_eq!(pixels.len(), 6 * PIXELS);
    pixels.iter_mut().for_each(|pixel| *pixel += random.unit());
    let batch = Batch::from_pixels(pixels, &[0, 1, 2, 3, 4, 5], &device);

    // Batch normalisation begins as the identity; its gradients should be right elsewhere too.
    let mut weights = Weights::initial(3);
    for (name, array) in &mut weights.0 {
        if name.starts_with("bn") && !name.contains("running") {
            array.values.iter_mut().for_each(|value| *value += random.unit() - 0.5);
        }
    }

    let mut net = Net::from_weights(&weights, &device).expect("the weights fit");
    let gradients = cross_entropy(net.learn_logits(&batch, &mut Dropout::Off), &batch).backward();
    let gradients = run(net.gradients(&gradients)).expect("a read");
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
            let slope = (loss_right - loss_left) / (right - left);
            let gradient = f64::from(gradient.values[index]);
            let difference = (slope - gradient).abs();
            worst = worst.max(difference / (1e-3 + gradient.abs()));
            assert!(
                difference <= 1e-7 + 1e-4 * gradient.abs(),
                "{name}[{index}]: the gradient is {gradient}, the slope {slope}"
            );
        }
    }
    println!("largest relative difference: {worst:.1e}");
}
