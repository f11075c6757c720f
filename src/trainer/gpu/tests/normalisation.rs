//! Normalisation and its gradient.

use super::{ALONE, adapter, call, drop_out, dropout, packed, step, unpacked};
use crate::random::{Purpose, Random};
use crate::trainer::engine::oracle;
use crate::trainer::engine::oracle::{Maps, assert_close, dot, noise};
use crate::trainer::gpu::adapter::{Adapter, Memory};
use crate::trainer::gpu::convolve::Places;
use crate::trainer::gpu::normalisation;
use crate::trainer::gpu::shape::{Lanes, Map};
use crate::trainer::gpu::step::Step;

/// Workgroups that leave sums.
const PARTS: usize = 3;
/// Channels, side, images, and the adapter's width: images that there is no room for in a workgroup come in several.
const SIZES: [(usize, usize, usize, usize); 4] = [(5, 3, 3, 4), (3, 7, 70, 4), (9, 4, 1, 32), (2, 5, 33, 8)];

/// A map before its ReLU, and what follows it: normalisation, whose output has a gradient.
struct Setting {
    lanes: Lanes,
    map: Map,
    /// Before ReLU.
    before: Maps,
    raw: Maps,
    slope: Maps,
    /// Scale, shift, running mean, running variance of each channel.
    values: [Vec<f64>; 4],
}

impl Setting {
    fn new((channels, side, images, width): (usize, usize, usize, usize), random: &mut Random) -> Self {
        let before = Maps::random(images, channels, side, random);
        let raw = before.clone().relu();
        let slope = Maps::random(images, channels, side, random);
        let mut of_channels = |least: f64| (0..channels).map(|_| least + noise(random)).collect::<Vec<f64>>();
        let values = [of_channels(2.0), of_channels(0.0), of_channels(0.0), of_channels(2.0)];
        Self { lanes: Lanes::new(images, width), map: Map { channels, side }, before, raw, slope, values }
    }

    fn places(&self) -> Places {
        let channels = self.map.channels;
        Places { shift: channels, running_mean: 2 * channels, running_var: 3 * channels, ..ALONE }
    }

    fn flat_values(&self) -> Vec<f32> {
        self.values.concat().iter().map(|value| *value as f32).collect()
    }

    fn count(&self) -> f64 {
        (self.raw.images() * self.map.side * self.map.side) as f64
    }

    /// Mean and variance of a channel.
    fn moments(&self, channel: usize) -> [f64; 2] {
        plain::moments(&self.raw.channel(channel))
    }

    /// What the batch's statistics make of each channel: mean, scale, shift, one over the deviation.
    fn norms(&self) -> Vec<f32> {
        let of_channel = |channel: usize| {
            let [mean, variance] = self.moments(channel);
            let inverse = 1.0 / (variance + 1e-5).sqrt();
            [mean, self.values[0][channel] * inverse, self.values[1][channel], inverse].map(|number| number as f32)
        };
        (0..self.map.channels).flat_map(of_channel).collect()
    }

    /// The sum of slope times output, by what is before ReLU, scale and shift.
    fn objective(&self, before: &Maps, scale: &[f64], shift: &[f64]) -> f64 {
        dot(&plain::normalise(&before.clone().relu(), scale, shift), &self.slope)
    }
}

/// Pairs of numbers, summed over the values of each channel, as workgroups would leave them.
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

fn still(adapter: &Adapter, setting: &Setting) -> Memory {
    step(adapter, &Step { dropout: dropout(), ..Step::still(setting.raw.images()) })
}

#[test]
fn sums_become_what_normalises_a_map_and_flow_into_the_running_statistics() {
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(8, Purpose::Weights);
    for size in SIZES {
        let setting = Setting::new(size, &mut random);
        let channels = setting.map.channels;
        let sums = partial_sums(channels, |channel| {
            let from_mean = |value: &f64| value - setting.values[2][channel];
            setting.raw.channel(channel).iter().map(from_mean).map(|value| [value, value * value]).collect()
        });
        let bound = [
            &still(&adapter, &setting),
            &adapter.filled(&sums),
            &adapter.filled(&setting.flat_values()),
            &adapter.zeros(4 * channels),
        ];
        let kernel = normalisation::settle(setting.map, &setting.places(), PARTS, setting.lanes);
        let read = call(&adapter, &kernel, &bound, &[2, 3]);
        for (actual, expected) in read[1].iter().zip(setting.norms()) {
            assert_close(&format!("norms at {size:?}"), f64::from(*actual), f64::from(expected), 1e-5);
        }
        for channel in 0..channels {
            let [mean, variance] = setting.moments(channel);
            let unbiased = variance * setting.count() / (setting.count() - 1.0);
            let moved = |old: f64, new: f64| 0.9 * old + 0.1 * new;
            let expected = [moved(setting.values[2][channel], mean), moved(setting.values[3][channel], unbiased)];
            for (kind, expected) in (2..).zip(expected) {
                assert_close("running", f64::from(read[0][kind * channels + channel]), expected, 1e-5);
            }
        }

        let bound = [&adapter.filled(&setting.flat_values()), &adapter.zeros(4 * channels)];
        let kernel = normalisation::settle_use(setting.map, &setting.places(), setting.lanes);
        let norms = call(&adapter, &kernel, &bound, &[1]).remove(0);
        for (channel, norm) in norms.chunks(4).enumerate() {
            let [scale, shift, mean, var] = [0, 1, 2, 3].map(|kind: usize| setting.values[kind][channel]);
            let inverse = 1.0 / (var + 1e-5).sqrt();
            for (actual, expected) in norm.iter().zip([mean, scale * inverse, shift, inverse]) {
                assert_close("norms in use", f64::from(*actual), expected, 1e-5);
            }
        }
    }
}

#[test]
fn a_map_is_normalised_and_dropped_out_at_any_size() {
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(9, Purpose::Weights);
    for size in SIZES {
        let setting = Setting::new(size, &mut random);
        let bound = [
            &still(&adapter, &setting),
            &adapter.filled(&packed(&setting.raw, setting.lanes, 7.0)),
            &adapter.filled(&setting.norms()),
            &adapter.zeros(setting.map.len(setting.lanes)),
        ];
        let kernel = normalisation::normalise(setting.map, &setting.places(), setting.lanes);
        let read = call(&adapter, &kernel, &bound, &[3]);
        let actual = unpacked(&read[0], setting.map, setting.raw.images(), setting.lanes);
        let [scale, shift, ..] = &setting.values;
        let mut expected = plain::normalise(&setting.raw, scale, shift);
        drop_out(dropout(), ALONE.layer, &mut expected);
        for (actual, expected) in actual.values.iter().zip(&expected.values) {
            assert_close(&format!("{size:?}"), *actual, *expected, 1e-5);
        }
    }
}

#[test]
fn a_gradient_goes_back_through_normalisation_and_relu_at_any_size() {
    // So narrow that no activation crosses the corner of its ReLU.
    const WIDTH: f64 = 1e-7;
    let Some(adapter) = adapter() else { return };
    let mut random = Random::new(10, Purpose::Weights);
    for size in SIZES {
        let setting = Setting::new(size, &mut random);
        let (channels, images) = (setting.map.channels, setting.raw.images());
        let [scale, shift, ..] = &setting.values;
        let sums = partial_sums(channels, |channel| {
            let [mean, _] = setting.moments(channel);
            let (slope, raw) = (setting.slope.channel(channel), setting.raw.channel(channel));
            slope.iter().zip(&raw).map(|(slope, raw)| [*slope, slope * (raw - mean)]).collect()
        });
        let step = still(&adapter, &setting);
        let (norms, backs) = (adapter.filled(&setting.norms()), adapter.zeros(4 * channels));
        let bound = [&step, &adapter.filled(&sums), &norms, &adapter.zeros(2 * channels), &backs];
        let kernel = normalisation::settle_back(setting.map, &setting.places(), PARTS, setting.lanes);
        let own = call(&adapter, &kernel, &bound, &[3]).remove(0);
        for index in 0..2 * channels {
            let moved = |by: f64| {
                let mut both = [scale.clone(), shift.clone()];
                both[index / channels][index % channels] += by;
                setting.objective(&setting.before, &both[0], &both[1])
            };
            // It is linear in these, so a wide difference is as right as a narrow one.
            let expected = (moved(1.0) - moved(-1.0)) / 2.0;
            assert_close(&format!("own {index} at {size:?}"), f64::from(own[index]), expected, 2e-5);
        }

        let left = adapter.zeros(2 + channels * setting.map.side * setting.lanes.groups());
        let bound = [
            &step,
            &adapter.filled(&packed(&setting.raw, setting.lanes, 7.0)),
            &backs,
            &adapter.filled(&packed(&setting.slope, setting.lanes, 0.0)),
            &left,
        ];
        let kernel = normalisation::normalise_back(setting.map, &setting.places(), 2, setting.lanes);
        let read = call(&adapter, &kernel, &bound, &[3, 4]);
        let actual = unpacked(&read[0], setting.map, images, setting.lanes);
        for index in (0..40).map(|_| random.below(setting.raw.values.len())) {
            let moved = |by: f64| {
                let mut before = setting.before.clone();
                before.values[index] += by;
                setting.objective(&before, scale, shift)
            };
            let expected = (moved(WIDTH) - moved(-WIDTH)) / (2.0 * WIDTH);
            assert_close(&format!("{index} at {size:?}"), actual.values[index], expected, 2e-5);
        }
        for (channel, sums) in read[1][2..].chunks(setting.map.side * setting.lanes.groups()).enumerate() {
            let sum = sums.iter().map(|sum| f64::from(*sum)).sum();
            assert_close("biases", sum, actual.channel(channel).iter().sum(), 2e-5);
        }
    }
}
