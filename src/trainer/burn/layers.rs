//! The net's layers: a convolution, batch normalisation, dropout; and how a trainable tensor descends.

use burn::tensor::activation::relu;
use burn::tensor::module::{batch_norm, conv2d};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Gradients, Tensor, TensorData};

use crate::random::{Purpose, Random};
use crate::trainer::engine::architecture::{Convolution, NORM_EPSILON, RUNNING_SHARE};
use crate::trainer::engine::optimizer::{ADAM_EPSILON, AdamFactors};
use crate::trainer::engine::weights::{Weights, WeightsError};
use crate::trainer::recipe::Optimizer;

/// How the weights are to follow their gradients in one step: `Optimizer::descend`, on a device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// The rule.
    pub optimizer: Optimizer,
    /// Size of the step.
    pub rate: f64,
    /// Pull towards 0.
    pub weight_decay: f64,
    /// The step, counted from 0.
    pub step: u32,
}

/// A tensor that is trained, and the optimizer's running means for it.
pub(crate) struct Trainable<const D: usize> {
    /// On an autodiff device, retaining its gradient.
    value: Tensor<D>,
    /// Not on an autodiff device; none before the first step, or without momentum.
    moments: Vec<Tensor<D>>,
}

/// A [`Trainable`] of any rank.
pub(crate) trait Weight {
    /// Sizes of its dimensions.
    fn shape(&self) -> Vec<usize>;
    /// Whether it retains its gradient.
    fn is_trained(&self) -> bool;
    /// Its value as a constant, in one dimension.
    fn values(&self) -> Tensor<1>;
    /// The optimizer's running means, each in one dimension.
    fn moments(&self) -> Vec<Tensor<1>>;
    /// Sets the optimizer's running means, given in one dimension.
    fn set_moments(&mut self, moments: Vec<Tensor<1>>);
    /// Its gradient in one dimension, if there is one.
    fn gradient(&self, gradients: &Gradients) -> Option<Tensor<1>>;
    /// One step down the gradient.
    fn descend(&mut self, gradients: &mut Gradients, descent: &Descent);
}

impl<const D: usize> Trainable<D> {
    fn new(weights: &Weights, name: &str, shape: [usize; D], device: &Device) -> Result<Self, WeightsError> {
        let value = upload(weights, name, shape, &device.clone().autodiff())?.require_grad();
        Ok(Self { value, moments: Vec::new() })
    }

    fn constant(&self) -> Tensor<D> {
        self.value.clone().inner()
    }

    /// The running mean of this index with the next value taken in. It begins at 0.
    fn moment(&self, index: usize, kept: f32, taken: f32, value: Tensor<D>) -> Tensor<D> {
        let next = if taken == 1.0 { value } else { value.mul_scalar(taken) };
        match self.moments.get(index) {
            Some(moment) => moment.clone().mul_scalar(kept).add(next),
            None => next,
        }
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

    fn moments(&self) -> Vec<Tensor<1>> {
        self.moments.iter().map(|moment| moment.clone().flatten(0, D - 1)).collect()
    }

    fn set_moments(&mut self, moments: Vec<Tensor<1>>) {
        self.moments = moments.into_iter().map(|moment| moment.reshape(self.value.dims())).collect();
    }

    fn gradient(&self, gradients: &Gradients) -> Option<Tensor<1>> {
        self.value.grad(gradients).map(|gradient| gradient.flatten(0, D - 1))
    }

    fn descend(&mut self, gradients: &mut Gradients, descent: &Descent) {
        let Some(gradient) = self.value.grad_remove(gradients) else { return };
        let Descent { optimizer, rate, weight_decay, step } = *descent;
        let value = self.constant();
        let decayed = |gradient: Tensor<D>| match weight_decay {
            0.0 => gradient,
            decay => gradient.add(value.clone().mul_scalar(decay)),
        };
        let moved = match optimizer {
            Optimizer::Sgd { momentum, nesterov } => {
                let gradient = decayed(gradient);
                let velocity = self.moment(0, momentum as f32, 1.0, gradient.clone());
                let direction =
                    if nesterov { gradient.add(velocity.clone().mul_scalar(momentum)) } else { velocity.clone() };
                self.moments = if momentum > 0.0 { vec![velocity] } else { Vec::new() };
                value.sub(direction.mul_scalar(rate))
            }
            Optimizer::Adam(betas) => {
                let gradient = decayed(gradient);
                value.sub(self.adam(gradient, AdamFactors::new(betas, rate, step)))
            }
            Optimizer::AdamW(betas) => {
                let step = self.adam(gradient, AdamFactors::new(betas, rate, step));
                value.mul_scalar(1.0 - rate * weight_decay).sub(step)
            }
        };
        self.value = Tensor::from_inner(moved).require_grad();
    }
}

impl<const D: usize> Trainable<D> {
    /// What Adam subtracts.
    fn adam(&mut self, gradient: Tensor<D>, factors: AdamFactors) -> Tensor<D> {
        let first = self.moment(0, factors.first, 1.0 - factors.first, gradient.clone());
        let second = self.moment(1, factors.second, 1.0 - factors.second, gradient.square());
        self.moments = vec![first.clone(), second.clone()];
        let spread = second.sqrt().mul_scalar(factors.scale).add_scalar(ADAM_EPSILON);
        first.mul_scalar(factors.rate).div(spread)
    }
}

/// A convolution with its bias.
pub(crate) struct Conv {
    pub(crate) weight: Trainable<4>,
    pub(crate) bias: Trainable<1>,
    options: ConvOptions<2>,
}

impl Conv {
    pub(crate) fn new(shape: &Convolution, name: &str, from: &Weights, device: &Device) -> Result<Self, WeightsError> {
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
    pub(crate) fn learn(&self, x: Tensor<4>) -> Tensor<4> {
        conv2d(x, self.weight.value.clone(), Some(self.bias.value.clone()), self.options.clone())
    }

    /// The same without recording anything for gradients.
    pub(crate) fn infer(&self, x: Tensor<4>) -> Tensor<4> {
        conv2d(x, self.weight.constant(), Some(self.bias.constant()), self.options.clone())
    }
}

/// Batch normalisation over a channel's pixels in all images of a batch.
pub(crate) struct Norm {
    pub(crate) weight: Trainable<1>,
    pub(crate) bias: Trainable<1>,
    pub(crate) running_mean: Tensor<1>,
    pub(crate) running_var: Tensor<1>,
}

impl Norm {
    pub(crate) fn new(channels: usize, name: &str, from: &Weights, device: &Device) -> Result<Self, WeightsError> {
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
    pub(crate) fn learn(&mut self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let per_channel = |weight: &Trainable<1>| weight.value.clone().reshape([1, channels, 1, 1]);
        let mean = mean_of_each_channel(x.clone());
        let centred = x.sub(mean.clone());
        let variance = mean_of_each_channel(centred.clone().square());
        let scale = variance.clone().add_scalar(NORM_EPSILON).sqrt().recip().mul(per_channel(&self.weight));
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
    pub(crate) fn infer(&self, x: Tensor<4>) -> Tensor<4> {
        let (mean, var) = (self.running_mean.clone(), self.running_var.clone());
        batch_norm(x, self.weight.constant(), self.bias.constant(), mean, var, NORM_EPSILON)
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
pub(crate) struct Block {
    pub(crate) conv: Conv,
    pub(crate) norm: Norm,
}

impl Block {
    pub(crate) fn learn(&mut self, x: Tensor<4>, dropout: BurnDropout) -> Tensor<4> {
        dropout.apply(self.norm.learn(relu(self.conv.learn(x))))
    }

    pub(crate) fn infer(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.infer(relu(self.conv.infer(x)))
    }

    pub(crate) fn trained_mut(&mut self) -> [&mut dyn Weight; 4] {
        [&mut self.conv.weight, &mut self.conv.bias, &mut self.norm.weight, &mut self.norm.bias]
    }
}

/// Sets a share of activations to zero while training, and scales the others up to keep their sum.
///
/// Masks are drawn on the device, from Burn's generator there: sending masks of several megabytes for each step would cost
/// more than the step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurnDropout {
    /// The share, 0 to below 1; 0 leaves everything as it is.
    rate: f64,
}

impl BurnDropout {
    /// Leaves everything as it is.
    pub const OFF: Self = Self { rate: 0.0 };

    /// Of this share, in a step counted from 0. Seeds the device's generator, so that a step draws the same masks whether
    /// the run was interrupted before it or not.
    pub fn new(rate: f64, seed: u64, step: u32, device: &Device) -> Self {
        if rate > 0.0 {
            device.seed(Random::new(seed, Purpose::Dropout { step }).bits());
        }
        Self { rate }
    }

    fn apply(self, x: Tensor<4>) -> Tensor<4> {
        if self.rate == 0.0 {
            return x;
        }
        let device = x.device().without_autodiff();
        let mask = Tensor::random(x.shape(), Distribution::Bernoulli(1.0 - self.rate), &device);
        x.mul(Tensor::from_inner(mask.mul_scalar(1.0 / (1.0 - self.rate))))
    }
}

fn upload<const D: usize>(
    weights: &Weights,
    name: &str,
    shape: [usize; D],
    device: &Device,
) -> Result<Tensor<D>, WeightsError> {
    Ok(Tensor::from_data(TensorData::new(weights.get(name, &shape)?.to_vec(), shape), device))
}
