//! The net by hand for the CPU, and the worker pool that shares each batch.
//!
//! Sixteen images are the innermost axis of every array, so that every size, kernel and stride vectorises without a
//! remainder, in registers of 4, 8 or 16 numbers. [`Net::learn`] takes one batch forward and back and leaves its
//! gradients as one flat slice; an optimizer then changes the parameters.

#![allow(
    clippy::needless_range_loop,
    reason = "an index that runs to a constant is what compilers unroll into registers"
)]

mod convolve;
pub mod device;
mod dropout;
mod geometry;
pub mod learner;
mod net;
mod norm;
mod peers;
pub mod reader;
mod replica;
mod simd;
mod stage;
pub mod task;
#[cfg(test)]
mod tests;
#[cfg(not(target_arch = "wasm32"))]
pub mod threads;
pub mod worker_pool;

pub use dropout::DropoutMasks;
pub use net::Net;
pub use peers::{NoPeers, PeerLost, Peers, part_of_worker, useful_workers};
