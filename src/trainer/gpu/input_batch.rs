//! The first kernel of a step, which fills the net's input map with a batch.

use super::buffers::{BATCH_PIXELS, DATA_SET, INPUT_MAP, PICKED_IMAGES, STEP};
use super::shader::{Kernel, Shader};
use super::shape::{ImageAxis, Map};
use crate::trainer::engine::architecture::{PIXEL_MEAN, PIXEL_STD};

/// The kernel that copies pixels which the CPU has normalised.
pub(super) fn from_pixels(map: Map, axis: ImageAxis) -> Kernel {
    Shader::for_map(map, axis)
        .uniform(STEP)
        .reads(BATCH_PIXELS)
        .writes(INPUT_MAP)
        .text(include_str!("wgsl/batch_from_pixels.wgsl"))
        .finish([axis.groups(), map.side, 1])
}

/// The kernel that takes images from the data set on the device, moves and normalises them.
pub(super) fn from_data_set(map: Map, axis: ImageAxis) -> Kernel {
    Shader::for_map(map, axis)
        .real("MEAN", format_args!("{PIXEL_MEAN}"))
        .real("STD", format_args!("{PIXEL_STD}"))
        .uniform(STEP)
        .reads(DATA_SET)
        .reads(PICKED_IMAGES)
        .writes(INPUT_MAP)
        .text(include_str!("wgsl/batch_from_data_set.wgsl"))
        .finish([axis.groups(), map.side, 1])
}
