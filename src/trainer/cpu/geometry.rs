//! Where a layer's numbers lie in memory, and which taps make its convolution and its gradients.

use crate::trainer::engine::architecture::{CONVOLUTIONS, Convolution, IMAGE_SIDE};

/// A convolution at its place in the net. All offsets count columns, see [`super::simd::Column`].
///
/// A feature map is stored `[channel][row][column]`. A convolution reads it from a copy with a border of zeros, whose
/// rows are sorted by their column's remainder modulo the stride: so whatever the stride, a tap meets neighbours in
/// memory, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Geometry {
    pub(super) conv: Convolution,
    /// Side of the input, without its border.
    pub(super) side_in: usize,
    /// Side of the output.
    pub(super) side_out: usize,
    /// Columns in a row of the bordered input, a multiple of the stride.
    pub(super) width_in: usize,
    /// Zeros around the output's gradient, so that the input's gradient needs no special cases.
    pub(super) border_out: usize,
}

/// Rows and columns of the input that share their remainders modulo the stride, and so the taps of their gradient.
#[derive(Clone, Debug)]
pub(super) struct GradientClass {
    /// Offset in the output's bordered gradient, and the weight's place in the kernel, for each tap of an output channel.
    pub(super) taps: Vec<(usize, usize)>,
    /// Where the first row begins in the input's gradient, with its rows sorted as those of the bordered input are.
    pub(super) start: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Geometry {
    /// A convolution of square maps.
    pub(super) fn new(conv: Convolution, side_in: usize) -> Self {
        Self {
            conv,
            side_in,
            side_out: conv.output_side(side_in),
            width_in: (side_in + 2 * conv.padding).next_multiple_of(conv.stride),
            border_out: conv.kernel - 1 - conv.padding,
        }
    }

    /// Those of the net, in order.
    pub(super) fn of_the_net() -> Vec<Self> {
        let mut side = IMAGE_SIDE;
        let next = |conv: &Convolution| {
            let geometry = Self::new(*conv, side);
            side = geometry.side_out;
            geometry
        };
        CONVOLUTIONS.iter().map(next).collect()
    }

    /// Columns of one channel of the bordered input.
    pub(super) fn bordered_channel(&self) -> usize {
        (self.side_in + 2 * self.conv.padding) * self.width_in
    }

    /// Columns of the bordered input.
    pub(super) fn bordered_len(&self) -> usize {
        self.conv.channels_in * self.bordered_channel()
    }

    /// Columns of the output.
    pub(super) fn output_len(&self) -> usize {
        self.conv.channels_out * self.side_out * self.side_out
    }

    /// Side of the output's bordered gradient.
    pub(super) fn slope_side(&self) -> usize {
        self.side_out + 2 * self.border_out
    }

    /// Columns of the output's bordered gradient.
    pub(super) fn slope_len(&self) -> usize {
        self.conv.channels_out * self.slope_side() * self.slope_side()
    }

    /// Where the columns of a row of the input, without its border, lie in the bordered row.
    pub(super) fn bordered_columns(&self) -> Vec<usize> {
        (0..self.side_in).map(|x| self.sorted(x + self.conv.padding, self.width_in)).collect()
    }

    /// Where the columns of a row of the input lie in its gradient as [`GradientClass`]es write it.
    pub(super) fn gradient_columns(&self) -> Vec<usize> {
        (0..self.side_in).map(|x| self.sorted(x, self.gradient_row())).collect()
    }

    /// Columns in a row of the input's gradient, as [`GradientClass`]es write it.
    pub(super) fn gradient_row(&self) -> usize {
        self.side_in.next_multiple_of(self.conv.stride)
    }

    /// The place of a column in a row of this width whose columns are sorted by their remainder modulo the stride.
    fn sorted(&self, x: usize, width: usize) -> usize {
        x % self.conv.stride * (width / self.conv.stride) + x / self.conv.stride
    }

    /// For each input channel, kernel row and kernel column, as weights are ordered: the offset in the bordered input.
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

    /// The classes that together make the input's gradient.
    pub(super) fn gradient_classes(&self) -> Vec<GradientClass> {
        let Convolution { kernel, stride, padding, .. } = self.conv;
        // In one direction: which places of the kernel reach the class, and the offset in the bordered output of each.
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
                    taps.extend(reach(first_x).map(|(x, column)| (row * self.slope_side() + column, y * kernel + x)));
                }
                let start = first_y * self.gradient_row() + self.sorted(first_x, self.gradient_row());
                classes.push(GradientClass { taps, start, rows: count(first_y), columns: count(first_x) });
            }
        }
        classes
    }
}
