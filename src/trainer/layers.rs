//! The net's layers: a convolution, batch normalisation, dropout; and how a trainable tensor descends.

use burn::tensor::activation::relu;
use burn::tensor::module::{batch_norm, conv2d};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Gradients, Tensor, TensorData};

use super::architecture::{Convolution, DROPOUT};
use super::weights::{Weights, WeightsError};
use crate::random::{Purpose, Random};

/// Added to a variance before its root is taken.
const EPSILON: f64 = 1e-5;
/// Share of a new batch's statistics in the running ones.
const RUNNING_SHARE: f64 = 0.1;

/// How weights follow their gradients: PyTorch's SGD, without dampening, Nesterov or weight decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// Size of a step.
    pub learning_rate: f64,
    /// Share of the last velocity that is kept, 0 to below 1.
    pub momentum: f64,
}

/// A tensor that is trained, and the velocity that momentum keeps for it.
pub(super) struct Trainable<const D: usize> {
    /// On an autodiff device, retaining its gradient.
    value: Tensor<D>,
    /// Not on an autodiff device; none before the first step, or without momentum.
    velocity: Option<Tensor<D>>,
}

/// A [`Trainable`] of any rank.
pub(super) trait Weight {
    /// Sizes of its dimensions.
    fn shape(&self) -> Vec<usize>;
    /// Whether it retains its gradient.
    fn is_trained(&self) -> bool;
    /// Its value as a constant, in one dimension.
    fn values(&self) -> Tensor<1>;
    /// Its gradient in one dimension, if there is one.
    fn gradient(&self, gradients: &Gradients) -> Option<Tensor<1>>;
    /// One step down the gradient: v ← momentum·v + gradient; w ← w − rate·v.
    fn descend(&mut self, gradients: &mut Gradients, descent: &Descent);
}

impl<const D: usize> Trainable<D> {
    fn new(weights: &Weights, name: &str, shape: [usize; D], device: &Device) -> Result<Self, WeightsError> {
        let value = upload(weights, name, shape, &device.clone().autodiff())?.require_grad();
        Ok(Self { value, velocity: None })
    }

    fn constant(&self) -> Tensor<D> {
        self.value.clone().inner()
    }
}

impl<const D: usize> Weight for Trainable<D> {
    fn shape(&self) -> Vec<usize> {
        self.value.dims().to_vec()
    }

    fn is_trained(&self) -> bool {
        self.value.is_require_grad()
    }

    fn values(&self) -> Tensor<1> {
        self.constant().flatten(0, D - 1)
    }

    fn gradient(&self, gradients: &Gradients) -> Option<Tensor<1>> {
        self.value.grad(gradients).map(|gradient| gradient.flatten(0, D - 1))
    }

    fn descend(&mut self, gradients: &mut Gradients, descent: &Descent) {
        let Some(gradient) = self.value.grad_remove(gradients) else { return };
        let velocity = match self.velocity.take() {
            Some(velocity) => velocity.mul_scalar(descent.momentum).add(gradient),
            None => gradient,
        };
        let step = velocity.clone().mul_scalar(descent.learning_rate);
        self.value = Tensor::from_inner(self.constant().sub(step)).require_grad();
        self.velocity = (descent.momentum > 0.0).then_some(velocity);
    }
}

/// A convolution with its bias.
pub(super) struct Conv {
    pub(super) weight: Trainable<4>,
    pub(super) bias: Trainable<1>,
    options: ConvOptions<2>,
}

impl Conv {
    pub(super) fn new(shape: &Convolution, name: &str, from: &Weights, device: &Device) -> Result<Self, WeightsError> {
        let Convolution { channels_in, channels_out, kernel, stride, padding } = *shape;
        Ok(Self {
            weight: Trainable::new(
                from,
                &format!("{name}.weight"),
                [channels_out, channels_in, kernel, kernel],
                device,
            )?,
            bias: Trainable::new(from, &format!("{name}.bias"), [channels_out], device)?,
            options: ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1),
        })
    }

    /// `[batch, channels in, side, side]` to `[batch, channels out, side, side]`, for training.
    pub(super) fn learn(&self, x: Tensor<4>) -> Tensor<4> {
        conv2d(x, self.weight.value.clone(), Some(self.bias.value.clone()), self.options.clone())
    }

    /// The same without recording anything for gradients.
    pub(super) fn infer(&self, x: Tensor<4>) -> Tensor<4> {
        conv2d(x, self.weight.constant(), Some(self.bias.constant()), self.options.clone())
    }
}

/// Batch normalisation over a channel's pixels in all images of a batch.
pub(super) struct Norm {
    pub(super) weight: Trainable<1>,
    pub(super) bias: Trainable<1>,
    pub(super) running_mean: Tensor<1>,
    pub(super) running_var: Tensor<1>,
}

impl Norm {
    pub(super) fn new(channels: usize, name: &str, from: &Weights, device: &Device) -> Result<Self, WeightsError> {
        let device = device.clone().without_autodiff();
        Ok(Self {
            weight: Trainable::new(from, &format!("{name}.weight"), [channels], &device)?,
            bias: Trainable::new(from, &format!("{name}.bias"), [channels], &device)?,
            running_mean: upload(from, &format!("{name}.running_mean"), [channels], &device)?,
            running_var: upload(from, &format!("{name}.running_var"), [channels], &device)?,
        })
    }

    /// Normalises with the batch's own statistics, and lets them flow into the running ones.
    ///
    /// Burn has `batch_norm_train` for this, but it sums a channel's 86,528 numbers one after the other, on the CPU and
    /// on a GPU. In 32 bits that is too rough: some activations end up on the other side of their ReLU, and gradients are
    /// wrong by 1e-4 to 1e-3. Here every mean is taken in stages: over the rows of an image, its columns, the images.
    pub(super) fn learn(&mut self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let per_channel = |weight: &Trainable<1>| weight.value.clone().reshape([1, channels, 1, 1]);
        let mean = mean_of_each_channel(x.clone());
        let centred = x.sub(mean.clone());
        let variance = mean_of_each_channel(centred.clone().square());
        let scale = variance.clone().add_scalar(EPSILON).sqrt().recip().mul(per_channel(&self.weight));
        let y = centred.mul(scale).add(per_channel(&self.bias));

        // The batch's own variance is divided by n; the running one estimates that of all images, divided by n - 1, as
        // in PyTorch. (Burn's own BatchNorm layer leaves this correction out.)
        let n = (batch * height * width) as f64;
        let unbiased = n / (n - 1.0).max(1.0);
        self.running_mean = blend(&self.running_mean, mean.inner().reshape([channels]), 1.0);
        self.running_var = blend(&self.running_var, variance.inner().reshape([channels]), unbiased);
        y
    }

    /// Normalises with the running statistics.
    pub(super) fn infer(&self, x: Tensor<4>) -> Tensor<4> {
        let (mean, var) = (self.running_mean.clone(), self.running_var.clone());
        batch_norm(x, self.weight.constant(), self.bias.constant(), mean, var, EPSILON)
    }
}

/// `[batch, channels, height, width]` to `[1, channels, 1, 1]`.
fn mean_of_each_channel(x: Tensor<4>) -> Tensor<4> {
    x.mean_dim(3).mean_dim(2).mean_dim(0)
}

fn blend(running: &Tensor<1>, batch: Tensor<1>, correction: f64) -> Tensor<1> {
    running.clone().mul_scalar(1.0 - RUNNING_SHARE).add(batch.mul_scalar(RUNNING_SHARE * correction))
}

/// Convolution, ReLU, batch normalisation, dropout: the unit that the net repeats six times.
pub(super) struct Block {
    pub(super) conv: Conv,
    pub(super) norm: Norm,
}

impl Block {
    pub(super) fn learn(&mut self, x: Tensor<4>, dropout: &mut Dropout) -> Tensor<4> {
        dropout.apply(self.norm.learn(relu(self.conv.learn(x))))
    }

    pub(super) fn infer(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.infer(relu(self.conv.infer(x)))
    }

    pub(super) fn trained_mut(&mut self) -> [&mut dyn Weight; 4] {
        [&mut self.conv.weight, &mut self.conv.bias, &mut self.norm.weight, &mut self.norm.bias]
    }
}

/// Sets a share of activations to zero while training, and scales the others up to keep their sum.
pub enum Dropout {
    /// Leaves everything as it is.
    Off,
    /// Draws on the CPU, from the run's own stream: the same numbers every time, whatever else the process draws.
    Host(Random),
    /// Draws on the device, from Burn's generator there, which is seeded for the whole device.
    Device,
}

impl Dropout {
    /// Draws on the CPU, from the seed.
    pub fn on_host(seed: u64) -> Self {
        Self::Host(Random::new(seed, Purpose::Dropout))
    }

    /// Draws on the device, which this seeds.
    pub fn on_device(seed: u64, device: &Device) -> Self {
        device.seed(Random::new(seed, Purpose::Dropout).bits());
        Self::Device
    }

    fn apply(&mut self, x: Tensor<4>) -> Tensor<4> {
        let scale = 1.0 / (1.0 - DROPOUT);
        let device = x.device().without_autodiff();
        let mask = match self {
            Self::Off => return x,
            Self::Host(random) => {
                let values = mask(random, x.shape().num_elements(), scale as f32);
                Tensor::from_data(TensorData::new(values, x.shape()), &device)
            }
            Self::Device => {
                Tensor::random(x.shape(), Distribution::Bernoulli(1.0 - DROPOUT), &device).mul_scalar(scale)
            }
        };
        x.mul(Tensor::from_inner(mask))
    }
}

/// `count` numbers, each 0 with probability [`DROPOUT`] (on a grid of 2^-16), otherwise `scale`.
fn mask(random: &mut Random, count: usize, scale: f32) -> Vec<f32> {
    let threshold = (DROPOUT * 65_536.0).round() as u16;
    let mut mask = vec![scale; count];
    for four in mask.chunks_mut(4) {
        let mut bits = random.bits();
        for value in four {
            if (bits as u16) < threshold {
                *value = 0.0;
            }
            bits >>= 16;
        }
    }
    mask
}

fn upload<const D: usize>(
    weights: &Weights,
    name: &str,
    shape: [usize; D],
    device: &Device,
) -> Result<Tensor<D>, WeightsError> {
    Ok(Tensor::from_data(TensorData::new(weights.get(name, &shape)?.to_vec(), shape), device))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenth_of_the_mask_is_zero_and_its_mean_is_one() {
        let mask = mask(&mut Random::new(1, Purpose::Dropout), 400_001, 1.0 / 0.9);
        let zeros = mask.iter().filter(|value| **value == 0.0).count();
        assert!((zeros as f64 / 400_001.0 - 0.1).abs() < 0.002, "{zeros}");
        let mean = mask.iter().map(|value| f64::from(*value)).sum::<f64>() / 400_001.0;
        assert!((mean - 1.0).abs() < 0.003, "{mean}");
    }
}
