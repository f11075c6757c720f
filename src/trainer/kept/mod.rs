//! The kept runs, which the browser's database holds: [`list`] decides about them, `runs` reads and writes them.

pub mod list;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub mod runs;
