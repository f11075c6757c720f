//! The reports of the two measurements on the user's machine: the preflight and the comparison with PyTorch.

use serde::{Deserialize, Serialize};

use super::backend::Backend;

/// The preflight's report: how fast this machine trains with a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preflight {
    /// The device that was measured.
    pub backend: Backend,
    /// The reason for this device: a sentence for the user.
    pub why: String,
    /// The median time of a step after the first ones, in milliseconds.
    pub ms_per_step: f64,
    /// The time of the first step in milliseconds; on a GPU it includes the compilation of shaders.
    pub first_step_ms: f64,
    /// The estimated time of the whole run with all tests, in seconds.
    pub seconds: f64,
}

/// The report of the comparison with PyTorch: the largest absolute differences of the net on this device from the
/// reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The device that was checked.
    pub backend: Backend,
    /// The largest difference of a logit in the first step.
    pub logits: f64,
    /// The largest difference of a gradient in the first step.
    pub gradients: f64,
    /// The difference of the loss at step 10.
    pub loss_after_10: f64,
    /// The median time of the ten steps at batch 128, in milliseconds.
    pub ms_per_step: f64,
}

impl CheckReport {
    /// The number of steps that the check takes.
    pub const STEPS: u32 = 10;
    /// The absolute tolerance for logits and gradients of the first step.
    pub const STEP_1: f64 = 1e-5;
    /// The absolute tolerance for the loss at step 10: by then the rounding of `f32` alone makes a difference of 7e-4.
    pub const STEP_10: f64 = 2e-3;

    /// Whether every difference is within its tolerance.
    pub fn passes(&self) -> bool {
        self.logits <= Self::STEP_1 && self.gradients <= Self::STEP_1 && self.loss_after_10 <= Self::STEP_10
    }
}
