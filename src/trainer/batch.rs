//! What the net eats in one step, on no device yet.

use super::architecture::{CLASSES, MEAN, STD};
use super::recipe::Recipe;
use crate::mnist::{Changes, Movement, Normalisation, PIXELS, Split};

/// Images and what the net should say of them.
#[derive(Clone, Debug, PartialEq)]
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

/// Makes batches of a split.
#[derive(Clone, Debug)]
pub struct Batcher<'a> {
    split: &'a Split,
    normalisation: Normalisation,
}

impl<'a> Batcher<'a> {
    /// Batches of this split.
    pub fn new(split: &'a Split) -> Self {
        Self { split, normalisation: Normalisation::new(MEAN, STD) }
    }

    /// The images at `indices` to learn from, changed as the recipe says. `place` is where the first of them stands in
    /// the order of `epoch` (from 1).
    ///
    /// # Panics
    /// If there is no such image.
    pub fn to_learn(&self, indices: &[usize], recipe: &Recipe, epoch: u32, place: usize) -> Batch {
        let labels = indices.iter().map(|&index| self.split.label(index)).collect();
        let pixels = if recipe.augmentation.is_none() {
            self.normalisation.gather(self.split, indices)
        } else {
            let changes = Changes { shift: recipe.augmentation.shift, rotation: recipe.augmentation.rotation };
            let mut pixels = vec![0.0; indices.len() * PIXELS];
            for ((pixels, &index), place) in pixels.chunks_mut(PIXELS).zip(indices).zip(place..) {
                Movement::drawn(changes, recipe.seed, epoch, place).apply(self.split.image(index), pixels);
                self.normalisation.apply(pixels);
            }
            pixels
        };
        Batch::new(pixels, labels, recipe.label_smoothing)
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

    #[test]
    fn smoothed_targets_sum_to_one() {
        let targets = soft_targets(&[3, 9], 0.1);
        assert!((targets[3] - 0.91).abs() < 1e-6 && (targets[4] - 0.01).abs() < 1e-6 && targets[19] == targets[3]);
        assert!(targets.chunks(CLASSES).all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-6));
        assert_eq!(soft_targets(&[0], 0.0)[..2], [1.0, 0.0]);
    }
}
