//! The browser's database `gradsheet`, which keeps runs beyond one visit. All tabs and workers share it.
//!
//! | object store | key | value |
//! | --- | --- | --- |
//! | `runs` | the run's key | [`RunRecord::to_bytes`](crate::trainer::run::record::RunRecord::to_bytes) |
//! | `snapshots` | the run's key | [`Checkpoint::to_bytes`](crate::trainer::run::checkpoint::Checkpoint::to_bytes) |
//! | `names` | the run's key | the name that the user gave it |
//!
//! Names have their own object store because two sides write: the worker writes records while it trains, the page
//! writes names when the user types them. [`claims`], [`error`] and [`newest`] are pure, `database` and `locks` call the
//! browser.

pub mod claims;
pub mod error;
pub mod newest;

#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub(crate) mod database;
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub mod locks;
