//! The reports of the two jobs that measure this machine: the preflight and the comparison with PyTorch.

use serde::{Deserialize, Serialize};

use super::backend::Backend;

/// How fast a machine trains by a recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preflight {
    /// The device measured.
    pub backend: Backend,
    /// Why this one: a sentence for the user.
    pub why: String,
    /// Median milliseconds of a step, after the first ones.
    pub ms_per_step: f64,
    /// Milliseconds of the first step, which compiles shaders on a GPU.
    pub first_step_ms: f64,
    /// Seconds that the whole recipe would take, tests included.
    pub seconds: f64,
}

/// How far the net on this device is from the PyTorch reference: largest absolute differences.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// The device checked.
    pub backend: Backend,
    /// Over the logits of the first step.
    pub logits: f64,
    /// Over all gradients of the first step.
    pub gradients: f64,
    /// Of the loss at step 10.
    pub loss_after_10: f64,
    /// Median milliseconds of the ten steps at batch 128.
    pub ms_per_step: f64,
}

impl CheckReport {
    /// Steps that the check takes.
    pub const STEPS: u32 = 10;
    /// Tolerance for step 1, absolute.
    pub const STEP_1: f64 = 1e-5;
    /// Tolerance for the loss after ten steps: f32 rounding alone grows to 7e-4 by then.
    pub const STEP_10: f64 = 2e-3;

    /// Whether every difference is within its tolerance.
    pub fn passes(&self) -> bool {
        self.logits <= Self::STEP_1 && self.gradients <= Self::STEP_1 && self.loss_after_10 <= Self::STEP_10
    }
}
