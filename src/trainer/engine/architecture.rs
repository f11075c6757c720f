//! The net as data. All implementations of the net are built from it.

/// One convolutional layer. ReLU, batch normalisation and dropout follow each layer but the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Input channels.
    pub channels_in: usize,
    /// Output channels.
    pub channels_out: usize,
    /// Side of the square kernel.
    pub kernel: usize,
    /// Stride in both directions.
    pub stride: usize,
    /// Zero padding on each side.
    pub padding: usize,
}

impl Convolution {
    /// Returns the number of weights and biases.
    pub const fn parameters(&self) -> usize {
        self.channels_out * (self.channels_in * self.kernel * self.kernel + 1)
    }

    /// Returns the side of the square output for a square input, in pixels.
    pub const fn output_side(&self, side: usize) -> usize {
        (side + 2 * self.padding - self.kernel) / self.stride + 1
    }
}

const fn conv(channels_in: usize, channels_out: usize, kernel: usize, stride: usize, padding: usize) -> Convolution {
    Convolution { channels_in, channels_out, kernel, stride, padding }
}

/// The seven convolutions, in order.
pub const CONVOLUTIONS: [Convolution; 7] = [
    conv(1, 32, 5, 1, 1),
    conv(32, 16, 3, 1, 1),
    conv(16, 16, 3, 2, 1),
    conv(16, 24, 3, 1, 1),
    conv(24, 16, 3, 1, 1),
    conv(16, 16, 3, 2, 1),
    conv(16, 10, 3, 1, 0),
];

/// The number of layers before the last; each of them is normalised.
pub const HIDDEN_LAYERS: usize = CONVOLUTIONS.len() - 1;

pub use crate::mnist::{CLASSES, SIDE as IMAGE_SIDE};

/// Batch normalisation adds this to a variance before it takes the root (ε of Ioffe & Szegedy 2015; PyTorch's default).
pub const NORM_EPSILON: f64 = 1e-5;

/// The share of a new batch's statistics in the running statistics, 0 to 1 (PyTorch's `momentum`).
pub const RUNNING_SHARE: f64 = 0.1;

/// The mean pixel of MNIST on a scale from 0 to 1. The net's input is `(x / 255 - PIXEL_MEAN) / PIXEL_STD`.
pub const PIXEL_MEAN: f32 = 0.1307;
/// The standard deviation of MNIST's pixels on a scale from 0 to 1.
pub const PIXEL_STD: f32 = 0.3081;

/// Returns the number of trained parameters of the whole net: those of the convolutions, and two for each normalised
/// channel.
pub fn parameter_count() -> usize {
    let weights: usize = CONVOLUTIONS.iter().map(Convolution::parameters).sum();
    let normalised: usize = CONVOLUTIONS[..HIDDEN_LAYERS].iter().map(|conv| 2 * conv.channels_out).sum();
    weights + normalised
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_net_has_exactly_18_738_trainable_parameters() {
        assert_eq!(parameter_count(), 18_738);
    }
}
