//! The training state of a net.

use serde::{Deserialize, Serialize};

/// `TrainingState` holds all numbers that a step changes, as flat lists in the order of `engine::parameter_layout`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingState {
    /// The trained parameters.
    pub parameters: Vec<f32>,
    /// The running statistics of batch normalisation.
    pub statistics: Vec<f32>,
    /// The optimizer state: lists that are each as long as the parameters. There are none before the first step, one
    /// for momentum, two for Adam.
    pub moments: Vec<Vec<f32>>,
    /// The averaged parameters and running statistics; empty if the recipe does not average.
    pub average: Vec<f32>,
}
