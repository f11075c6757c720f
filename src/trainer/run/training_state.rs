//! The numbers of a net that training changes.

use serde::{Deserialize, Serialize};

/// Everything that a step changes: flat, in the order of `layout`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainingState {
    /// The trained parameters.
    pub parameters: Vec<f32>,
    /// The running statistics of batch normalisation.
    pub statistics: Vec<f32>,
    /// The optimizer's running means, each as long as the parameters: none before the first step, one for momentum, two
    /// for Adam.
    pub moments: Vec<Vec<f32>>,
    /// The running means of parameters and statistics, where the recipe averages; otherwise empty.
    pub average: Vec<f32>,
}
