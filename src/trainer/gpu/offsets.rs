//! The places of a stage's numbers in the buffers that all stages share.

use super::shape::{ImageAxis, Stage, Tile};
use super::weight_gradient_parts::{bias_parts, parts};
use crate::trainer::engine::parameter_layout::Layout;

/// The first place of a stage's numbers in each shared buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StageOffsets {
    /// The number of the stage, from 0; a part of dropout's random key.
    pub(super) layer: usize,
    /// The convolution's weights, in values and in gradients.
    pub(super) weights: usize,
    /// The convolution's biases, in values and in gradients.
    pub(super) biases: usize,
    /// Batch norm's scales (γ), in values and in gradients.
    pub(super) scales: usize,
    /// Batch norm's shifts (β), in values and in gradients.
    pub(super) shifts: usize,
    /// Batch norm's running means, in values.
    pub(super) running_means: usize,
    /// Batch norm's running variances, in values.
    pub(super) running_variances: usize,
    /// The channels' vectors in statistics and in gradient statistics.
    pub(super) statistics: usize,
    /// The weights' sums in partial gradients, `[parts, weights]`.
    pub(super) weight_sums: usize,
    /// The biases' sums in partial gradients, `[channels, parts]`.
    pub(super) bias_sums: usize,
    /// The weights for the way forward, in packed weights.
    pub(super) packed_forward: usize,
    /// The weights for the way back, in packed weights.
    pub(super) packed_backward: usize,
}

/// The offsets of all stages, and the lengths of the buffers that follow from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offsets {
    pub(super) stages: Vec<StageOffsets>,
    /// The length of the partial gradients.
    pub(super) partial_gradients: usize,
    /// The length of the packed weights.
    pub(super) packed_weights: usize,
    /// The number of vectors in the statistics: one for each channel of each stage.
    pub(super) statistics: usize,
}

impl Offsets {
    pub(super) fn new(stages: &[Stage], tile: Tile, axis: ImageAxis, layout: &Layout) -> Self {
        let mut all = Self { stages: Vec::new(), partial_gradients: 0, packed_weights: 0, statistics: 0 };
        for (layer, stage) in stages.iter().enumerate() {
            let convolution = &layout.convolutions()[layer];
            // The last stage has no batch norm, and no kernel of it reads these offsets.
            let norm = layout.norms().get(layer).cloned().unwrap_or_default();
            let taps = stage.conv.kernel * stage.conv.kernel;
            let (channels_in, channels_out) = (stage.input.channels, stage.output.channels);
            let weight_sums = parts(stage, tile, axis) * stage.weights();
            let bias_sums = channels_out * bias_parts(stage, tile, axis);
            let packed_forward = channels_in * taps * packed_channels(channels_out);
            let packed_backward = channels_out * taps * packed_channels(channels_in);
            let offsets = StageOffsets {
                layer,
                weights: convolution.weight.start,
                biases: convolution.bias.start,
                scales: norm.weight.start,
                shifts: norm.bias.start,
                running_means: norm.running_mean.start,
                running_variances: norm.running_var.start,
                statistics: reserve(&mut all.statistics, channels_out),
                weight_sums: reserve(&mut all.partial_gradients, weight_sums),
                bias_sums: reserve(&mut all.partial_gradients, bias_sums),
                packed_forward: reserve(&mut all.packed_weights, packed_forward),
                packed_backward: reserve(&mut all.packed_weights, packed_backward),
            };
            all.stages.push(offsets);
        }
        all
    }
}

/// Reserves `count` places at the end of a buffer, and returns the first of them.
fn reserve(length: &mut usize, count: usize) -> usize {
    let start = *length;
    *length += count;
    start
}

/// The number of channels that packed weights have room for: whole tiles of any size.
pub(super) fn packed_channels(channels: usize) -> usize {
    channels.next_multiple_of(LARGEST_TILE)
}

/// The number of channels of the largest tile.
const LARGEST_TILE: usize =
    if Tile::SOFTWARE.channels > Tile::HARDWARE.channels { Tile::SOFTWARE.channels } else { Tile::HARDWARE.channels };
