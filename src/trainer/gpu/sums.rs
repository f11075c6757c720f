//! Where the numbers of a stage lie in the arrays that all stages share.

/// Where the numbers of a stage lie in the array of partial sums and in that of packed weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sums {
    /// Sums of its weights' gradients, parts × weights.
    pub(super) weights: usize,
    /// Sums of its biases' gradients, channels × parts.
    pub(super) biases: usize,
    /// Weights, packed for the way forward.
    pub(super) forward: usize,
    /// Weights, packed for the way back.
    pub(super) backward: usize,
}
