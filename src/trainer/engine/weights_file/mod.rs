//! Weights as a safetensors file. PyTorch loads it into the classic notebook's net with `strict=True`, and this module
//! reads what PyTorch writes.
//!
//! The names are the notebook's: `convblock1.0.weight` is the first convolution, `convblock1.2.running_mean` belongs to
//! the batch normalisation behind it and its ReLU, and so on.

mod arrays;
pub mod error;
mod numbers;
mod read;
mod repair;
#[cfg(test)]
mod tests;
mod write;

pub use read::{Imported, read};
pub use write::{file_name, write};
