//! The arrays that a file of this net's weights has, under the notebook's names.

use std::ops::Range;

use safetensors::tensor::TensorView;

use super::numbers::{floats_of, is_whole, single};
use crate::trainer::engine::parameter_layout::Layout;

/// The notebook's blocks and the number of convolutions in each. ReLU, batch normalisation and dropout follow each
/// convolution, so the next convolution is four modules further.
const BLOCKS: [(&str, usize); 5] =
    [("convblock1", 2), ("transitionblock1", 1), ("convblock2", 2), ("transitionblock2", 1), ("convblock3", 1)];

/// The name of the number of steps, which PyTorch keeps with every batch normalisation.
pub(super) const STEPS: &str = "num_batches_tracked";

/// The smallest running variance that is read. Rounding can make the variance of a constant a little less than zero; with
/// batch normalisation's ε of 1e-5 its square root still exists.
const SMALLEST_VARIANCE: f32 = -1e-6;

/// `Expected` describes an array that the file must have.
pub(super) struct Expected {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    /// The range of its numbers in the layout. `None` for the number of steps.
    pub(super) range: Option<Range<usize>>,
}

/// `Content` is what an array holds.
pub(super) enum Content {
    Numbers(Range<usize>, Vec<f32>),
    Steps(u64),
}

/// Returns the name of the first array of the file.
pub(super) fn first() -> String {
    [BLOCKS[0].0, ".0.weight"].concat()
}

/// Returns all arrays of the file, in the order of PyTorch's `state_dict`.
pub(super) fn expected(layout: &Layout) -> Vec<Expected> {
    let mut arrays = Vec::new();
    let modules = BLOCKS.iter().flat_map(|(block, count)| (0..*count).map(move |index| (block, 4 * index)));
    for ((block, module), number) in modules.zip(1..) {
        for (own, module) in [(format!("conv{number}."), module), (format!("bn{number}."), module + 2)] {
            let before = arrays.len();
            for slot in layout.slots() {
                if let Some(part) = slot.name.strip_prefix(&own) {
                    let name = format!("{block}.{module}.{part}");
                    arrays.push(Expected { name, shape: slot.shape.clone(), range: Some(slot.range.clone()) });
                }
            }
            // The last convolution has no batch normalisation.
            if own.starts_with("bn") && arrays.len() > before {
                let name = format!("{block}.{module}.{STEPS}");
                arrays.push(Expected { name, shape: Vec::new(), range: None });
            }
        }
    }
    arrays
}

impl Expected {
    /// Reads the file's array of this name.
    ///
    /// # Errors
    /// When the array differs: the rest of a sentence that begins with its name.
    pub(super) fn read(&self, view: &TensorView<'_>) -> Result<Content, String> {
        let mut wrong = Vec::new();
        // The number of steps may be a list of one number.
        let fits = view.shape() == self.shape || self.range.is_none() && view.shape().iter().all(|size| *size == 1);
        if !fits {
            wrong.push(format!("has the shape {} instead of {}", sizes(view.shape()), sizes(&self.shape)));
        }
        let numbers = floats_of(view);
        if self.range.is_none() && !is_whole(view.dtype()) {
            wrong.push(format!("is of type {} instead of I64", view.dtype()));
        } else if self.range.is_some() && numbers.is_none() {
            wrong.push(format!("is of type {} instead of F32", view.dtype()));
        }
        if !wrong.is_empty() {
            return Err(wrong.join(", and "));
        }
        let (Some(range), Some(numbers)) = (self.range.clone(), numbers) else {
            return single(view).map(Content::Steps).ok_or_else(|| "is negative".to_owned());
        };
        if let Some(index) = numbers.iter().position(|number| !number.is_finite()) {
            let what = if numbers[index].is_nan() { "not a number" } else { "infinite" };
            return Err(format!("has a value that is {what}, number {} of the array", index + 1));
        }
        if self.name.ends_with("running_var") && numbers.iter().any(|number| *number < SMALLEST_VARIANCE) {
            return Err("has a negative variance".to_owned());
        }
        Ok(Content::Numbers(range, numbers))
    }

    /// Whether a shape is that of this convolution's weights in the order of TensorFlow: height, width, in, out.
    pub(super) fn is_transposed(&self, shape: &[usize]) -> bool {
        matches!((self.shape.as_slice(), shape), ([out, into, height, width], [h, w, i, o])
            if (h, w, i, o) == (height, width, into, out))
    }
}

/// Writes a shape for the user.
fn sizes(shape: &[usize]) -> String {
    match shape {
        [] => "of a single number".to_owned(),
        sizes => sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("×"),
    }
}
