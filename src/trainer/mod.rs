//! The trainer: an 18,738-parameter convolutional net learns MNIST.
//!
//! [`recipe`] says how to train and [`run`] what happened; both are pure, and page and workers share them. [`engine`]
//! is the training loop and what it needs of a net. The nets are [`cpu`] and [`gpu`], both by hand, and [`burn`], the
//! same net in Burn. `worker` and `page` are the two ends of the wire: they only move messages. [`kept`] is the list of
//! the runs that the browser's database holds, and [`adapter`] what a browser says of its graphics adapter.

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
