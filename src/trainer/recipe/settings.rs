//! A recipe: everything that decides how a run goes, as one value.

use serde::{Deserialize, Serialize};

use super::field::{Field, FieldError};
use super::schedule::Schedule;
use crate::mnist::Augmentation;

/// The device that the user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// WebGPU where there is a graphics adapter in hardware, otherwise the CPU.
    #[default]
    Auto,
    /// WebGPU, even on a software adapter.
    WebGpu,
    /// The CPU, with SIMD.
    Cpu,
    /// WebGPU with Burn's kernels in place of ours, for comparison.
    Burn,
}

/// How a step changes the weights; `engine::optimizer` has the formulas.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Optimizer {
    /// Stochastic gradient descent.
    Sgd {
        /// The share of the last update that is added to the next one, from 0 to below 1.
        momentum: f64,
        /// Whether the momentum is Nesterov's, which looks one update ahead.
        nesterov: bool,
    },
    /// Adam, with weight decay as part of the gradient.
    Adam(Betas),
    /// AdamW: Adam with weight decay apart from the gradient.
    AdamW(Betas),
}

/// The decay rates of Adam's moments: the share of the old value that a moment keeps in a step, from 0 to below 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Betas {
    /// The decay rate β₁ of the running mean of the gradient.
    pub first: f64,
    /// The decay rate β₂ of the running mean of the squared gradient.
    pub second: f64,
}

impl Default for Betas {
    fn default() -> Self {
        Self { first: 0.9, second: 0.999 }
    }
}

/// The settings of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The device to train on.
    pub device: DeviceChoice,
    /// The number of passes over the training images.
    pub epochs: u32,
    /// The number of images in one step; the last batch of an epoch may be smaller.
    pub batch_size: u32,
    /// How a step changes the weights.
    pub optimizer: Optimizer,
    /// The peak learning rate of the run.
    pub learning_rate: f64,
    /// How the learning rate changes over the run.
    pub schedule: Schedule,
    /// The weight decay: a step at learning rate 1 takes away this share of each parameter.
    pub weight_decay: f64,
    /// The share of activations that dropout sets to 0, from 0 to 0.9.
    pub dropout: f64,
    /// The share of the target that is spread evenly over all classes, from 0 to below 1.
    pub label_smoothing: f64,
    /// Random changes of the training images.
    pub augmentation: Augmentation,
    /// The share of the averaged weights that a step keeps, from 0 to below 1. Above 0, the averaged weights are the
    /// ones that are tested and kept; at 0 there is no average.
    pub averaging: f64,
    /// The number of training images that are used; they are the first ones of the data set.
    pub images: u32,
    /// The seed of the initial weights, of the order of the images, of their random changes, and of dropout.
    pub seed: u64,
    /// The number of workers that share each batch on the CPU, up to [`MOST_WORKERS`](super::MOST_WORKERS); 0 lets the
    /// device choose. A run with another number of workers rounds differently, so its bits differ.
    #[serde(default)]
    pub workers: u32,
}

impl Recipe {
    /// Returns the number of optimizer steps in one epoch: the number of batches that cover all images.
    pub fn steps_per_epoch(&self) -> u32 {
        self.images.div_ceil(self.batch_size.max(1))
    }

    /// Returns the number of optimizer steps in the whole run.
    pub fn total_steps(&self) -> u32 {
        self.epochs.saturating_mul(self.steps_per_epoch())
    }

    /// Returns the learning rate of a step, counted from 0.
    pub fn rate(&self, step: u32) -> f64 {
        self.learning_rate * self.schedule.factor(step, self.total_steps(), self.steps_per_epoch())
    }

    /// Whether two recipes differ at most in seed, device and number of workers, so that the results of their runs may
    /// be averaged.
    pub fn is_sibling(&self, other: &Self) -> bool {
        let same = |recipe: &Self| Self { seed: 0, device: DeviceChoice::Auto, workers: 0, ..recipe.clone() };
        same(self) == same(other)
    }

    /// Checks the value of every field.
    ///
    /// # Errors
    /// One [`FieldError`] for each field with a value that is not allowed, in the order of the form.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut check = |field: Field, value: f64| {
            if !field.allows(value) {
                errors.push(field.error());
            }
        };
        check(Field::Epochs, self.epochs.into());
        check(Field::BatchSize, self.batch_size.into());
        match self.optimizer {
            Optimizer::Sgd { momentum, .. } => check(Field::Momentum, momentum),
            Optimizer::Adam(betas) | Optimizer::AdamW(betas) => {
                check(Field::Beta1, betas.first);
                check(Field::Beta2, betas.second);
            }
        }
        check(Field::LearningRate, self.learning_rate);
        match self.schedule {
            Schedule::Constant | Schedule::Cosine => {}
            Schedule::Step { epochs, factor } => {
                check(Field::StepEpochs, epochs.into());
                check(Field::StepFactor, factor);
            }
            Schedule::OneCycle { warm_up } => check(Field::WarmUp, warm_up),
        }
        check(Field::WeightDecay, self.weight_decay);
        check(Field::Dropout, self.dropout);
        check(Field::LabelSmoothing, self.label_smoothing);
        check(Field::Shift, self.augmentation.shift);
        check(Field::Rotation, self.augmentation.rotation);
        check(Field::Averaging, self.averaging);
        check(Field::Images, self.images.into());
        check(Field::Seed, self.seed as f64);
        // 0 stands for "Auto".
        if self.workers > 0 {
            check(Field::Workers, self.workers.into());
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}
