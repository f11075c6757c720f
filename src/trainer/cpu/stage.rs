//! A stage of the net: one convolution with its memory, and the batch normalisation after it.

use std::collections::TryReserveError;
use std::ops::Range;

use super::convolve::{Convolve, WeightGradient};
use super::dropout::GroupMasks;
use super::geometry::Geometry;
use super::norm::{Affine, BackwardFactors, BatchSums, DropoutBackward, NormBackward, Normalise};
use super::simd::{Buffer, LANES, Machine, columns, columns_mut};
use crate::trainer::engine::architecture::Convolution;

/// `Stage` computes a convolution and what follows it, for one group of images at a time.
#[derive(Debug)]
pub(super) struct Stage {
    machine: Machine,
    pub(super) geometry: Geometry,
    taps: Taps,
    /// The index in a bordered row for each column of the input.
    bordered_columns: Vec<usize>,
    /// The index in a row of the input gradient for each column of the input.
    gradient_columns: Vec<usize>,
    classes: Vec<Class>,
    /// Biases, filled up to whole blocks.
    bias: Vec<f32>,
    /// The group's input with a border of zeros.
    bordered: Buffer,
    /// The input gradient of the group.
    gradient: Buffer,
    /// Memory for the sums of the weight gradient.
    sums: Buffer,
    /// The output of all groups, after ReLU.
    pub(super) output: Buffer,
    /// The gradient of the normalised output of all groups, later of the output itself; with a border of zeros.
    pub(super) output_gradient: Buffer,
    /// The batch's standard deviation of each channel of the output.
    pub(super) deviation: Vec<f64>,
    /// The normalisation of each channel of the output.
    pub(super) affine: Vec<Affine>,
    /// The factors of each channel that take a gradient back through normalisation.
    pub(super) backward: Vec<BackwardFactors>,
}

/// `Taps` holds the taps of a convolution and its weights in the order in which the kernel reads them.
#[derive(Debug)]
struct Taps {
    /// The offset of each tap in the input.
    offsets: Vec<usize>,
    /// Weights, `[block of channels, tap, channel in the block]`.
    weights: Vec<f32>,
}

/// `Class` holds a [`super::geometry::GradientClass`] with its weights.
#[derive(Debug)]
struct Class {
    taps: Taps,
    /// The weight of each tap: output channel and index in the kernel.
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

    /// Copies the weights `of(channel, tap)` in the order of the kernel.
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
        let gradient_channel = geometry.output_gradient_side() * geometry.output_gradient_side();
        let class = |class: super::geometry::GradientClass| {
            let outputs = 0..channels_out;
            let all =
                outputs.flat_map(|output| class.taps.iter().map(move |(offset, place)| (output, *offset, *place)));
            let (offsets, places): (Vec<_>, Vec<_>) =
                all.map(|(output, offset, place)| (output * gradient_channel + offset, (output, place))).unzip();
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
            output_gradient: Buffer::default(),
            deviation: vec![1.0; channels_out],
            affine: vec![Affine::default(); channels_out],
            backward: vec![BackwardFactors::default(); channels_out],
            taps: Taps::new(taps, channels_out, block),
            geometry,
        }
    }

    /// Returns the number of pixels in a channel of the output.
    pub(super) fn pixels(&self) -> usize {
        self.geometry.side_out * self.geometry.side_out
    }

    /// Allocates memory for this number of groups, with gradients if they are needed.
    pub(super) fn reserve(&mut self, groups: usize, gradients: bool) {
        self.output.reserve(groups * self.geometry.output_len());
        if gradients {
            self.output_gradient.reserve(groups * self.geometry.output_gradient_len());
        }
    }

    /// Does the same as [`Stage::reserve`] with gradients, where there may not be enough memory.
    ///
    /// # Errors
    /// When there is not.
    pub(super) fn try_reserve(&mut self, groups: usize) -> Result<(), TryReserveError> {
        self.output.try_reserve(groups * self.geometry.output_len())?;
        self.output_gradient.try_reserve(groups * self.geometry.output_gradient_len())
    }

    /// Copies weights and biases in the order of the kernels, for the input gradient too if it is needed.
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

    /// Returns the range of a group in the output.
    fn output_range(&self, group: usize) -> Range<usize> {
        let len = self.geometry.output_len() * LANES;
        group * len..(group + 1) * len
    }

    /// Returns the range of a group in the output gradient.
    fn gradient_range(&self, group: usize) -> Range<usize> {
        let len = self.geometry.output_gradient_len() * LANES;
        group * len..(group + 1) * len
    }

    /// Returns the index of the input's first pixel in its bordered copy.
    fn bordered_start(&self) -> usize {
        self.geometry.conv.padding * self.geometry.width_in
    }

    /// Loads a group's images as input: at most 16, one after the other, of the size that this stage reads.
    pub(super) fn load_images(&mut self, pixels: &[f32]) {
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

    /// Loads a group of the previous stage's output as input, normalised and with dropout.
    pub(super) fn load_output_of(&mut self, previous: &Self, group: usize, masks: Option<&GroupMasks>) {
        let output_start = self.bordered_start();
        self.machine.run(Normalise {
            x: &previous.output[previous.output_range(group)],
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

    /// Computes a group's output from the loaded input, with or without ReLU.
    pub(super) fn convolve(&mut self, group: usize, relu: bool) {
        let Geometry { conv, side_out, width_in, .. } = self.geometry;
        let range = self.output_range(group);
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

    /// Adds up a group's output and its squares, see [`BatchSums`].
    pub(super) fn add_batch_sums(&self, group: usize, images: usize, sums: &mut [f64], squares: &mut [f64]) {
        let x = &self.output[self.output_range(group)];
        self.machine.run(BatchSums { x, pixels: self.pixels(), images, sums, squares });
    }

    /// Returns the mean of each channel of a group's output, `[channels, lanes]`.
    pub(super) fn pool(&self, group: usize) -> Vec<[f32; LANES]> {
        let channels = columns(&self.output[self.output_range(group)]).chunks(self.pixels());
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

    /// Turns the gradient of a group's [`Stage::pool`], `[channels, lanes]`, into its output gradient, and adds to the
    /// bias gradient.
    pub(super) fn pool_backward(&mut self, group: usize, gradients: &[[f32; LANES]], bias: &mut [f64]) {
        let Geometry { side_out, border_out, .. } = self.geometry;
        let (side, pixels) = (self.geometry.output_gradient_side(), self.pixels() as f32);
        let range = self.gradient_range(group);
        let channels = columns_mut(&mut self.output_gradient[range]).chunks_mut(side * side);
        for ((map, gradient), bias) in channels.zip(gradients).zip(bias) {
            for row in map.chunks_mut(side).skip(border_out).take(side_out) {
                row[border_out..][..side_out].fill(gradient.map(|lane| lane / pixels));
            }
            *bias += gradient.iter().map(|lane| f64::from(*lane)).sum::<f64>();
        }
    }

    /// Takes the gradient of a group's normalised output, which [`Stage::backpropagate_to`] wrote, back through
    /// normalisation and ReLU, and adds to the bias gradient.
    pub(super) fn norm_backward(&mut self, group: usize, images: usize, bias: &mut [f64]) {
        let (range, gradient_range) = (self.output_range(group), self.gradient_range(group));
        let gradient_start = self.output_gradient_start();
        let side = self.geometry.output_gradient_side();
        self.machine.run(NormBackward {
            gradient: &mut self.output_gradient[gradient_range],
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

    /// Returns the index of the first pixel in a channel of the bordered output gradient.
    fn output_gradient_start(&self) -> usize {
        self.geometry.border_out * (self.geometry.output_gradient_side() + 1)
    }

    /// Adds to the weight gradient, from a group's loaded input and its output gradient.
    pub(super) fn add_weight_gradient(&mut self, group: usize, gradient: &mut [f64]) {
        let Geometry { conv, side_out, width_in, .. } = self.geometry;
        let (range, output_gradient_start) = (self.gradient_range(group), self.output_gradient_start());
        let side = self.geometry.output_gradient_side();
        self.machine.run(WeightGradient {
            taps: &self.taps.offsets,
            input: &self.bordered,
            input_row: conv.stride * width_in,
            output_gradient: &self.output_gradient[range],
            output_gradient_start,
            output_gradient_row: side,
            output_gradient_channel: side * side,
            channels: conv.channels_out,
            rows: side_out,
            columns: side_out,
            sums: &mut self.sums,
            gradient,
        });
    }

    /// Takes the gradient back through the convolution and dropout to the previous stage. Adds up the sums that the
    /// previous stage's batch normalisation needs, see [`DropoutBackward`].
    pub(super) fn backpropagate_to(
        &mut self,
        previous: &mut Self,
        group: usize,
        images: usize,
        masks: Option<&GroupMasks>,
        sums: &mut [f64],
        products: &mut [f64],
    ) {
        let Geometry { conv, side_in, .. } = self.geometry;
        let (side, row) = (self.geometry.output_gradient_side(), self.geometry.gradient_row());
        let bias = vec![0.0; conv.channels_in.next_multiple_of(self.machine.block)];
        let gradient_range = self.gradient_range(group);
        for class in &self.classes {
            self.machine.run(Convolve {
                taps: &class.taps.offsets,
                weights: &class.taps.weights,
                bias: &bias,
                input: &self.output_gradient[gradient_range.clone()],
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
        let (range, gradient_range) = (previous.output_range(group), previous.gradient_range(group));
        let output_start = previous.output_gradient_start();
        let side = previous.geometry.output_gradient_side();
        self.machine.run(DropoutBackward {
            gradient: &self.gradient,
            gradient_row: row,
            gradient_columns: &self.gradient_columns,
            x: &previous.output[range],
            side: side_in,
            affine: &previous.affine,
            masks,
            images,
            output: &mut previous.output_gradient[gradient_range],
            output_start,
            output_row: side,
            output_channel: side * side,
            sums,
            products,
        });
    }
}
