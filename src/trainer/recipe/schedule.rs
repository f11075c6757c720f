//! How the learning rate changes over a run.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// A one-cycle run begins with this share of its peak, as PyTorch's `OneCycleLR` does by default.
const BEGIN: f64 = 1.0 / 25.0;

/// A shape between 0 and 1 that the peak learning rate is multiplied by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Schedule {
    /// 1 throughout.
    Constant,
    /// Multiplied by a factor after every so many epochs, as PyTorch's `StepLR`.
    Step {
        /// Epochs from one step down to the next.
        epochs: u32,
        /// What a step multiplies by.
        factor: f64,
    },
    /// Half a cosine wave from 1 to 0, as PyTorch's `CosineAnnealingLR`, moved at every optimizer step.
    Cosine,
    /// Linear from 1/25 to 1, then half a cosine wave to 0: PyTorch's `LinearLR` followed by `CosineAnnealingLR`.
    OneCycle {
        /// Share of the run's steps that the rise takes.
        warm_up: f64,
    },
}

impl Schedule {
    /// The factor for a step, counted from 0, of a run of `total` steps.
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

/// From 1 at 0 to 0 at 1.
fn half_cosine(share: f64) -> f64 {
    0.5 * (1.0 + libm::cos(PI * share.clamp(0.0, 1.0)))
}
