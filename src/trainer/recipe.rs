//! A recipe: everything that decides how a run goes. One serialisable value.

use serde::{Deserialize, Serialize};

/// Which device the user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// WebGPU where a hardware adapter exists, otherwise the CPU.
    #[default]
    Auto,
    /// WebGPU, even on a software adapter.
    WebGpu,
    /// Burn's CPU backend with SIMD.
    Cpu,
}

/// How a run is trained: stochastic gradient descent with momentum, no schedule, no augmentation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The device to train on.
    pub device: DeviceChoice,
    /// Passes over the training images.
    pub epochs: u32,
    /// Images in one step; the last batch of an epoch may be smaller.
    pub batch_size: u32,
    /// Step size of the update, constant over the run.
    pub learning_rate: f64,
    /// Share of the last update that is kept in the next, 0 to below 1.
    pub momentum: f64,
    /// How many of the 60,000 training images are used, from the first.
    pub images: u32,
    /// Seeds the initial weights, the order of the images and dropout.
    pub seed: u64,
}

impl Recipe {
    /// The classic recipe of the published log: 20 epochs of batch 128 at learning rate 0.01, momentum 0.9.
    pub fn classic() -> Self {
        Self {
            device: DeviceChoice::Auto,
            epochs: 20,
            batch_size: 128,
            learning_rate: 0.01,
            momentum: 0.9,
            images: 60_000,
            seed: 1,
        }
    }

    /// Optimizer steps in one epoch: the batches that cover all images, the last one perhaps smaller.
    pub fn steps_per_epoch(&self) -> u32 {
        self.images.div_ceil(self.batch_size.max(1))
    }

    /// Optimizer steps in the whole run.
    pub fn total_steps(&self) -> u32 {
        self.epochs.saturating_mul(self.steps_per_epoch())
    }

    /// Checks every field.
    ///
    /// # Errors
    /// One [`FieldError`] for each field that is out of its range, in the order of the form.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut check = |ok: bool, field, message: &str| {
            if !ok {
                errors.push(FieldError { field, message: message.to_owned() });
            }
        };
        check((1..=1000).contains(&self.epochs), Field::Epochs, "Epochs: a whole number from 1 to 1,000.");
        check((2..=4096).contains(&self.batch_size), Field::BatchSize, "Batch size: a whole number from 2 to 4,096.");
        check(
            self.learning_rate > 0.0 && self.learning_rate <= 10.0,
            Field::LearningRate,
            "Learning rate: a number above 0, at most 10.",
        );
        check((0.0..1.0).contains(&self.momentum), Field::Momentum, "Momentum: a number from 0 to below 1.");
        check((2..=60_000).contains(&self.images), Field::Images, "Training images: a whole number from 2 to 60,000.");
        // JavaScript and JSON readers keep integers exactly only up to 2^53.
        check(self.seed < 1 << 53, Field::Seed, "Seed: a whole number from 0 to 9,007,199,254,740,991.");
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

/// The recipe's fields that a user types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Field {
    /// [`Recipe::epochs`]
    Epochs,
    /// [`Recipe::batch_size`]
    BatchSize,
    /// [`Recipe::learning_rate`]
    LearningRate,
    /// [`Recipe::momentum`]
    Momentum,
    /// [`Recipe::images`]
    Images,
    /// [`Recipe::seed`]
    Seed,
}

/// Why a field's value is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field at fault.
    pub field: Field,
    /// A sentence for the user.
    pub message: String,
}
