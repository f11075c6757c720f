//! The net for graphics adapters: the kernels of a training step, 41 to 46 of them, submitted at once.
//!
//! Images are the innermost axis of every map, so that neighbouring invocations read neighbouring numbers whatever the
//! size of a layer, and all of them take the same branches. Rust writes the kernels in WGSL for the sizes of this net
//! and of the batch: [`convolution`] and [`weight_gradient`] without branches or inner loops, the others from the files
//! in `wgsl/`. [`buffers`] says what each buffer holds, [`kernels`] which kernels a step has. Nothing here knows Burn,
//! but the kernels may run on a device that Burn opened.

mod adapter;
mod batch_norm;
mod buffers;
mod convolution;
mod head;
mod input_batch;
mod input_loading;
mod kernels;
pub mod learner;
mod net;
mod offsets;
mod optimizer_step;
mod shader;
mod shape;
#[cfg(test)]
mod tests;
mod uniforms;
mod weight_gradient;
mod weight_gradient_parts;

pub use adapter::Adapter;
pub use net::Net;
pub use uniforms::{DropoutUniforms, StepUniforms};
