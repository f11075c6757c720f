//! The last convolution, softmax and the loss.

use super::{
    ALONE, adapter, check_gradient_sums, dropout, dropout_factors, from_device_order, means_on_the_way_back,
    run_kernel, step_with_dropout, to_device_order,
};
use crate::mnist::CLASSES;
use crate::random::{Purpose, Random};
use crate::trainer::engine::architecture::Convolution;
use crate::trainer::engine::oracle::{self, Maps, assert_close, noise};
use crate::trainer::gpu::buffers::{
    ACTIVATIONS, CHANNEL_SUMS, GRADIENTS, IMAGE_OUTCOMES, INPUT_GRADIENT, LOGIT_GRADIENTS, LOGITS, NORMALISED,
    STATISTICS, STEP, STEP_OUTCOMES, TARGETS, VALUES, WINDOW_MEANS,
};
use crate::trainer::gpu::head::{Head, NUMBERS_PER_OUTCOME};
use crate::trainer::gpu::offsets::StageOffsets;
use crate::trainer::gpu::shape::{ImageAxis, Map, Stage};

/// The content of memory where there is no image.
const PADDING: f32 = 7.0;

/// The logits of images: a convolution, averaged over its pixels.
fn logits(input: &Maps, conv: &Convolution, values: &[f64]) -> Vec<f64> {
    let (weight, bias) = values.split_at(values.len() - CLASSES);
    let maps = oracle::convolve(input, conv, weight, bias);
    let area = maps.side * maps.side;
    maps.values.chunks(area).map(|map| map.iter().sum::<f64>() / area as f64).collect()
}

#[test]
fn the_head_has_the_gradients_of_its_loss_at_any_size() {
    // The loss is smooth, and its differences are those of a few 64-bit numbers.
    const WIDTH: f64 = 1e-5;
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(11, Purpose::Weights);
    for (channels, side, kernel, images, width) in [(3, 4, 3, 3, 4), (5, 6, 3, 70, 4), (2, 3, 2, 1, 32)] {
        let conv = oracle::conv(channels, CLASSES, kernel, 1, 0);
        let stage = Stage::new(conv, side);
        let head = Head { stage, offsets: StageOffsets { weights: 0, biases: stage.weights(), ..ALONE } };
        let (axis, map) = (ImageAxis::new(images, width), Map { channels, side });
        let values: Vec<f64> = (0..stage.weights() + CLASSES).map(|_| noise(&mut random)).collect();
        let input = Maps::random(images, channels, side, &mut random);
        let (_, targets) = oracle::batch(images, &mut random);
        let labels: Vec<usize> = (0..images).map(|image| image * 7 % CLASSES).collect();
        let mut rows = vec![0.0; axis.length * (CLASSES + 1)];
        for (image, row) in rows.chunks_mut(CLASSES + 1).take(images).enumerate() {
            row[..CLASSES].copy_from_slice(&targets[image * CLASSES..][..CLASSES]);
            row[CLASSES] = labels[image] as f32;
        }
        let loss = |input: &Maps, values: &[f64]| oracle::loss(&logits(input, &conv, values), &targets);
        let difference = |at: &dyn Fn(f64) -> f64| (at(WIDTH) - at(-WIDTH)) / (2.0 * WIDTH);

        let step = step_with_dropout(&adapter, images);
        let flat = adapter.filled(&values.iter().map(|value| *value as f32).collect::<Vec<_>>());
        let window_means = adapter.zeros(head.taps() * axis.length);
        let normalised = adapter.filled(&to_device_order(&input, axis, PADDING));
        let memory = [(NORMALISED, &normalised), (WINDOW_MEANS, &window_means)];
        run_kernel(&adapter, head.window_means(axis), &memory, []);

        let logit_gradients = adapter.zeros(CLASSES * axis.length);
        let image_outcomes = adapter.zeros(2 * axis.length);
        let memory = [
            (STEP, &step),
            (WINDOW_MEANS, &window_means),
            (VALUES, &flat),
            (TARGETS, &adapter.filled(&rows)),
            (LOGITS, &adapter.zeros(axis.length * CLASSES)),
            (LOGIT_GRADIENTS, &logit_gradients),
            (IMAGE_OUTCOMES, &image_outcomes),
        ];
        let [actual] = run_kernel(&adapter, head.softmax_loss(axis), &memory, [LOGITS]);
        let expected = logits(&input, &conv, &values);
        for (actual, expected) in actual.iter().zip(&expected) {
            assert_close("logit", f64::from(*actual), *expected, 1e-5);
        }

        let memory = [
            (STEP, &step),
            (WINDOW_MEANS, &window_means),
            (LOGIT_GRADIENTS, &logit_gradients),
            (IMAGE_OUTCOMES, &image_outcomes),
            (GRADIENTS, &adapter.zeros(values.len())),
            (STEP_OUTCOMES, &adapter.zeros(NUMBERS_PER_OUTCOME)),
        ];
        let read = [GRADIENTS, STEP_OUTCOMES];
        let [gradients, outcome] = run_kernel(&adapter, head.weight_gradient(axis), &memory, read);
        assert_close("loss", f64::from(outcome[0]), loss(&input, &values), 1e-5);
        let is_right = |(row, label): (&[f64], &usize)| row.iter().all(|logit| *logit <= row[*label]);
        let correct = expected.chunks(CLASSES).zip(&labels).filter(|pair| is_right(*pair)).count();
        assert_eq!(outcome[1] as usize, correct);
        for (index, actual) in gradients.iter().enumerate() {
            let expected = difference(&|distance| {
                let mut values = values.clone();
                values[index] += distance;
                loss(&input, &values)
            });
            assert_close(&format!("value {index} of {conv:?}"), f64::from(*actual), expected, 1e-5);
        }

        let activations = Maps::random(images, channels, side, &mut random);
        let memory = [
            (STEP, &step),
            (LOGIT_GRADIENTS, &logit_gradients),
            (VALUES, &flat),
            (ACTIVATIONS, &adapter.filled(&to_device_order(&activations, axis, PADDING))),
            (STATISTICS, &adapter.filled(&means_on_the_way_back(channels))),
            (INPUT_GRADIENT, &adapter.zeros(map.len(axis))),
            (CHANNEL_SUMS, &adapter.zeros(2 * channels * axis.groups())),
        ];
        let read = [INPUT_GRADIENT, CHANNEL_SUMS];
        let [gradient, sums] = run_kernel(&adapter, head.input_gradient(&ALONE, axis), &memory, read);
        let actual = from_device_order(&gradient, map, images, axis);
        let factors = dropout_factors(dropout(), ALONE.layer, images, map);
        for index in (0..40).map(|_| random.below(input.values.len())) {
            let expected = difference(&|distance| {
                let mut input = input.clone();
                input.values[index] += distance;
                loss(&input, &values)
            });
            let expected = expected * factors.values[index];
            assert_close(&format!("input {index} of {conv:?}"), actual.values[index], expected, 1e-5);
        }
        check_gradient_sums(&sums, &actual, &activations, 1e-5);
    }
}
