//! The net's last stage: a convolution whose output is averaged over all pixels, and the loss. Both are linear in the
//! input's sums over the windows that the taps see, so the convolution itself is never computed.

use super::convolve::{Call, Places};
use super::shape::{Lanes, Stage};
use super::source::Source;
use crate::mnist::CLASSES;

/// Invocations of a workgroup where there is one for each number.
const GROUP: usize = 64;

/// The last stage, whose padding is 0, and where its numbers lie in the net's values and gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) stage: Stage,
    pub(super) weight: usize,
    pub(super) bias: usize,
}

impl Head {
    fn source(&self, lanes: Lanes) -> Source {
        let Stage { conv, input, output } = self.stage;
        Source::of_map(input, lanes)
            .constant("CHANNELS", input.channels)
            .constant("KERNEL", conv.kernel)
            .constant("WINDOW", output.side)
            .constant("TAPS", self.taps())
            .constant("CLASSES", CLASSES)
            .constant("WEIGHT", self.weight)
            .constant("BIAS", self.bias)
    }

    /// Windows of an image: one for each channel and tap.
    pub(super) fn taps(&self) -> usize {
        self.stage.conv.channels_in * self.stage.conv.kernel * self.stage.conv.kernel
    }

    /// Means over windows, `[taps][images]`.
    ///
    /// Bindings: input, windows.
    pub(super) fn windows(&self, lanes: Lanes) -> Call {
        let source = self.source(lanes).text(include_str!("wgsl/windows.wgsl"));
        Call::new(source, [lanes.groups(), self.stage.input.channels, 1])
    }

    /// Logits, their gradients, and of each image its loss and whether it is right.
    ///
    /// Bindings: step, windows, values, targets, logits, slopes, verdicts.
    pub(super) fn judge(&self, lanes: Lanes) -> Call {
        let source = self.source(lanes).text(include_str!("wgsl/judge.wgsl"));
        Call::new(source, [lanes.groups(), 1, 1])
    }

    /// The gradients of weights and biases, and the step's outcome.
    ///
    /// Bindings: step, windows, slopes, verdicts, gradients, outcomes.
    pub(super) fn gradient(&self, lanes: Lanes) -> Call {
        let source = self.source(lanes).constant("GROUP", GROUP).text(include_str!("wgsl/head_gradient.wgsl"));
        let numbers = self.stage.weights() + CLASSES + 2;
        Call::new(source, [numbers.div_ceil(GROUP), 1, 1])
    }

    /// The gradient of the map before normalisation, taken back through the dropout of the stage `before`, and two sums of
    /// each channel and group of lanes.
    ///
    /// Bindings: step, slopes, values, map before normalisation, norms, gradient, sums.
    pub(super) fn back(&self, before: &Places, lanes: Lanes) -> Call {
        let source = self.source(lanes).constant("NORM", before.norm).constant("LAYER", before.layer);
        let source = source.summing(include_str!("wgsl/head_back.wgsl"));
        Call::new(source, [lanes.groups(), self.stage.input.channels, 1])
    }
}
