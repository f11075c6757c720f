//! Workers that share a batch, each with its part of it.

use std::future::Future;

/// What a worker needs of the others: sums.
///
/// All workers call [`Peers::sum`] equally often, with slices of the same length.
pub trait Peers {
    /// Replaces each number by its sum over all workers, added in the same order everywhere, so that all get the same
    /// bits.
    fn sum(&mut self, values: &mut [f64]) -> impl Future<Output = ()>;
}

/// No others: the whole batch is here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Peers for Alone {
    async fn sum(&mut self, _: &mut [f64]) {}
}
