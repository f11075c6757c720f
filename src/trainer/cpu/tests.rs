//! Compares kernels and net with the oracle, at odd sizes and for every instruction set; gradients with finite
//! differences.

use super::dropout::DropoutMasks;
use super::geometry::Geometry;
use super::net::Net;
use super::norm::{Affine, BackwardFactors};
use super::peers::NoPeers;
use super::simd::{LANES, Machine, columns, columns_mut};
use super::stage::Stage;
use crate::mnist::{CLASSES, PIXELS};
use crate::random::{Purpose, Random};
use crate::trainer::engine::architecture::Convolution;
use crate::trainer::engine::batch::Batch;
use crate::trainer::engine::oracle::{Maps, assert_close, batch, conv, convolve, dot, forward, loss, noise, weights};
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::recipe::memory::BYTES_PER_IMAGE;

#[test]
fn the_announced_memory_is_that_of_the_net() {
    let columns = |geometry: Geometry| geometry.output_len() + geometry.output_gradient_len();
    let numbers: usize = Geometry::of_the_net().into_iter().map(columns).sum();
    assert_eq!(BYTES_PER_IMAGE, (numbers * size_of::<f32>()) as u64);
}

/// Returns the index of a pixel in a group of maps with a border, and the number of columns of the group.
fn bordered(maps: &Maps, border: usize, pixel: usize) -> (usize, usize) {
    let (side, wide) = (maps.side, maps.side + 2 * border);
    let (channel, y, x) = (pixel / side / side, pixel / side % side, pixel % side);
    ((channel * wide + y + border) * wide + x + border, maps.channels * wide * wide)
}

/// Writes maps in groups of images. Lanes without an image get the value 7, which must not change any result.
fn write_groups(maps: &Maps, border: usize, buffer: &mut [f32]) {
    let pixels = maps.channels * maps.side * maps.side;
    for group in 0..maps.images().div_ceil(LANES) {
        for pixel in 0..pixels {
            let (place, len) = bordered(maps, border, pixel);
            for (lane, value) in columns_mut(buffer)[group * len + place].iter_mut().enumerate() {
                let image = group * LANES + lane;
                *value = maps.values.get(image * pixels + pixel).map_or(7.0, |value| *value as f32);
            }
        }
    }
}

/// Reads maps from groups of images, in place of the values of `maps`.
fn read_groups(buffer: &[f32], border: usize, mut maps: Maps) -> Maps {
    let pixels = maps.channels * maps.side * maps.side;
    for i in 0..maps.values.len() {
        let image = i / pixels;
        let (place, len) = bordered(&maps, border, i % pixels);
        maps.values[i] = f64::from(columns(buffer)[image / LANES * len + place][image % LANES]);
    }
    maps
}

/// Makes a stage whose output is the given maps, as the input of another stage.
fn source(machine: Machine, maps: &Maps) -> Stage {
    let conv = Convolution { channels_in: 1, channels_out: maps.channels, kernel: 1, stride: 1, padding: 0 };
    let mut stage = Stage::new(machine, Geometry::new(conv, maps.side));
    stage.reserve(maps.images().div_ceil(LANES), true);
    write_groups(maps, 0, &mut stage.output);
    stage.affine.fill(Affine { mean: 0.0, scale: 1.0, shift: 0.0 });
    stage
}

/// Returns the index of each group and its number of images.
fn groups(images: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..images.div_ceil(LANES)).map(move |group| (group, LANES.min(images - group * LANES)))
}

fn check_convolution(machine: Machine, conv: Convolution, side: usize, images: usize, random: &mut Random) {
    let what = format!("{conv:?} of {images} × {side} × {side} in blocks of {}", machine.block);
    let x = Maps::random(images, conv.channels_in, side, random);
    let count = conv.channels_out * conv.channels_in * conv.kernel * conv.kernel;
    let weight: Vec<f64> = (0..count).map(|_| noise(random) / 8.0).collect();
    // The bias is so large that every output is positive, where the gradient passes the ReLU.
    let bias: Vec<f64> = (0..conv.channels_out).map(|_| noise(random) + 40.0).collect();
    let narrow = |values: &[f64]| values.iter().map(|value| *value as f32).collect::<Vec<_>>();

    let mut before = source(machine, &x);
    let mut stage = Stage::new(machine, Geometry::new(conv, side));
    stage.reserve(images.div_ceil(LANES), true);
    stage.pack(&narrow(&weight), &narrow(&bias), true);
    for (group, _) in groups(images) {
        stage.load_output_of(&before, group, None);
        stage.convolve(group, true);
    }
    let expected = convolve(&x, &conv, &weight, &bias);
    let output = read_groups(&stage.output, 0, Maps::zeros(images, conv.channels_out, expected.side));
    for (actual, expected) in output.values.iter().zip(&expected.values) {
        assert_close(&what, *actual, *expected, 1e-5);
    }

    // The "loss" is the sum of output times constants, so the constants are the output gradient.
    let constants = Maps::random(images, conv.channels_out, expected.side, random);
    write_groups(&constants, stage.geometry.border_out, &mut stage.output_gradient);
    stage.backward.fill(BackwardFactors { mean: 0.0, mean_gradient: 0.0, product_factor: 0.0, scale: 1.0 });
    let mut gradient = vec![0.0; count];
    let mut of_bias = vec![0.0; conv.channels_out];
    let (mut sums, mut products) = (vec![0.0; conv.channels_in], vec![0.0; conv.channels_in]);
    for (group, images) in groups(images) {
        stage.norm_backward(group, images, &mut of_bias);
        stage.load_output_of(&before, group, None);
        stage.backpropagate_to(&mut before, group, images, None, &mut sums, &mut products);
        stage.add_weight_gradient(group, &mut gradient);
    }
    let of_input =
        read_groups(&before.output_gradient, before.geometry.border_out, Maps::zeros(images, conv.channels_in, side));

    // A convolution is linear in each argument, so a difference of any width is exact.
    let value = |x: &Maps, weight: &[f64], bias: &[f64]| dot(&convolve(x, &conv, weight, bias), &constants);
    let here = value(&x, &weight, &bias);
    for _ in 0..6 {
        let (mut x, mut weight, mut bias) = (x.clone(), weight.clone(), bias.clone());
        let i = random.below(count);
        weight[i] += 1.0;
        assert_close(&format!("{what}, weight {i}"), gradient[i], value(&x, &weight, &bias) - here, 1e-4);
        weight[i] -= 1.0;
        let i = random.below(conv.channels_out);
        bias[i] += 1.0;
        assert_close(&format!("{what}, bias {i}"), of_bias[i], value(&x, &weight, &bias) - here, 1e-4);
        bias[i] -= 1.0;
        let i = random.below(x.values.len());
        x.values[i] += 1.0;
        assert_close(&format!("{what}, input {i}"), of_input.values[i], value(&x, &weight, &bias) - here, 1e-4);
    }
    let channel_sums = |of: &dyn Fn(usize) -> f64, channel: usize| {
        let pixels = side * side;
        let all = 0..of_input.values.len();
        all.filter(|i| i / pixels % conv.channels_in == channel).map(of).sum::<f64>()
    };
    for channel in 0..conv.channels_in {
        let sum = channel_sums(&|i| of_input.values[i], channel);
        assert_close(&format!("{what}, sum"), sums[channel], sum, 1e-4);
        let product = channel_sums(&|i| of_input.values[i] * x.values[i], channel);
        assert_close(&format!("{what}, product"), products[channel], product, 1e-4);
    }
}

#[test]
fn convolutions_and_their_gradients_are_right_at_any_size() {
    let mut random = Random::new(5, Purpose::Weights);
    let cases = [
        (conv(1, 1, 1, 1, 0), 1, 1),
        (conv(1, 5, 5, 1, 1), 7, 17),
        (conv(3, 10, 3, 1, 1), 5, 5),
        (conv(2, 9, 3, 2, 1), 8, 33),
        (conv(5, 4, 3, 2, 1), 7, 16),
        (conv(4, 3, 3, 1, 0), 6, 1),
        (conv(2, 3, 4, 3, 2), 11, 18),
    ];
    for machine in Machine::every() {
        for (conv, side, images) in cases {
            check_convolution(machine, conv, side, images, &mut random);
        }
    }
}

/// Multiplies a layer's maps by the factors of dropout.
fn drop_out(dropout: &DropoutMasks, layer: usize, maps: &mut Maps) {
    let side = maps.side;
    for (group, images) in groups(maps.images()) {
        let Some(masks) = dropout.masks(layer, group * LANES) else { continue };
        for row in 0..maps.channels * side {
            let mut pairs = vec![[[0.0; LANES]; 2]; side.div_ceil(2)];
            masks.row(row, &mut pairs);
            for (x, column) in pairs.as_flattened()[..side].iter().enumerate() {
                for (lane, factor) in column[..images].iter().enumerate() {
                    let place = maps.place(group * LANES + lane, row / side, row % side, x);
                    maps.values[place] *= f64::from(*factor);
                }
            }
        }
    }
}

/// Takes a batch forward and back on one worker. Returns the loss.
fn learn(net: &mut Net, pixels: &[f32], targets: &[f32], dropout: &DropoutMasks) -> f32 {
    let batch = Batch { pixels: pixels.to_vec(), targets: targets.to_vec(), labels: vec![0; targets.len() / CLASSES] };
    let Ok(outcome) = pollster::block_on(net.learn(&batch, dropout, &mut NoPeers, || ()));
    outcome.loss
}

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

fn setting(images: usize) -> (Net, Vec<f64>, Vec<f32>, Vec<f32>) {
    let mut random = Random::new(3, Purpose::Weights);
    let weights = weights(&mut random);
    let net = Net::from_weights(&weights).expect("all arrays are there");
    let values = widen(&Layout::new().flatten(&weights).expect("all arrays are there"));
    let (pixels, targets) = batch(images, &mut random);
    (net, values, pixels, targets)
}

#[test]
fn logits_after_training_are_those_of_the_oracle() {
    let (mut net, values, pixels, _) = setting(17);
    let logits = net.infer(&pixels);
    assert_eq!(logits.len(), 17 * CLASSES);
    for (actual, expected) in logits.iter().zip(forward(&values, &pixels, None)) {
        assert_close("logit", f64::from(*actual), expected, 1e-5);
    }
}

#[test]
fn gradients_with_dropout_and_soft_targets_match_finite_differences() {
    // So narrow that no activation changes its sign before a ReLU.
    const WIDTH: f64 = 1e-7;
    let (mut net, values, pixels, targets) = setting(3);
    // In step 3 no activation is so close to zero that 32 bits change its sign. In step 2 one is 4e-8, and gradients
    // that depend on it are off by 1e-4.
    let dropout = DropoutMasks { rate: 0.1, seed: 1, step: 3, first_image: 0 };
    let actual = learn(&mut net, &pixels, &targets, &dropout);
    let drop = |layer: usize, maps: &mut Maps| drop_out(&dropout, layer, maps);
    let at = |values: &[f64]| loss(&forward(values, &pixels, Some(&drop)), &targets);
    assert_close("loss", f64::from(actual), at(&values), 1e-5);
    let mut random = Random::new(4, Purpose::Weights);
    for slot in net.layout().slots().iter().filter(|slot| slot.range.end <= net.parameters().len()) {
        let i = slot.range.start + random.below(slot.range.len());
        let moved = |by: f64| {
            let mut values = values.clone();
            values[i] += by;
            at(&values)
        };
        let difference = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
        assert_close(&format!("{} at {i}", slot.name), f64::from(net.gradients()[i]), difference, 2e-6);
    }
}

#[test]
fn partly_filled_groups_count_each_image_once() {
    // 24 images fill one and a half groups; the same images twice fill three groups, with the same mean gradients.
    let (mut net, _, pixels, targets) = setting(24);
    let first = learn(&mut net, &pixels, &targets, &DropoutMasks::OFF);
    let gradients = net.gradients().to_vec();
    let (mut net, ..) = setting(24);
    let twice = ([&pixels[..], &pixels].concat(), [&targets[..], &targets].concat());
    let second = learn(&mut net, &twice.0, &twice.1, &DropoutMasks::OFF);
    assert_close("loss", first.into(), second.into(), 1e-6);
    for (a, b) in gradients.iter().zip(net.gradients()) {
        assert!((a - b).abs() < 2e-6, "{a} and {b}");
    }
}

#[test]
fn a_larger_batch_in_between_does_not_change_a_smaller_one() {
    let (mut net, _, pixels, targets) = setting(33);
    let mut gradients = |images: usize| {
        learn(&mut net, &pixels[..images * PIXELS], &targets[..images * CLASSES], &DropoutMasks::OFF);
        net.gradients().to_vec()
    };
    let first = gradients(5);
    gradients(33);
    assert_eq!(gradients(5), first);
}
