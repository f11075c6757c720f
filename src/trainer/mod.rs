//! The trainer: an 18,738-parameter convolutional net learns MNIST.
//!
//! A [`recipe`] says how to train, a [`plan`] what was decided since, a [`record`] what happened; [`snapshot`] joins it with
//! the net's numbers. They, [`protocol`] and [`architecture`] are pure: page and workers share them. [`run_view`], pure too,
//! turns a run's events into what the page shows.
//! [`session`] is the training loop (feature `engine`). It knows a net only as a [`learner`]: [`cpu_learner`] on top of
//! [`cpu`], the net by hand, whose batches a [`crew`] of workers shares, or [`model`], the net in Burn (feature `burn-net`).
//! `worker` and `client` only move messages.

pub mod adapter;
pub mod architecture;
pub mod change_text;
mod envelope;
pub mod errand;
#[cfg(feature = "charts")]
pub mod loss_curve;
pub mod plan;
pub mod protocol;
pub mod rate_curve;
pub mod recipe;
pub mod recipe_link;
pub mod recipe_name;
pub mod recipe_text;
pub mod record;
pub mod recovery;
pub mod run_log;
pub mod run_view;
pub mod schedule;
pub mod snapshot;
pub mod spread;

#[cfg(feature = "engine")]
pub mod batch;
#[cfg(feature = "engine")]
pub mod check;
#[cfg(feature = "engine")]
pub mod cpu;
#[cfg(feature = "engine")]
pub mod cpu_learner;
#[cfg(feature = "engine")]
pub mod crew;
#[cfg(feature = "engine")]
pub mod device;
#[cfg(feature = "kernels")]
pub mod gpu;
#[cfg(feature = "kernels")]
pub mod gpu_learner;
#[cfg(feature = "gpu")]
pub mod graphics;
#[cfg(feature = "burn-net")]
mod layers;
#[cfg(feature = "engine")]
pub mod layout;
#[cfg(feature = "engine")]
pub mod learner;
#[cfg(feature = "burn-net")]
pub mod model;
#[cfg(feature = "engine")]
pub mod optimizer;
#[cfg(feature = "engine")]
mod pace;
#[cfg(all(test, feature = "engine"))]
mod plain;
#[cfg(feature = "engine")]
pub mod preflight;
#[cfg(feature = "engine")]
mod replica;
#[cfg(feature = "engine")]
pub mod session;
#[cfg(feature = "engine")]
pub mod testing;
#[cfg(all(feature = "engine", not(target_arch = "wasm32")))]
pub mod threads;
#[cfg(feature = "engine")]
pub mod weights;
#[cfg(feature = "engine")]
pub mod weights_file;

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub mod client;
#[cfg(all(any(feature = "ui", feature = "worker-gpu"), target_arch = "wasm32"))]
mod find_adapter;
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
mod relaxed_simd;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
pub mod worker;
