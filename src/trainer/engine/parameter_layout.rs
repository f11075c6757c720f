//! The layout of the net's numbers in one flat slice: which array is where.
//!
//! Optimizers, averages, checkpoints and sums over workers need no names: for them the net is one slice. The slice
//! begins with all trained parameters, layer by layer; the running statistics of batch normalisation follow.

use std::ops::Range;

use super::architecture::{CONVOLUTIONS, HIDDEN_LAYERS};
use super::weights::{Weights, WeightsError};

/// An array's name, shape and range in the slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The name in [`Weights`].
    pub name: String,
    /// Sizes of the dimensions.
    pub shape: Vec<usize>,
    /// The range in the slice.
    pub range: Range<usize>,
}

/// The ranges of a convolution's arrays in the slice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConvolutionRanges {
    /// Weights: `[channels out, channels in, kernel row, kernel column]`.
    pub weight: Range<usize>,
    /// Biases: `[channels out]`.
    pub bias: Range<usize>,
}

/// The ranges of a batch normalisation's arrays in the slice, each `[channels]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NormRanges {
    /// The trained scale, γ.
    pub weight: Range<usize>,
    /// The trained shift, β.
    pub bias: Range<usize>,
    /// Running means, not trained.
    pub running_mean: Range<usize>,
    /// Running variances, not trained.
    pub running_var: Range<usize>,
}

/// All arrays of the net, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    slots: Vec<Slot>,
    parameters: usize,
    convolutions: [ConvolutionRanges; CONVOLUTIONS.len()],
    norms: [NormRanges; HIDDEN_LAYERS],
}

impl Layout {
    /// Returns the layout of [`CONVOLUTIONS`].
    pub fn new() -> Self {
        let mut layout =
            Self { slots: Vec::new(), parameters: 0, convolutions: Default::default(), norms: Default::default() };
        for (layer, conv) in CONVOLUTIONS.iter().enumerate() {
            let number = layer + 1;
            let shape = vec![conv.channels_out, conv.channels_in, conv.kernel, conv.kernel];
            layout.convolutions[layer] = ConvolutionRanges {
                weight: layout.push(format!("conv{number}.weight"), shape),
                bias: layout.push(format!("conv{number}.bias"), vec![conv.channels_out]),
            };
            if layer < HIDDEN_LAYERS {
                layout.norms[layer].weight = layout.push(format!("bn{number}.weight"), vec![conv.channels_out]);
                layout.norms[layer].bias = layout.push(format!("bn{number}.bias"), vec![conv.channels_out]);
            }
        }
        layout.parameters = layout.len();
        for (layer, conv) in CONVOLUTIONS.iter().take(HIDDEN_LAYERS).enumerate() {
            let number = layer + 1;
            let channels = vec![conv.channels_out];
            layout.norms[layer].running_mean = layout.push(format!("bn{number}.running_mean"), channels.clone());
            layout.norms[layer].running_var = layout.push(format!("bn{number}.running_var"), channels);
        }
        layout
    }

    /// Adds an array at the end and returns its range.
    fn push(&mut self, name: String, shape: Vec<usize>) -> Range<usize> {
        let start = self.len();
        let range = start..start + shape.iter().product::<usize>();
        self.slots.push(Slot { name, shape, range: range.clone() });
        range
    }

    /// Returns the length of the slice: parameters and running statistics.
    pub fn len(&self) -> usize {
        self.slots.last().map_or(0, |slot| slot.range.end)
    }

    /// Returns whether the slice is empty, which it never is.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Returns the number of trained parameters; the rest of the slice is running statistics.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// Returns all arrays, in order.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Returns the ranges of each convolution, by layer from 0.
    pub fn convolutions(&self) -> &[ConvolutionRanges; CONVOLUTIONS.len()] {
        &self.convolutions
    }

    /// Returns the ranges of each batch normalisation, by layer from 0. The last layer has none.
    pub fn norms(&self) -> &[NormRanges; HIDDEN_LAYERS] {
        &self.norms
    }

    /// Copies named weights into one slice.
    ///
    /// # Errors
    /// When an array is missing or has another shape.
    pub fn flatten(&self, weights: &Weights) -> Result<Vec<f32>, WeightsError> {
        Self::gather(weights, self.slots.iter())
    }

    /// Copies named parameters, or their gradients, into one slice without running statistics.
    ///
    /// # Errors
    /// When an array is missing or has another shape.
    pub fn flatten_parameters(&self, weights: &Weights) -> Result<Vec<f32>, WeightsError> {
        Self::gather(weights, self.slots.iter().filter(|slot| slot.range.end <= self.parameters))
    }

    fn gather<'a>(weights: &Weights, slots: impl Iterator<Item = &'a Slot>) -> Result<Vec<f32>, WeightsError> {
        let mut values = Vec::new();
        for slot in slots {
            values.extend_from_slice(weights.get(&slot.name, &slot.shape)?);
        }
        Ok(values)
    }

    /// Copies a slice into named arrays. A shorter slice, for example one of gradients, gives only the arrays that it
    /// holds whole.
    pub fn to_named(&self, values: &[f32]) -> Weights {
        let mut weights = Weights::default();
        for slot in &self.slots {
            if let Some(values) = values.get(slot.range.clone()) {
                weights.put(slot.name.clone(), slot.shape.clone(), values.to_vec());
            }
        }
        weights
    }
}

impl Default for Layout {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flattened_weights_get_their_names_back() {
        let (layout, weights) = (Layout::new(), Weights::initial(1));
        let values = layout.flatten(&weights).expect("all are there");
        assert_eq!((layout.parameters(), values.len()), (18_738, 18_738 + 240));
        assert_eq!(layout.to_named(&values), weights);
        assert_eq!(
            layout.to_named(&values[..layout.parameters()]).0.len(),
            26,
            "a slice of parameters gives the trained arrays only"
        );
    }

    #[test]
    fn ranges_by_layer_are_those_of_the_names() {
        let layout = Layout::new();
        let range = |name: &str| layout.slots().iter().find(|slot| slot.name == name).expect(name).range.clone();
        for (layer, conv) in layout.convolutions().iter().enumerate() {
            let number = layer + 1;
            assert_eq!(conv.weight, range(&format!("conv{number}.weight")));
            assert_eq!(conv.bias, range(&format!("conv{number}.bias")));
        }
        for (layer, norm) in layout.norms().iter().enumerate() {
            let number = layer + 1;
            assert_eq!(norm.weight, range(&format!("bn{number}.weight")));
            assert_eq!(norm.bias, range(&format!("bn{number}.bias")));
            assert_eq!(norm.running_mean, range(&format!("bn{number}.running_mean")));
            assert_eq!(norm.running_var, range(&format!("bn{number}.running_var")));
        }
    }

    #[test]
    fn a_missing_array_is_named_in_the_error() {
        let mut weights = Weights::initial(1);
        weights.0.remove("bn6.running_var");
        assert!(Layout::new().flatten(&weights).expect_err("removed").to_string().contains("bn6.running_var"));
    }
}
