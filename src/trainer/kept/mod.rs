//! The kept runs, which the browser's database holds: [`list`] and [`offer`] decide about them, `runs` reads and writes them.

pub mod list;
pub mod offer;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub mod runs;
