//! One convolution with the memory that it works in, and the batch normalisation behind it.

use std::ops::Range;

use super::convolve::{Convolve, WeightGradient};
use super::dropout::GroupMasks;
use super::geometry::Geometry;
use super::norm::{Affine, Backward, Denormalise, Moments, Normalise, Undrop};
use super::simd::{Buffer, LANES, Machine, columns, columns_mut};
use crate::trainer::engine::architecture::Convolution;

/// A convolution and what follows it, as far as one group of images is concerned.
#[derive(Debug)]
pub(super) struct Stage {
    machine: Machine,
    pub(super) geometry: Geometry,
    taps: Taps,
    /// Where the columns of the input lie in its bordered rows,
    bordered_columns: Vec<usize>,
    /// and in its gradient's rows.
    gradient_columns: Vec<usize>,
    classes: Vec<Class>,
    /// Biases, filled up to whole blocks.
    bias: Vec<f32>,
    /// The group's input with its border.
    bordered: Buffer,
    /// Gradient of the group's input.
    gradient: Buffer,
    /// Sums of the weights' gradient.
    sums: Buffer,
    /// The output of all groups, after ReLU.
    pub(super) output: Buffer,
    /// Gradient of the normalised output of all groups, then of the output itself; with a border.
    pub(super) slopes: Buffer,
    /// The batch's standard deviation of each channel of the output,
    pub(super) deviation: Vec<f64>,
    /// how the output is normalised,
    pub(super) affine: Vec<Affine>,
    /// and how gradients come back.
    pub(super) backward: Vec<Backward>,
}

/// Where a kernel finds the input of each weight, and the weights in its order.
#[derive(Debug)]
struct Taps {
    offsets: Vec<usize>,
    /// Blocks of channels × taps × channels of a block.
    weights: Vec<f32>,
}

/// See [`super::geometry::GradientClass`].
#[derive(Debug)]
struct Class {
    taps: Taps,
    /// The weight of each tap: output channel and place in the kernel.
    places: Vec<(usize, usize)>,
    start: usize,
    rows: usize,
    columns: usize,
}

impl Taps {
    fn new(offsets: Vec<usize>, channels: usize, block: usize) -> Self {
        let weights = vec![0.0; channels.next_multiple_of(block) * offsets.len()];
        Self { offsets, weights }
    }

    /// Orders weights for the kernel: `of(channel, tap)`.
    fn pack(&mut self, channels: usize, block: usize, of: impl Fn(usize, usize) -> f32) {
        for (first, weights) in (0..channels).step_by(block).zip(self.weights.chunks_mut(block * self.offsets.len())) {
            for (tap, weights) in weights.chunks_mut(block).enumerate() {
                for (channel, weight) in (first..channels).zip(weights) {
                    *weight = of(channel, tap);
                }
            }
        }
    }
}

impl Stage {
    pub(super) fn new(machine: Machine, geometry: Geometry) -> Self {
        let block = machine.block;
        let Convolution { channels_in, channels_out, .. } = geometry.conv;
        let slope_channel = geometry.slope_side() * geometry.slope_side();
        let class = |class: super::geometry::GradientClass| {
            let outputs = 0..channels_out;
            let all =
                outputs.flat_map(|output| class.taps.iter().map(move |(offset, place)| (output, *offset, *place)));
            let (offsets, places): (Vec<_>, Vec<_>) =
                all.map(|(output, offset, place)| (output * slope_channel + offset, (output, place))).unzip();
            let (start, rows, columns) = (class.start, class.rows, class.columns);
            Class { taps: Taps::new(offsets, channels_in, block), places, start, rows, columns }
        };
        let taps = geometry.taps();
        Self {
            machine,
            bordered_columns: geometry.bordered_columns(),
            gradient_columns: geometry.gradient_columns(),
            classes: geometry.gradient_classes().into_iter().map(class).collect(),
            bias: vec![0.0; channels_out.next_multiple_of(block)],
            bordered: Buffer::zeros(geometry.bordered_len()),
            gradient: Buffer::zeros(channels_in * geometry.side_in * geometry.gradient_row()),
            sums: Buffer::zeros(WeightGradient::memory(channels_out, taps.len())),
            output: Buffer::default(),
            slopes: Buffer::default(),
            deviation: vec![1.0; channels_out],
            affine: vec![Affine::default(); channels_out],
            backward: vec![Backward::default(); channels_out],
            taps: Taps::new(taps, channels_out, block),
            geometry,
        }
    }

    /// Pixels of a channel of the output.
    pub(super) fn pixels(&self) -> usize {
        self.geometry.side_out * self.geometry.side_out
    }

    /// Makes room for so many groups.
    pub(super) fn reserve(&mut self, groups: usize, gradients: bool) {
        self.output.reserve(groups * self.geometry.output_len());
        if gradients {
            self.slopes.reserve(groups * self.geometry.slope_len());
        }
    }

    /// Takes over the weights and biases, for the gradients too if they are needed.
    pub(super) fn pack(&mut self, weights: &[f32], bias: &[f32], gradients: bool) {
        let Convolution { channels_in, channels_out, kernel, .. } = self.geometry.conv;
        let (block, count) = (self.machine.block, self.taps.offsets.len());
        self.bias[..channels_out].copy_from_slice(bias);
        self.taps.pack(channels_out, block, |channel, tap| weights[channel * count + tap]);
        if gradients {
            for Class { taps, places, .. } in &mut self.classes {
                taps.pack(channels_in, block, |channel, tap| {
                    let (output, place) = places[tap];
                    weights[(output * channels_in + channel) * kernel * kernel + place]
                });
            }
        }
    }

    fn group(&self, group: usize) -> Range<usize> {
        let len = self.geometry.output_len() * LANES;
        group * len..(group + 1) * len
    }

    /// As [`Stage::group`], in the gradients.
    fn slope(&self, group: usize) -> Range<usize> {
        let len = self.geometry.slope_len() * LANES;
        group * len..(group + 1) * len
    }

    /// Where the input's first pixel lies in its bordered copy.
    fn bordered_start(&self) -> usize {
        self.geometry.conv.padding * self.geometry.width_in
    }

    /// Takes a group's images as input: at most 16, of as many pixels as this stage takes, one after the other.
    pub(super) fn take_images(&mut self, pixels: &[f32]) {
        let Geometry { side_in, width_in, .. } = self.geometry;
        let start = self.bordered_start();
        let bordered = columns_mut(&mut self.bordered);
        for y in 0..side_in {
            for (x, at) in self.bordered_columns.iter().enumerate() {
                let column = &mut bordered[start + y * width_in + at];
                *column = [0.0; LANES];
                for (lane, image) in column.iter_mut().zip(pixels.chunks(side_in * side_in)) {
                    *lane = image[y * side_in + x];
                }
            }
        }
    }

    /// Takes a group of another stage's output as input, normalised and with some of it dropped.
    pub(super) fn take(&mut self, previous: &Self, group: usize, masks: Option<&GroupMasks>) {
        let output_start = self.bordered_start();
        self.machine.run(Normalise {
            x: &previous.output[previous.group(group)],
            side: self.geometry.side_in,
            affine: &previous.affine,
            masks,
            output: &mut self.bordered,
            output_start,
            output_row: self.geometry.width_in,
            output_channel: self.geometry.bordered_channel(),
            output_columns: &self.bordered_columns,
        });
    }

    /// Computes a group's output from the input that was taken, with or without ReLU.
    pub(super) fn convolve(&mut self, group: usize, relu: bool) {
        let Geometry { conv, side_out, width_in, .. } = self.geometry;
        let range = self.group(group);
        self.machine.run(Convolve {
            taps: &self.taps.offsets,
            weights: &self.taps.weights,
            bias: &self.bias,
            input: &self.bordered,
            input_row: conv.stride * width_in,
            output: &mut self.output[range],
            output_start: 0,
            output_row: side_out,
            output_channel: side_out * side_out,
            channels: conv.channels_out,
            rows: side_out,
            columns: side_out,
            relu,
        });
    }

    /// Adds the sums of a group's output and of its squares, see [`Moments`].
    pub(super) fn add_moments(&self, group: usize, images: usize, sums: &mut [f64], squares: &mut [f64]) {
        let x = &self.output[self.group(group)];
        self.machine.run(Moments { x, pixels: self.pixels(), images, sums, squares });
    }

    /// The mean of each channel of a group's output: channels × lanes.
    pub(super) fn pool(&self, group: usize) -> Vec<[f32; LANES]> {
        let channels = columns(&self.output[self.group(group)]).chunks(self.pixels());
        let mean = |pixels: &[[f32; LANES]]| {
            let mut sums = [0.0_f64; LANES];
            for pixel in pixels {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += f64::from(*value);
                }
            }
            sums.map(|sum| (sum / pixels.len() as f64) as f32)
        };
        channels.map(mean).collect()
    }

    /// Takes the gradient of a group's [`Stage::pool`] as that of its output, and adds that of the biases.
    pub(super) fn unpool(&mut self, group: usize, gradients: &[[f32; LANES]], bias: &mut [f64]) {
        let Geometry { side_out, border_out, .. } = self.geometry;
        let (side, pixels) = (self.geometry.slope_side(), self.pixels() as f32);
        let range = self.slope(group);
        let channels = columns_mut(&mut self.slopes[range]).chunks_mut(side * side);
        for ((slope, gradient), bias) in channels.zip(gradients).zip(bias) {
            for row in slope.chunks_mut(side).skip(border_out).take(side_out) {
                row[border_out..][..side_out].fill(gradient.map(|lane| lane / pixels));
            }
            *bias += gradient.iter().map(|lane| f64::from(*lane)).sum::<f64>();
        }
    }

    /// Takes the gradient of a group's normalised output, which [`Stage::give_gradient`] left, back to its own, and adds
    /// that of the biases.
    pub(super) fn take_gradient(&mut self, group: usize, images: usize, bias: &mut [f64]) {
        let (range, slope, gradient_start) = (self.group(group), self.slope(group), self.slope_start());
        let side = self.geometry.slope_side();
        self.machine.run(Denormalise {
            gradient: &mut self.slopes[slope],
            gradient_start,
            gradient_row: side,
            gradient_channel: side * side,
            x: &self.output[range],
            side: self.geometry.side_out,
            backward: &self.backward,
            images,
            sums: bias,
        });
    }

    fn slope_start(&self) -> usize {
        self.geometry.border_out * (self.geometry.slope_side() + 1)
    }

    /// Adds the gradient of the weights, from a group's input and gradient, which were taken.
    pub(super) fn add_weight_gradient(&mut self, group: usize, gradient: &mut [f64]) {
        let Geometry { conv, side_out, width_in, .. } = self.geometry;
        let (slope, slope_start) = (self.slope(group), self.slope_start());
        let side = self.geometry.slope_side();
        self.machine.run(WeightGradient {
            taps: &self.taps.offsets,
            input: &self.bordered,
            input_row: conv.stride * width_in,
            slope: &self.slopes[slope],
            slope_start,
            slope_row: side,
            slope_channel: side * side,
            channels: conv.channels_out,
            rows: side_out,
            columns: side_out,
            sums: &mut self.sums,
            gradient,
        });
    }

    /// Takes the gradient through the convolution and gives it to the stage before, back through dropout. Adds the sums
    /// that its batch normalisation needs, see [`Undrop`].
    pub(super) fn give_gradient(
        &mut self,
        previous: &mut Self,
        group: usize,
        images: usize,
        masks: Option<&GroupMasks>,
        sums: &mut [f64],
        products: &mut [f64],
    ) {
        let Geometry { conv, side_in, .. } = self.geometry;
        let (side, row) = (self.geometry.slope_side(), self.geometry.gradient_row());
        let bias = vec![0.0; conv.channels_in.next_multiple_of(self.machine.block)];
        let slope = self.slope(group);
        for class in &self.classes {
            self.machine.run(Convolve {
                taps: &class.taps.offsets,
                weights: &class.taps.weights,
                bias: &bias,
                input: &self.slopes[slope.clone()],
                input_row: side,
                output: &mut self.gradient,
                output_start: class.start,
                output_row: conv.stride * row,
                output_channel: side_in * row,
                channels: conv.channels_in,
                rows: class.rows,
                columns: class.columns,
                relu: false,
            });
        }
        let (range, slope, output_start) = (previous.group(group), previous.slope(group), previous.slope_start());
        let side = previous.geometry.slope_side();
        self.machine.run(Undrop {
            gradient: &self.gradient,
            gradient_row: row,
            gradient_columns: &self.gradient_columns,
            x: &previous.output[range],
            side: side_in,
            affine: &previous.affine,
            masks,
            images,
            output: &mut previous.slopes[slope],
            output_start,
            output_row: side,
            output_channel: side * side,
            sums,
            products,
        });
    }
}
