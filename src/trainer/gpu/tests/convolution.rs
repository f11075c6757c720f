//! Convolutions and their gradients.

use super::{ALONE, adapter, back_norms, call, check_back_sums, drop_out, dropout, mask, packed, step, sums, unpacked};
use crate::random::{Purpose, Random};
use crate::trainer::engine::architecture::Convolution;
use crate::trainer::engine::oracle;
use crate::trainer::engine::oracle::{Maps, assert_close, conv, dot, noise};
use crate::trainer::gpu::adapter::{Adapter, Memory};
use crate::trainer::gpu::convolve;
use crate::trainer::gpu::convolve::packed_channels;
use crate::trainer::gpu::descend::Sums;
use crate::trainer::gpu::load::Input;
use crate::trainer::gpu::shape::{BORDER, Lanes, Stage, Tile};
use crate::trainer::gpu::step::Step;
use crate::trainer::gpu::weight_gradient;

/// Tiles of both kinds, whatever the adapter is.
const TILES: [Tile; 2] = [Tile::SOFTWARE, Tile::HARDWARE];

/// A convolution alone, with its input.
struct Alone {
    stage: Stage,
    lanes: Lanes,
    images: usize,
    input: Maps,
    weight: Vec<f64>,
    bias: Vec<f64>,
}

/// A channel's mean, scale and shift where a kernel is alone.
fn norm(channel: usize) -> [f32; 3] {
    let channel = channel as f32;
    [0.25 * channel - 0.5, 0.75 + 0.125 * channel, 0.5 - 0.25 * channel]
}

impl Alone {
    fn new(conv: Convolution, side: usize, images: usize, width: usize, random: &mut Random) -> Self {
        let stage = Stage::new(conv, side);
        let weight = (0..stage.weights()).map(|_| noise(random)).collect();
        let bias = (0..conv.channels_out).map(|_| noise(random)).collect();
        let input = Maps::random(images, conv.channels_in, side, random);
        Self { stage, lanes: Lanes::new(images, width), images, input, weight, bias }
    }

    /// Weights as the way forward or the way back reads them.
    fn packed_weights(&self, back: bool) -> Vec<f32> {
        let Convolution { channels_in, channels_out, kernel, .. } = self.stage.conv;
        let taps = kernel * kernel;
        let (outer, inner) = if back { (channels_out, channels_in) } else { (channels_in, channels_out) };
        let mut packed = vec![0.0; outer * taps * packed_channels(inner)];
        for (index, weight) in self.weight.iter().enumerate() {
            let (out, within, tap) = (index / taps / channels_in, index / taps % channels_in, index % taps);
            let (outer, inner_place) = if back { (out, within) } else { (within, out) };
            packed[(outer * taps + tap) * packed_channels(inner) + inner_place] = *weight as f32;
        }
        packed
    }

    fn output(&self, input: &Maps, weight: &[f64]) -> Maps {
        plain::convolve(input, &self.stage.conv, weight, &self.bias)
    }

    /// What lies in memory as the input may be loaded in these ways, and what it is then.
    fn loads(&self) -> Vec<(Input, Maps)> {
        let normal = |drops: bool| {
            let mut maps = self.input.clone();
            let area = maps.side * maps.side;
            for (index, value) in maps.values.iter_mut().enumerate() {
                let [mean, scale, shift] = norm(index / area % self.input.channels).map(f64::from);
                *value = (*value - mean) * scale + shift;
            }
            if drops {
                drop_out(dropout(), ALONE.layer, &mut maps);
            }
            (Input::Raw { norm: 0, layer: ALONE.layer, drops }, maps)
        };
        vec![(Input::Ready, self.input.clone()), normal(false), normal(true)]
    }

    /// The norms that [`Alone::loads`] takes.
    fn norms(&self, adapter: &Adapter) -> Memory {
        let norms = (0..self.input.channels).flat_map(|channel| [&norm(channel)[..], &[0.0]].concat());
        adapter.filled(&norms.collect::<Vec<_>>())
    }

    fn check_forward(&self, adapter: &Adapter, tile: Tile, load: Input, input: &Maps) {
        let (conv, map) = (self.stage.conv, self.stage.output);
        let columns = tile.columns_of(map.side, 1);
        let left = 2 * map.channels * convolve::parts(map.side, columns, self.lanes);
        // The biases serve as running means, too.
        let bias: Vec<f32> = self.bias.iter().map(|bias| *bias as f32).collect();
        let bound = [
            &step(adapter, &Step { dropout: dropout(), ..Step::still(self.images) }),
            &adapter.filled(&packed(&self.input, self.lanes, 7.0)),
            &adapter.filled(&self.packed_weights(false)),
            &adapter.filled(&bias),
            &adapter.zeros(map.len(self.lanes)),
            &adapter.zeros(left),
            &self.norms(adapter),
        ];
        let bound = &bound[..if load == Input::Ready { 6 } else { 7 }];
        let kernel = convolve::forward(&self.stage, ALONE, load, tile, self.lanes);
        let read = call(adapter, &kernel, bound, &[4, 5]);
        let actual = unpacked(&read[0], map, self.images, self.lanes);
        let expected = self.output(input, &self.weight).relu();
        for (actual, expected) in actual.values.iter().zip(&expected.values) {
            assert_close(&format!("{conv:?}, {load:?}"), *actual, *expected, 1e-5);
        }
        for (channel, sums) in sums(&read[1], map.channels).into_iter().enumerate() {
            let beyond: Vec<f64> = expected.channel(channel).iter().map(|value| value - self.bias[channel]).collect();
            assert_close("sum", sums[0], beyond.iter().sum(), 1e-5);
            assert_close("squares", sums[1], beyond.iter().map(|value| value * value).sum(), 1e-5);
        }
    }

    /// The gradient of the sum of `slope` times the output, by weights.
    fn check_weight_gradient(&self, adapter: &Adapter, tile: Tile, random: &mut Random) {
        let Stage { conv, output, .. } = self.stage;
        let slope = Maps::random(self.images, output.channels, output.side, random);
        let parts = weight_gradient::parts(&self.stage, tile, self.lanes);
        let sums = Sums { weights: 3, biases: 0, forward: 0, backward: 0 };
        for (load, loaded) in self.loads() {
            let kernel = weight_gradient::weight_gradient(&self.stage, &sums, 0, load, tile, self.lanes);
            let bound = [
                &adapter.filled(&packed(&self.input, self.lanes, 7.0)),
                &adapter.filled(&packed(&slope, self.lanes, 0.0)),
                &adapter.zeros(sums.weights + parts * self.stage.weights()),
                &self.norms(adapter),
                &step(adapter, &Step { dropout: dropout(), ..Step::still(self.images) }),
            ];
            let bound = match load {
                Input::Ready => &bound[..3],
                Input::Raw { drops: false, .. } => &bound[..4],
                Input::Raw { drops: true, .. } => &bound[..],
            };
            let read = call(adapter, &kernel, bound, &[2]).remove(0);
            for _ in 0..20 {
                let index = random.below(self.weight.len());
                let parts = read[sums.weights..].chunks(self.stage.weights());
                let actual: f64 = parts.map(|part| f64::from(part[index])).sum();
                let at = |by: f64| {
                    let mut weight = self.weight.clone();
                    weight[index] += by;
                    dot(&self.output(&loaded, &weight), &slope)
                };
                // It is linear in each number, so a wide difference is as right as a narrow one.
                let expected = (at(1.0) - at(-1.0)) / 2.0;
                assert_close(&format!("weight {index} of {conv:?}, {load:?}"), actual, expected, 2e-5);
            }
        }
    }

    /// The gradient of the sum of `slope` times the output after ReLU and normalisation, by weights and biases.
    fn check_weight_gradient_through_norm(&self, adapter: &Adapter, tile: Tile, random: &mut Random) {
        // So narrow that no activation crosses the corner of its ReLU.
        const WIDTH: f64 = 1e-6;
        let Stage { conv, output, .. } = self.stage;
        let slope = Maps::random(self.images, output.channels, output.side, random);
        let (parts, weights) = (weight_gradient::parts(&self.stage, tile, self.lanes), self.stage.weights());
        let sums = Sums { weights: 3, biases: 3 + parts * weights, forward: 0, backward: 0 };
        let scale: Vec<f64> = (0..output.channels).map(|channel| f64::from(norm(channel)[1])).collect();
        let relu = |input: &Maps, weight: &[f64], bias: &[f64]| plain::convolve(input, &conv, weight, bias).relu();
        for (load, loaded) in self.loads() {
            let raw = relu(&loaded, &self.weight, &self.bias);
            let kernel = weight_gradient::weight_gradient(&self.stage, &sums, 0, load, tile, self.lanes);
            let mut bound = vec![
                adapter.filled(&packed(&self.input, self.lanes, 7.0)),
                adapter.filled(&packed(&slope, self.lanes, 0.0)),
                adapter.zeros(sums.biases + parts * output.channels),
            ];
            if load != Input::Ready {
                bound.push(self.norms(adapter));
            }
            bound.push(step(adapter, &Step { dropout: dropout(), ..Step::still(self.images) }));
            bound.push(adapter.filled(&packed(&raw, self.lanes, 7.0)));
            bound.push(adapter.filled(&backs(&raw, &slope, &scale)));
            let read = call(adapter, &kernel, &bound.iter().collect::<Vec<_>>(), &[2]).remove(0);
            let at = |weight: &[f64], bias: &[f64]| {
                dot(&plain::normalise(&relu(&loaded, weight, bias), &scale, &vec![0.0; output.channels]), &slope)
            };
            for index in (0..20).map(|_| random.below(weights)).collect::<Vec<_>>() {
                let of_weights = read[sums.weights..sums.biases].chunks(weights);
                let actual: f64 = of_weights.map(|part| f64::from(part[index])).sum();
                let moved = |by: f64| {
                    let mut weight = self.weight.clone();
                    weight[index] += by;
                    at(&weight, &self.bias)
                };
                let expected = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
                assert_close(&format!("weight {index} of {conv:?}, {load:?}"), actual, expected, 5e-5);
            }
            for (channel, of_bias) in read[sums.biases..].chunks(parts).enumerate() {
                let actual = of_bias.iter().map(|part| f64::from(*part)).sum();
                let moved = |by: f64| {
                    let mut bias = self.bias.clone();
                    bias[channel] += by;
                    at(&self.weight, &bias)
                };
                let expected = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
                assert_close(&format!("bias {channel} of {conv:?}, {load:?}"), actual, expected, 5e-5);
            }
        }
    }

    /// The gradient of the sum of `slope` times the output, by the input.
    fn check_input_gradient(&self, adapter: &Adapter, tile: Tile, random: &mut Random) {
        let Stage { conv, input, output } = self.stage;
        let slope = Maps::random(self.images, output.channels, output.side, random);
        let slopes = adapter.filled(&packed(&slope, self.lanes, 0.0));
        let raw = Maps::random(self.images, input.channels, input.side, random);
        let columns = tile.columns_of(input.side, conv.stride);
        let dropout = dropout();
        let bound = [
            &step(adapter, &Step { dropout, ..Step::still(self.images) }),
            &slopes,
            &adapter.filled(&self.packed_weights(true)),
            &adapter.filled(&packed(&raw, self.lanes, 7.0)),
            &adapter.filled(&back_norms(input.channels)),
            &adapter.zeros(input.len(self.lanes)),
            &adapter.zeros(2 * input.channels * convolve::parts(input.side, columns, self.lanes)),
        ];
        let kernel = convolve::input_gradient(&self.stage, ALONE, ALONE, tile, self.lanes);
        let read = call(adapter, &kernel, &bound, &[5, 6]);
        let actual = unpacked(&read[0], input, self.images, self.lanes);
        let kept = mask(dropout, ALONE.layer, self.images, input);
        for _ in 0..40 {
            let index = random.below(self.input.values.len());
            let at = |by: f64| {
                let mut input = self.input.clone();
                input.values[index] += by;
                dot(&self.output(&input, &self.weight), &slope)
            };
            let expected = (at(1.0) - at(-1.0)) / 2.0;
            assert_close(
                &format!("input {index} of {conv:?}"),
                actual.values[index],
                expected * kept.values[index],
                1e-5,
            );
        }
        check_back_sums(&read[1], &actual, &raw, 1e-4);
    }
}

/// What takes a gradient back through the normalisation of a map: mean, offset, slope and scale of each channel, as
/// `settle_back.wgsl` has them.
fn backs(raw: &Maps, slope: &Maps, scale: &[f64]) -> Vec<f32> {
    let of_channel = |channel: usize| {
        let (raw, slope) = (raw.channel(channel), slope.channel(channel));
        let [mean, variance] = plain::moments(&raw);
        let inverse = 1.0 / (variance + 1e-5).sqrt();
        let offset = slope.iter().sum::<f64>() / slope.len() as f64;
        let product = raw.iter().zip(&slope).map(|(raw, slope)| slope * (raw - mean)).sum::<f64>() / slope.len() as f64;
        [mean, offset, product * inverse * inverse, scale[channel] * inverse].map(|number| number as f32)
    };
    (0..raw.channels).flat_map(of_channel).collect()
}

#[test]
fn convolution_and_its_gradients_are_right_at_any_size() {
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(5, Purpose::Weights);
    let cases = [
        (conv(1, 5, 5, 1, 1), 9, 3, 4),
        (conv(1, 9, 3, 2, 1), 8, 70, 4),
        (conv(3, 10, 3, 1, 1), 5, 5, 4),
        (conv(9, 4, 3, 2, 1), 7, 3, 32),
        (conv(2, 9, 3, 2, 1), 8, 70, 4),
        (conv(4, 3, 3, 1, 0), 6, 1, 4),
    ];
    for (conv, side, images, width) in cases {
        let alone = Alone::new(conv, side, images, width, &mut random);
        for tile in TILES {
            for (load, input) in alone.loads() {
                alone.check_forward(&adapter, tile, load, &input);
            }
            if weight_gradient::takes_back(&alone.stage) {
                alone.check_weight_gradient_through_norm(&adapter, tile, &mut random);
            } else {
                alone.check_weight_gradient(&adapter, tile, &mut random);
            }
            // Others would reach beyond the border; the net has one such, whose input is the image.
            if conv.kernel <= conv.padding + BORDER + 1 {
                alone.check_input_gradient(&adapter, tile, &mut random);
            }
        }
    }
}
