//! Every kernel alone against plain 64-bit loops, at odd sizes, gradients by differences; then the whole net.
//!
//! They need an adapter. Where there is none they test nothing and say so, unless `GRADSHEET_ADAPTER` is set, as by
//! `cargo xtask test`.

mod convolution;
mod descend;
mod head;
mod net;
mod normalisation;

use pollster::block_on;

use crate::trainer::engine::oracle::{Maps, assert_close};
use crate::trainer::gpu::adapter::{Adapter, Memory};
use crate::trainer::gpu::convolve::{Call, Places};
use crate::trainer::gpu::shape::{BORDER, Lanes, Map};
use crate::trainer::gpu::step::{Dropout, Step};

/// The machine's adapter, if it has one.
fn adapter() -> Option<Adapter> {
    let adapter = block_on(Adapter::native()).expect("the adapter starts");
    if adapter.is_none() {
        assert!(std::env::var_os("GRADSHEET_ADAPTER").is_none(), "there is no adapter, but one is asked for");
        println!("There is no adapter: not tested.");
    }
    adapter
}

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
    block_on(adapter.read(&parts)).expect("the device answers")
}

fn step(adapter: &Adapter, step: &Step) -> Memory {
    let memory = adapter.uniform(Step::LENGTH);
    adapter.write(&memory, &step.words());
    memory
}

/// What is dropped where a kernel is alone.
fn dropout() -> Dropout {
    Dropout::new(0.3, 5, 2)
}

/// A stage alone: its numbers lie at the beginning of every array.
const ALONE: Places =
    Places { layer: 3, bias: 0, scale: 0, shift: 0, running_mean: 0, running_var: 0, norm: 0, forward: 0, backward: 0 };

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

/// What dropout multiplies a layer's map by.
fn mask(dropout: Dropout, layer: usize, images: usize, map: Map) -> Maps {
    let mut maps = Maps::zeros(images, map.channels, map.side);
    maps.values.fill(1.0);
    drop_out(dropout, layer, &mut maps);
    maps
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

/// Every channel's mean where a kernel on the way back is alone.
const BACK_MEAN: f32 = 0.25;

/// The norms of a kernel on the way back, which needs but the means.
fn back_norms(channels: usize) -> Vec<f32> {
    [BACK_MEAN, 0.0, 0.0, 0.0].repeat(channels)
}

/// The sums that a kernel on the way back left, of the gradient and of its products with the map before normalisation.
fn check_back_sums(left: &[f32], slope: &Maps, raw: &Maps, tolerance: f64) {
    for (channel, sums) in sums(left, slope.channels).into_iter().enumerate() {
        let (slope, raw) = (slope.channel(channel), raw.channel(channel));
        assert_close("sum", sums[0], slope.iter().sum(), tolerance);
        let products = slope.iter().zip(&raw).map(|(slope, raw)| slope * (raw - f64::from(BACK_MEAN))).sum();
        assert_close("products", sums[1], products, tolerance);
    }
}

#[test]
fn dropout_drops_its_share_and_every_step_and_layer_has_masks_of_its_own() {
    let mask = |dropout: Dropout, layer: usize| mask(dropout, layer, 8, Map { channels: 16, side: 26 }).values;
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
