//! What the net eats in one step, on no device yet.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::architecture::{CLASSES, PIXEL_MEAN, PIXEL_STD};
use crate::mnist::{Movement, Normalisation, PIXELS, Split};
use crate::trainer::recipe::{Augmentation, Recipe};
use crate::wire::bytes;

/// Images and what the net should say of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// `[batch, 28, 28]`, normalised.
    pub pixels: Vec<f32>,
    /// `[batch, 10]`: the share of each class; they sum to 1.
    pub targets: Vec<f32>,
    /// The digits that the images show.
    pub labels: Vec<u8>,
}

impl Batch {
    /// Normalised pixels, 28 by 28 for each label.
    pub fn new(pixels: Vec<f32>, labels: Vec<u8>, smoothing: f64) -> Self {
        Self { pixels, targets: soft_targets(&labels, smoothing), labels }
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many rows of logits, `[batch, 10]`, are largest at their label.
    pub fn count_correct(&self, logits: &[f32]) -> u32 {
        let rows = logits.chunks_exact(CLASSES).zip(&self.labels);
        rows.filter(|(row, label)| is_best(row, usize::from(**label))).count() as u32
    }

    /// Some of its images.
    ///
    /// # Panics
    /// If it has not so many.
    pub fn part(&self, range: Range<usize>) -> Self {
        Self {
            pixels: self.pixels[range.start * PIXELS..range.end * PIXELS].to_vec(),
            targets: self.targets[range.start * CLASSES..range.end * CLASSES].to_vec(),
            labels: self.labels[range].to_vec(),
        }
    }
}

/// A batch that is yet to be made: images as the data set has them, and how they are to be changed. It can be cut up and
/// made piece by piece, wherever there is time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchSource {
    /// `[batch, 28, 28]`
    #[serde(with = "bytes")]
    images: Vec<u8>,
    #[serde(with = "bytes")]
    labels: Vec<u8>,
    smoothing: f64,
    augmentation: Augmentation,
    seed: u64,
    /// From 1.
    epoch: u32,
    /// Where the first image stands in the order of the epoch.
    first_position: usize,
    /// Which images of the data set they are: for a device that holds it.
    image_indices: Vec<usize>,
}

impl BatchSource {
    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Some of its images.
    ///
    /// # Panics
    /// If it has not so many.
    pub fn part(&self, range: Range<usize>) -> Self {
        Self {
            images: self.images[range.start * PIXELS..range.end * PIXELS].to_vec(),
            labels: self.labels[range.clone()].to_vec(),
            first_position: self.first_position + range.start,
            image_indices: self.image_indices[range].to_vec(),
            ..*self
        }
    }

    /// Makes it.
    ///
    /// # Panics
    /// If a label is not a digit.
    pub fn make(&self) -> Batch {
        let normalisation = Normalisation::new(PIXEL_MEAN, PIXEL_STD);
        let pixels = if self.augmentation.is_none() {
            self.images.iter().map(|&pixel| normalisation.of(pixel)).collect()
        } else {
            let mut pixels = vec![0.0; self.images.len()];
            let images = self.images.chunks(PIXELS);
            for ((pixels, image), movement) in pixels.chunks_mut(PIXELS).zip(images).zip(self.movements()) {
                movement.apply(image, pixels);
                normalisation.apply(pixels);
            }
            pixels
        };
        Batch::new(pixels, self.labels.clone(), self.smoothing)
    }

    /// How each image is moved.
    pub fn movements(&self) -> impl Iterator<Item = Movement> {
        (self.first_position..)
            .take(self.len())
            .map(move |place| Movement::drawn(self.augmentation, self.seed, self.epoch, place))
    }

    /// Which images of the data set they are.
    pub fn image_indices(&self) -> &[usize] {
        &self.image_indices
    }

    /// The digits that they show.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// As in [`Batch::targets`].
    pub fn targets(&self) -> Vec<f32> {
        soft_targets(&self.labels, self.smoothing)
    }
}

/// `[labels, 10]`: a share of 1 for the label, of which `smoothing` is spread evenly over all classes, as PyTorch does.
///
/// # Panics
/// If a label is not a digit.
pub fn soft_targets(labels: &[u8], smoothing: f64) -> Vec<f32> {
    let elsewhere = smoothing / CLASSES as f64;
    let mut targets = vec![elsewhere as f32; labels.len() * CLASSES];
    for (row, &label) in targets.chunks_mut(CLASSES).zip(labels) {
        row[usize::from(label)] = (1.0 - smoothing + elsewhere) as f32;
    }
    targets
}

/// Whether the label's logit is the largest; the first one wins a tie.
pub(crate) fn is_best(logits: &[f32], label: usize) -> bool {
    let chosen = logits[label];
    logits[..label].iter().all(|&logit| logit < chosen) && logits[label + 1..].iter().all(|&logit| logit <= chosen)
}

/// Makes batches of a split.
#[derive(Clone, Debug)]
pub struct Batcher<'a> {
    split: &'a Split,
    normalisation: Normalisation,
}

impl<'a> Batcher<'a> {
    /// Batches of this split.
    pub fn new(split: &'a Split) -> Self {
        Self { split, normalisation: Normalisation::new(PIXEL_MEAN, PIXEL_STD) }
    }

    /// The images at `indices` to learn from, to be changed as the recipe says. `first_position` is where the first of them stands
    /// in the order of `epoch` (from 1).
    ///
    /// # Panics
    /// If there is no such image.
    pub fn to_learn(&self, indices: &[usize], recipe: &Recipe, epoch: u32, first_position: usize) -> BatchSource {
        let mut images = Vec::with_capacity(indices.len() * PIXELS);
        indices.iter().for_each(|&index| images.extend_from_slice(self.split.image(index)));
        BatchSource {
            images,
            labels: indices.iter().map(|&index| self.split.label(index)).collect(),
            smoothing: recipe.label_smoothing,
            augmentation: recipe.augmentation,
            seed: recipe.seed,
            epoch,
            first_position,
            image_indices: indices.to_vec(),
        }
    }

    /// The pixels of the images at `indices`, to be classified.
    ///
    /// # Panics
    /// If there is no such image.
    pub fn to_test(&self, indices: &[usize]) -> Vec<f32> {
        self.normalisation.gather(self.split, indices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{decode, encode};

    #[test]
    fn smoothed_targets_sum_to_one() {
        let targets = soft_targets(&[3, 9], 0.1);
        assert!((targets[3] - 0.91).abs() < 1e-6 && (targets[4] - 0.01).abs() < 1e-6 && targets[19] == targets[3]);
        assert!(targets.chunks(CLASSES).all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-6));
        assert_eq!(soft_targets(&[0], 0.0)[..2], [1.0, 0.0]);
    }

    #[test]
    fn a_batch_that_is_cut_up_and_sent_is_the_same_batch() {
        for augmentation in [Augmentation::default(), Augmentation { shift: 2.0, rotation: 15.0 }] {
            let images = (0..40 * PIXELS).map(|i| (i * 7 % 256) as u8).collect();
            let labels = (0..40).map(|i| i % 10).collect();
            let raw = BatchSource {
                images,
                labels,
                smoothing: 0.1,
                augmentation,
                seed: 3,
                epoch: 2,
                first_position: 80,
                image_indices: (0..40).rev().collect(),
            };
            let whole = raw.make();
            for range in [0..16, 16..40, 40..40] {
                let bytes = encode(&raw.part(range.clone())).expect("plain data");
                let part: BatchSource = decode(&bytes).expect("it comes back");
                assert_eq!(part.make(), whole.part(range.clone()));
                assert_eq!(part.image_indices(), &raw.image_indices()[range]);
            }
        }
    }

    #[test]
    fn the_first_of_equals_is_the_answer() {
        assert!(is_best(&[1.0, 1.0, 0.0], 0));
        assert!(!is_best(&[1.0, 1.0, 0.0], 1));
        assert!(!is_best(&[f32::NAN, f32::NAN], 0));
    }
}
