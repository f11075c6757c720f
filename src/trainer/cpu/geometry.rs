//! The memory layout of a layer's feature maps, and the taps of its convolution and of its input gradient.

use crate::trainer::engine::architecture::{CONVOLUTIONS, Convolution, IMAGE_SIDE};

/// `Geometry` describes a convolution at its place in the net. All offsets and lengths count columns
/// ([`super::simd::Column`]).
///
/// A feature map is stored `[channel, row, column]`. A convolution reads it from a copy with a border of zeros. In each
/// row of the copy, columns with the same remainder modulo the stride are neighbours. So, for any stride, a tap reads
/// columns one after the other.
#[derive(Clone, Debug)]
pub(super) struct Geometry {
    pub(super) conv: Convolution,
    /// Side of the input, without its border.
    pub(super) side_in: usize,
    /// Side of the output.
    pub(super) side_out: usize,
    /// Columns in a row of the bordered input, a multiple of the stride.
    pub(super) width_in: usize,
    /// The width of the border of zeros around the output gradient. With it, the input gradient needs no special cases.
    pub(super) border_out: usize,
}

/// `GradientClass` is a class of input pixels with the same remainders of row and column modulo the stride. The
/// gradients of its pixels have the same taps.
#[derive(Clone, Debug)]
pub(super) struct GradientClass {
    /// For each tap of an output channel: the offset in the bordered output gradient, and the weight's index in the
    /// kernel.
    pub(super) taps: Vec<(usize, usize)>,
    /// The start of the first row in the input gradient, whose rows are sorted as those of the bordered input.
    pub(super) start: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Geometry {
    /// Describes a convolution of square maps.
    pub(super) fn new(conv: Convolution, side_in: usize) -> Self {
        Self {
            conv,
            side_in,
            side_out: conv.output_side(side_in),
            width_in: (side_in + 2 * conv.padding).next_multiple_of(conv.stride),
            border_out: conv.kernel - 1 - conv.padding,
        }
    }

    /// Describes all convolutions of the net, in order.
    pub(super) fn of_the_net() -> Vec<Self> {
        let mut side = IMAGE_SIDE;
        let next = |conv: &Convolution| {
            let geometry = Self::new(*conv, side);
            side = geometry.side_out;
            geometry
        };
        CONVOLUTIONS.iter().map(next).collect()
    }

    /// Returns the length of one channel of the bordered input.
    pub(super) fn bordered_channel(&self) -> usize {
        (self.side_in + 2 * self.conv.padding) * self.width_in
    }

    /// Returns the length of the bordered input.
    pub(super) fn bordered_len(&self) -> usize {
        self.conv.channels_in * self.bordered_channel()
    }

    /// Returns the length of the output.
    pub(super) fn output_len(&self) -> usize {
        self.conv.channels_out * self.side_out * self.side_out
    }

    /// Returns the side of the bordered output gradient.
    pub(super) fn output_gradient_side(&self) -> usize {
        self.side_out + 2 * self.border_out
    }

    /// Returns the length of the bordered output gradient.
    pub(super) fn output_gradient_len(&self) -> usize {
        self.conv.channels_out * self.output_gradient_side() * self.output_gradient_side()
    }

    /// Returns the index in the bordered row for each column of a row of the input.
    pub(super) fn bordered_columns(&self) -> Vec<usize> {
        (0..self.side_in).map(|x| self.sorted(x + self.conv.padding, self.width_in)).collect()
    }

    /// Returns the index in a row of the input gradient, as [`GradientClass`]es write it, for each column of the input.
    pub(super) fn gradient_columns(&self) -> Vec<usize> {
        (0..self.side_in).map(|x| self.sorted(x, self.gradient_row())).collect()
    }

    /// Returns the columns in a row of the input gradient, as [`GradientClass`]es write it.
    pub(super) fn gradient_row(&self) -> usize {
        self.side_in.next_multiple_of(self.conv.stride)
    }

    /// Returns the index of a column in a row of this width whose columns are sorted by their remainder modulo the
    /// stride.
    fn sorted(&self, x: usize, width: usize) -> usize {
        x % self.conv.stride * (width / self.conv.stride) + x / self.conv.stride
    }

    /// Returns the offset in the bordered input for each input channel, kernel row and kernel column, in the order of
    /// the weights.
    pub(super) fn taps(&self) -> Vec<usize> {
        let kernel = self.conv.kernel;
        let mut taps = Vec::with_capacity(self.conv.channels_in * kernel * kernel);
        for channel in 0..self.conv.channels_in {
            for y in 0..kernel {
                for x in 0..kernel {
                    let row = channel * self.bordered_channel() + y * self.width_in;
                    taps.push(row + self.sorted(x, self.width_in));
                }
            }
        }
        taps
    }

    /// Returns the classes that together make the input gradient.
    pub(super) fn gradient_classes(&self) -> Vec<GradientClass> {
        let Convolution { kernel, stride, padding, .. } = self.conv;
        // In one direction: the kernel indices whose weights touch the class, each with its offset in the bordered
        // gradient.
        let reach = |first: usize| {
            let places = (0..kernel).filter(move |place| (first + padding) % stride == place % stride);
            places.map(move |place| (place, (first + padding + self.border_out * stride - place) / stride))
        };
        let count = |first: usize| (self.side_in - first).div_ceil(stride);
        let mut classes = Vec::new();
        for first_y in 0..stride.min(self.side_in) {
            for first_x in 0..stride.min(self.side_in) {
                let mut taps = Vec::new();
                for (y, row) in reach(first_y) {
                    taps.extend(
                        reach(first_x).map(|(x, column)| (row * self.output_gradient_side() + column, y * kernel + x)),
                    );
                }
                let start = first_y * self.gradient_row() + self.sorted(first_x, self.gradient_row());
                classes.push(GradientClass { taps, start, rows: count(first_y), columns: count(first_x) });
            }
        }
        classes
    }
}
