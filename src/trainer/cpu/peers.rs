//! Workers that share a batch, each with its part of it.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::ops::Range;

use super::simd::LANES;
use crate::trainer::engine::learner::LearnerError;

/// What a worker needs of the others: sums.
///
/// A sum is offered and then collected, and there is time for other work in between: so nobody need wait while numbers
/// travel, or until a worker that the machine held up has caught up. All workers offer and collect in turn, equally often,
/// with slices of the same length.
pub trait Peers {
    /// Why a sum may not come about.
    type Error;

    /// Lets the others have this worker's part of a sum.
    fn offer(&mut self, values: &[f64]);

    /// Replaces each of the numbers that were offered by its sum over all workers, added in the same order everywhere, so
    /// that all get the same bits.
    ///
    /// # Errors
    /// Another worker is no more.
    fn collect(&mut self, values: &mut [f64]) -> impl Future<Output = Result<(), Self::Error>>;

    /// Both, where there is nothing to do in between.
    ///
    /// # Errors
    /// Another worker is no more.
    fn sum(&mut self, values: &mut [f64]) -> impl Future<Output = Result<(), Self::Error>> {
        self.offer(values);
        self.collect(values)
    }
}

/// No others: the whole batch is here.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPeers;

impl Peers for NoPeers {
    type Error = Infallible;

    fn offer(&mut self, _: &[f64]) {}

    async fn collect(&mut self, _: &mut [f64]) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Another worker is no more, and why, in words that go on a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerLost(pub String);

impl PeerLost {
    /// A worker that is no more.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for PeerLost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PeerLost {}

impl From<PeerLost> for LearnerError {
    fn from(gone: PeerLost) -> Self {
        Self::Worker(gone.0)
    }
}

/// Which of a batch's images are the part of a worker, of so many: whole groups, as evenly as they can be dealt.
pub fn part_of_worker(images: usize, workers: usize, rank: usize) -> Range<usize> {
    let groups = images.div_ceil(LANES);
    let bound = |rank: usize| images.min(groups * rank / workers * LANES);
    bound(rank)..bound(rank + 1)
}

/// The fewest workers that are as fast as `most` with batches of so many images: with 8 groups of images, the slowest of 7
/// workers has two of them, and so has each of 4.
pub fn useful_workers(images: usize, most: usize) -> usize {
    let groups = images.div_ceil(LANES).max(1);
    groups.div_ceil(groups.div_ceil(most.max(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn groups_are_dealt_whole_and_evenly() {
        let parts =
            |images, workers| (0..workers).map(|rank| part_of_worker(images, workers, rank)).collect::<Vec<_>>();
        assert_eq!(parts(128, 2), [0..64, 64..128]);
        assert_eq!(parts(128, 3), [0..32, 32..80, 80..128]);
        assert_eq!(parts(40, 2), [0..16, 16..40]);
        assert_eq!(parts(5, 3), [0..0, 0..0, 0..5]);
    }

    #[test]
    fn no_more_workers_are_useful_than_make_a_step_faster() {
        assert_eq!([1, 2, 3, 4, 5, 7, 8, 16].map(|most| useful_workers(128, most)), [1, 2, 3, 4, 4, 4, 8, 8]);
        assert_eq!(
            [useful_workers(2, 7), useful_workers(64, 7), useful_workers(4096, 15), useful_workers(128, 0)],
            [1, 4, 15, 1]
        );
    }

    proptest! {
        #[test]
        fn every_image_is_in_one_part(images in 1_usize..5000, workers in 1_usize..40) {
            let mut next = 0;
            for rank in 0..workers {
                let part = part_of_worker(images, workers, rank);
                prop_assert_eq!(part.start, next);
                prop_assert!(part.start.is_multiple_of(LANES) || part.is_empty());
                prop_assert!(part.len() <= images.div_ceil(LANES).div_ceil(workers) * LANES);
                next = part.end;
            }
            prop_assert_eq!(next, images);
        }

        #[test]
        fn the_useful_ones_have_no_more_to_do_each(images in 1_usize..5000, most in 1_usize..40) {
            let groups = images.div_ceil(LANES);
            let workers = useful_workers(images, most);
            prop_assert!(workers <= most && groups.div_ceil(workers) == groups.div_ceil(most));
        }
    }
}
