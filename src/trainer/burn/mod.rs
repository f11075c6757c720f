//! The net in Burn, for comparison and for batches that need more memory than the project's own kernels can use; and
//! the choice between both for a run on a graphics adapter.

pub mod device;
#[cfg(feature = "gpu")]
pub mod graphics;
mod layers;
pub mod learner;
pub mod model;
