//! What leaves and enters the trainer as a file: weights and data.

pub(crate) mod panel;
pub(crate) mod state;
