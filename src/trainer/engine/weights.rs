//! The net's parameters and running statistics as named arrays, as files and tests use them.
//!
//! The names are PyTorch's: `conv1.weight` (out, in, height, width), `conv1.bias`, `bn1.weight`, `bn1.bias`,
//! `bn1.running_mean`, `bn1.running_var`, up to `conv7`.

use std::collections::BTreeMap;
use std::fmt;

use safetensors::{SafeTensors, tensor::Dtype};

/// `Array` holds numbers and their shape; the last dimension varies fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Sizes of the dimensions.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Vec<f32>,
}

/// `Weights` holds arrays by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights(pub BTreeMap<String, Array>);

/// The reason why weights do not fit the net or cannot be read. The `Display` is a sentence for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightsError(String);

impl fmt::Display for WeightsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WeightsError {}

impl Weights {
    /// Adds or replaces an array.
    pub fn put(&mut self, name: String, shape: Vec<usize>, values: Vec<f32>) {
        self.0.insert(name, Array { shape, values });
    }

    /// Returns the values of an array.
    ///
    /// # Errors
    /// When no array has this name, or the array has another shape.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<&[f32], WeightsError> {
        let array = self.0.get(name).ok_or_else(|| WeightsError(format!("{name} is missing in the weights.")))?;
        if array.shape == shape && array.values.len() == shape.iter().product::<usize>() {
            Ok(&array.values)
        } else {
            Err(WeightsError(format!("{name} has the shape {:?} instead of {shape:?}.", array.shape)))
        }
    }

    /// Reads the arrays of a safetensors file whose names begin with `prefix`. Their names here are without the prefix.
    ///
    /// # Errors
    /// When one of them does not hold 32-bit floating-point numbers.
    pub fn from_safetensors(file: &SafeTensors<'_>, prefix: &str) -> Result<Self, WeightsError> {
        let mut weights = Self::default();
        for (name, view) in file.iter() {
            let Some(short) = name.strip_prefix(prefix) else { continue };
            if view.dtype() != Dtype::F32 {
                return Err(WeightsError(format!("{name} does not hold 32-bit numbers.")));
            }
            weights.put(short.to_owned(), view.shape().to_vec(), floats(view.data()));
        }
        Ok(weights)
    }

    /// Returns the largest absolute difference between arrays of the same name, over all arrays of `reference`.
    ///
    /// # Errors
    /// When an array of the reference is missing here or has another shape.
    pub fn distance(&self, reference: &Self) -> Result<f64, WeightsError> {
        reference.0.iter().try_fold(0.0, |largest, (name, array)| {
            Ok(f64::max(largest, largest_difference(self.get(name, &array.shape)?, &array.values)))
        })
    }
}

/// Returns the largest absolute difference of two slices. Infinite when their lengths differ or a difference is NaN.
pub fn largest_difference(a: &[f32], b: &[f32]) -> f64 {
    if a.len() != b.len() {
        return f64::INFINITY;
    }
    a.iter().zip(b).fold(0.0, |largest, (a, b)| {
        let difference = (f64::from(*a) - f64::from(*b)).abs();
        if difference.is_nan() { f64::INFINITY } else { f64::max(largest, difference) }
    })
}

/// Reads little-endian bytes as 32-bit numbers.
pub(crate) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_missing_or_misshapen_array() {
        let mut weights = Weights::initial(1);
        let message = weights.get("conv1.weight", &[32, 25]).expect_err("another shape").to_string();
        assert_eq!(message, "conv1.weight has the shape [32, 1, 5, 5] instead of [32, 25].");
        weights.0.remove("bn3.bias");
        assert_eq!(
            weights.get("bn3.bias", &[16]).expect_err("removed").to_string(),
            "bn3.bias is missing in the weights."
        );
    }

    #[test]
    fn nan_and_other_lengths_differ_infinitely() {
        assert_eq!(largest_difference(&[1.0, 2.0], &[1.5, 2.0]), 0.5);
        assert_eq!(largest_difference(&[f32::NAN, 2.0], &[1.5, 2.0]), f64::INFINITY);
        assert_eq!(largest_difference(&[1.0], &[1.0, 2.0]), f64::INFINITY);
    }
}
