//! How the learning rate changes over a run.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// The share of the peak that a one-cycle run begins with; PyTorch's `OneCycleLR` has the same default.
const BEGIN: f64 = 1.0 / 25.0;

/// A learning-rate schedule: the factor of the peak learning rate, from 0 to 1, at each step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Schedule {
    /// The factor is always 1.
    Constant,
    /// The learning rate drops every few epochs, as with PyTorch's `StepLR`.
    Step {
        /// The number of epochs between two drops.
        epochs: u32,
        /// The factor of each drop.
        factor: f64,
    },
    /// Half a cosine wave from 1 to 0, as with PyTorch's `CosineAnnealingLR`, evaluated at every step.
    Cosine,
    /// A straight line from 1/25 to 1, then half a cosine wave to 0: PyTorch's `LinearLR` followed by
    /// `CosineAnnealingLR`.
    OneCycle {
        /// The share of the run's steps in which the learning rate rises.
        warm_up: f64,
    },
}

impl Schedule {
    /// Returns the factor of a step, counted from 0, in a run of `total` steps.
    pub fn factor(self, step: u32, total: u32, steps_per_epoch: u32) -> f64 {
        match self {
            Self::Constant => 1.0,
            Self::Step { epochs, factor } => {
                let downs = step / steps_per_epoch.max(1) / epochs.max(1);
                libm::pow(factor, f64::from(downs))
            }
            Self::Cosine => half_cosine(f64::from(step) / f64::from(total.max(1))),
            Self::OneCycle { warm_up } => {
                let (step, total) = (f64::from(step), f64::from(total.max(1)));
                let rise = (warm_up * total).round();
                if step < rise {
                    BEGIN + (1.0 - BEGIN) * step / rise
                } else {
                    half_cosine((step - rise) / (total - rise).max(1.0))
                }
            }
        }
    }
}

/// Returns the height of half a cosine wave that falls from 1 (at share 0) to 0 (at share 1).
fn half_cosine(share: f64) -> f64 {
    0.5 * (1.0 + libm::cos(PI * share.clamp(0.0, 1.0)))
}
