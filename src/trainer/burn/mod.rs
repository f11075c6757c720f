//! The net in Burn, to compare with and for batches that our own kernels have no room for; and which of the two a run on a
//! graphics adapter gets.

pub mod device;
#[cfg(feature = "gpu")]
pub mod graphics;
mod layers;
pub mod model;
