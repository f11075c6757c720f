//! The kept runs, which the browser's database holds: [`list`] and [`offer`] decide about them, [`unstored`] about those that
//! it does not hold yet, [`speed`] learns from them how fast this computer is, and the others read and write them.

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub(crate) mod copies;
pub mod list;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub mod listing;
pub mod offer;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub mod removal;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub mod runs;
pub mod speed;
pub mod unstored;
