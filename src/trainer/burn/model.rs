//! The net of [`crate::trainer::engine::architecture`] in Burn.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, ExecutionError, Gradients, Int, Tensor, TensorData, Transaction};

use super::layers::{Block, Conv, Norm, Weight};
use crate::mnist::PIXELS;
use crate::trainer::engine::architecture::{CLASSES, CONVOLUTIONS, IMAGE_SIDE};
use crate::trainer::engine::batch;
use crate::trainer::engine::weights::{Weights, WeightsError};

pub use super::layers::{BurnDropout, Descent};

/// `Batch` holds images and their targets on a device.
pub struct Batch {
    /// Normalised pixels, `[images, 1, 28, 28]`.
    images: Tensor<4>,
    /// Target probabilities, `[images, 10]`.
    targets: Tensor<2>,
    /// The digit that each image shows, `[images, 1]`.
    labels: Tensor<2, Int>,
}

impl Batch {
    /// Copies a batch to a device.
    pub fn new(batch: &batch::Batch, device: &Device) -> Self {
        let (size, device) = (batch.len(), device.clone().autodiff());
        let labels: Vec<i32> = batch.labels.iter().map(|label| i32::from(*label)).collect();
        Self {
            images: images(batch.pixels.clone(), &device),
            targets: Tensor::from_data(TensorData::new(batch.targets.clone(), [size, CLASSES]), &device),
            labels: Tensor::from_data(TensorData::new(labels, [size, 1]), &device),
        }
    }

    /// Returns the number of images.
    pub fn size(&self) -> usize {
        self.images.dims()[0]
    }
}

/// Copies normalised pixels to a device, `[images, 1, 28, 28]`.
pub(super) fn images(pixels: Vec<f32>, device: &Device) -> Tensor<4> {
    let count = pixels.len() / PIXELS;
    Tensor::from_data(TensorData::new(pixels, [count, 1, IMAGE_SIDE, IMAGE_SIDE]), device)
}

/// `Net` is the net with its weights on a device.
pub struct Net {
    blocks: Vec<Block>,
    head: Conv,
}

impl Net {
    /// Makes a net with these weights.
    ///
    /// # Errors
    /// When an array is missing or has another shape.
    pub fn from_weights(weights: &Weights, device: &Device) -> Result<Self, WeightsError> {
        let (last, others) = CONVOLUTIONS.split_last().expect("the net has layers");
        let mut blocks = Vec::with_capacity(others.len());
        for (shape, number) in others.iter().zip(1..) {
            blocks.push(Block {
                conv: Conv::new(shape, &format!("conv{number}"), weights, device)?,
                norm: Norm::new(shape.channels_out, &format!("bn{number}"), weights, device)?,
            });
        }
        let head = Conv::new(last, &format!("conv{}", CONVOLUTIONS.len()), weights, device)?;
        Ok(Self { blocks, head })
    }

    /// Returns the logits of a batch as in training, `[images, 10]`: with batch statistics, which also update the
    /// running statistics.
    pub fn learn_logits(&mut self, batch: &Batch, dropout: BurnDropout) -> Tensor<2> {
        let x = self.blocks.iter_mut().fold(batch.images.clone(), |x, block| block.learn(x, dropout));
        pool(self.head.learn(x))
    }

    /// Returns the logits of images as after training, `[images, 10]`: without dropout, with running statistics, and
    /// without recording operations for gradients.
    pub fn infer_logits(&self, images: Tensor<4>) -> Tensor<2> {
        let x = self.blocks.iter().fold(images, |x, block| block.infer(x));
        pool(self.head.infer(x))
    }

    /// Takes a training step on a batch. Returns, without waiting for the device, the mean loss before the step in nats
    /// and the number of images that were classified correctly: `[2]`.
    pub fn step(&mut self, batch: &Batch, descent: &Descent, dropout: BurnDropout) -> Tensor<1> {
        let logits = self.learn_logits(batch, dropout);
        let correct = logits.clone().inner().argmax(1).equal(batch.labels.clone()).int().sum().float();
        let loss = cross_entropy(logits, batch);
        let gradients = loss.backward();
        self.descend(gradients, descent);
        Tensor::cat(vec![loss.inner(), correct], 0)
    }

    /// Moves every weight one step down its gradient.
    fn descend(&mut self, mut gradients: Gradients, descent: &Descent) {
        for weight in self.trained_mut() {
            weight.descend(&mut gradients, descent);
        }
    }

    /// Returns the number of trained parameters: the elements of all tensors that retain a gradient.
    pub fn trainable_parameters(&self) -> usize {
        let trained = self.trained();
        let trained = trained.iter().filter(|(_, weight)| weight.is_trained());
        trained.map(|(_, weight)| weight.shape().iter().product::<usize>()).sum()
    }

    /// Reads all weights and running statistics from the device, in one read.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn weights(&self) -> Result<Weights, ExecutionError> {
        let mut list: Vec<_> =
            self.trained().into_iter().map(|(name, weight)| (name, weight.shape(), weight.values())).collect();
        for (block, number) in self.blocks.iter().zip(1..) {
            let Norm { running_mean, running_var, .. } = &block.norm;
            for (name, tensor) in [("running_mean", running_mean), ("running_var", running_var)] {
                list.push((format!("bn{number}.{name}"), tensor.dims().to_vec(), tensor.clone()));
            }
        }
        read(list).await
    }

    /// Reads the gradients of all trained weights from the device, in one read.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn gradients(&self, gradients: &Gradients) -> Result<Weights, ExecutionError> {
        let list = self.trained().into_iter();
        let list = list.filter_map(|(name, weight)| Some((name, weight.shape(), weight.gradient(gradients)?)));
        read(list.collect()).await
    }

    /// Returns the trained tensors, in the order of `Layout`.
    fn trained_mut(&mut self) -> Vec<&mut dyn Weight> {
        let mut all: Vec<&mut dyn Weight> = Vec::new();
        for block in &mut self.blocks {
            all.extend(block.trained_mut());
        }
        all.push(&mut self.head.weight);
        all.push(&mut self.head.bias);
        all
    }

    /// Reads the optimizer state from the device, in one read: each moment as a slice in the order of `Layout`.
    ///
    /// # Errors
    /// When the device fails.
    pub async fn moments(&self) -> Result<Vec<Vec<f32>>, ExecutionError> {
        let trained = self.trained();
        let kinds = trained.first().map_or(0, |(_, weight)| weight.moments().len());
        let mut transaction = Transaction::default();
        for kind in 0..kinds {
            for (_, weight) in &trained {
                transaction = transaction.register(weight.moments()[kind].clone());
            }
        }
        let data = transaction.execute_async().await?;
        let flat = |tensors: &[TensorData]| tensors.iter().flat_map(|data| data.iter::<f32>()).collect();
        Ok(data.chunks(trained.len()).map(flat).collect())
    }

    /// Sets the optimizer state from slices in the order of `Layout`.
    pub fn set_moments(&mut self, moments: &[Vec<f32>], device: &Device) {
        let mut start = 0;
        for weight in self.trained_mut() {
            let end = start + weight.shape().iter().product::<usize>();
            let upload = |moment: &Vec<f32>| {
                Tensor::from_data(TensorData::new(moment[start..end].to_vec(), [end - start]), device)
            };
            weight.set_moments(moments.iter().map(upload).collect());
            start = end;
        }
    }

    /// Returns all weights and running statistics in one dimension, in the order of `Layout`.
    pub(super) fn flat(&self) -> Tensor<1> {
        let mut parts: Vec<Tensor<1>> = self.trained().iter().map(|(_, weight)| weight.values()).collect();
        for Block { norm, .. } in &self.blocks {
            parts.extend([norm.running_mean.clone(), norm.running_var.clone()]);
        }
        Tensor::cat(parts, 0)
    }

    /// Returns the trained tensors by name.
    fn trained(&self) -> Vec<(String, &dyn Weight)> {
        let mut all = Vec::new();
        for (Block { conv, norm }, number) in self.blocks.iter().zip(1..) {
            all.push((format!("conv{number}.weight"), &conv.weight as &dyn Weight));
            all.push((format!("conv{number}.bias"), &conv.bias));
            all.push((format!("bn{number}.weight"), &norm.weight));
            all.push((format!("bn{number}.bias"), &norm.bias));
        }
        let number = CONVOLUTIONS.len();
        all.push((format!("conv{number}.weight"), &self.head.weight));
        all.push((format!("conv{number}.bias"), &self.head.bias));
        all
    }
}

/// Reads named tensors from their device, in one read.
async fn read(list: Vec<(String, Vec<usize>, Tensor<1>)>) -> Result<Weights, ExecutionError> {
    let mut transaction = Transaction::default();
    let mut heads = Vec::with_capacity(list.len());
    for (name, shape, tensor) in list {
        transaction = transaction.register(tensor);
        heads.push((name, shape));
    }
    let mut weights = Weights::default();
    for ((name, shape), data) in heads.into_iter().zip(transaction.execute_async().await?) {
        weights.put(name, shape, data.iter::<f32>().collect());
    }
    Ok(weights)
}

/// Returns the mean of each map, from `[images, 10, 5, 5]` to `[images, 10]`.
fn pool(maps: Tensor<4>) -> Tensor<2> {
    let [batch, classes, height, width] = maps.dims();
    maps.reshape([batch, classes, height * width]).mean_dim(2).reshape([batch, classes])
}

/// Returns the mean cross-entropy of targets and softmax of the logits, in nats: `[1]`.
pub fn cross_entropy(logits: Tensor<2>, batch: &Batch) -> Tensor<1> {
    log_softmax(logits, 1).mul(batch.targets.clone()).sum().mul_scalar(-1.0 / batch.size() as f64)
}
