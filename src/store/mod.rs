//! Where runs outlive the page: the browser's database `gradsheet`, shared by all tabs and workers.
//!
//! | object store | key | value |
//! | --- | --- | --- |
//! | `runs` | the run's key | [`RunRecord::to_bytes`](crate::trainer::run::record::RunRecord::to_bytes) |
//! | `snapshots` | the run's key | [`Checkpoint::to_bytes`](crate::trainer::run::checkpoint::Checkpoint::to_bytes) |
//! | `names` | the run's key | what the user calls it |
//!
//! Names are apart because a record is written by its worker as long as it trains, and a name by whoever types it.
//! [`kept`], [`error`] and [`newest`] are pure; the others talk to the browser.

pub mod error;
pub mod newest;

#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub(crate) mod database;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub mod locks;
