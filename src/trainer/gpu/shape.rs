//! How the net's maps lie in memory, and how its work is cut into pieces.

use crate::trainer::engine::architecture::{CONVOLUTIONS, Convolution, IMAGE_SIDE};

/// Zeros on each side of every map, so that a convolution needs no question about its edges.
pub(super) const BORDER: usize = 1;

/// Images in a batch, and how many of them a workgroup takes: the innermost axis of every map, so that neighbouring
/// invocations read neighbouring numbers, and all of them the same weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lanes {
    /// Room for so many images: a multiple of `group`.
    pub(super) all: usize,
    /// Invocations of a workgroup.
    pub(super) group: usize,
}

impl Lanes {
    /// Most invocations of a workgroup.
    const MOST: usize = 64;

    /// Room for a batch on an adapter that works in steps of `width` invocations.
    pub(super) fn new(batch: usize, width: usize) -> Self {
        let group = batch.next_multiple_of(width).min(Self::MOST);
        Self { all: batch.next_multiple_of(group), group }
    }

    /// Workgroups for all images.
    pub(super) fn groups(self) -> usize {
        self.all / self.group
    }
}

/// How much one invocation computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tile {
    /// Channels, a multiple of 4.
    pub(super) channels: usize,
    /// Most columns of a row.
    pub(super) columns: usize,
    /// Channels in the gradient of weights.
    pub(super) weight_channels: usize,
    /// Sums there that one invocation may hold.
    pub(super) weight_sums: usize,
    /// Parts into which the rows are cut there, at most.
    pub(super) weight_parts: usize,
    /// Whether every invocation that loads an activation computes for itself whether it is dropped.
    pub(super) drops_on_load: bool,
}

impl Tile {
    /// For a processor that plays adapter: few invocations with much to do, since calls cost it more than registers.
    pub(super) const SOFTWARE: Self =
        Self { channels: 8, columns: 26, weight_channels: 8, weight_sums: 80, weight_parts: 1, drops_on_load: false };
    /// For hardware: so many invocations that none waits, each with what fits the registers.
    pub(super) const HARDWARE: Self =
        Self { channels: 4, columns: 13, weight_channels: 4, weight_sums: 52, weight_parts: 13, drops_on_load: true };

    /// Columns of an invocation, where a row has `side` and columns come in steps of `stride`.
    pub(super) fn columns_of(self, side: usize, stride: usize) -> usize {
        let fits = |columns: usize| side.is_multiple_of(columns) && (columns.is_multiple_of(stride) || columns == side);
        (1..=self.columns * stride).rev().find(|columns| fits(*columns)).unwrap_or(side)
    }
}

/// A map of some channels, with room for all images of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Map {
    pub(super) channels: usize,
    pub(super) side: usize,
}

impl Map {
    /// Numbers from a row to the next, before images are counted.
    pub(super) fn width(self) -> usize {
        self.side + 2 * BORDER
    }

    /// Numbers in all.
    pub(super) fn len(self, lanes: Lanes) -> usize {
        self.channels * self.width() * self.width() * lanes.all
    }
}

/// A convolution between two maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) conv: Convolution,
    pub(super) input: Map,
    pub(super) output: Map,
}

impl Stage {
    pub(super) fn new(conv: Convolution, side: usize) -> Self {
        let input = Map { channels: conv.channels_in, side };
        let output = Map { channels: conv.channels_out, side: conv.output_side(side) };
        Self { conv, input, output }
    }

    /// Those of the net.
    pub(super) fn of_the_net() -> Vec<Self> {
        let mut side = IMAGE_SIDE;
        let next = |conv: &Convolution| {
            let stage = Self::new(*conv, side);
            side = stage.output.side;
            stage
        };
        CONVOLUTIONS.iter().map(next).collect()
    }

    /// Weights without biases.
    pub(super) fn weights(&self) -> usize {
        let Convolution { channels_in, channels_out, kernel, .. } = self.conv;
        channels_in * channels_out * kernel * kernel
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_cut_into_equal_parts_that_begin_at_a_whole_step() {
        let columns = |side, stride| Tile::SOFTWARE.columns_of(side, stride);
        assert_eq!([columns(26, 1), columns(13, 1), columns(7, 1), columns(11, 1)], [26, 13, 7, 11]);
        assert_eq!([columns(26, 2), columns(13, 2), columns(28, 2), columns(17, 2)], [26, 13, 28, 17]);
    }

    #[test]
    fn a_batch_finds_room() {
        assert_eq!(Lanes::new(128, 4), Lanes { all: 128, group: 64 });
        assert_eq!(Lanes::new(5, 4), Lanes { all: 8, group: 8 });
        assert_eq!(Lanes::new(5, 32), Lanes { all: 32, group: 32 });
        assert_eq!(Lanes::new(100, 32), Lanes { all: 128, group: 64 });
    }
}
