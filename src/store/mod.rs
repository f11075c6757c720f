//! The browser's database `gradsheet`, which keeps runs beyond one visit. All tabs and workers share it.
//!
//! | object store | key | value |
//! | --- | --- | --- |
//! | `runs` | the run's key | the head of its record ([`RecordHead`](crate::trainer::run::record_head::RecordHead)) |
//! | `losses` | the run's key and a number | a chunk of its losses ([`loss_chunks`](crate::trainer::run::loss_chunks)) |
//! | `snapshots` | the run's key | its [`Checkpoint`](crate::trainer::run::checkpoint::Checkpoint), without the losses |
//! | `names` | the run's key | the name that the user gave it |
//! | `attempts` | the run's key | the number of its latest attempt; infinite once it was deleted |
//!
//! Names have their own object store because two sides write: the worker writes records while it trains, the page
//! writes names when the user types them. `attempts` decides who may write a run: only its latest attempt, and nobody
//! once it was deleted. Copies of records are in the page's local storage ([`copies`]). [`claims`], [`error`] and
//! [`newest`] are pure, the others call the browser.

pub mod claims;
pub mod copies;
pub mod error;
pub mod newest;

#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub(crate) mod by_name;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub(crate) mod database;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
mod exception;
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub mod locks;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub(crate) mod object_store;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
mod open;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub(crate) mod patience;
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub(crate) mod persistence;
