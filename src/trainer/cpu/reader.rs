//! A net that only reads digits, from the weights in a file.

use super::net::Net;
use crate::mnist::{Normalisation, PIXELS};
use crate::trainer::engine::architecture::{PIXEL_MEAN, PIXEL_STD};
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::engine::weights::WeightsError;
use crate::trainer::engine::weights_file::error::WeightsFileError;
use crate::trainer::engine::weights_file::read;

/// `DigitReader` classifies images as after training.
#[derive(Debug)]
pub struct DigitReader {
    net: Net,
    normalisation: Normalisation,
}

impl DigitReader {
    /// Makes a reader with the weights of a safetensors file.
    ///
    /// # Errors
    /// When the bytes are no whole safetensors file, or hold another net.
    pub fn new(file: &[u8]) -> Result<Self, WeightsFileError> {
        let values = read(file)?.training_state.flat();
        Self::of_values(&values).map_err(|error| WeightsFileError::Malformed(error.to_string()))
    }

    /// Makes a reader with these parameters and running statistics, in the order of the layout.
    ///
    /// # Errors
    /// When there are more or fewer of them than the net has.
    pub fn of_values(values: &[f32]) -> Result<Self, WeightsError> {
        let net = Net::from_weights(&Layout::new().to_named(values))?;
        Ok(Self { net, normalisation: Normalisation::new(PIXEL_MEAN, PIXEL_STD) })
    }

    /// Returns the logits of images, `[images, 10]`. In each of the images' 28 by 28 pixels, 0 is paper and 255 is ink.
    ///
    /// # Panics
    /// When the pixels do not make whole images.
    pub fn logits(&mut self, images: &[u8]) -> Vec<f32> {
        assert_eq!(images.len() % PIXELS, 0, "whole images");
        let pixels: Vec<f32> = images.iter().map(|&pixel| self.normalisation.of(pixel)).collect();
        self.net.infer(&pixels)
    }
}
