//! The layers in Burn: convolution, batch normalisation and dropout; and the optimizer step of a tensor.

use burn::tensor::activation::relu;
use burn::tensor::module::{batch_norm, conv2d};
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Gradients, Tensor, TensorData};

use crate::random::{Purpose, Random};
use crate::trainer::engine::architecture::{Convolution, NORM_EPSILON, RUNNING_SHARE};
use crate::trainer::engine::optimizer::{ADAM_EPSILON, AdamFactors};
use crate::trainer::engine::weights::{Weights, WeightsError};
use crate::trainer::recipe::Optimizer;

/// `Descent` holds the settings of one optimizer step on a device; the step computes the same as
/// [`Optimizer::descend`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// The optimizer.
    pub optimizer: Optimizer,
    /// The learning rate.
    pub rate: f64,
    /// The weight decay; 0 for none.
    pub weight_decay: f64,
    /// The step, counted from 0.
    pub step: u32,
}

/// `Trainable` is a tensor that is trained, with its optimizer state.
pub(crate) struct Trainable<const D: usize> {
    /// The value on an autodiff device; it retains its gradient.
    value: Tensor<D>,
    /// Momentum, or Adam's two moments, not on an autodiff device. Empty before the first step and without momentum.
    moments: Vec<Tensor<D>>,
}

/// `Weight` is a [`Trainable`] of any rank.
pub(crate) trait Weight {
    /// Returns the sizes of the dimensions.
    fn shape(&self) -> Vec<usize>;
    /// Returns whether the tensor retains its gradient.
    fn is_trained(&self) -> bool;
    /// Returns the value as a constant, in one dimension.
    fn values(&self) -> Tensor<1>;
    /// Returns the optimizer state, each moment in one dimension.
    fn moments(&self) -> Vec<Tensor<1>>;
    /// Sets the optimizer state, each moment in one dimension.
    fn set_moments(&mut self, moments: Vec<Tensor<1>>);
    /// Returns the gradient in one dimension, if there is one.
    fn gradient(&self, gradients: &Gradients) -> Option<Tensor<1>>;
    /// Moves the value one step down its gradient.
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

    /// Returns `kept` × moment + `taken` × value for the moment of this index, which begins at 0.
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
    /// Updates both moments and returns the tensor that Adam subtracts (Kingma & Ba 2015, algorithm 1).
    fn adam(&mut self, gradient: Tensor<D>, factors: AdamFactors) -> Tensor<D> {
        let first = self.moment(0, factors.first, 1.0 - factors.first, gradient.clone());
        let second = self.moment(1, factors.second, 1.0 - factors.second, gradient.square());
        self.moments = vec![first.clone(), second.clone()];
        let spread = second.sqrt().mul_scalar(factors.scale).add_scalar(ADAM_EPSILON);
        first.mul_scalar(factors.rate).div(spread)
    }
}

/// `Conv` is a convolution with its bias.
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

    /// Computes the output for training, from `[images, channels in, side, side]` to `[images, channels out, side,
    /// side]`.
    pub(crate) fn learn(&self, x: Tensor<4>) -> Tensor<4> {
        conv2d(x, self.weight.value.clone(), Some(self.bias.value.clone()), self.options.clone())
    }

    /// Computes the output without recording operations for gradients.
    pub(crate) fn infer(&self, x: Tensor<4>) -> Tensor<4> {
        conv2d(x, self.weight.constant(), Some(self.bias.constant()), self.options.clone())
    }
}

/// `Norm` is batch normalisation (Ioffe & Szegedy 2015) over a channel's pixels in all images of a batch.
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

    /// Normalises with the batch statistics and updates the running statistics.
    ///
    /// Burn has `batch_norm_train` for this, but it sums a channel's 86,528 numbers one after the other, on the CPU and
    /// on a GPU. In 32 bits that is too inexact: some activations change their sign before the ReLU, and gradients are
    /// wrong by 1e-4 to 1e-3. Here every mean is taken in stages: over the columns of a row, the rows, the images.
    pub(crate) fn learn(&mut self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let per_channel = |weight: &Trainable<1>| weight.value.clone().reshape([1, channels, 1, 1]);
        let mean = mean_of_each_channel(x.clone());
        let centred = x.sub(mean.clone());
        let variance = mean_of_each_channel(centred.clone().square());
        let scale = variance.clone().add_scalar(NORM_EPSILON).sqrt().recip().mul(per_channel(&self.weight));
        let y = centred.mul(scale).add(per_channel(&self.bias));

        // The batch variance is a sum divided by n. The running variance estimates the variance of all images, so it is
        // divided by n - 1, as in PyTorch. (Burn's own BatchNorm layer does not do this.)
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

/// Returns the mean of each channel, from `[images, channels, height, width]` to `[1, channels, 1, 1]`.
fn mean_of_each_channel(x: Tensor<4>) -> Tensor<4> {
    x.mean_dim(3).mean_dim(2).mean_dim(0)
}

/// Returns the running statistics, `[channels]`, after a batch; `correction` multiplies the batch's value.
fn blend(running: &Tensor<1>, batch: Tensor<1>, correction: f64) -> Tensor<1> {
    running.clone().mul_scalar(1.0 - RUNNING_SHARE).add(batch.mul_scalar(RUNNING_SHARE * correction))
}

/// `Block` is convolution, ReLU, batch normalisation and dropout; the net has six of them.
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

/// `BurnDropout` is dropout (Srivastava et al. 2014): it sets a share of the activations to zero while training and
/// scales the others up, so that their expected sum stays the same.
///
/// Burn's generator draws the masks on the device, because sending several megabytes of masks in each step would take
/// longer than the step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurnDropout {
    /// The share of activations to drop, from 0 (off) to below 1.
    rate: f64,
}

impl BurnDropout {
    /// No dropout.
    pub const OFF: Self = Self { rate: 0.0 };

    /// Prepares dropout of this share for a step, counted from 0. Seeds the device's generator, so that a resumed run
    /// draws the same masks.
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
