//! The trainer: the lab in which the user trains a net on MNIST.

pub(crate) mod accuracy_chart;
pub(crate) mod draw_section;
pub(crate) mod feedback;
pub(crate) mod files;
pub(crate) mod lab;
pub(crate) mod log;
pub(crate) mod loss_chart;
pub(crate) mod model_summary;
pub(crate) mod mount;
pub(crate) mod ownership;
mod owning;
pub(crate) mod progress;
pub(crate) mod rate_chart;
pub(crate) mod recipe;
pub(crate) mod runs;
pub(crate) mod showcase;
mod state;
pub(crate) mod strip;
