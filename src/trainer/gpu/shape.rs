//! The shapes of the net's maps, and how the work is cut into tiles and workgroups.

use crate::trainer::engine::architecture::{CONVOLUTIONS, Convolution, IMAGE_SIDE};

/// The number of zeros on each side of every map, so that a convolution does not have to ask where a map ends.
pub(super) const BORDER: usize = 1;

/// The innermost axis of every map: the images of a batch, padded to whole workgroups. An invocation computes for one
/// image, so neighbouring invocations read neighbouring numbers, and all of them the same weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImageAxis {
    /// The padded number of images: a multiple of `per_group`.
    pub(super) length: usize,
    /// The number of images, and so of invocations, in a workgroup.
    pub(super) per_group: usize,
}

impl ImageAxis {
    /// The largest number of images in a workgroup.
    const MAX_PER_GROUP: usize = 64;

    /// The axis for a batch on an adapter that runs `width` invocations in lockstep.
    pub(super) fn new(batch: usize, width: usize) -> Self {
        let per_group = batch.next_multiple_of(width).min(Self::MAX_PER_GROUP);
        Self { length: batch.next_multiple_of(per_group), per_group }
    }

    /// The number of workgroups for all images.
    pub(super) fn groups(self) -> usize {
        self.length / self.per_group
    }
}

/// How much one invocation computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tile {
    /// The number of channels of a convolution: a multiple of 4.
    pub(super) channels: usize,
    /// The largest number of columns of a convolution.
    pub(super) columns: usize,
    /// The number of output channels of a weight gradient.
    pub(super) weight_channels: usize,
    /// The largest number of sums that an invocation of a weight gradient may hold.
    pub(super) weight_sums: usize,
    /// The largest number of parts into which a weight gradient cuts the rows of a map.
    pub(super) weight_parts: usize,
    /// Whether a kernel that normalises its input as it loads may also compute dropout there, for each load anew.
    pub(super) dropout_on_load: bool,
}

impl Tile {
    /// The tile for an adapter in software: few invocations with much work, since dispatches cost more than registers.
    pub(super) const SOFTWARE: Self =
        Self { channels: 8, columns: 26, weight_channels: 8, weight_sums: 80, weight_parts: 1, dropout_on_load: false };
    /// The tile for hardware: enough invocations to keep all of it busy, each with what fits the registers.
    pub(super) const HARDWARE: Self =
        Self { channels: 4, columns: 13, weight_channels: 4, weight_sums: 52, weight_parts: 13, dropout_on_load: true };

    /// The number of columns that an invocation of a convolution computes, where a row has `side` columns. They divide
    /// the row evenly, and begin at a multiple of `stride`.
    pub(super) fn columns_of(self, side: usize, stride: usize) -> usize {
        let fits = |columns: usize| side.is_multiple_of(columns) && (columns.is_multiple_of(stride) || columns == side);
        (1..=self.columns * stride).rev().find(|columns| fits(*columns)).unwrap_or(side)
    }
}

/// The shape of a map without its border; in memory it is `[channels, width, width, images]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Map {
    pub(super) channels: usize,
    /// The height and the width in pixels, without the border.
    pub(super) side: usize,
}

impl Map {
    /// The height and the width in pixels, with the border.
    pub(super) fn width(self) -> usize {
        self.side + 2 * BORDER
    }

    /// The number of values for all images, border and padding included.
    pub(super) fn len(self, axis: ImageAxis) -> usize {
        self.channels * self.width() * self.width() * axis.length
    }
}

/// A convolution with the shapes of its input and its output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) conv: Convolution,
    pub(super) input: Map,
    pub(super) output: Map,
}

impl Stage {
    /// The stage of a convolution whose input has this side.
    pub(super) fn new(conv: Convolution, side: usize) -> Self {
        let input = Map { channels: conv.channels_in, side };
        let output = Map { channels: conv.channels_out, side: conv.output_side(side) };
        Self { conv, input, output }
    }

    /// The stages of the net, in order. ReLU, batch norm and dropout follow each but the last, which is the head.
    pub(super) fn of_the_net() -> Vec<Self> {
        let mut side = IMAGE_SIDE;
        let next = |conv: &Convolution| {
            let stage = Self::new(*conv, side);
            side = stage.output.side;
            stage
        };
        CONVOLUTIONS.iter().map(next).collect()
    }

    /// The number of weights, biases not counted.
    pub(super) fn weights(&self) -> usize {
        let Convolution { channels_in, channels_out, kernel, .. } = self.conv;
        channels_in * channels_out * kernel * kernel
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_cut_into_equal_tiles_that_begin_at_a_multiple_of_the_stride() {
        let columns = |side, stride| Tile::SOFTWARE.columns_of(side, stride);
        assert_eq!([columns(26, 1), columns(13, 1), columns(7, 1), columns(11, 1)], [26, 13, 7, 11]);
        assert_eq!([columns(26, 2), columns(13, 2), columns(28, 2), columns(17, 2)], [26, 13, 28, 17]);
    }

    #[test]
    fn a_batch_is_padded_to_whole_workgroups() {
        assert_eq!(ImageAxis::new(128, 4), ImageAxis { length: 128, per_group: 64 });
        assert_eq!(ImageAxis::new(5, 4), ImageAxis { length: 8, per_group: 8 });
        assert_eq!(ImageAxis::new(5, 32), ImageAxis { length: 32, per_group: 32 });
        assert_eq!(ImageAxis::new(100, 32), ImageAxis { length: 128, per_group: 64 });
    }
}
