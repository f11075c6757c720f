//! The net of [`super::architecture`] in Burn.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, ExecutionError, Gradients, Tensor, TensorData, Transaction};

use super::architecture::{CLASSES, CONVOLUTIONS, IMAGE_SIDE};
use super::layers::{Block, Conv, Norm, Weight};
use super::weights::{Weights, WeightsError};
use crate::mnist::{Normalisation, Split};

pub use super::layers::{Descent, Dropout};

/// Images and their labels on a device.
pub struct Batch {
    /// `[batch, 1, 28, 28]`, normalised.
    images: Tensor<4>,
    /// `[batch, 10]`: 1 at the label, 0 elsewhere.
    targets: Tensor<2>,
}

impl Batch {
    /// The images at `indices` of a split.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn new(split: &Split, indices: &[usize], normalisation: &Normalisation, device: &Device) -> Self {
        let labels: Vec<u8> = indices.iter().map(|&index| split.label(index)).collect();
        Self::from_pixels(normalisation.gather(split, indices), &labels, device)
    }

    /// Normalised pixels, 28 by 28 for each label.
    ///
    /// # Panics
    /// If the pixels are not as many, or a label is not a digit.
    pub fn from_pixels(pixels: Vec<f32>, labels: &[u8], device: &Device) -> Self {
        let mut targets = vec![0.0_f32; labels.len() * CLASSES];
        for (row, &label) in targets.chunks_mut(CLASSES).zip(labels) {
            row[usize::from(label)] = 1.0;
        }
        let device = device.clone().autodiff();
        Self {
            images: Tensor::from_data(TensorData::new(pixels, [labels.len(), 1, IMAGE_SIDE, IMAGE_SIDE]), &device),
            targets: Tensor::from_data(TensorData::new(targets, [labels.len(), CLASSES]), &device),
        }
    }

    /// How many images there are.
    pub fn size(&self) -> usize {
        self.images.dims()[0]
    }
}

/// The net, with its weights on a device.
pub struct Net {
    blocks: Vec<Block>,
    head: Conv,
}

impl Net {
    /// A net with the given weights.
    ///
    /// # Errors
    /// Some of them are missing or have another shape.
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

    /// The logits of a batch as in training, `[batch, 10]`: normalised by the batch's own statistics, which also flow
    /// into the running ones.
    pub fn learn_logits(&mut self, batch: &Batch, dropout: &mut Dropout) -> Tensor<2> {
        let x = self.blocks.iter_mut().fold(batch.images.clone(), |x, block| block.learn(x, dropout));
        pool(self.head.learn(x))
    }

    /// The logits of a batch as in use, `[batch, 10]`: no dropout, running statistics, nothing recorded.
    pub fn infer_logits(&self, batch: &Batch) -> Tensor<2> {
        let x = self.blocks.iter().fold(batch.images.clone().inner(), |x, block| block.infer(x));
        pool(self.head.infer(x))
    }

    /// One step of training on a batch. Returns the loss before it, `[1]`, without waiting for the device.
    pub fn step(&mut self, batch: &Batch, descent: &Descent, dropout: &mut Dropout) -> Tensor<1> {
        let loss = cross_entropy(self.learn_logits(batch, dropout), batch);
        let gradients = loss.backward();
        self.descend(gradients, descent);
        loss.inner()
    }

    /// Moves every weight one step down its gradient.
    fn descend(&mut self, mut gradients: Gradients, descent: &Descent) {
        for block in &mut self.blocks {
            for weight in block.trained_mut() {
                weight.descend(&mut gradients, descent);
            }
        }
        self.head.weight.descend(&mut gradients, descent);
        self.head.bias.descend(&mut gradients, descent);
    }

    /// How many numbers are trained: the elements of all tensors that retain a gradient.
    pub fn trainable_parameters(&self) -> usize {
        let trained = self.trained();
        let trained = trained.iter().filter(|(_, weight)| weight.is_trained());
        trained.map(|(_, weight)| weight.shape().iter().product::<usize>()).sum()
    }

    /// Copies all weights and running statistics off the device, in one read.
    ///
    /// # Errors
    /// The device failed.
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

    /// Copies the gradients of all trained weights off the device, in one read.
    ///
    /// # Errors
    /// The device failed.
    pub async fn gradients(&self, gradients: &Gradients) -> Result<Weights, ExecutionError> {
        let list = self.trained().into_iter();
        let list = list.filter_map(|(name, weight)| Some((name, weight.shape(), weight.gradient(gradients)?)));
        read(list.collect()).await
    }

    /// The trained tensors, by name.
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

/// Reads tensors off their device, all at once.
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

/// Mean over the 5 by 5 pixels of each of the ten maps.
fn pool(maps: Tensor<4>) -> Tensor<2> {
    let [batch, classes, height, width] = maps.dims();
    maps.reshape([batch, classes, height * width]).mean_dim(2).reshape([batch, classes])
}

/// Mean negative log-likelihood of the labels, `[1]`.
pub fn cross_entropy(logits: Tensor<2>, batch: &Batch) -> Tensor<1> {
    log_softmax(logits, 1).mul(batch.targets.clone()).sum().mul_scalar(-1.0 / batch.size() as f64)
}
