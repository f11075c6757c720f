//! Weights and data sets as files.

pub(crate) mod panel;
pub(crate) mod state;
