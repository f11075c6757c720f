//! The input of the net: an order of the images for each epoch, and normalised pixels.
//!
//! Batches are `order.chunks(batch_size)`. The last batch may be smaller, even a single image, without a special case:
//! batch normalisation also averages over the pixels of a feature map, and every layer has at least 49 of them.

use super::{PIXELS, Split};
use crate::random::{Purpose, Random};

/// The order in which an epoch, counted from 1, visits the first `images` training images: a seeded shuffle.
pub fn order(images: usize, seed: u64, epoch: u32) -> Vec<usize> {
    let mut order: Vec<usize> = (0..images).collect();
    let mut random = Random::new(seed, Purpose::Order { epoch });
    for last in (1..images).rev() {
        order.swap(last, random.below(last + 1));
    }
    order
}

/// The normalisation of a pixel from its byte to the net's input, `(x / 255 - mean) / std`, as a table.
#[derive(Clone, Debug)]
pub struct Normalisation {
    table: [f32; 256],
    mean: f32,
    std: f32,
}

impl Normalisation {
    /// The normalisation for this mean and standard deviation of pixels on a scale from 0 to 1.
    pub fn new(mean: f32, std: f32) -> Self {
        Self { table: std::array::from_fn(|byte| (byte as f32 / 255.0 - mean) / std), mean, std }
    }

    /// The normalised value of a pixel.
    pub fn of(&self, pixel: u8) -> f32 {
        self.table[usize::from(pixel)]
    }

    /// Normalises pixels in place. They are on a scale from 0 to 255, but need not be whole numbers.
    pub fn apply(&self, pixels: &mut [f32]) {
        for pixel in pixels {
            *pixel = (*pixel / 255.0 - self.mean) / self.std;
        }
    }

    /// The normalised pixels of the images at `indices`, image after image, with the shape `[indices.len(), 28, 28]`.
    ///
    /// # Panics
    /// If an index is too large.
    pub fn gather(&self, split: &Split, indices: &[usize]) -> Vec<f32> {
        let mut pixels = Vec::with_capacity(indices.len() * PIXELS);
        for &index in indices {
            pixels.extend(split.image(index).iter().map(|&pixel| self.of(pixel)));
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_visits_every_image_once_in_its_own_order() {
        let first = order(1000, 1, 1);
        let mut sorted = first.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..1000));
        assert_eq!(first, order(1000, 1, 1));
        assert_ne!(first, order(1000, 1, 2), "every epoch has its own order");
        assert_ne!(first, order(1000, 2, 1), "every seed has its own order");
        assert_eq!(order(1, 1, 1), [0]);
        assert!(order(0, 1, 1).is_empty());
    }

    #[test]
    fn the_shuffle_is_fair() {
        // The places of image 0 of 4 in 4,000 epochs: each about 1,000 times, within five standard deviations.
        let mut places = [0_i32; 4];
        for seed in 0..4000 {
            if let Some(place) = order(4, seed, 1).iter().position(|&image| image == 0) {
                places[place] += 1;
            }
        }
        assert!(places.iter().all(|count| (count - 1000).abs() < 140), "{places:?}");
    }

    #[test]
    fn pixels_are_normalised_as_in_the_reference() {
        let normalisation = Normalisation::new(0.1307, 0.3081);
        assert_eq!(normalisation.of(0), (0.0 - 0.1307) / 0.3081);
        assert_eq!(normalisation.of(255), (1.0 - 0.1307) / 0.3081);
    }
}
