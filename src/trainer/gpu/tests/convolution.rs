//! Convolutions and their gradients.

use super::{
    ALONE, adapter, check_gradient_sums, drop_out, dropout, dropout_factors, from_device_order, means_on_the_way_back,
    run_kernel, step_with_dropout, sums_of_channels, to_device_order,
};
use crate::random::{Purpose, Random};
use crate::trainer::engine::architecture::Convolution;
use crate::trainer::engine::oracle::{self, Maps, assert_close, conv, dot, noise};
use crate::trainer::gpu::adapter::{Adapter, DeviceBuffer};
use crate::trainer::gpu::buffers::{
    ACTIVATIONS, CHANNEL_SUMS, CONVOLUTION_INPUT, GRADIENT_STATISTICS, INPUT_GRADIENT, OUTPUT_GRADIENT,
    PACKED_WEIGHT_VECTORS, PARTIAL_GRADIENTS, STATISTICS, STEP, VALUES,
};
use crate::trainer::gpu::convolution;
use crate::trainer::gpu::input_loading::InputLoading;
use crate::trainer::gpu::offsets::{StageOffsets, packed_channels};
use crate::trainer::gpu::shape::{BORDER, ImageAxis, Stage, Tile};
use crate::trainer::gpu::weight_gradient::weight_gradient;
use crate::trainer::gpu::weight_gradient_parts::{self, takes_gradient_back};

/// Both kinds of tiles are tested, whatever the adapter is.
const TILES: [Tile; 2] = [Tile::SOFTWARE, Tile::HARDWARE];

/// The content of memory where there is no image.
const PADDING: f32 = 7.0;

/// A convolution that is tested alone, with its input.
struct Case {
    stage: Stage,
    axis: ImageAxis,
    images: usize,
    input: Maps,
    weight: Vec<f64>,
    bias: Vec<f64>,
}

/// The mean, the scale and the shift of a channel.
fn statistics(channel: usize) -> [f32; 3] {
    let channel = channel as f32;
    [0.25 * channel - 0.5, 0.75 + 0.125 * channel, 0.5 - 0.25 * channel]
}

impl Case {
    fn new(conv: Convolution, side: usize, images: usize, width: usize, random: &mut Random) -> Self {
        let stage = Stage::new(conv, side);
        let weight = (0..stage.weights()).map(|_| noise(random)).collect();
        let bias = (0..conv.channels_out).map(|_| noise(random)).collect();
        let input = Maps::random(images, conv.channels_in, side, random);
        Self { stage, axis: ImageAxis::new(images, width), images, input, weight, bias }
    }

    /// The weights as the kernel of the way forward or of the way back reads them.
    fn packed_weights(&self, back: bool) -> Vec<f32> {
        let Convolution { channels_in, channels_out, kernel, .. } = self.stage.conv;
        let taps = kernel * kernel;
        let (outer, inner) = if back { (channels_out, channels_in) } else { (channels_in, channels_out) };
        let mut packed = vec![0.0; outer * taps * packed_channels(inner)];
        for (index, weight) in self.weight.iter().enumerate() {
            let (channel_out, channel_in, tap) = (index / taps / channels_in, index / taps % channels_in, index % taps);
            let (outer, place) = if back { (channel_out, channel_in) } else { (channel_in, channel_out) };
            packed[(outer * taps + tap) * packed_channels(inner) + place] = *weight as f32;
        }
        packed
    }

    fn output(&self, input: &Maps, weight: &[f64]) -> Maps {
        oracle::convolve(input, &self.stage.conv, weight, &self.bias)
    }

    /// All ways to load the content of memory, [`Case::input`], and the input that each leads to.
    fn loadings(&self) -> Vec<(InputLoading, Maps)> {
        let normalised = |has_dropout: bool| {
            let mut maps = self.input.clone();
            let area = maps.side * maps.side;
            for (index, value) in maps.values.iter_mut().enumerate() {
                let [mean, scale, shift] = statistics(index / area % self.input.channels).map(f64::from);
                *value = (*value - mean) * scale + shift;
            }
            if has_dropout {
                drop_out(dropout(), ALONE.layer, &mut maps);
            }
            (InputLoading::Normalising { statistics: 0, layer: ALONE.layer, dropout: has_dropout }, maps)
        };
        vec![(InputLoading::Stored, self.input.clone()), normalised(false), normalised(true)]
    }

    /// The statistics that [`Case::loadings`] uses, as kernels read them.
    fn statistics(&self, adapter: &Adapter) -> DeviceBuffer {
        let vectors = (0..self.input.channels).flat_map(|channel| [&statistics(channel)[..], &[0.0]].concat());
        adapter.filled(&vectors.collect::<Vec<_>>())
    }

    fn check_forward(&self, adapter: &Adapter, tile: Tile, loading: InputLoading, input: &Maps) {
        let (conv, map) = (self.stage.conv, self.stage.output);
        let columns = tile.columns_of(map.side, 1);
        let sums = 2 * map.channels * convolution::sums_per_channel(map.side, columns, self.axis);
        // The biases serve as running means, too.
        let bias: Vec<f32> = self.bias.iter().map(|bias| *bias as f32).collect();
        let mut memory = vec![
            (STEP, step_with_dropout(adapter, self.images)),
            (CONVOLUTION_INPUT, adapter.filled(&to_device_order(&self.input, self.axis, PADDING))),
            (PACKED_WEIGHT_VECTORS, adapter.filled(&self.packed_weights(false))),
            (VALUES, adapter.filled(&bias)),
            (ACTIVATIONS, adapter.zeros(map.len(self.axis))),
            (CHANNEL_SUMS, adapter.zeros(sums)),
        ];
        if loading != InputLoading::Stored {
            memory.push((STATISTICS, self.statistics(adapter)));
        }
        let memory: Vec<_> = memory.iter().map(|(buffer, memory)| (*buffer, memory)).collect();
        let kernel = convolution::forward(&self.stage, ALONE, loading, tile, self.axis);
        let [activations, sums] = run_kernel(adapter, kernel, &memory, [ACTIVATIONS, CHANNEL_SUMS]);
        let actual = from_device_order(&activations, map, self.images, self.axis);
        let expected = self.output(input, &self.weight).relu();
        for (actual, expected) in actual.values.iter().zip(&expected.values) {
            assert_close(&format!("{conv:?}, {loading:?}"), *actual, *expected, 1e-5);
        }
        for (channel, sums) in sums_of_channels(&sums, map.channels).into_iter().enumerate() {
            let distances: Vec<f64> =
                expected.channel(channel).iter().map(|value| value - self.bias[channel]).collect();
            assert_close("sum", sums[0], distances.iter().sum(), 1e-5);
            assert_close("squares", sums[1], distances.iter().map(|value| value * value).sum(), 1e-5);
        }
    }

    /// Checks the derivatives by weights of the sum of `gradient` times the output.
    fn check_weight_gradient(&self, adapter: &Adapter, tile: Tile, random: &mut Random) {
        let Stage { conv, output, .. } = self.stage;
        let gradient = Maps::random(self.images, output.channels, output.side, random);
        let parts = weight_gradient_parts::parts(&self.stage, tile, self.axis);
        let offsets = StageOffsets { weight_sums: 3, ..ALONE };
        for (loading, loaded) in self.loadings() {
            let kernel = weight_gradient(&self.stage, offsets, loading, tile, self.axis);
            let mut memory = vec![
                (CONVOLUTION_INPUT, adapter.filled(&to_device_order(&self.input, self.axis, PADDING))),
                (OUTPUT_GRADIENT, adapter.filled(&to_device_order(&gradient, self.axis, 0.0))),
                (PARTIAL_GRADIENTS, adapter.zeros(offsets.weight_sums + parts * self.stage.weights())),
            ];
            if loading != InputLoading::Stored {
                memory.push((STATISTICS, self.statistics(adapter)));
            }
            if loading.has_dropout() {
                memory.push((STEP, step_with_dropout(adapter, self.images)));
            }
            let memory: Vec<_> = memory.iter().map(|(buffer, memory)| (*buffer, memory)).collect();
            let [partial] = run_kernel(adapter, kernel, &memory, [PARTIAL_GRADIENTS]);
            for _ in 0..20 {
                let index = random.below(self.weight.len());
                let parts = partial[offsets.weight_sums..].chunks(self.stage.weights());
                let actual: f64 = parts.map(|part| f64::from(part[index])).sum();
                let at = |distance: f64| {
                    let mut weight = self.weight.clone();
                    weight[index] += distance;
                    dot(&self.output(&loaded, &weight), &gradient)
                };
                // The function is linear in each weight, so a wide difference is as exact as a narrow one.
                let expected = (at(1.0) - at(-1.0)) / 2.0;
                assert_close(&format!("weight {index} of {conv:?}, {loading:?}"), actual, expected, 2e-5);
            }
        }
    }

    /// Checks the derivatives by weights and biases of the sum of `gradient` times the output after ReLU and batch
    /// norm.
    fn check_weight_gradient_through_batch_norm(&self, adapter: &Adapter, tile: Tile, random: &mut Random) {
        // The difference is so narrow that no activation crosses the corner of its ReLU.
        const WIDTH: f64 = 1e-6;
        let Stage { conv, output, .. } = self.stage;
        let gradient = Maps::random(self.images, output.channels, output.side, random);
        let (parts, weights) = (weight_gradient_parts::parts(&self.stage, tile, self.axis), self.stage.weights());
        let offsets = StageOffsets { weight_sums: 3, bias_sums: 3 + parts * weights, ..ALONE };
        let scale: Vec<f64> = (0..output.channels).map(|channel| f64::from(statistics(channel)[1])).collect();
        let shift = vec![0.0; output.channels];
        let relu = |input: &Maps, weight: &[f64], bias: &[f64]| oracle::convolve(input, &conv, weight, bias).relu();
        for (loading, loaded) in self.loadings() {
            let activations = relu(&loaded, &self.weight, &self.bias);
            let kernel = weight_gradient(&self.stage, offsets, loading, tile, self.axis);
            let statistics = gradient_statistics(&activations, &gradient, &scale);
            let mut memory = vec![
                (CONVOLUTION_INPUT, adapter.filled(&to_device_order(&self.input, self.axis, PADDING))),
                (OUTPUT_GRADIENT, adapter.filled(&to_device_order(&gradient, self.axis, 0.0))),
                (PARTIAL_GRADIENTS, adapter.zeros(offsets.bias_sums + parts * output.channels)),
                (STEP, step_with_dropout(adapter, self.images)),
                (ACTIVATIONS, adapter.filled(&to_device_order(&activations, self.axis, PADDING))),
                (GRADIENT_STATISTICS, adapter.filled(&statistics)),
            ];
            if loading != InputLoading::Stored {
                memory.push((STATISTICS, self.statistics(adapter)));
            }
            let memory: Vec<_> = memory.iter().map(|(buffer, memory)| (*buffer, memory)).collect();
            let [partial] = run_kernel(adapter, kernel, &memory, [PARTIAL_GRADIENTS]);
            let at = |weight: &[f64], bias: &[f64]| {
                dot(&oracle::normalise(&relu(&loaded, weight, bias), &scale, &shift), &gradient)
            };
            for index in (0..20).map(|_| random.below(weights)).collect::<Vec<_>>() {
                let of_weights = partial[offsets.weight_sums..offsets.bias_sums].chunks(weights);
                let actual: f64 = of_weights.map(|part| f64::from(part[index])).sum();
                let moved = |distance: f64| {
                    let mut weight = self.weight.clone();
                    weight[index] += distance;
                    at(&weight, &self.bias)
                };
                let expected = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
                assert_close(&format!("weight {index} of {conv:?}, {loading:?}"), actual, expected, 5e-5);
            }
            for (channel, of_bias) in partial[offsets.bias_sums..].chunks(parts).enumerate() {
                let actual = of_bias.iter().map(|part| f64::from(*part)).sum();
                let moved = |distance: f64| {
                    let mut bias = self.bias.clone();
                    bias[channel] += distance;
                    at(&self.weight, &bias)
                };
                let expected = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
                assert_close(&format!("bias {channel} of {conv:?}, {loading:?}"), actual, expected, 5e-5);
            }
        }
    }

    /// Checks the derivatives by the input of the sum of `gradient` times the output.
    fn check_input_gradient(&self, adapter: &Adapter, tile: Tile, random: &mut Random) {
        let Stage { conv, input, output } = self.stage;
        let gradient = Maps::random(self.images, output.channels, output.side, random);
        let activations = Maps::random(self.images, input.channels, input.side, random);
        let columns = tile.columns_of(input.side, conv.stride);
        let sums = 2 * input.channels * convolution::sums_per_channel(input.side, columns, self.axis);
        let memory = [
            (STEP, &step_with_dropout(adapter, self.images)),
            (OUTPUT_GRADIENT, &adapter.filled(&to_device_order(&gradient, self.axis, 0.0))),
            (PACKED_WEIGHT_VECTORS, &adapter.filled(&self.packed_weights(true))),
            (ACTIVATIONS, &adapter.filled(&to_device_order(&activations, self.axis, PADDING))),
            (STATISTICS, &adapter.filled(&means_on_the_way_back(input.channels))),
            (INPUT_GRADIENT, &adapter.zeros(input.len(self.axis))),
            (CHANNEL_SUMS, &adapter.zeros(sums)),
        ];
        let kernel = convolution::input_gradient(&self.stage, ALONE, ALONE, tile, self.axis);
        let [actual, sums] = run_kernel(adapter, kernel, &memory, [INPUT_GRADIENT, CHANNEL_SUMS]);
        let actual = from_device_order(&actual, input, self.images, self.axis);
        let factors = dropout_factors(dropout(), ALONE.layer, self.images, input);
        for _ in 0..40 {
            let index = random.below(self.input.values.len());
            let at = |distance: f64| {
                let mut input = self.input.clone();
                input.values[index] += distance;
                dot(&self.output(&input, &self.weight), &gradient)
            };
            // The function is linear in each input, so a wide difference is as exact as a narrow one.
            let expected = (at(1.0) - at(-1.0)) / 2.0 * factors.values[index];
            assert_close(&format!("input {index} of {conv:?}"), actual.values[index], expected, 1e-5);
        }
        check_gradient_sums(&sums, &actual, &activations, 1e-4);
    }
}

/// The statistics that take a gradient back through the batch norm of a map, as `batch_norm_gradient_sums.wgsl`
/// computes them.
fn gradient_statistics(activations: &Maps, gradient: &Maps, scale: &[f64]) -> Vec<f32> {
    let of_channel = |channel: usize| {
        let (x, g) = (activations.channel(channel), gradient.channel(channel));
        let count = g.len() as f64;
        let [mean, variance] = oracle::moments(&x);
        let inverse = 1.0 / (variance + 1e-5).sqrt();
        let mean_gradient = g.iter().sum::<f64>() / count;
        let mean_product = x.iter().zip(&g).map(|(x, g)| g * (x - mean)).sum::<f64>() / count;
        [mean, mean_gradient, mean_product * inverse * inverse, scale[channel] * inverse].map(|number| number as f32)
    };
    (0..activations.channels).flat_map(of_channel).collect()
}

#[test]
fn convolution_and_its_gradients_are_right_at_any_size() {
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(5, Purpose::Weights);
    // Side, images and the width of the adapter.
    let cases = [
        (conv(1, 5, 5, 1, 1), 9, 3, 4),
        (conv(1, 9, 3, 2, 1), 8, 70, 4),
        (conv(3, 10, 3, 1, 1), 5, 5, 4),
        (conv(9, 4, 3, 2, 1), 7, 3, 32),
        (conv(2, 9, 3, 2, 1), 8, 70, 4),
        (conv(4, 3, 3, 1, 0), 6, 1, 4),
    ];
    for (conv, side, images, width) in cases {
        let case = Case::new(conv, side, images, width, &mut random);
        for tile in TILES {
            for (loading, input) in case.loadings() {
                case.check_forward(&adapter, tile, loading, &input);
            }
            if takes_gradient_back(&case.stage) {
                case.check_weight_gradient_through_batch_norm(&adapter, tile, &mut random);
            } else {
                case.check_weight_gradient(&adapter, tile, &mut random);
            }
            // Larger kernels would reach beyond the border. The net has one, but it reads the images, which need no
            // gradient.
            if conv.kernel <= conv.padding + BORDER + 1 {
                case.check_input_gradient(&adapter, tile, &mut random);
            }
        }
    }
}
