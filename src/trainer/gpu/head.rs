//! The head: the last convolution, the mean over its output, softmax and loss. Convolution and mean are linear, so the
//! mean output of a class is bias + Σ over taps of weight · (mean of the input over the window that the tap sees).
//! The kernels compute these means, never the convolution itself.

use super::buffers::{
    ACTIVATIONS, CHANNEL_SUMS, GRADIENTS, IMAGE_OUTCOMES, INPUT_GRADIENT, LOGIT_GRADIENTS, LOGITS, NORMALISED,
    STATISTICS, STEP, STEP_OUTCOMES, TARGETS, VALUES, WINDOW_MEANS,
};
use super::offsets::StageOffsets;
use super::shader::{Kernel, Shader};
use super::shape::{ImageAxis, Stage};
use crate::mnist::CLASSES;

/// The number of invocations in a workgroup of [`Head::weight_gradient`], each of which computes one number.
const NUMBERS_PER_GROUP: usize = 64;
/// The number of numbers in the outcome of a step: the mean loss in nats, and the number of right answers.
pub(super) const NUMBERS_PER_OUTCOME: usize = 2;

/// The last stage, whose padding is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) stage: Stage,
    pub(super) offsets: StageOffsets,
}

impl Head {
    fn begin(&self, axis: ImageAxis) -> Shader {
        let Stage { conv, input, output } = self.stage;
        Shader::for_map(input, axis)
            .constant("CHANNELS", input.channels)
            .constant("KERNEL", conv.kernel)
            .constant("WINDOW", output.side)
            .constant("TAPS", self.taps())
            .constant("CLASSES", CLASSES)
            .constant("WEIGHTS_AT", self.offsets.weights)
            .constant("BIASES_AT", self.offsets.biases)
    }

    /// The number of taps of one class, over all input channels.
    pub(super) fn taps(&self) -> usize {
        self.stage.conv.channels_in * self.stage.conv.kernel * self.stage.conv.kernel
    }

    /// The kernel that computes the means of the input over the windows of all taps.
    pub(super) fn window_means(&self, axis: ImageAxis) -> Kernel {
        self.begin(axis).reads(NORMALISED).writes(WINDOW_MEANS).text(include_str!("wgsl/window_means.wgsl")).finish([
            axis.groups(),
            self.stage.input.channels,
            1,
        ])
    }

    /// The kernel that computes logits, their gradients, and the loss and the correctness of each image.
    pub(super) fn softmax_loss(&self, axis: ImageAxis) -> Kernel {
        self.begin(axis)
            .uniform(STEP)
            .reads(WINDOW_MEANS)
            .reads(VALUES)
            .reads(TARGETS)
            .writes(LOGITS)
            .writes(LOGIT_GRADIENTS)
            .writes(IMAGE_OUTCOMES)
            .text(include_str!("wgsl/softmax_loss.wgsl"))
            .finish([axis.groups(), 1, 1])
    }

    /// The kernel that computes the gradients of weights and biases, and the outcome of the step.
    pub(super) fn weight_gradient(&self, axis: ImageAxis) -> Kernel {
        let numbers = self.stage.weights() + CLASSES + NUMBERS_PER_OUTCOME;
        self.begin(axis)
            .constant("NUMBERS_PER_GROUP", NUMBERS_PER_GROUP)
            .uniform(STEP)
            .reads(WINDOW_MEANS)
            .reads(LOGIT_GRADIENTS)
            .reads(IMAGE_OUTCOMES)
            .writes(GRADIENTS)
            .writes(STEP_OUTCOMES)
            .text(include_str!("wgsl/head_weight_gradient.wgsl"))
            .finish([numbers.div_ceil(NUMBERS_PER_GROUP), 1, 1])
    }

    /// The kernel that computes the gradient of the input, taken back through the dropout of the stage `before`, and
    /// two sums for each channel and group of images.
    pub(super) fn input_gradient(&self, before: &StageOffsets, axis: ImageAxis) -> Kernel {
        self.begin(axis)
            .constant("STATISTICS_AT", before.statistics)
            .constant("LAYER", before.layer)
            .uniform(STEP)
            .reads(LOGIT_GRADIENTS)
            .reads(VALUES)
            .reads(ACTIVATIONS)
            .reads(STATISTICS)
            .writes(INPUT_GRADIENT)
            .writes(CHANNEL_SUMS)
            .text(include_str!("wgsl/head_input_gradient.wgsl"))
            .with_workgroup_sum()
            .finish([axis.groups(), self.stage.input.channels, 1])
    }
}
