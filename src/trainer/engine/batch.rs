//! The batches that a net learns from, in main memory.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::architecture::{CLASSES, PIXEL_MEAN, PIXEL_STD};
use crate::mnist::{Movement, Normalisation, PIXELS, Split};
use crate::trainer::recipe::{Augmentation, Recipe};
use crate::wire::bytes;

/// `Batch` holds images, ready for the net, and their targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Normalised pixels, `[images, 28, 28]`.
    pub pixels: Vec<f32>,
    /// Target probability of each class, `[images, 10]`; the ten of an image add up to 1.
    pub targets: Vec<f32>,
    /// The digit that each image shows, 0 to 9.
    pub labels: Vec<u8>,
}

impl Batch {
    /// Makes a batch of normalised pixels, 28 by 28 for each label. `smoothing` is the share of each target that is
    /// spread over all classes, 0 to 1.
    pub fn new(pixels: Vec<f32>, labels: Vec<u8>, smoothing: f64) -> Self {
        Self { pixels, targets: soft_targets(&labels, smoothing), labels }
    }

    /// Returns the number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Returns whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Counts the images whose label has the largest logit. `logits` is `[images, 10]`.
    pub fn count_correct(&self, logits: &[f32]) -> u32 {
        let rows = logits.chunks_exact(CLASSES).zip(&self.labels);
        rows.filter(|(row, label)| is_best(row, usize::from(**label))).count() as u32
    }

    /// Returns some of the images as a batch of their own.
    ///
    /// # Panics
    /// When the range goes beyond the last image.
    pub fn part(&self, range: Range<usize>) -> Self {
        Self {
            pixels: self.pixels[range.start * PIXELS..range.end * PIXELS].to_vec(),
            targets: self.targets[range.start * CLASSES..range.end * CLASSES].to_vec(),
            labels: self.labels[range].to_vec(),
        }
    }
}

/// `BatchSource` holds raw images of the data set and the changes that make a [`Batch`] of them. It can be cut into
/// parts for several workers, and each worker prepares its own part when it has time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BatchSource {
    /// Raw pixels, 0 to 255, `[images, 28, 28]`.
    #[serde(with = "bytes")]
    images: Vec<u8>,
    #[serde(with = "bytes")]
    labels: Vec<u8>,
    smoothing: f64,
    augmentation: Augmentation,
    seed: u64,
    /// The epoch, counted from 1.
    epoch: u32,
    /// The position of the first image in the order of the epoch, counted from 0.
    first_position: usize,
    /// The indices of the images in the data set, for a device that holds the data set.
    image_indices: Vec<usize>,
}

impl BatchSource {
    /// Returns the number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Returns whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Returns some of the images as a batch of their own.
    ///
    /// # Panics
    /// When the range goes beyond the last image.
    pub fn part(&self, range: Range<usize>) -> Self {
        Self {
            images: self.images[range.start * PIXELS..range.end * PIXELS].to_vec(),
            labels: self.labels[range.clone()].to_vec(),
            first_position: self.first_position + range.start,
            image_indices: self.image_indices[range].to_vec(),
            ..*self
        }
    }

    /// Makes the batch: changes and normalises the images, and smooths the targets.
    ///
    /// # Panics
    /// When a label is above 9.
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

    /// Returns the random movement of each image.
    pub fn movements(&self) -> impl Iterator<Item = Movement> {
        (self.first_position..)
            .take(self.len())
            .map(move |position| Movement::drawn(self.augmentation, self.seed, self.epoch, position))
    }

    /// Returns the indices of the images in the data set.
    pub fn image_indices(&self) -> &[usize] {
        &self.image_indices
    }

    /// Returns the digit that each image shows, 0 to 9.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Returns the targets, as in [`Batch::targets`].
    pub fn targets(&self) -> Vec<f32> {
        soft_targets(&self.labels, self.smoothing)
    }
}

/// Returns target probabilities, `[labels, 10]`: 1 for the label, of which the share `smoothing` is spread evenly over
/// all classes (label smoothing: Szegedy et al. 2016; PyTorch's `CrossEntropyLoss`).
///
/// # Panics
/// When a label is above 9.
pub fn soft_targets(labels: &[u8], smoothing: f64) -> Vec<f32> {
    let elsewhere = smoothing / CLASSES as f64;
    let mut targets = vec![elsewhere as f32; labels.len() * CLASSES];
    for (row, &label) in targets.chunks_mut(CLASSES).zip(labels) {
        row[usize::from(label)] = (1.0 - smoothing + elsewhere) as f32;
    }
    targets
}

/// Returns whether the label's logit is the largest; of equal logits the first counts as the largest.
pub(crate) fn is_best(logits: &[f32], label: usize) -> bool {
    let chosen = logits[label];
    logits[..label].iter().all(|&logit| logit < chosen) && logits[label + 1..].iter().all(|&logit| logit <= chosen)
}

/// `Batcher` makes batches of a split of the data set.
#[derive(Clone, Debug)]
pub struct Batcher<'a> {
    split: &'a Split,
    normalisation: Normalisation,
}

impl<'a> Batcher<'a> {
    /// Makes a batcher for a split.
    pub fn new(split: &'a Split) -> Self {
        Self { split, normalisation: Normalisation::new(PIXEL_MEAN, PIXEL_STD) }
    }

    /// Returns the images at `indices` as the source of a batch to learn from. `first_position` is the position of the
    /// first image in the order of the epoch, from 0; `epoch` counts from 1.
    ///
    /// # Panics
    /// When an index is beyond the last image.
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

    /// Returns the normalised pixels of the images at `indices`, to be classified: `[indices, 28, 28]`.
    ///
    /// # Panics
    /// When an index is beyond the last image.
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
    fn parts_that_were_encoded_and_decoded_make_the_same_batch() {
        for augmentation in [Augmentation::default(), Augmentation { shift: 2.0, rotation: 15.0 }] {
            let images = (0..40 * PIXELS).map(|i| (i * 7 % 256) as u8).collect();
            let labels = (0..40).map(|i| i % 10).collect();
            let source = BatchSource {
                images,
                labels,
                smoothing: 0.1,
                augmentation,
                seed: 3,
                epoch: 2,
                first_position: 80,
                image_indices: (0..40).rev().collect(),
            };
            let whole = source.make();
            for range in [0..16, 16..40, 40..40] {
                let bytes = encode(&source.part(range.clone())).expect("plain data");
                let part: BatchSource = decode(&bytes).expect("it comes back");
                assert_eq!(part.make(), whole.part(range.clone()));
                assert_eq!(part.image_indices(), &source.image_indices()[range]);
            }
        }
    }

    #[test]
    fn of_equal_logits_the_first_counts_as_largest() {
        assert!(is_best(&[1.0, 1.0, 0.0], 0));
        assert!(!is_best(&[1.0, 1.0, 0.0], 1));
        assert!(!is_best(&[f32::NAN, f32::NAN], 0));
    }
}
