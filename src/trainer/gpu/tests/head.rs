//! The last stage and the loss.

use super::{ALONE, adapter, back_norms, call, check_back_sums, dropout, mask, packed, step, unpacked};
use crate::mnist::CLASSES;
use crate::random::{Purpose, Random};
use crate::trainer::engine::architecture::Convolution;
use crate::trainer::engine::oracle;
use crate::trainer::engine::oracle::{Maps, assert_close, noise};
use crate::trainer::gpu::head::Head;
use crate::trainer::gpu::shape::{Lanes, Map, Stage};
use crate::trainer::gpu::step::Step;

/// The logits of images: a convolution, averaged over its pixels.
fn logits(input: &Maps, conv: &Convolution, values: &[f64]) -> Vec<f64> {
    let (weight, bias) = values.split_at(values.len() - CLASSES);
    let maps = plain::convolve(input, conv, weight, bias);
    let area = maps.side * maps.side;
    maps.values.chunks(area).map(|map| map.iter().sum::<f64>() / area as f64).collect()
}

#[test]
fn it_has_the_gradients_of_its_loss_at_any_size() {
    // The loss is smooth, and its differences are those of a few 64-bit numbers.
    const WIDTH: f64 = 1e-5;
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(11, Purpose::Weights);
    for (channels, side, kernel, images, width) in [(3, 4, 3, 3, 4), (5, 6, 3, 70, 4), (2, 3, 2, 1, 32)] {
        let conv = plain::conv(channels, CLASSES, kernel, 1, 0);
        let stage = Stage::new(conv, side);
        let head = Head { stage, weight: 0, bias: stage.weights() };
        let (lanes, map) = (Lanes::new(images, width), Map { channels, side });
        let values: Vec<f64> = (0..stage.weights() + CLASSES).map(|_| noise(&mut random)).collect();
        let input = Maps::random(images, channels, side, &mut random);
        let (_, targets) = plain::batch(images, &mut random);
        let labels: Vec<usize> = (0..images).map(|image| image * 7 % CLASSES).collect();
        let mut rows = vec![0.0; lanes.all * (CLASSES + 1)];
        for (image, row) in rows.chunks_mut(CLASSES + 1).take(images).enumerate() {
            row[..CLASSES].copy_from_slice(&targets[image * CLASSES..][..CLASSES]);
            row[CLASSES] = labels[image] as f32;
        }
        let loss = |input: &Maps, values: &[f64]| plain::loss(&logits(input, &conv, values), &targets);
        let difference = |at: &dyn Fn(f64) -> f64| (at(WIDTH) - at(-WIDTH)) / (2.0 * WIDTH);

        let dropout = dropout();
        let step = step(&adapter, &Step { dropout, ..Step::still(images) });
        let flat = adapter.filled(&values.iter().map(|value| *value as f32).collect::<Vec<_>>());
        let windows = adapter.zeros(head.taps() * lanes.all);
        let packed_input = adapter.filled(&packed(&input, lanes, 7.0));
        call(&adapter, &head.windows(lanes), &[&packed_input, &windows], &[]);
        let (slopes, verdicts) = (adapter.zeros(CLASSES * lanes.all), adapter.zeros(2 * lanes.all));
        let bound =
            [&step, &windows, &flat, &adapter.filled(&rows), &adapter.zeros(lanes.all * CLASSES), &slopes, &verdicts];
        let actual = call(&adapter, &head.judge(lanes), &bound, &[4]).remove(0);
        let expected = logits(&input, &conv, &values);
        for (actual, expected) in actual.iter().zip(&expected) {
            assert_close("logit", f64::from(*actual), *expected, 1e-5);
        }

        let bound = [&step, &windows, &slopes, &verdicts, &adapter.zeros(values.len()), &adapter.zeros(2)];
        let read = call(&adapter, &head.gradient(lanes), &bound, &[4, 5]);
        assert_close("loss", f64::from(read[1][0]), loss(&input, &values), 1e-5);
        let right = |(row, label): (&[f64], &usize)| row.iter().all(|logit| *logit <= row[*label]);
        let correct = expected.chunks(CLASSES).zip(&labels).filter(|pair| right(*pair)).count();
        assert_eq!(read[1][1] as usize, correct);
        for (index, actual) in read[0].iter().enumerate() {
            let expected = difference(&|by| {
                let mut values = values.clone();
                values[index] += by;
                loss(&input, &values)
            });
            assert_close(&format!("value {index} of {conv:?}"), f64::from(*actual), expected, 1e-5);
        }

        let raw = Maps::random(images, channels, side, &mut random);
        let bound = [
            &step,
            &slopes,
            &flat,
            &adapter.filled(&packed(&raw, lanes, 7.0)),
            &adapter.filled(&back_norms(channels)),
            &adapter.zeros(map.len(lanes)),
            &adapter.zeros(2 * channels * lanes.groups()),
        ];
        let read = call(&adapter, &head.back(&ALONE, lanes), &bound, &[5, 6]);
        let actual = unpacked(&read[0], map, images, lanes);
        let kept = mask(dropout, ALONE.layer, images, map);
        for index in (0..40).map(|_| random.below(input.values.len())) {
            let expected = difference(&|by| {
                let mut input = input.clone();
                input.values[index] += by;
                loss(&input, &values)
            });
            let expected = expected * kept.values[index];
            assert_close(&format!("input {index} of {conv:?}"), actual.values[index], expected, 1e-5);
        }
        check_back_sums(&read[1], &actual, &raw, 1e-5);
    }
}
