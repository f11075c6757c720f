//! The trainer's dedicated workers: one trains on the CPU, the other, with Burn in it, on a graphics adapter. Both have
//! the same code, with a `Device` as its type parameter. A worker takes commands from the page, carries out one after
//! the other, and posts what happens. The worker for the CPU may start others like it, its helpers, which share its
//! batches.
//!
//! A worker moves messages and opens what is needed; the work is done by [`crate::trainer::engine`].

#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod checkpoint;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod cpu;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod data;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod device;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod fetch;
#[cfg(all(feature = "worker-gpu", target_arch = "wasm32"))]
mod gpu;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod helper;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod host;
#[cfg(any(all(feature = "worker", target_arch = "wasm32"), all(feature = "engine", test)))]
mod inbox;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod job;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod keeper;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod loaded;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod measure;
#[cfg(any(all(feature = "worker", target_arch = "wasm32"), all(feature = "engine", test)))]
mod obstacle;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod own_data;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod post;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod prepare;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod serve;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod start;
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
mod training;

/// Starts the worker for the CPU. Like [`start_on_gpu`], this is a function of the library and not of the binary: generic code
/// that a binary's own crate instantiates would be in its wasm twice.
#[cfg(all(feature = "worker", target_arch = "wasm32"))]
pub fn start_on_cpu() {
    start::start::<cpu::Cpu>();
}

/// Starts the worker for graphics adapters.
#[cfg(all(feature = "worker-gpu", target_arch = "wasm32"))]
pub fn start_on_gpu() {
    start::start::<gpu::Gpu>();
}
