//! Every kernel alone against plain 64-bit loops, at odd sizes, gradients by differences; then the whole net.
//!
//! They need an adapter. Where there is none they test nothing and say so, unless `GRADSHEET_ADAPTER` is set, as by
//! `cargo xtask test`.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::adapter::{Adapter, Memory};
use super::convolve::{self, Call, Places, packed_channels};
use super::descend::{self, Rule, Sums};
use super::load::Input;
use super::net::{Dropout, Net, Step};
use super::shape::{BORDER, Lanes, Map, Stage, Tile};
use super::weight_gradient;
use crate::mnist::{CLASSES, Movement, Normalisation, PIXELS};
use crate::random::{Purpose, Random};
use crate::trainer::architecture::{Convolution, MEAN, STD};
use crate::trainer::batch::Batch;
use crate::trainer::check::{self, Reference};
use crate::trainer::layout::Layout;
use crate::trainer::optimizer::average;
use crate::trainer::plain::{self, Maps, assert_close, dot, noise};
use crate::trainer::protocol::CheckReport;
use crate::trainer::recipe::{Betas, Optimizer, Recipe};
use crate::trainer::snapshot::Numbers;
use crate::trainer::weights::largest_difference;

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::thread::yield_now();
    }
}

/// The machine's adapter, if it has one.
fn adapter() -> Option<Adapter> {
    let adapter = run(Adapter::native()).expect("the adapter starts");
    if adapter.is_none() {
        assert!(std::env::var_os("GRADSHEET_ADAPTER").is_none(), "there is no adapter, but one is asked for");
        println!("There is no adapter: not tested.");
    }
    adapter
}

/// Tiles of both kinds, whatever the adapter is.
const TILES: [Tile; 2] = [Tile::SOFTWARE, Tile::HARDWARE];

/// Maps as kernels have them; lanes without an image hold what should do no harm.
fn packed(maps: &Maps, lanes: Lanes, beyond: f32) -> Vec<f32> {
    let map = Map { channels: maps.channels, side: maps.side };
    let mut values = vec![0.0; map.len(lanes)];
    for channel in 0..maps.channels {
        for (y, x) in pixels(maps.side) {
            for image in 0..lanes.all {
                let value =
                    if image < maps.images() { maps.values[maps.place(image, channel, y, x)] as f32 } else { beyond };
                values[place(map, lanes, channel, y, x) + image] = value;
            }
        }
    }
    values
}

fn unpacked(values: &[f32], map: Map, images: usize, lanes: Lanes) -> Maps {
    let mut maps = Maps::zeros(images, map.channels, map.side);
    for channel in 0..map.channels {
        for (y, x) in pixels(map.side) {
            for image in 0..images {
                let to = maps.place(image, channel, y, x);
                maps.values[to] = f64::from(values[place(map, lanes, channel, y, x) + image]);
            }
        }
    }
    maps
}

fn pixels(side: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..side).flat_map(move |y| (0..side).map(move |x| (y, x)))
}

fn place(map: Map, lanes: Lanes, channel: usize, y: usize, x: usize) -> usize {
    ((channel * map.width() + y + BORDER) * map.width() + x + BORDER) * lanes.all
}

/// Runs one kernel and reads the buffers at these bindings.
fn call(adapter: &Adapter, call: &Call, bound: &[&Memory], read: &[usize]) -> Vec<Vec<f32>> {
    let work = adapter.work("under test", call, bound);
    adapter.submit([&work]);
    let parts: Vec<_> = read.iter().map(|index| (bound[*index], 0..bound[*index].length)).collect();
    run(adapter.read(&parts)).expect("the device answers")
}

fn step(adapter: &Adapter, step: &Step) -> Memory {
    let memory = adapter.uniform(Step::LENGTH);
    adapter.write(&memory, &step.words());
    memory
}

/// A stage alone: its numbers lie at the beginning of every array.
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

/// What is dropped where a kernel is alone.
fn dropout() -> Dropout {
    Dropout::new(0.3, 5, 2)
}

const PLACES: Places = Places { layer: 3, bias: 0, running_mean: 0, norm: 0, forward: 0, backward: 0 };

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

    /// Two sums of each channel, over the parts that a kernel left.
    fn sums(left: &[f32], channels: usize) -> Vec<[f64; 2]> {
        let parts = left.len() / channels / 2;
        let of = |channel: usize| {
            let (pairs, _) = left[channel * parts * 2..(channel + 1) * parts * 2].as_chunks::<2>();
            pairs.iter().fold([0.0, 0.0], |sum, pair| [sum[0] + f64::from(pair[0]), sum[1] + f64::from(pair[1])])
        };
        (0..channels).map(of).collect()
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
                drop_out(dropout(), PLACES.layer, &mut maps);
            }
            (Input::Raw { norm: 0, layer: PLACES.layer, drops }, maps)
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
        let kernel = convolve::forward(&self.stage, PLACES, load, tile, self.lanes);
        let read = call(adapter, &kernel, bound, &[4, 5]);
        let actual = unpacked(&read[0], map, self.images, self.lanes);
        let mut expected = self.output(input, &self.weight);
        expected.values.iter_mut().for_each(|value| *value = value.max(0.0));
        for (actual, expected) in actual.values.iter().zip(&expected.values) {
            assert_close(&format!("{conv:?}, {load:?}"), *actual, *expected, 1e-5);
        }
        for (channel, sums) in Self::sums(&read[1], map.channels).into_iter().enumerate() {
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
            let (drops, left) = (load.drops(), adapter.zeros(sums.weights + parts * self.stage.weights()));
            let bound = [
                &adapter.filled(&packed(&self.input, self.lanes, 7.0)),
                &adapter.filled(&packed(&slope, self.lanes, 0.0)),
                &left,
                &self.norms(adapter),
                &step(adapter, &Step { dropout: dropout(), ..Step::still(self.images) }),
            ];
            let bound = &bound[..if drops {
                5
            } else if load == Input::Ready {
                3
            } else {
                4
            }];
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
        let relu = |input: &Maps, weight: &[f64], bias: &[f64]| {
            let mut maps = plain::convolve(input, &conv, weight, bias);
            maps.values.iter_mut().for_each(|value| *value = value.max(0.0));
            maps
        };
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
        let norms: Vec<f32> = (0..input.channels).flat_map(|_| [0.25, 0.0, 0.0, 0.0]).collect();
        let columns = tile.columns_of(input.side, conv.stride);
        let dropout = dropout();
        let bound = [
            &step(adapter, &Step { dropout, ..Step::still(self.images) }),
            &slopes,
            &adapter.filled(&self.packed_weights(true)),
            &adapter.filled(&packed(&raw, self.lanes, 7.0)),
            &adapter.filled(&norms),
            &adapter.zeros(input.len(self.lanes)),
            &adapter.zeros(2 * input.channels * convolve::parts(input.side, columns, self.lanes)),
        ];
        let kernel = convolve::input_gradient(&self.stage, PLACES, PLACES, tile, self.lanes);
        let read = call(adapter, &kernel, &bound, &[5, 6]);
        let actual = unpacked(&read[0], input, self.images, self.lanes);
        let mut kept = Maps::zeros(self.images, input.channels, input.side);
        kept.values.fill(1.0);
        drop_out(dropout, PLACES.layer, &mut kept);
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
        for (channel, sums) in Self::sums(&read[1], input.channels).into_iter().enumerate() {
            let (slope, raw) = (actual.channel(channel), raw.channel(channel));
            assert_close("sum", sums[0], slope.iter().sum(), 1e-4);
            let products = slope.iter().zip(&raw).map(|(slope, raw)| slope * (raw - 0.25)).sum();
            assert_close("products", sums[1], products, 1e-4);
        }
    }
}

/// What takes a gradient back through the normalisation of a map: mean, offset, slope and scale of each channel, as
/// `settle_back.wgsl` has them.
fn backs(raw: &Maps, slope: &Maps, scale: &[f64]) -> Vec<f32> {
    let of_channel = |channel: usize| {
        let (raw, slope) = (raw.channel(channel), slope.channel(channel));
        let mean_of = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / raw.len() as f64;
        let mean = mean_of(&mut raw.iter().copied());
        let inverse = 1.0 / (mean_of(&mut raw.iter().map(|value| (value - mean).powi(2))) + 1e-5).sqrt();
        let offset = mean_of(&mut slope.iter().copied());
        let product = mean_of(&mut raw.iter().zip(&slope).map(|(raw, slope)| slope * (raw - mean)));
        [mean, offset, product * inverse * inverse, scale[channel] * inverse].map(|number| number as f32)
    };
    (0..raw.channels).flat_map(of_channel).collect()
}

/// Multiplies maps by dropout's factors, as `common.wgsl` has them.
fn drop_out(dropout: Dropout, layer: usize, maps: &mut Maps) {
    fn mix(mut x: u32) -> u32 {
        x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
        x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
        x ^ (x >> 16)
    }
    let pixels = maps.channels * maps.side * maps.side;
    let layer_key = mix(dropout.key ^ (layer as u32).wrapping_mul(0x9e37_79b9));
    for (index, value) in maps.values.iter_mut().enumerate() {
        let (image, pixel) = ((index / pixels) as u32, (index % pixels) as u32);
        let bits = mix(pixel ^ mix(layer_key ^ image)) >> 8;
        *value *= if bits < dropout.threshold { 0.0 } else { f64::from(dropout.scale) };
    }
}

#[test]
fn convolution_and_its_gradients_are_right_at_any_size() {
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(5, Purpose::Weights);
    let conv = |channels_in, channels_out, kernel, stride, padding| Convolution {
        channels_in,
        channels_out,
        kernel,
        stride,
        padding,
    };
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

/// A net of the kernels with random numbers, and all that it is compared with.
fn setting(adapter: &Adapter, recipe: &Recipe, images: usize) -> (Net, Numbers, Batch) {
    let mut random = Random::new(3, Purpose::Weights);
    let numbers = Numbers::of(&plain::weights(&mut random)).expect("all weights are there");
    let (pixels, targets) = plain::batch(images, &mut random);
    let labels = (0..images).map(|image| (image * 7 % CLASSES) as u8).collect();
    let net = run(Net::new(adapter, recipe, &numbers)).expect("it fits");
    (net, numbers, Batch { pixels, targets, labels })
}

fn widen(values: &[f32]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

#[test]
fn the_whole_net_has_the_gradients_of_its_loss_with_dropout_and_soft_targets() {
    let Some(adapter) = adapter() else { return };
    let recipe = Recipe { batch_size: 5, ..Recipe::classic() };
    check_whole_net(&adapter, &recipe, Dropout::new(0.1, 1, 3));
}

#[test]
fn the_whole_net_has_the_gradients_of_its_loss_without_dropout() {
    let Some(adapter) = adapter() else { return };
    check_whole_net(&adapter, &Recipe { batch_size: 5, dropout: 0.0, ..Recipe::classic() }, Dropout::OFF);
}

#[test]
fn the_whole_net_is_right_as_it_is_cut_for_hardware() {
    let Some(adapter) = adapter() else { return };
    let hardware = Adapter { software: false, ..adapter };
    check_whole_net(&hardware, &Recipe { batch_size: 5, ..Recipe::classic() }, Dropout::new(0.1, 1, 3));
}

/// The logits, the outcome and the gradients of the net against plain loops and differences.
fn check_whole_net(adapter: &Adapter, recipe: &Recipe, dropout: Dropout) {
    // So narrow that no activation crosses the corner of its ReLU.
    const WIDTH: f64 = 1e-7;
    // Fewer images than there is room for.
    let (net, numbers, batch) = setting(adapter, recipe, 3);
    let before = run(net.numbers()).expect("the device answers");
    let [logits, gradients] = run(net.probe_with(&batch, dropout)).expect("the device answers");
    assert_eq!(run(net.numbers()), Ok(before), "nothing moves");

    let values = widen(&numbers.flat());
    let drop = |layer: usize, maps: &mut Maps| drop_out(dropout, layer, maps);
    let expected = plain::forward(&values, &batch.pixels, Some(&drop));
    for (actual, expected) in logits.iter().zip(&expected) {
        assert_close("logit", f64::from(*actual), *expected, 1e-5);
    }
    let outcome = run(net.outcomes(1)).expect("the device answers")[0];
    assert_close("loss", f64::from(outcome.loss), plain::loss(&expected, &batch.targets), 1e-5);
    let right = |(row, label): (&[f64], &u8)| row.iter().all(|logit| *logit <= row[usize::from(*label)]);
    let correct = expected.chunks(CLASSES).zip(&batch.labels).filter(|pair| right(*pair)).count();
    assert_eq!(outcome.correct as usize, correct);

    let at = |values: &[f64]| plain::loss(&plain::forward(values, &batch.pixels, Some(&drop)), &batch.targets);
    let mut random = Random::new(4, Purpose::Weights);
    let layout = Layout::new();
    for slot in layout.slots().iter().filter(|slot| slot.range.end <= layout.parameters()) {
        let index = slot.range.start + random.below(slot.range.len());
        let moved = |by: f64| {
            let mut values = values.clone();
            values[index] += by;
            at(&values)
        };
        let difference = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
        assert_close(&format!("{} at {index}", slot.name), f64::from(gradients[index]), difference, 3e-6);
    }
}

#[test]
fn images_of_the_data_set_are_moved_as_on_the_cpu() {
    let Some(adapter) = adapter() else { return };
    let recipe = Recipe { batch_size: 5, ..Recipe::classic() };
    let (mut net, _, batch) = setting(&adapter, &recipe, 3);
    let images: Vec<u8> = (0..7 * PIXELS).map(|index| (index * 89 % 251) as u8).collect();
    net.hold(&images);
    let movements = [Movement::new(0.0, 0.0, 0.0), Movement::new(11.0, -1.5, 0.25), Movement::new(-170.0, 9.0, 14.0)];
    let picks = [6, 0, 3];
    let step = Step::still(3);
    assert!(net.learn_held(&picks, &movements, &batch.targets, &batch.labels, &step));
    let held = run(net.outcomes(1)).expect("the device answers")[0].loss;

    let normalisation = Normalisation::new(MEAN, STD);
    let mut pixels = vec![0.0; 3 * PIXELS];
    for ((pixels, pick), movement) in pixels.chunks_mut(PIXELS).zip(picks).zip(movements) {
        movement.apply(&images[pick * PIXELS..][..PIXELS], pixels);
    }
    normalisation.apply(&mut pixels);
    net.learn(&Batch { pixels, ..batch }, &step);
    let made = run(net.outcomes(1)).expect("the device answers")[0].loss;
    assert_close("loss", f64::from(held), f64::from(made), 1e-5);
}

#[test]
fn in_use_it_is_the_net_also_where_its_weights_are_averaged() {
    let Some(adapter) = adapter() else { return };
    for averaging in [0.0, 0.9] {
        let recipe = Recipe { batch_size: 4, averaging, ..Recipe::classic() };
        let (_, numbers, batch) = setting(&adapter, &recipe, 7);
        let average = if averaging > 0.0 { numbers.flat() } else { Vec::new() };
        // Then the weights themselves are others.
        let own = Numbers { average, ..if averaging > 0.0 { Numbers::initial(9) } else { numbers.clone() } };
        let net = run(Net::new(&adapter, &recipe, &own)).expect("it fits");
        // More images than there is room for at once.
        let logits = run(net.classify(&batch.pixels)).expect("the device answers");
        let expected = plain::forward(&widen(&numbers.flat()), &batch.pixels, None);
        assert_eq!(logits.len(), expected.len());
        for (actual, expected) in logits.iter().zip(&expected) {
            assert_close("logit", f64::from(*actual), *expected, 1e-5);
        }
        assert_eq!(run(net.numbers()).map(|numbers| numbers.parameters), Ok(own.parameters), "they are back in place");
    }
}

#[test]
fn every_optimizer_moves_weights_and_their_average_as_the_one_for_the_cpu() {
    let Some(adapter) = adapter() else { return };
    let optimizers = [
        Optimizer::Sgd { momentum: 0.0, nesterov: false },
        Optimizer::Sgd { momentum: 0.9, nesterov: false },
        Optimizer::Sgd { momentum: 0.9, nesterov: true },
        Optimizer::Adam(Betas::default()),
        Optimizer::AdamW(Betas::default()),
    ];
    let (layout, stages, lanes) = (Layout::new(), Stage::of_the_net(), Lanes::new(2, 4));
    let (sums, partial, packed) = descend::places(&stages, Tile::SOFTWARE, lanes);
    for optimizer in optimizers {
        let recipe = Recipe { optimizer, weight_decay: 0.01, averaging: 0.5, ..Recipe::classic() };
        let rule = Rule { optimizer, averages: true };
        let kernel = descend::descend(&stages, &sums, rule, Tile::SOFTWARE, lanes, &layout);
        let mut numbers = Numbers::initial(1);
        let mut mean = Vec::new();
        numbers.moments = vec![vec![0.0; layout.parameters()]; optimizer.moments()];
        let mut random = Random::new(6, Purpose::Weights);
        let gradients: Vec<f32> = (0..layout.parameters()).map(|_| noise(&mut random) as f32).collect();
        let (values, moments) = (adapter.filled(&numbers.flat()), adapter.zeros(2 * layout.parameters()));
        let (own, means) = (adapter.filled(&gradients), adapter.zeros(layout.len()));
        // The partial sums are 0, but for one part of each weight and bias.
        let mut left = vec![0.0; partial];
        for (number, (stage, sums)) in (1..).zip(stages.iter().zip(&sums)) {
            let weights = layout.range(&format!("conv{number}.weight"));
            left[sums.weights..sums.weights + stage.weights()].copy_from_slice(&gradients[weights]);
            for (channel, index) in layout.range(&format!("conv{number}.bias")).enumerate() {
                let parts = weight_gradient::bias_parts(stage, Tile::SOFTWARE, lanes);
                left[sums.biases + channel * parts] = gradients[index];
            }
        }
        let left = adapter.filled(&left);
        for taken in 0..3 {
            let rate = 0.1 / f64::from(taken + 1);
            let words = step(&adapter, &Step::of(&recipe, 2, taken, rate));
            let mut bound = vec![&words, &values, &own, &left];
            let packed = adapter.zeros(packed);
            bound.push(&packed);
            if rule.has_moments() {
                bound.push(&moments);
            }
            bound.push(&means);
            call(&adapter, &kernel, &bound, &[]);
            optimizer.descend(&mut numbers.parameters, &gradients, &mut numbers.moments, rate, 0.01, taken);
            average(&mut mean, numbers.flat().into_iter(), 0.5, taken);
        }
        let read = run(adapter.read(&[(&values, 0..layout.len()), (&means, 0..layout.len())])).expect("it answers");
        for (actual, expected) in read.concat().iter().zip(numbers.flat().iter().chain(&mean)) {
            assert_close(&format!("{optimizer:?}"), f64::from(*actual), f64::from(*expected), 1e-6);
        }
    }
}

#[test]
fn dropout_drops_its_share_and_every_step_and_layer_has_masks_of_its_own() {
    let mask = |dropout: Dropout, layer: usize| {
        let mut maps = Maps::zeros(8, 16, 26);
        maps.values.fill(1.0);
        drop_out(dropout, layer, &mut maps);
        maps.values
    };
    let first = mask(Dropout::new(0.1, 1, 7), 0);
    let dropped = |mask: &[f64]| mask.iter().filter(|factor| **factor == 0.0).count() as f64 / mask.len() as f64;
    assert!((dropped(&first) - 0.1).abs() < 0.004, "{}", dropped(&first));
    assert!((first.iter().sum::<f64>() / first.len() as f64 - 1.0).abs() < 0.005);
    for other in [mask(Dropout::new(0.1, 1, 8), 0), mask(Dropout::new(0.1, 2, 7), 0), mask(Dropout::new(0.1, 1, 7), 1)]
    {
        let both = first.iter().zip(&other).filter(|(a, b)| **a == 0.0 && **b == 0.0).count() as f64;
        assert!((both / first.len() as f64 - 0.01).abs() < 0.002, "independent of each other");
    }
    for distance in [1, 25, 26, 676, 26 * 26 * 16] {
        let both = first.iter().zip(&first[distance..]).filter(|(a, b)| **a == 0.0 && **b == 0.0).count() as f64;
        assert!((both / (first.len() - distance) as f64 - 0.01).abs() < 0.002, "pixels {distance} apart");
    }
    assert_eq!(mask(Dropout::OFF, 0), vec![1.0; first.len()]);
}

#[test]
fn it_agrees_with_pytorch() {
    let Some(adapter) = adapter() else { return };
    let bytes = std::fs::read(check::REFERENCE).expect("the fixture is in the project");
    let reference = Reference::parse(&bytes).expect("it is whole");
    let recipe = check::recipe();
    let net = run(Net::new(&adapter, &recipe, &reference.numbers().expect("those of the net"))).expect("it fits");
    assert!(net.kernels() <= 64, "{}", net.kernels());
    let batch = Batch::new(reference.pixels.clone(), reference.labels.clone(), 0.0);
    let [logits, gradients] = run(net.probe(&batch)).expect("the device answers");
    let expected = Layout::new().flatten_parameters(&reference.gradients).expect("all are there");
    let differences = [largest_difference(&logits, &reference.logits), largest_difference(&gradients, &expected)];
    assert!(differences.iter().all(|difference| *difference <= CheckReport::STEP_1), "{differences:?}");
    // As many steps as tell whether anything beside the gradients is wrong; the browser takes all ten.
    for (taken, expected) in reference.losses.iter().enumerate().take(3) {
        net.learn(&batch, &Step::of(&recipe, batch.len(), taken as u32, recipe.learning_rate));
        let loss = run(net.outcomes(1)).expect("the device answers")[0].loss;
        assert_close("loss", f64::from(loss), f64::from(*expected), 1e-4);
    }
}

#[test]
fn numbers_come_back_as_they_went_in() {
    let Some(adapter) = adapter() else { return };
    let recipe = Recipe { averaging: 0.9, batch_size: 4, ..Recipe::classic() };
    let layout = Layout::new();
    let count = |length: usize, by: f32| (0..length).map(|index| index as f32 * by).collect::<Vec<_>>();
    let numbers = Numbers {
        moments: vec![count(layout.parameters(), 0.5)],
        average: count(layout.len(), 0.25),
        ..Numbers::initial(4)
    };
    let net = run(Net::new(&adapter, &recipe, &numbers)).expect("it fits");
    assert_eq!(run(net.numbers()), Ok(numbers));
    let wrong = Numbers { moments: vec![vec![1.0]], ..Numbers::initial(4) };
    assert!(run(Net::new(&adapter, &recipe, &wrong)).is_err());
    let vast = Recipe { batch_size: 4_000_000, ..recipe };
    assert!(run(Net::new(&adapter, &vast, &Numbers::initial(4))).is_err(), "no adapter has room for it");
}
