//! Batch norm (Ioffe & Szegedy, "Batch Normalization", 2015), forward and back. The kernels of convolutions leave sums
//! for each channel. The kernels here turn the sums into statistics, and apply them where the next kernel does not do
//! that as it loads. The formulas stand in the `.wgsl` files.

use super::buffers::{
    ACTIVATIONS, CHANNEL_SUMS, GRADIENT_STATISTICS, GRADIENTS, NORMALISED, OUTPUT_GRADIENT, PARTIAL_GRADIENTS,
    STATISTICS, STEP, VALUES,
};
use super::offsets::StageOffsets;
use super::shader::{Kernel, Shader};
use super::shape::{ImageAxis, Map};
use crate::trainer::engine::architecture::{NORM_EPSILON, RUNNING_SHARE};

/// The function that adds up the sums of a channel.
const CHANNEL_SUM: &str = include_str!("wgsl/channel_sum.wgsl");

/// Begins a kernel for the batch norm of a stage with this output.
fn begin(map: Map, offsets: &StageOffsets, axis: ImageAxis) -> Shader {
    Shader::for_map(map, axis)
        .constant("CHANNELS", map.channels)
        .constant("LAYER", offsets.layer)
        .constant("STATISTICS_AT", offsets.statistics)
        .constant("SCALES_AT", offsets.scales)
        .constant("SHIFTS_AT", offsets.shifts)
        .constant("RUNNING_MEANS_AT", offsets.running_means)
        .constant("RUNNING_VARIANCES_AT", offsets.running_variances)
        .real("EPSILON", format_args!("{NORM_EPSILON:e}"))
        .real("RUNNING_SHARE", format_args!("{RUNNING_SHARE}"))
}

/// The kernel that computes the batch statistics from the sums of a convolution, `sums_per_channel` pairs for each
/// channel, and updates the running statistics.
pub(super) fn batch_statistics(map: Map, offsets: &StageOffsets, sums_per_channel: usize, axis: ImageAxis) -> Kernel {
    begin(map, offsets, axis)
        .constant("SUMS_PER_CHANNEL", sums_per_channel)
        .uniform(STEP)
        .reads(CHANNEL_SUMS)
        .writes(VALUES)
        .writes(STATISTICS)
        .text(include_str!("wgsl/batch_statistics.wgsl"))
        .text(CHANNEL_SUM)
        .with_workgroup_sum()
        .finish([map.channels, 1, 1])
}

/// The kernel that computes the statistics outside of training, from the running ones.
pub(super) fn running_statistics(map: Map, offsets: &StageOffsets, axis: ImageAxis) -> Kernel {
    begin(map, offsets, axis)
        .reads(VALUES)
        .writes(STATISTICS)
        .text(include_str!("wgsl/running_statistics.wgsl"))
        .finish([1, 1, 1])
}

/// The kernel that applies batch norm and dropout to a map.
pub(super) fn batch_norm(map: Map, offsets: &StageOffsets, axis: ImageAxis) -> Kernel {
    begin(map, offsets, axis)
        .uniform(STEP)
        .reads(ACTIVATIONS)
        .reads(STATISTICS)
        .writes(NORMALISED)
        .text(include_str!("wgsl/batch_norm.wgsl"))
        .finish([axis.groups(), map.side, map.channels])
}

/// The kernel that computes the gradients of scales and shifts, and the gradient statistics, from the sums of the
/// kernel before, `sums_per_channel` pairs for each channel.
pub(super) fn gradient_sums(map: Map, offsets: &StageOffsets, sums_per_channel: usize, axis: ImageAxis) -> Kernel {
    begin(map, offsets, axis)
        .constant("SUMS_PER_CHANNEL", sums_per_channel)
        .uniform(STEP)
        .reads(CHANNEL_SUMS)
        .reads(STATISTICS)
        .writes(GRADIENTS)
        .writes(GRADIENT_STATISTICS)
        .text(include_str!("wgsl/batch_norm_gradient_sums.wgsl"))
        .text(CHANNEL_SUM)
        .with_workgroup_sum()
        .finish([map.channels, 1, 1])
}

/// The kernel that takes a gradient back through batch norm and ReLU, in place. It leaves partial sums of the
/// convolution's bias gradients: `[channels, rows, groups of images]`.
pub(super) fn input_gradient(map: Map, offsets: &StageOffsets, axis: ImageAxis) -> Kernel {
    begin(map, offsets, axis)
        .constant("BIAS_SUMS_AT", offsets.bias_sums)
        .uniform(STEP)
        .reads(ACTIVATIONS)
        .reads(GRADIENT_STATISTICS)
        .writes(OUTPUT_GRADIENT)
        .writes(PARTIAL_GRADIENTS)
        .text(include_str!("wgsl/batch_norm_input_gradient.wgsl"))
        .with_workgroup_sum()
        .finish([axis.groups(), map.side, map.channels])
}
