//! The trainer: an 18,738-parameter convolutional net learns MNIST.
//!
//! [`recipe`], [`protocol`] and [`architecture`] are pure: the page and the worker share them. [`run_view`], pure too,
//! turns a run's events into what the page shows.
//! [`cpu`] is the net by hand, as fast as a CPU allows; with [`layout`] and [`weights`] it needs no more than SIMD (feature
//! `cpu`). [`model`], [`device`], [`session`] and [`check`] need Burn (feature `engine`). `worker` and `client` only
//! move messages.

pub mod adapter;
pub mod architecture;
pub mod batch;
pub mod optimizer;
mod envelope;
pub mod plan;
pub mod protocol;
pub mod recipe;
pub mod recipe_link;
pub mod recipe_name;
pub mod recipe_text;
pub mod record;
pub mod recovery;
pub mod run_view;
pub mod schedule;
pub mod snapshot;

#[cfg(feature = "engine")]
pub mod check;
#[cfg(feature = "cpu")]
pub mod cpu;
#[cfg(feature = "engine")]
pub mod device;
#[cfg(feature = "engine")]
mod layers;
#[cfg(feature = "cpu")]
pub mod layout;
#[cfg(feature = "engine")]
pub mod model;
#[cfg(feature = "engine")]
mod pace;
#[cfg(feature = "engine")]
pub mod session;
#[cfg(feature = "cpu")]
pub mod weights;

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub mod client;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
pub mod worker;
