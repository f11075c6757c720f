//! The results of PyTorch with which tests compare the nets.
#![allow(dead_code, reason = "no test uses all parts")]

use std::path::Path;

use gradsheet::trainer::engine::batch::Batch;
use gradsheet::trainer::engine::check::{REFERENCE, Reference};
use gradsheet::trainer::engine::weights::Weights;
use safetensors::SafeTensors;

/// Reads the file with the reference.
pub(crate) fn file() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(REFERENCE)).expect("the reference is there")
}

/// Parses the reference.
pub(crate) fn reference() -> Reference {
    Reference::parse(&file()).expect("the reference parses")
}

/// Makes the batch that PyTorch learned from.
pub(crate) fn batch(reference: &Reference) -> Batch {
    Batch::new(reference.pixels.clone(), reference.labels.clone(), 0.0)
}

/// Returns the arrays of the reference whose names begin with `prefix`, without the prefix.
pub(crate) fn weights(prefix: &str) -> Weights {
    let file = file();
    let file = SafeTensors::deserialize(&file).expect("the reference parses");
    let weights = Weights::from_safetensors(&file, prefix).expect("32-bit numbers");
    assert!(!weights.0.is_empty(), "{prefix}");
    weights
}

/// Returns the values of one array of the reference.
pub(crate) fn numbers(prefix: &str, name: &str) -> Vec<f32> {
    weights(prefix).0.remove(name).expect("the array is there").values
}

/// Prints a difference, and fails if it is above the tolerance.
pub(crate) fn assert_close(what: &str, difference: f64, tolerance: f64) {
    println!("{what}: {difference:.2e}");
    assert!(difference <= tolerance, "{what}: {difference} is above {tolerance}");
}
