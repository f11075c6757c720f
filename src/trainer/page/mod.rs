//! The page's end of the wire to the trainer's workers.

#[cfg(any(all(feature = "ui", target_arch = "wasm32"), test))]
mod choice;
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub mod client;
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
mod relaxed_simd;
#[cfg(any(all(feature = "ui", target_arch = "wasm32"), test))]
pub(crate) mod request;
#[cfg(any(all(feature = "ui", target_arch = "wasm32"), test))]
mod supervisor;
#[cfg(any(all(feature = "ui", target_arch = "wasm32"), test))]
mod watchdog;
