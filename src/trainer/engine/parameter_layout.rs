//! The net's numbers as one flat slice: which array lies where.
//!
//! Optimisers, averages, checkpoints and sums over workers need no names: to them the net is a slice. First come all
//! trained parameters, in the order of the layers, then the running statistics of batch normalisation.

use std::ops::Range;

use super::architecture::CONVOLUTIONS;
use super::weights::{Weights, WeightsError};

/// An array's name, shape and place in the slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The name in [`Weights`].
    pub name: String,
    /// Sizes of the dimensions.
    pub shape: Vec<usize>,
    /// The place in the slice.
    pub range: Range<usize>,
}

/// All arrays of the net, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    slots: Vec<Slot>,
    parameters: usize,
}

impl Layout {
    /// The layout of [`CONVOLUTIONS`].
    pub fn new() -> Self {
        let mut layout = Self { slots: Vec::new(), parameters: 0 };
        for (conv, number) in CONVOLUTIONS.iter().zip(1..) {
            let shape = vec![conv.channels_out, conv.channels_in, conv.kernel, conv.kernel];
            layout.push(format!("conv{number}.weight"), shape);
            layout.push(format!("conv{number}.bias"), vec![conv.channels_out]);
            if number < CONVOLUTIONS.len() {
                layout.push(format!("bn{number}.weight"), vec![conv.channels_out]);
                layout.push(format!("bn{number}.bias"), vec![conv.channels_out]);
            }
        }
        layout.parameters = layout.len();
        for (conv, number) in CONVOLUTIONS[..CONVOLUTIONS.len() - 1].iter().zip(1..) {
            layout.push(format!("bn{number}.running_mean"), vec![conv.channels_out]);
            layout.push(format!("bn{number}.running_var"), vec![conv.channels_out]);
        }
        layout
    }

    fn push(&mut self, name: String, shape: Vec<usize>) {
        let start = self.len();
        let range = start..start + shape.iter().product::<usize>();
        self.slots.push(Slot { name, shape, range });
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.slots.last().map_or(0, |slot| slot.range.end)
    }

    /// Whether there are none, which is never so.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// How many of them are trained; the others are running statistics.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// All arrays, in order.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Where the array of this name lies.
    pub(crate) fn range(&self, name: &str) -> Range<usize> {
        self.slots.iter().find(|slot| slot.name == name).map_or(0..0, |slot| slot.range.clone())
    }

    /// The weights as one slice.
    ///
    /// # Errors
    /// Some are missing or have another shape.
    pub fn flatten(&self, weights: &Weights) -> Result<Vec<f32>, WeightsError> {
        Self::gather(weights, self.slots.iter())
    }

    /// The trained parameters, or their gradients, as one slice.
    ///
    /// # Errors
    /// Some are missing or have another shape.
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

    /// The arrays of a slice by name; those that lie beyond its end are left out.
    pub fn name(&self, values: &[f32]) -> Weights {
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
    fn weights_come_back_as_they_went_in() {
        let (layout, weights) = (Layout::new(), Weights::initial(1));
        let values = layout.flatten(&weights).expect("all are there");
        assert_eq!((layout.parameters(), values.len()), (18_738, 18_738 + 240));
        assert_eq!(layout.name(&values), weights);
        assert_eq!(layout.name(&values[..layout.parameters()]).0.len(), 26, "only what is trained");
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut weights = Weights::initial(1);
        weights.0.remove("bn6.running_var");
        assert!(Layout::new().flatten(&weights).expect_err("removed").to_string().contains("bn6.running_var"));
    }
}
