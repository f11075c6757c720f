//! Dropout without memory: whether an activation is dropped is a function of its place.

use super::simd::{Column, LANES};

/// `DropoutMasks` makes the dropout masks of one step. Dropout (Srivastava et al. 2014) sets a share of the activations
/// to zero while training and scales the others up, so that their expected sum stays the same.
///
/// A counter-based generator draws the masks: the seed, the step, the layer, the image's position in the batch, the
/// channel and the pixel decide. So a resumed run needs no random state, the backward pass computes a mask again
/// instead of storing it, and workers that share a batch drop the same activations as one worker would.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DropoutMasks {
    /// The share of activations to drop, from 0 (off) to below 1. It is rounded to a multiple of 2^-16.
    pub rate: f32,
    /// The run's seed.
    pub seed: u64,
    /// The step, counted over the whole run.
    pub step: u64,
    /// The position of this worker's first image in the whole batch.
    pub first_image: usize,
}

impl DropoutMasks {
    /// No dropout.
    pub const OFF: Self = Self { rate: 0.0, seed: 0, step: 0, first_image: 0 };

    /// Returns the masks of a layer for the group of images that begins at `image`, counted in this worker's part of
    /// the batch. `None` when nothing is dropped.
    pub(super) fn masks(&self, layer: usize, image: usize) -> Option<GroupMasks> {
        let threshold = (f64::from(self.rate) * 65_536.0).round().clamp(0.0, 65_535.0) as u32;
        if threshold == 0 {
            return None;
        }
        let mut keys = [[0; LANES]; 2];
        let base = scramble(scramble(self.seed) ^ self.step);
        for lane in 0..LANES {
            let place = (self.first_image + image + lane) as u64;
            let key = scramble(base ^ (place << 8 | layer as u64));
            keys[0][lane] = key as u32;
            keys[1][lane] = (key >> 32) as u32;
        }
        let limit = i32::MIN.wrapping_add_unsigned(threshold << 16);
        Some(GroupMasks { keys, limit, scale: 1.0 / (1.0 - threshold as f32 / 65_536.0) })
    }
}

/// `GroupMasks` makes the masks of one layer for one group of images.
#[derive(Clone, Debug)]
pub(super) struct GroupMasks {
    /// Two keys for each image of the group.
    keys: [[u32; LANES]; 2],
    /// Random bits, read as a signed number, are below this limit with the probability `rate`.
    limit: i32,
    /// The factor of activations that are kept, 1 / (1 − rate).
    scale: f32,
}

impl GroupMasks {
    /// Writes the factors of a row's pixels, in pairs: 0 for dropped ones. `row` counts the rows of all channels of the
    /// layer.
    #[inline(always)]
    pub(super) fn row(&self, row: usize, factors: &mut [[Column; 2]]) {
        let mut bits = [0; LANES];
        for lane in 0..LANES {
            bits[lane] = mix(row as u32, self.keys[0][lane], self.keys[1][lane]);
        }
        for [first, second] in factors {
            for lane in 0..LANES {
                // Marsaglia's xorshift generator (2003). Each row has its own start.
                let mut x = bits[lane];
                x ^= x << 13;
                x ^= x >> 17;
                x ^= x << 5;
                bits[lane] = x;
                // 32 bits give two random numbers of 16 bits; shifted, the lower 16 become the upper ones.
                first[lane] = if (x as i32) < self.limit { 0.0 } else { self.scale };
                second[lane] = if ((x << 16) as i32) < self.limit { 0.0 } else { self.scale };
            }
        }
    }
}

/// Mixes a counter and two keys to 32 random-looking bits: two rounds of multiplying and folding, as in the finalisers
/// of hash functions. (Multipliers: Chris Wellons 2018, "Prospecting for Hash Functions".)
#[inline(always)]
fn mix(counter: u32, first: u32, second: u32) -> u32 {
    let mut x = counter ^ first;
    x ^= x >> 16;
    x = x.wrapping_mul(0x7feb_352d).wrapping_add(second);
    x ^= x >> 15;
    x = x.wrapping_mul(0x846c_a68b);
    x ^ x >> 16
}

/// Computes the finaliser of SplitMix64 (Steele, Lea and Flood 2014), after one step of its counter.
fn scramble(x: u64) -> u64 {
    let mut x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ x >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ x >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ x >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    const DROPOUT: DropoutMasks = DropoutMasks { rate: 0.1, seed: 1, step: 7, first_image: 0 };

    /// Returns the factors of rows of 26 pixels.
    fn mask(dropout: DropoutMasks, layer: usize, image: usize, rows: usize) -> Vec<Column> {
        let masks = dropout.masks(layer, image).expect("not off");
        let mut factors = vec![[[f32::NAN; LANES]; 2]; rows * 13];
        factors.chunks_mut(13).enumerate().for_each(|(row, factors)| masks.row(row, factors));
        factors.as_flattened().to_vec()
    }

    #[test]
    fn a_rate_of_a_tenth_drops_a_tenth_and_keeps_the_mean_at_one() {
        let mask = mask(DROPOUT, 0, 0, 1000);
        let all = mask.as_flattened();
        let dropped = all.iter().filter(|factor| **factor == 0.0).count() as f64 / all.len() as f64;
        assert!((dropped - 0.1).abs() < 0.002, "{dropped}");
        let mean = all.iter().map(|factor| f64::from(*factor)).sum::<f64>() / all.len() as f64;
        assert!((mean - 1.0).abs() < 0.003, "{mean}");
    }

    #[test]
    fn neighbouring_pixels_and_images_are_dropped_independently() {
        let mask = mask(DROPOUT, 0, 0, 2000);
        let both = |pairs: &mut dyn Iterator<Item = (f32, f32)>| {
            let (mut count, mut dropped) = (0.0, 0.0);
            for (a, b) in pairs {
                count += 1.0;
                dropped += f64::from(u8::from(a == 0.0 && b == 0.0));
            }
            dropped / count
        };
        for distance in [1, 2, 3, 4, 25, 26, 27, 52] {
            let shares = both(&mut mask.iter().zip(&mask[distance..]).map(|(a, b)| (a[3], b[3])));
            assert!((shares - 0.01).abs() < 0.002, "pixels {distance} apart: {shares}");
        }
        for lane in 1..LANES {
            let shares = both(&mut mask.iter().map(|column| (column[0], column[lane])));
            assert!((shares - 0.01).abs() < 0.002, "images {lane} apart: {shares}");
        }
    }

    #[test]
    fn seeds_steps_layers_and_images_have_different_masks() {
        let first = mask(DROPOUT, 0, 0, 10);
        assert_eq!(first, mask(DROPOUT, 0, 0, 10));
        assert_ne!(first, mask(DropoutMasks { seed: 2, ..DROPOUT }, 0, 0, 10));
        assert_ne!(first, mask(DropoutMasks { step: 8, ..DROPOUT }, 0, 0, 10));
        assert_ne!(first, mask(DROPOUT, 1, 0, 10));
        assert_ne!(first, mask(DROPOUT, 0, 16, 10));
        // The same image in the second part of a shared batch.
        assert_eq!(mask(DROPOUT, 0, 16, 10), mask(DropoutMasks { first_image: 16, ..DROPOUT }, 0, 0, 10));
        assert!(DropoutMasks::OFF.masks(0, 0).is_none());
    }
}
