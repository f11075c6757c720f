//! Weights and data sets as files.

mod dropped;
mod given;
pub(crate) mod panel;
pub(crate) mod state;
