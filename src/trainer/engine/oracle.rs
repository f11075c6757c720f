//! The oracle: the net in plain loops with 64-bit numbers. Tests compare the nets of all devices with it.

use std::ops::Range;

use super::architecture::{CONVOLUTIONS, Convolution, IMAGE_SIDE, NORM_EPSILON};
use super::parameter_layout::Layout;
use super::weights::Weights;
use crate::mnist::{CLASSES, PIXELS};
use crate::random::Random;

/// `Maps` holds square feature maps, `[image, channel, row, column]`.
#[derive(Clone)]
pub(crate) struct Maps {
    pub(crate) channels: usize,
    pub(crate) side: usize,
    pub(crate) values: Vec<f64>,
}

impl Maps {
    /// Returns maps of zeros.
    pub(crate) fn zeros(images: usize, channels: usize, side: usize) -> Self {
        Self { channels, side, values: vec![0.0; images * channels * side * side] }
    }

    /// Returns maps of random values from -1 to 1.
    pub(crate) fn random(images: usize, channels: usize, side: usize, random: &mut Random) -> Self {
        let mut maps = Self::zeros(images, channels, side);
        maps.values.fill_with(|| noise(random));
        maps
    }

    /// Returns the number of images.
    pub(crate) fn images(&self) -> usize {
        self.values.len() / (self.channels * self.side * self.side)
    }

    /// Returns the index of a pixel in the values.
    pub(crate) fn place(&self, image: usize, channel: usize, y: usize, x: usize) -> usize {
        ((image * self.channels + channel) * self.side + y) * self.side + x
    }

    /// Replaces negative values by zero.
    pub(crate) fn relu(mut self) -> Self {
        self.values.iter_mut().for_each(|value| *value = value.max(0.0));
        self
    }

    /// Returns all values of a channel, image after image.
    pub(crate) fn channel(&self, channel: usize) -> Vec<f64> {
        self.values.chunks(self.side * self.side).skip(channel).step_by(self.channels).flatten().copied().collect()
    }

    /// Returns the value of a pixel, or 0 outside the map.
    pub(crate) fn at(&self, image: usize, channel: usize, y: isize, x: isize) -> f64 {
        let side = self.side as isize;
        if (0..side).contains(&y) && (0..side).contains(&x) {
            self.values[self.place(image, channel, y as usize, x as usize)]
        } else {
            0.0
        }
    }
}

/// Returns a random number from -1 to 1 that 32 bits hold exactly.
pub(crate) fn noise(random: &mut Random) -> f64 {
    f64::from(2.0 * random.unit() - 1.0)
}

/// Makes a convolution.
pub(crate) fn conv(
    channels_in: usize,
    channels_out: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
) -> Convolution {
    Convolution { channels_in, channels_out, kernel, stride, padding }
}

/// Computes a convolution of each image. `weight` is `[channels out, channels in, kernel row, kernel column]`, `bias`
/// is `[channels out]`.
pub(crate) fn convolve(x: &Maps, conv: &Convolution, weight: &[f64], bias: &[f64]) -> Maps {
    let Convolution { channels_in, channels_out, kernel, stride, padding } = *conv;
    let mut output = Maps::zeros(x.images(), channels_out, conv.output_side(x.side));
    for image in 0..x.images() {
        for to in 0..channels_out {
            for y in 0..output.side {
                for column in 0..output.side {
                    let mut sum = bias[to];
                    for from in 0..channels_in {
                        for i in 0..kernel {
                            for j in 0..kernel {
                                let row = (y * stride + i) as isize - padding as isize;
                                let column = (column * stride + j) as isize - padding as isize;
                                let weight = weight[((to * channels_in + from) * kernel + i) * kernel + j];
                                sum += weight * x.at(image, from, row, column);
                            }
                        }
                    }
                    let place = output.place(image, to, y, column);
                    output.values[place] = sum;
                }
            }
        }
    }
    output
}

/// Returns the sum of the products of all values.
pub(crate) fn dot(a: &Maps, b: &Maps) -> f64 {
    a.values.iter().zip(&b.values).map(|(a, b)| a * b).sum()
}

/// Fails unless the numbers agree; `tolerance` is relative for expected values above 1, otherwise absolute.
pub(crate) fn assert_close(what: &str, actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance * expected.abs().max(1.0), "{what}: {actual} instead of {expected}");
}

/// Returns mean and variance (divided by n).
pub(crate) fn moments(values: &[f64]) -> [f64; 2] {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    [mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count]
}

/// Normalises each channel with the batch statistics (Ioffe & Szegedy 2015, algorithm 1).
pub(crate) fn normalise(x: &Maps, weight: &[f64], bias: &[f64]) -> Maps {
    let mut output = x.clone();
    for channel in 0..x.channels {
        let [mean, variance] = moments(&x.channel(channel));
        let scale = weight[channel] / (variance + NORM_EPSILON).sqrt();
        for map in output.values.chunks_mut(x.side * x.side).skip(channel).step_by(x.channels) {
            map.iter_mut().for_each(|value| *value = (*value - mean) * scale + bias[channel]);
        }
    }
    output
}

/// `Drop` is a function that applies dropout to the maps after a layer, counted from 0.
pub(crate) type Drop<'a> = &'a dyn Fn(usize, &mut Maps);

/// Computes the logits of images, `[image, class]`, from parameters and running statistics in the order of [`Layout`].
/// With `drop` as in training: with batch statistics and dropout. Without `drop` as after training.
pub(crate) fn forward(values: &[f64], pixels: &[f32], drop: Option<Drop<'_>>) -> Vec<f64> {
    let layout = Layout::new();
    let array = |range: &Range<usize>| &values[range.clone()];
    let mut x = Maps::zeros(pixels.len() / PIXELS, 1, IMAGE_SIDE);
    x.values = pixels.iter().map(|pixel| f64::from(*pixel)).collect();
    for (layer, conv) in CONVOLUTIONS.iter().enumerate() {
        let ranges = &layout.convolutions()[layer];
        x = convolve(&x, conv, array(&ranges.weight), array(&ranges.bias));
        if let Some(norm) = layout.norms().get(layer) {
            x = x.relu();
            let (weight, bias) = (array(&norm.weight), array(&norm.bias));
            if let Some(drop) = drop {
                x = normalise(&x, weight, bias);
                drop(layer, &mut x);
            } else {
                let (mean, var) = (array(&norm.running_mean), array(&norm.running_var));
                let area = x.side * x.side;
                for (i, value) in x.values.iter_mut().enumerate() {
                    let channel = i / area % conv.channels_out;
                    *value = (*value - mean[channel]) / (var[channel] + NORM_EPSILON).sqrt() * weight[channel]
                        + bias[channel];
                }
            }
        }
    }
    let area = x.side * x.side;
    x.values.chunks(area).map(|map| map.iter().sum::<f64>() / area as f64).collect()
}

/// Returns the mean cross-entropy of a batch in nats. `logits` and `targets` are `[images, 10]`.
pub(crate) fn loss(logits: &[f64], targets: &[f32]) -> f64 {
    let images = logits.len() / CLASSES;
    let of_image = |(logits, targets): (&[f64], &[f32])| {
        let sum = logits.iter().map(|logit| logit.exp()).sum::<f64>().ln();
        logits.iter().zip(targets).map(|(logit, target)| f64::from(*target) * (sum - logit)).sum::<f64>()
    };
    logits.chunks(CLASSES).zip(targets.chunks(CLASSES)).map(of_image).sum::<f64>() / images as f64
}

/// Returns weights of which none is exactly 0 or 1, as after some training.
pub(crate) fn weights(random: &mut Random) -> Weights {
    let mut weights = Weights::initial(2);
    for (name, array) in &mut weights.0 {
        for value in &mut array.values {
            let noise = noise(random) as f32 / 4.0;
            match name.as_str() {
                name if name.starts_with("bn") => *value += noise,
                _ => *value += noise / 16.0,
            }
        }
    }
    weights
}

/// Returns random pixels and random target probabilities.
pub(crate) fn batch(images: usize, random: &mut Random) -> (Vec<f32>, Vec<f32>) {
    let pixels = (0..images * PIXELS).map(|_| noise(random) as f32).collect();
    let mut targets: Vec<f32> = (0..images * CLASSES).map(|_| random.unit()).collect();
    for row in targets.chunks_mut(CLASSES) {
        let sum: f32 = row.iter().sum();
        row.iter_mut().for_each(|target| *target /= sum);
    }
    (pixels, targets)
}
