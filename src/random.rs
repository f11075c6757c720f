//! Seeded random numbers, which are the same on every machine, natively and in the browser.
//!
//! One seed gives several independent streams of xoshiro256++, one for each purpose. So more draws for one purpose
//! never change another: the initial weights do not depend on the number of epochs.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// The purpose of random numbers, which selects their stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The initial weights.
    Weights,
    /// The activations that dropout sets to zero in a step.
    Dropout {
        /// The step, counted from 0.
        step: u32,
    },
    /// The order of the training images in an epoch.
    Order {
        /// The epoch, counted from 1.
        epoch: u32,
    },
    /// The augmentation of the image at a place in the order of an epoch.
    Augmentation {
        /// The epoch, counted from 1.
        epoch: u32,
        /// The place, counted from 0.
        place: u32,
    },
    /// An exercise: its constants, its bug, its blanks.
    Exercise,
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random(Xoshiro256PlusPlus);

impl Random {
    /// The stream of a seed for a purpose.
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
        let (stream, jumps) = match purpose {
            Purpose::Weights => (0, 0),
            Purpose::Order { epoch } => (2, epoch),
            Purpose::Exercise => (3, 0),
            Purpose::Augmentation { epoch, place } => {
                return Self::at(generator, u64::from(epoch) << 32 | u64::from(place));
            }
            // Epochs are counted from 1, so no image of an augmentation has this place.
            Purpose::Dropout { step } => return Self::at(generator, u64::from(step)),
        };
        (0..stream).for_each(|_| generator.long_jump());
        (0..jumps).for_each(|_| generator.jump());
        Self(generator)
    }

    /// One of millions of streams, which are too many to reach by jumps: its place and the seed together seed a new
    /// generator.
    fn at(mut generator: Xoshiro256PlusPlus, place: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(generator.next_u64() ^ place))
    }

    /// Returns 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Returns a number from 0 to below 1, a multiple of 2^-24.
    pub fn unit(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// Returns a whole number from 0 to below `limit`.
    ///
    /// The probabilities differ from each other by less than `limit` / 2^64 as a share: less than one in 10^14 for
    /// MNIST.
    ///
    /// # Panics
    /// If `limit` is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        assert!(limit > 0, "nothing to choose from");
        ((u128::from(self.bits()) * limit as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_reproducible_and_differ() {
        let first = |seed, purpose| Random::new(seed, purpose).bits();
        assert_eq!(first(1, Purpose::Weights), first(1, Purpose::Weights));
        // This value must never change: with another generator, every seed would give another run.
        assert_eq!(first(1, Purpose::Weights), 0xcfc5_d07f_6f03_c29b);
        let streams = [
            first(1, Purpose::Weights),
            first(1, Purpose::Dropout { step: 0 }),
            first(1, Purpose::Dropout { step: 1 }),
            first(1, Purpose::Order { epoch: 1 }),
            first(1, Purpose::Order { epoch: 2 }),
            first(1, Purpose::Exercise),
            first(1, Purpose::Augmentation { epoch: 1, place: 0 }),
            first(1, Purpose::Augmentation { epoch: 1, place: 1 }),
            first(1, Purpose::Augmentation { epoch: 2, place: 0 }),
            first(2, Purpose::Weights),
        ];
        for (i, a) in streams.iter().enumerate() {
            assert!(streams[..i].iter().all(|b| a != b), "stream {i} repeats another");
        }
    }

    #[test]
    fn numbers_stay_in_their_range() {
        let mut random = Random::new(3, Purpose::Weights);
        for _ in 0..1000 {
            assert!((0.0..1.0).contains(&random.unit()));
            assert!(random.below(7) < 7);
        }
    }
}
