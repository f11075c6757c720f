//! The net by hand for graphics adapters: one training step in some forty kernels, all of them submitted at once.
//!
//! Images are the innermost axis of every map, so that neighbouring invocations read neighbouring numbers whatever a
//! layer's size, and every branch is taken by all of them alike. Kernels are written for the sizes of this net and of the
//! batch ([`convolve`] and [`weight_gradient`] as straight lines, the others from the files in `wgsl/`); they know nothing
//! of Burn, but run on the device that it opened.

mod adapter;
mod convolve;
mod descend;
mod head;
mod kernels;
pub mod learner;
mod load;
mod net;
mod normalisation;
mod shape;
mod source;
mod step;
mod sums;
#[cfg(test)]
mod tests;
mod weight_gradient;

pub use adapter::Adapter;
pub use net::Net;
pub use step::{Dropout, Step};
