//! The runs that the browser's database holds: [`list`] is pure, `runs` talks to the database.

pub mod list;
#[cfg(all(feature = "store", target_arch = "wasm32"))]
pub mod runs;
