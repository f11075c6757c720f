//! The page's end of the wire to the trainer's workers.

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub mod client;
#[cfg(all(feature = "ui", target_arch = "wasm32"))]
mod relaxed_simd;
