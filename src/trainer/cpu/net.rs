//! The whole net: a batch forward and back.

use std::collections::TryReserveError;

use super::dropout::DropoutMasks;
use super::geometry::Geometry;
use super::norm::{Affine, BackwardFactors};
use super::peers::Peers;
use super::simd::{LANES, Machine};
use super::stage::Stage;
use crate::mnist::{CLASSES, PIXELS};
use crate::trainer::engine::architecture::{NORM_EPSILON, RUNNING_SHARE};
use crate::trainer::engine::batch::Batch;
use crate::trainer::engine::learner::Outcome;
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::engine::weights::{Weights, WeightsError};

/// `Net` is the net of [`crate::trainer::engine::architecture`] with its parameters, running statistics and working
/// memory.
#[derive(Debug)]
pub struct Net {
    layout: Layout,
    /// Parameters and running statistics, in the order of the layout.
    values: Vec<f32>,
    gradients: Vec<f32>,
    logits: Vec<f32>,
    stages: Vec<Stage>,
}

/// `Groups` divides this worker's part of a batch into groups of images.
struct Groups<'a> {
    pixels: &'a [f32],
    dropout: &'a DropoutMasks,
}

impl Groups<'_> {
    /// Returns the index of each group and its number of images.
    fn iter(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let images = self.pixels.len() / PIXELS;
        (0..images.div_ceil(LANES)).map(move |group| (group, LANES.min(images - group * LANES)))
    }

    /// Loads a group as input of a stage: from the images, or from the output of the stage before.
    fn feed(&self, stages: &mut [Stage], number: usize, group: usize) {
        let (before, stage) = stages.split_at_mut(number);
        match before.last() {
            Some(previous) => {
                let masks = self.dropout.masks(number - 1, group * LANES);
                stage[0].load_output_of(previous, group, masks.as_ref());
            }
            None => {
                let images = &self.pixels[group * LANES * PIXELS..];
                stage[0].load_images(&images[..images.len().min(LANES * PIXELS)]);
            }
        }
    }
}

impl Net {
    /// Makes a net with these weights.
    ///
    /// # Errors
    /// When an array is missing or has another shape.
    pub fn from_weights(weights: &Weights) -> Result<Self, WeightsError> {
        let layout = Layout::new();
        let values = layout.flatten(weights)?;
        Ok(Self::new(layout, values))
    }

    fn new(layout: Layout, values: Vec<f32>) -> Self {
        let machine = Machine::detect();
        let stages: Vec<Stage> =
            Geometry::of_the_net().into_iter().map(|geometry| Stage::new(machine, geometry)).collect();
        Self { gradients: vec![0.0; layout.parameters()], logits: Vec::new(), layout, values, stages }
    }

    /// Returns all parameters and running statistics by name.
    pub fn weights(&self) -> Weights {
        self.layout.to_named(&self.values)
    }

    /// Returns the order of [`Net::parameters`], [`Net::gradients`] and [`Net::statistics`].
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Returns the parameters.
    pub fn parameters(&self) -> &[f32] {
        &self.values[..self.layout.parameters()]
    }

    /// Returns the parameters, to change them.
    pub fn parameters_mut(&mut self) -> &mut [f32] {
        &mut self.values[..self.layout.parameters()]
    }

    /// Returns the parameters, to change them, and the gradients that the last [`Net::learn`] left.
    pub fn parameters_and_gradients(&mut self) -> (&mut [f32], &[f32]) {
        (&mut self.values[..self.layout.parameters()], &self.gradients)
    }

    /// Returns the running statistics of batch normalisation.
    pub fn statistics(&self) -> &[f32] {
        &self.values[self.layout.parameters()..]
    }

    /// Returns the running statistics of batch normalisation, to change them.
    pub fn statistics_mut(&mut self) -> &mut [f32] {
        &mut self.values[self.layout.parameters()..]
    }

    /// Returns the gradient of the mean loss by each parameter, as the last [`Net::learn`] left it.
    pub fn gradients(&self) -> &[f32] {
        &self.gradients
    }

    /// Returns the logits of this worker's images in the last [`Net::learn`], `[images, 10]`.
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Takes a batch forward and back. Returns loss and correct images, and leaves the gradients of the mean loss in
    /// [`Net::gradients`]. The batch statistics go into the running statistics.
    ///
    /// `part` is this worker's part of a batch that it shares with its peers; loss, gradients and statistics are those
    /// of the whole batch. A part may be empty, but not the batch. `meanwhile` is called at the end of this worker's
    /// work, while the gradients travel.
    ///
    /// # Errors
    /// When a peer is lost. Then the running statistics may have changed already.
    ///
    /// # Panics
    /// When pixels and targets are not of the same number of images.
    pub async fn learn<P: Peers>(
        &mut self,
        part: &Batch,
        dropout: &DropoutMasks,
        peers: &mut P,
        meanwhile: impl FnOnce(),
    ) -> Result<Outcome, P::Error> {
        let Batch { pixels, targets, .. } = part;
        let images = pixels.len() / PIXELS;
        assert_eq!(
            (pixels.len(), targets.len()),
            (images * PIXELS, images * CLASSES),
            "whole images, a target for each"
        );
        let groups = Groups { pixels, dropout };
        let total = self.forward(&groups, peers).await?;

        let parameters = self.layout.parameters();
        // The parameter gradients, the loss and the number of correct images.
        let mut found = vec![0.0; parameters + 2];
        let (loss, logit_gradients) = cross_entropy(&self.logits, targets, total);
        found[parameters] = loss;
        found[parameters + 1] = f64::from(part.count_correct(&self.logits));
        self.backward(&groups, &logit_gradients, total, &mut found, peers).await?;
        peers.offer(&found);
        meanwhile();
        peers.collect(&mut found).await?;
        for (to, from) in self.gradients.iter_mut().zip(&found) {
            *to = *from as f32;
        }
        Ok(Outcome { loss: found[parameters] as f32, correct: found[parameters + 1] as u32 })
    }

    /// Returns the logits of images as after training, `[images, 10]`: without dropout, with running statistics.
    ///
    /// # Panics
    /// When the pixels do not make whole images.
    pub fn infer(&mut self, pixels: &[f32]) -> Vec<f32> {
        assert_eq!(pixels.len() % PIXELS, 0, "whole images");
        self.pack(1, false);
        for (stage, norm) in self.stages.iter_mut().zip(self.layout.norms()) {
            let [weight, bias, mean, var] = [&norm.weight, &norm.bias, &norm.running_mean, &norm.running_var]
                .map(|range| &self.values[range.clone()]);
            for (channel, affine) in stage.affine.iter_mut().enumerate() {
                let deviation = (f64::from(var[channel]) + NORM_EPSILON).sqrt();
                let scale = (f64::from(weight[channel]) / deviation) as f32;
                *affine = Affine { mean: mean[channel], scale, shift: bias[channel] };
            }
        }
        let mut logits = Vec::with_capacity(pixels.len() / PIXELS * CLASSES);
        for pixels in pixels.chunks(LANES * PIXELS) {
            let groups = Groups { pixels, dropout: &DropoutMasks::OFF };
            for number in 0..self.stages.len() {
                groups.feed(&mut self.stages, number, 0);
                let relu = number + 1 < self.stages.len();
                self.stages[number].convolve(0, relu);
            }
            self.read_logits(0, pixels.len() / PIXELS, &mut logits);
        }
        logits
    }

    /// Allocates the memory to learn from this number of images at once.
    ///
    /// # Errors
    /// When there is not enough.
    pub(crate) fn try_reserve(&mut self, images: usize) -> Result<(), TryReserveError> {
        self.stages.iter_mut().try_for_each(|stage| stage.try_reserve(images.div_ceil(LANES)))
    }

    /// Allocates memory for this number of groups and gives the stages their weights.
    fn pack(&mut self, groups: usize, gradients: bool) {
        for (number, (stage, ranges)) in self.stages.iter_mut().zip(self.layout.convolutions()).enumerate() {
            stage.reserve(groups, gradients);
            let (weight, bias) = (&self.values[ranges.weight.clone()], &self.values[ranges.bias.clone()]);
            stage.pack(weight, bias, gradients && number > 0);
        }
    }

    /// Computes the logits and updates the running statistics. Returns the number of images of all workers.
    async fn forward<P: Peers>(&mut self, groups: &Groups<'_>, peers: &mut P) -> Result<f64, P::Error> {
        self.pack(groups.iter().count(), true);
        let mut total = 0.0;
        let last = self.stages.len() - 1;
        for number in 0..last {
            let channels = self.stages[number].geometry.conv.channels_out;
            // Sums of each channel, sums of squares, and the number of images.
            let mut batch_sums = vec![0.0; 2 * channels + 1];
            for (group, images) in groups.iter() {
                groups.feed(&mut self.stages, number, group);
                self.stages[number].convolve(group, true);
                let (sums, squares) = batch_sums.split_at_mut(channels);
                self.stages[number].add_batch_sums(group, images, sums, &mut squares[..channels]);
                batch_sums[2 * channels] += images as f64;
            }
            peers.sum(&mut batch_sums).await?;
            total = batch_sums[2 * channels];
            self.update_norm(number, &batch_sums, total);
        }
        self.logits.clear();
        let mut logits = std::mem::take(&mut self.logits);
        for (group, images) in groups.iter() {
            groups.feed(&mut self.stages, last, group);
            self.stages[last].convolve(group, false);
            self.read_logits(group, images, &mut logits);
        }
        self.logits = logits;
        Ok(total)
    }

    /// Appends the logits of a group, `[images, 10]`.
    fn read_logits(&self, group: usize, images: usize, logits: &mut Vec<f32>) {
        let pooled = self.stages.last().map(|stage| stage.pool(group)).unwrap_or_default();
        for lane in 0..images {
            logits.extend(pooled.iter().map(|class| class[lane]));
        }
    }

    /// Turns a batch's sums into the normalisation of a stage, and updates the running statistics (Ioffe & Szegedy
    /// 2015).
    ///
    /// `sums` holds, for each channel, the sum of the map and then the sum of its squares, over all images of the
    /// batch.
    fn update_norm(&mut self, number: usize, sums: &[f64], images: f64) {
        let stage = &mut self.stages[number];
        let norm = &self.layout.norms()[number];
        let count = images * stage.pixels() as f64;
        let channels = stage.affine.len();
        for channel in 0..channels {
            let mean = sums[channel] / count;
            let variance = (sums[channels + channel] / count - mean * mean).max(0.0);
            let deviation = (variance + NORM_EPSILON).sqrt();
            stage.affine[channel] = Affine {
                mean: mean as f32,
                scale: (f64::from(self.values[norm.weight.start + channel]) / deviation) as f32,
                shift: self.values[norm.bias.start + channel],
            };
            stage.deviation[channel] = deviation;
            // The running variance estimates the variance of all images, so the sum of squares is divided by n - 1.
            let unbiased = variance * count / (count - 1.0).max(1.0);
            for (range, new) in [(&norm.running_mean, mean), (&norm.running_var, unbiased)] {
                let running = &mut self.values[range.start + channel];
                *running = ((1.0 - RUNNING_SHARE) * f64::from(*running) + RUNNING_SHARE * new) as f32;
            }
        }
    }

    /// Adds the gradients of this worker's part to `gradients`. `logit_gradients` is `[group, class, lane]`.
    async fn backward<P: Peers>(
        &mut self,
        groups: &Groups<'_>,
        logit_gradients: &[[[f32; LANES]; CLASSES]],
        total: f64,
        gradients: &mut [f64],
        peers: &mut P,
    ) -> Result<(), P::Error> {
        let last = self.stages.len() - 1;
        for number in (0..=last).rev() {
            let ranges = &self.layout.convolutions()[number];
            let channels = self.stages[number].geometry.conv.channels_in;
            let mut sums = vec![0.0; 2 * channels];
            for (group, images) in groups.iter() {
                let bias = &mut gradients[ranges.bias.clone()];
                if number == last {
                    self.stages[number].pool_backward(group, &logit_gradients[group], bias);
                } else {
                    self.stages[number].norm_backward(group, images, bias);
                }
                if let ([.., previous], [stage, ..]) = self.stages.split_at_mut(number) {
                    let masks = groups.dropout.masks(number - 1, group * LANES);
                    let (sums, products) = sums.split_at_mut(channels);
                    stage.backpropagate_to(previous, group, images, masks.as_ref(), sums, products);
                }
            }
            if number > 0 {
                self.add_norm_parameter_gradients(number - 1, &sums, gradients);
                peers.offer(&sums);
            }
            // This work is done while the sums travel.
            let ranges = &self.layout.convolutions()[number];
            for (group, _) in groups.iter() {
                groups.feed(&mut self.stages, number, group);
                self.stages[number].add_weight_gradient(group, &mut gradients[ranges.weight.clone()]);
            }
            if number > 0 {
                peers.collect(&mut sums).await?;
                self.prepare_norm_backward(number - 1, &sums, total);
            }
        }
        Ok(())
    }

    /// Adds the gradients of a normalisation's own parameters, from this part's sums of the normalised map's gradient.
    fn add_norm_parameter_gradients(&self, number: usize, sums: &[f64], gradients: &mut [f64]) {
        let (stage, norm) = (&self.stages[number], &self.layout.norms()[number]);
        let (sums, products) = sums.split_at(stage.deviation.len());
        for (gradient, sum) in gradients[norm.bias.clone()].iter_mut().zip(sums) {
            *gradient += sum;
        }
        let scaled = products.iter().zip(&stage.deviation).map(|(product, deviation)| product / deviation);
        for (gradient, product) in gradients[norm.weight.clone()].iter_mut().zip(scaled) {
            *gradient += product;
        }
    }

    /// Turns the batch's sums of a normalised map's gradient into the factors that take it back through normalisation.
    fn prepare_norm_backward(&mut self, number: usize, sums: &[f64], images: f64) {
        let stage = &mut self.stages[number];
        let norm = &self.layout.norms()[number];
        let channels = stage.affine.len();
        let count = images * stage.pixels() as f64;
        for channel in 0..channels {
            let deviation = stage.deviation[channel];
            stage.backward[channel] = BackwardFactors {
                mean: stage.affine[channel].mean,
                mean_gradient: (sums[channel] / count) as f32,
                product_factor: (sums[channels + channel] / count / (deviation * deviation)) as f32,
                scale: (f64::from(self.values[norm.weight.start + channel]) / deviation) as f32,
            };
        }
    }
}

/// Returns this part's share of a batch's mean cross-entropy, in nats, and its gradient by each logit (softmax minus
/// target, divided by the number of images), `[group, class, lane]`.
fn cross_entropy(logits: &[f32], targets: &[f32], images: f64) -> (f64, Vec<[[f32; LANES]; CLASSES]>) {
    let count = logits.len() / CLASSES;
    let mut gradients = vec![[[0.0; LANES]; CLASSES]; count.div_ceil(LANES)];
    let mut loss = 0.0;
    for (image, (logits, targets)) in logits.chunks(CLASSES).zip(targets.chunks(CLASSES)).enumerate() {
        let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        let sum: f64 = logits.iter().map(|logit| (f64::from(*logit) - largest).exp()).sum();
        let weight: f64 = targets.iter().map(|target| f64::from(*target)).sum();
        for (class, (logit, target)) in logits.iter().zip(targets).enumerate() {
            let log = f64::from(*logit) - largest - sum.ln();
            loss -= f64::from(*target) * log;
            let gradient = (log.exp() * weight - f64::from(*target)) / images;
            gradients[image / LANES][class][image % LANES] = gradient as f32;
        }
    }
    (loss / images, gradients)
}
