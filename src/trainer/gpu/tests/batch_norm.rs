//! Batch norm and its gradient.

use super::{ALONE, adapter, drop_out, dropout, from_device_order, run_kernel, step_with_dropout, to_device_order};
use crate::random::{Purpose, Random};
use crate::trainer::engine::oracle::{self, Maps, assert_close, dot, noise};
use crate::trainer::gpu::batch_norm;
use crate::trainer::gpu::buffers::{
    ACTIVATIONS, CHANNEL_SUMS, GRADIENT_STATISTICS, GRADIENTS, NORMALISED, OUTPUT_GRADIENT, PARTIAL_GRADIENTS,
    STATISTICS, STEP, VALUES,
};
use crate::trainer::gpu::offsets::StageOffsets;
use crate::trainer::gpu::shape::{ImageAxis, Map};

/// The number of workgroups that left sums for each channel.
const PARTS: usize = 3;
/// Channels, side, images, and the adapter's width: small and large batches, some in several workgroups.
const SIZES: [(usize, usize, usize, usize); 4] = [(5, 3, 3, 4), (3, 7, 70, 4), (9, 4, 1, 32), (2, 5, 33, 8)];
/// The content of memory where there is no image.
const PADDING: f32 = 7.0;

/// A map, its batch norm, and the gradient of the output.
struct Case {
    axis: ImageAxis,
    map: Map,
    /// The map before ReLU.
    before_relu: Maps,
    activations: Maps,
    /// The gradient of batch norm's output.
    gradient: Maps,
    scale: Vec<f64>,
    shift: Vec<f64>,
    running_mean: Vec<f64>,
    running_variance: Vec<f64>,
}

impl Case {
    fn new((channels, side, images, width): (usize, usize, usize, usize), random: &mut Random) -> Self {
        let before_relu = Maps::random(images, channels, side, random);
        let activations = before_relu.clone().relu();
        let gradient = Maps::random(images, channels, side, random);
        let mut around = |centre: f64| (0..channels).map(|_| centre + noise(random)).collect::<Vec<f64>>();
        Self {
            axis: ImageAxis::new(images, width),
            map: Map { channels, side },
            before_relu,
            activations,
            gradient,
            scale: around(2.0),
            shift: around(0.0),
            running_mean: around(0.0),
            running_variance: around(2.0),
        }
    }

    /// The places of the numbers in [`Case::values`].
    fn offsets(&self) -> StageOffsets {
        let channels = self.map.channels;
        StageOffsets { shifts: channels, running_means: 2 * channels, running_variances: 3 * channels, ..ALONE }
    }

    /// The values of this batch norm: scales, shifts, running means, running variances.
    fn values(&self) -> Vec<f32> {
        let all = [&self.scale[..], &self.shift, &self.running_mean, &self.running_variance].concat();
        all.iter().map(|value| *value as f32).collect()
    }

    /// The number of pixels of a channel in the batch.
    fn count(&self) -> f64 {
        (self.activations.images() * self.map.side * self.map.side) as f64
    }

    /// The mean and the variance of a channel in the batch.
    fn moments(&self, channel: usize) -> [f64; 2] {
        oracle::moments(&self.activations.channel(channel))
    }

    /// The batch statistics as kernels read them: mean, scale / deviation, shift and 1 / deviation of each channel.
    fn statistics(&self) -> Vec<f32> {
        let of_channel = |channel: usize| {
            let [mean, variance] = self.moments(channel);
            let inverse = 1.0 / (variance + 1e-5).sqrt();
            [mean, self.scale[channel] * inverse, self.shift[channel], inverse].map(|number| number as f32)
        };
        (0..self.map.channels).flat_map(of_channel).collect()
    }

    /// The sum of the gradient times the output, as a function of the map before ReLU, the scales and the shifts.
    fn objective(&self, before_relu: &Maps, scale: &[f64], shift: &[f64]) -> f64 {
        dot(&oracle::normalise(&before_relu.clone().relu(), scale, shift), &self.gradient)
    }
}

/// The sums of pairs of numbers for each channel, in [`PARTS`] parts, as workgroups leave them.
fn partial_sums(channels: usize, pairs: impl Fn(usize) -> Vec<[f64; 2]>) -> Vec<f32> {
    let mut sums = Vec::new();
    for channel in 0..channels {
        let pairs = pairs(channel);
        for part in 0..PARTS {
            let own = pairs.iter().skip(part).step_by(PARTS);
            let sum = own.fold([0.0, 0.0], |sum, pair| [sum[0] + pair[0], sum[1] + pair[1]]);
            sums.extend(sum.map(|sum| sum as f32));
        }
    }
    sums
}

#[test]
fn sums_become_batch_statistics_and_update_the_running_statistics() {
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(8, Purpose::Weights);
    for size in SIZES {
        let case = Case::new(size, &mut random);
        let channels = case.map.channels;
        let sums = partial_sums(channels, |channel| {
            let distance = |value: &f64| value - case.running_mean[channel];
            case.activations.channel(channel).iter().map(distance).map(|value| [value, value * value]).collect()
        });
        let memory = [
            (STEP, &step_with_dropout(&adapter, case.activations.images())),
            (CHANNEL_SUMS, &adapter.filled(&sums)),
            (VALUES, &adapter.filled(&case.values())),
            (STATISTICS, &adapter.zeros(4 * channels)),
        ];
        let kernel = batch_norm::batch_statistics(case.map, &case.offsets(), PARTS, case.axis);
        let [values, statistics] = run_kernel(&adapter, kernel, &memory, [VALUES, STATISTICS]);
        for (actual, expected) in statistics.iter().zip(case.statistics()) {
            assert_close(&format!("statistics at {size:?}"), f64::from(*actual), f64::from(expected), 1e-5);
        }
        let StageOffsets { running_means, running_variances, .. } = case.offsets();
        for channel in 0..channels {
            let [mean, variance] = case.moments(channel);
            let unbiased = variance * case.count() / (case.count() - 1.0);
            let moved = |old: f64, new: f64| 0.9 * old + 0.1 * new;
            let actual = f64::from(values[running_means + channel]);
            assert_close("running mean", actual, moved(case.running_mean[channel], mean), 1e-5);
            let actual = f64::from(values[running_variances + channel]);
            assert_close("running variance", actual, moved(case.running_variance[channel], unbiased), 1e-5);
        }

        let memory = [(VALUES, &adapter.filled(&case.values())), (STATISTICS, &adapter.zeros(4 * channels))];
        let kernel = batch_norm::running_statistics(case.map, &case.offsets(), case.axis);
        let [statistics] = run_kernel(&adapter, kernel, &memory, [STATISTICS]);
        for (channel, statistics) in statistics.chunks(4).enumerate() {
            let inverse = 1.0 / (case.running_variance[channel] + 1e-5).sqrt();
            let expected = [case.running_mean[channel], case.scale[channel] * inverse, case.shift[channel], inverse];
            for (actual, expected) in statistics.iter().zip(expected) {
                assert_close("running statistics", f64::from(*actual), expected, 1e-5);
            }
        }
    }
}

#[test]
fn batch_norm_and_dropout_are_right_at_any_size() {
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(9, Purpose::Weights);
    for size in SIZES {
        let case = Case::new(size, &mut random);
        let images = case.activations.images();
        let memory = [
            (STEP, &step_with_dropout(&adapter, images)),
            (ACTIVATIONS, &adapter.filled(&to_device_order(&case.activations, case.axis, PADDING))),
            (STATISTICS, &adapter.filled(&case.statistics())),
            (NORMALISED, &adapter.zeros(case.map.len(case.axis))),
        ];
        let kernel = batch_norm::batch_norm(case.map, &case.offsets(), case.axis);
        let [normalised] = run_kernel(&adapter, kernel, &memory, [NORMALISED]);
        let actual = from_device_order(&normalised, case.map, images, case.axis);
        let mut expected = oracle::normalise(&case.activations, &case.scale, &case.shift);
        drop_out(dropout(), ALONE.layer, &mut expected);
        for (actual, expected) in actual.values.iter().zip(&expected.values) {
            assert_close(&format!("{size:?}"), *actual, *expected, 1e-5);
        }
    }
}

#[test]
fn a_gradient_goes_back_through_batch_norm_and_relu_at_any_size() {
    // The difference is so narrow that no activation crosses the corner of its ReLU.
    const WIDTH: f64 = 1e-7;
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(10, Purpose::Weights);
    for size in SIZES {
        let case = Case::new(size, &mut random);
        let (channels, images) = (case.map.channels, case.activations.images());
        let sums = partial_sums(channels, |channel| {
            let [mean, _] = case.moments(channel);
            let (gradient, activations) = (case.gradient.channel(channel), case.activations.channel(channel));
            gradient.iter().zip(&activations).map(|(g, x)| [*g, g * (x - mean)]).collect()
        });
        let step = step_with_dropout(&adapter, images);
        let gradient_statistics = adapter.zeros(4 * channels);
        let memory = [
            (STEP, &step),
            (CHANNEL_SUMS, &adapter.filled(&sums)),
            (STATISTICS, &adapter.filled(&case.statistics())),
            (GRADIENTS, &adapter.zeros(2 * channels)),
            (GRADIENT_STATISTICS, &gradient_statistics),
        ];
        let kernel = batch_norm::gradient_sums(case.map, &case.offsets(), PARTS, case.axis);
        let [gradients] = run_kernel(&adapter, kernel, &memory, [GRADIENTS]);
        for (index, actual) in gradients.iter().enumerate() {
            let moved = |distance: f64| {
                let mut both = [case.scale.clone(), case.shift.clone()];
                both[index / channels][index % channels] += distance;
                case.objective(&case.before_relu, &both[0], &both[1])
            };
            // The function is linear in scales and shifts, so a wide difference is as exact as a narrow one.
            let expected = (moved(1.0) - moved(-1.0)) / 2.0;
            assert_close(&format!("scale or shift {index} at {size:?}"), f64::from(*actual), expected, 2e-5);
        }

        let offsets = StageOffsets { bias_sums: 2, ..case.offsets() };
        let parts = case.map.side * case.axis.groups();
        let memory = [
            (STEP, &step),
            (ACTIVATIONS, &adapter.filled(&to_device_order(&case.activations, case.axis, PADDING))),
            (GRADIENT_STATISTICS, &gradient_statistics),
            (OUTPUT_GRADIENT, &adapter.filled(&to_device_order(&case.gradient, case.axis, 0.0))),
            (PARTIAL_GRADIENTS, &adapter.zeros(offsets.bias_sums + channels * parts)),
        ];
        let kernel = batch_norm::input_gradient(case.map, &offsets, case.axis);
        let [gradient, partial] = run_kernel(&adapter, kernel, &memory, [OUTPUT_GRADIENT, PARTIAL_GRADIENTS]);
        let actual = from_device_order(&gradient, case.map, images, case.axis);
        for index in (0..40).map(|_| random.below(case.activations.values.len())) {
            let moved = |distance: f64| {
                let mut before_relu = case.before_relu.clone();
                before_relu.values[index] += distance;
                case.objective(&before_relu, &case.scale, &case.shift)
            };
            let expected = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
            assert_close(&format!("{index} at {size:?}"), actual.values[index], expected, 2e-5);
        }
        for (channel, sums) in partial[offsets.bias_sums..].chunks(parts).enumerate() {
            let sum = sums.iter().map(|sum| f64::from(*sum)).sum();
            assert_close("biases", sum, actual.channel(channel).iter().sum(), 2e-5);
        }
    }
}
