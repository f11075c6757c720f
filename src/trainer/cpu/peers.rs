//! The sums that workers which share a batch exchange, and their parts of the batch.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::ops::Range;

use super::simd::LANES;
use crate::trainer::engine::learner::LearnerError;

/// `Peers` adds up numbers over all workers that share a batch.
///
/// A worker first offers its numbers and later collects the sums. In between it does other work, so that it need not
/// wait while numbers travel or while another worker is late. All workers offer and collect in turn, equally often,
/// with slices of the same length.
pub trait Peers {
    /// The reason why a sum fails.
    type Error;

    /// Sends this worker's numbers to the others.
    fn offer(&mut self, values: &[f64]);

    /// Replaces each number that was offered by its sum over all workers. All workers add in the same order, so that
    /// they get the same bits.
    ///
    /// # Errors
    /// When a peer is lost.
    fn collect(&mut self, values: &mut [f64]) -> impl Future<Output = Result<(), Self::Error>>;

    /// Offers numbers and collects their sums, without work in between.
    ///
    /// # Errors
    /// When a peer is lost.
    fn sum(&mut self, values: &mut [f64]) -> impl Future<Output = Result<(), Self::Error>> {
        self.offer(values);
        self.collect(values)
    }
}

/// `NoPeers` stands for a single worker, which has the whole batch.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPeers;

impl Peers for NoPeers {
    type Error = Infallible;

    fn offer(&mut self, _: &[f64]) {}

    async fn collect(&mut self, _: &mut [f64]) -> Result<(), Infallible> {
        Ok(())
    }
}

/// `PeerLost` says why another worker is lost, as the rest of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerLost(pub String);

impl PeerLost {
    /// Makes the error from a reason.
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
    fn from(lost: PeerLost) -> Self {
        Self::Worker(lost.0)
    }
}

/// Returns the images of a batch that are one worker's part. Parts are whole groups of images, as equal in size as
/// possible. `rank` counts the workers from 0.
pub fn part_of_worker(images: usize, workers: usize, rank: usize) -> Range<usize> {
    let groups = images.div_ceil(LANES);
    let bound = |rank: usize| images.min(groups * rank / workers * LANES);
    bound(rank)..bound(rank + 1)
}

/// Returns the smallest number of workers that is as fast as `most` workers with batches of this size. For example,
/// with 8 groups of images, the slowest of 7 workers has two groups, and so has each of 4 workers.
pub fn useful_workers(images: usize, most: usize) -> usize {
    let groups = images.div_ceil(LANES).max(1);
    groups.div_ceil(groups.div_ceil(most.max(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_are_whole_groups_of_equal_size() {
        let parts =
            |images, workers| (0..workers).map(|rank| part_of_worker(images, workers, rank)).collect::<Vec<_>>();
        assert_eq!(parts(128, 2), [0..64, 64..128]);
        assert_eq!(parts(128, 3), [0..32, 32..80, 80..128]);
        assert_eq!(parts(40, 2), [0..16, 16..40]);
        assert_eq!(parts(5, 3), [0..0, 0..0, 0..5]);
    }

    #[test]
    fn workers_that_do_not_make_a_step_faster_are_left_out() {
        assert_eq!([1, 2, 3, 4, 5, 7, 8, 16].map(|most| useful_workers(128, most)), [1, 2, 3, 4, 4, 4, 8, 8]);
        assert_eq!(
            [useful_workers(2, 7), useful_workers(64, 7), useful_workers(4096, 15), useful_workers(128, 0)],
            [1, 4, 15, 1]
        );
    }

    proptest! {
        #[test]
        fn every_image_is_in_exactly_one_part(images in 1_usize..5000, workers in 1_usize..40) {
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
        fn the_useful_workers_have_no_larger_parts(images in 1_usize..5000, most in 1_usize..40) {
            let groups = images.div_ceil(LANES);
            let workers = useful_workers(images, most);
            prop_assert!(workers <= most && groups.div_ceil(workers) == groups.div_ceil(most));
        }
    }
}
