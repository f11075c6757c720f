//! The net by hand for the CPU: one training step as fast as the machine allows.
//!
//! Burn's kernels serve any net; these serve this one. Sixteen images are the innermost axis of every array, so that every
//! size, kernel and stride vectorises without a remainder, in registers of 4, 8 or 16 numbers. [`Net::learn`] takes one batch forward and back and leaves its gradients as one flat slice; how parameters
//! follow them is an optimiser's business.

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
