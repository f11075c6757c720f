//! Every kernel alone, against plain loops in 64 bits, at odd sizes; gradients against differences. Then the whole net.
//!
//! Most tests need a graphics adapter. A test that finds none prints that it is skipped, and `cargo xtask test` counts
//! it as skipped; where the environment variable `GRADSHEET_ADAPTER` is set, it fails. The tests in `kernels.rs` need
//! no adapter.

mod batch_norm;
mod convolution;
mod head;
mod kernels;
mod net;
mod optimizer_step;

use std::io::{self, Write};

use pollster::block_on;

use crate::trainer::engine::oracle::{Maps, assert_close};
use crate::trainer::gpu::adapter::{Adapter, DeviceBuffer};
use crate::trainer::gpu::kernels::BoundKernel;
use crate::trainer::gpu::offsets::StageOffsets;
use crate::trainer::gpu::shader::{Buffer, Kernel};
use crate::trainer::gpu::shape::{BORDER, ImageAxis, Map};
use crate::trainer::gpu::uniforms::{DropoutUniforms, StepUniforms};

/// The machine's adapter. If there is none, says that the test is skipped.
fn adapter() -> Option<Adapter> {
    let adapter = block_on(Adapter::native()).expect("the adapter starts");
    if adapter.is_none() {
        assert!(std::env::var_os("GRADSHEET_ADAPTER").is_none(), "GRADSHEET_ADAPTER is set, but there is no adapter");
        let thread = std::thread::current();
        let line = format!("skipped: no graphics adapter ({})\n", thread.name().unwrap_or("unknown test"));
        // The test harness hides what `println!` writes, but not this. `cargo xtask test` counts these lines.
        io::stdout().write_all(line.as_bytes()).expect("standard output is open");
    }
    adapter
}

/// Maps in the order of the kernels. Where there is no image, they hold `padding`, which must not change any result.
fn to_device_order(maps: &Maps, axis: ImageAxis, padding: f32) -> Vec<f32> {
    let map = Map { channels: maps.channels, side: maps.side };
    let mut values = vec![0.0; map.len(axis)];
    for channel in 0..maps.channels {
        for (y, x) in pixels(maps.side) {
            for image in 0..axis.length {
                let value =
                    if image < maps.images() { maps.values[maps.place(image, channel, y, x)] as f32 } else { padding };
                values[place(map, axis, channel, y, x) + image] = value;
            }
        }
    }
    values
}

/// The inverse of [`to_device_order`].
fn from_device_order(values: &[f32], map: Map, images: usize, axis: ImageAxis) -> Maps {
    let mut maps = Maps::zeros(images, map.channels, map.side);
    for channel in 0..map.channels {
        for (y, x) in pixels(map.side) {
            for image in 0..images {
                let to = maps.place(image, channel, y, x);
                maps.values[to] = f64::from(values[place(map, axis, channel, y, x) + image]);
            }
        }
    }
    maps
}

fn pixels(side: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..side).flat_map(move |y| (0..side).map(move |x| (y, x)))
}

/// The place of the first image's pixel in the order of the kernels.
fn place(map: Map, axis: ImageAxis, channel: usize, y: usize, x: usize) -> usize {
    ((channel * map.width() + y + BORDER) * map.width() + x + BORDER) * axis.length
}

/// Runs one kernel and returns the contents of the buffers in `read`.
fn run_kernel<const N: usize>(
    adapter: &Adapter,
    kernel: Kernel,
    memory: &[(Buffer, &DeviceBuffer)],
    read: [Buffer; N],
) -> [Vec<f32>; N] {
    let bound = kernel.bind(memory).expect("all buffers have their names");
    let parts = read.map(|buffer| {
        let (_, memory) = memory.iter().find(|(other, _)| *other == buffer).expect("the buffer is bound");
        (*memory, 0..memory.length)
    });
    let dispatch = adapter.compile(&BoundKernel { name: "under test".to_owned(), kernel, memory: bound });
    adapter.submit([&dispatch]);
    let read = block_on(adapter.read(&parts)).expect("the device answers");
    read.try_into().expect("one result for each buffer")
}

/// A uniform buffer of these values.
fn uniform(adapter: &Adapter, step: &StepUniforms) -> DeviceBuffer {
    let memory = adapter.uniform(StepUniforms::WORDS);
    adapter.write(&memory, &step.to_words());
    memory
}

/// The uniforms of a step with [`dropout`] that changes no parameter.
fn step_with_dropout(adapter: &Adapter, images: usize) -> DeviceBuffer {
    uniform(adapter, &StepUniforms { dropout: dropout(), ..StepUniforms::without_update(images) })
}

/// The dropout of a kernel that is tested alone.
fn dropout() -> DropoutUniforms {
    DropoutUniforms::new(0.3, 5, 2)
}

/// The offsets of a kernel that is tested alone: its numbers lie at the beginning of every buffer.
const ALONE: StageOffsets = StageOffsets {
    layer: 3,
    weights: 0,
    biases: 0,
    scales: 0,
    shifts: 0,
    running_means: 0,
    running_variances: 0,
    statistics: 0,
    weight_sums: 0,
    bias_sums: 0,
    packed_forward: 0,
    packed_backward: 0,
};

/// Multiplies maps by the factors of dropout, computed as in `common.wgsl`.
fn drop_out(dropout: DropoutUniforms, layer: usize, maps: &mut Maps) {
    fn scramble(mut x: u32) -> u32 {
        x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
        x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
        x ^ (x >> 16)
    }
    let pixels = maps.channels * maps.side * maps.side;
    let layer_key = scramble(dropout.key ^ (layer as u32).wrapping_mul(0x9e37_79b9));
    for (index, value) in maps.values.iter_mut().enumerate() {
        let (image, pixel) = ((index / pixels) as u32, (index % pixels) as u32);
        let bits = scramble(pixel ^ scramble(layer_key ^ image)) >> 8;
        *value *= if bits < dropout.threshold { 0.0 } else { f64::from(dropout.scale) };
    }
}

/// The factors by which dropout multiplies the map of a layer.
fn dropout_factors(dropout: DropoutUniforms, layer: usize, images: usize, map: Map) -> Maps {
    let mut maps = Maps::zeros(images, map.channels, map.side);
    maps.values.fill(1.0);
    drop_out(dropout, layer, &mut maps);
    maps
}

/// The two sums of each channel, over the parts that a kernel left in [`CHANNEL_SUMS`].
///
/// [`CHANNEL_SUMS`]: crate::trainer::gpu::buffers::CHANNEL_SUMS
fn sums_of_channels(left: &[f32], channels: usize) -> Vec<[f64; 2]> {
    let parts = left.len() / channels / 2;
    let of = |channel: usize| {
        let (pairs, _) = left[channel * parts * 2..(channel + 1) * parts * 2].as_chunks::<2>();
        pairs.iter().fold([0.0, 0.0], |sum, pair| [sum[0] + f64::from(pair[0]), sum[1] + f64::from(pair[1])])
    };
    (0..channels).map(of).collect()
}

/// The mean of every channel, for a kernel on the way back that is tested alone.
const MEAN_ON_THE_WAY_BACK: f32 = 0.25;

/// The statistics for a kernel on the way back, which needs only the means.
fn means_on_the_way_back(channels: usize) -> Vec<f32> {
    [MEAN_ON_THE_WAY_BACK, 0.0, 0.0, 0.0].repeat(channels)
}

/// Checks the sums that a kernel on the way back left: of the gradient, and of gradient · (activation - mean).
fn check_gradient_sums(left: &[f32], gradient: &Maps, activations: &Maps, tolerance: f64) {
    for (channel, sums) in sums_of_channels(left, gradient.channels).into_iter().enumerate() {
        let (gradient, activations) = (gradient.channel(channel), activations.channel(channel));
        assert_close("sum", sums[0], gradient.iter().sum(), tolerance);
        let mean = f64::from(MEAN_ON_THE_WAY_BACK);
        let products = gradient.iter().zip(&activations).map(|(gradient, x)| gradient * (x - mean)).sum();
        assert_close("products", sums[1], products, tolerance);
    }
}

#[test]
fn dropout_drops_its_share_and_every_step_seed_and_layer_drops_other_activations() {
    let map = Map { channels: 16, side: 26 };
    let factors = |dropout: DropoutUniforms, layer: usize| dropout_factors(dropout, layer, 8, map).values;
    let first = factors(DropoutUniforms::new(0.1, 1, 7), 0);
    let dropped = |all: &[f64]| all.iter().filter(|factor| **factor == 0.0).count() as f64 / all.len() as f64;
    assert!((dropped(&first) - 0.1).abs() < 0.004, "{}", dropped(&first));
    assert!((first.iter().sum::<f64>() / first.len() as f64 - 1.0).abs() < 0.005);
    let others = [
        factors(DropoutUniforms::new(0.1, 1, 8), 0),
        factors(DropoutUniforms::new(0.1, 2, 7), 0),
        factors(DropoutUniforms::new(0.1, 1, 7), 1),
    ];
    for other in others {
        let both = first.iter().zip(&other).filter(|(a, b)| **a == 0.0 && **b == 0.0).count() as f64;
        assert!((both / first.len() as f64 - 0.01).abs() < 0.002, "both drop as many as if they were independent");
    }
    for distance in [1, 25, 26, 676, 26 * 26 * 16] {
        let both = first.iter().zip(&first[distance..]).filter(|(a, b)| **a == 0.0 && **b == 0.0).count() as f64;
        assert!((both / (first.len() - distance) as f64 - 0.01).abs() < 0.002, "pixels {distance} apart");
    }
    assert_eq!(factors(DropoutUniforms::OFF, 0), vec![1.0; first.len()]);
}
