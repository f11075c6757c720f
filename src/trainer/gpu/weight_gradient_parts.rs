//! How a weight gradient is cut into invocations, and how many partial sums they leave.

use super::shape::{ImageAxis, Stage, Tile};

/// What one invocation of a weight gradient computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// The number of output channels.
    pub(super) channels: usize,
    /// The number of rows of taps.
    pub(super) tap_rows: usize,
    /// The number of output rows.
    pub(super) rows: usize,
    /// The number of output columns for which the input is loaded at once.
    pub(super) columns: usize,
}

impl Cut {
    pub(super) fn new(stage: &Stage, tile: Tile) -> Self {
        let kernel = stage.conv.kernel;
        let taps = kernel * kernel;
        let (channels, tap_rows) = if takes_gradient_back(stage) {
            // Each channel has one more sum, for its bias.
            (tile.weight_sums / (taps + 1), kernel)
        } else {
            (tile.weight_channels, if tile.weight_channels * taps > tile.weight_sums { 1 } else { kernel })
        };
        let side = stage.output.side;
        let columns = if side.is_multiple_of(2) { 2 } else { 1 };
        Self { channels, tap_rows, rows: side.div_ceil(tile.weight_parts), columns }
    }
}

/// Whether the kernel of the weight gradient takes the output gradient back through batch norm and ReLU as it loads it.
/// With one input channel it loads each value once; with more channels, a kernel that stores the result is faster.
pub(super) fn takes_gradient_back(stage: &Stage) -> bool {
    stage.input.channels == 1
}

/// The number of partial sums for each bias. They come from the kernel that takes the gradient back: the weight
/// gradient, or `batch_norm_input_gradient.wgsl`, which leaves one for each row and group of images.
pub(super) fn bias_parts(stage: &Stage, tile: Tile, axis: ImageAxis) -> usize {
    if takes_gradient_back(stage) { parts(stage, tile, axis) } else { stage.output.side * axis.groups() }
}

/// The number of partial sums for each weight.
pub(super) fn parts(stage: &Stage, tile: Tile, axis: ImageAxis) -> usize {
    stage.output.side.div_ceil(Cut::new(stage, tile).rows) * axis.groups()
}
