//! The trainer: an 18,738-parameter convolutional net learns MNIST.
//!
//! [`recipe`] has the settings of a run, [`run`] its events, record and checkpoints; both are pure, and page and
//! workers share them. [`engine`] is the training loop. The net exists three times: [`cpu`] and [`gpu`] are written by
//! hand, [`burn`] is the same net in Burn. `worker` and `page` are the two ends of the wire, which only move messages.
//! [`kept`] has the list of runs in the browser's database, and [`adapter`] reads what the browser says about its
//! graphics adapter.

pub mod adapter;
#[cfg(feature = "burn-net")]
pub mod burn;
#[cfg(feature = "engine")]
pub mod cpu;
pub mod engine;
#[cfg(feature = "kernels")]
pub mod gpu;
pub mod kept;
pub mod page;
pub mod recipe;
pub mod run;
pub mod worker;
