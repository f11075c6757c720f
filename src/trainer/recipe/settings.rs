//! A recipe: everything that decides how a run goes. One serialisable value; `recipe_link` writes it as text.

use serde::{Deserialize, Serialize};

use super::schedule::Schedule;
pub use crate::mnist::Augmentation;

/// The most workers that share a batch.
pub const MOST_WORKERS: u32 = 16;

/// Which device the user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// WebGPU where a hardware adapter exists, otherwise the CPU.
    #[default]
    Auto,
    /// WebGPU, even on a software adapter.
    WebGpu,
    /// The CPU, with SIMD.
    Cpu,
    /// WebGPU with Burn's kernels in place of ours, to compare with.
    Burn,
}

/// How the weights follow their gradients; see `optimizer` for the formulas.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Optimizer {
    /// Stochastic gradient descent.
    Sgd {
        /// Share of the last update that is kept in the next, 0 to below 1.
        momentum: f64,
        /// Whether to look ahead along the momentum, as Nesterov does.
        nesterov: bool,
    },
    /// Adam, with weight decay as part of the gradient.
    Adam(Betas),
    /// Adam with weight decay apart from the gradient.
    AdamW(Betas),
}

/// How slowly Adam's running means forget, each 0 to below 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Betas {
    /// Of the gradient.
    pub first: f64,
    /// Of its square.
    pub second: f64,
}

impl Default for Betas {
    fn default() -> Self {
        Self { first: 0.9, second: 0.999 }
    }
}

/// How a run is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// The device to train on.
    pub device: DeviceChoice,
    /// Passes over the training images.
    pub epochs: u32,
    /// Images in one step; the last batch of an epoch may be smaller.
    pub batch_size: u32,
    /// How the weights follow their gradients.
    pub optimizer: Optimizer,
    /// Largest step size of the run.
    pub learning_rate: f64,
    /// How the step size changes over the run.
    pub schedule: Schedule,
    /// Pull of all parameters towards 0, as a share of the parameter for a learning rate of 1.
    pub weight_decay: f64,
    /// Share of activations that dropout sets to zero, 0 to below 1.
    pub dropout: f64,
    /// Share of the target that is spread evenly over all classes, 0 to below 1.
    pub label_smoothing: f64,
    /// Random changes of the training images.
    pub augmentation: Augmentation,
    /// How slowly the running mean of the weights forgets, 0 to below 1. It is what is tested and kept; 0: the weights
    /// themselves are.
    pub averaging: f64,
    /// How many of the training images are used, from the first.
    pub images: u32,
    /// Seeds the initial weights, the order of the images, their changes, and dropout.
    pub seed: u64,
    /// How many workers share each batch on the CPU, up to [`MOST_WORKERS`]; 0: as many as are of use there. With another
    /// number of them a run comes to other bits.
    #[serde(default)]
    pub workers: u32,
}

impl Recipe {
    /// The classic recipe of the published log: 20 epochs of batch 128 at learning rate 0.01, momentum 0.9, dropout 0.1.
    pub fn classic() -> Self {
        Self {
            device: DeviceChoice::Auto,
            epochs: 20,
            batch_size: 128,
            optimizer: Optimizer::Sgd { momentum: 0.9, nesterov: false },
            learning_rate: 0.01,
            schedule: Schedule::Constant,
            weight_decay: 0.0,
            dropout: 0.1,
            label_smoothing: 0.0,
            augmentation: Augmentation::default(),
            averaging: 0.0,
            images: 60_000,
            seed: 1,
            workers: 0,
        }
    }

    /// Four epochs to 99.4 %: one cycle of a ten times larger learning rate, smaller batches, no dropout.
    pub fn quick() -> Self {
        Self {
            epochs: 4,
            batch_size: 64,
            optimizer: Optimizer::Sgd { momentum: 0.9, nesterov: true },
            learning_rate: 0.1,
            schedule: Schedule::OneCycle { warm_up: 0.25 },
            weight_decay: 5e-4,
            dropout: 0.0,
            ..Self::classic()
        }
    }

    /// The highest accuracy: more epochs of the same cycle, on images that are shifted and turned a little.
    pub fn best() -> Self {
        Self {
            epochs: 19,
            schedule: Schedule::OneCycle { warm_up: 0.2 },
            weight_decay: 1e-4,
            augmentation: Augmentation { shift: 1.0, rotation: 7.0 },
            ..Self::quick()
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

    /// The step size of a step, counted from 0.
    pub fn rate(&self, step: u32) -> f64 {
        self.learning_rate * self.schedule.factor(step, self.total_steps(), self.steps_per_epoch())
    }

    /// Whether two runs differ in seed, device and number of workers only, so that their results may be averaged.
    pub fn is_sibling(&self, other: &Self) -> bool {
        let same = |recipe: &Self| Self { seed: 0, device: DeviceChoice::Auto, workers: 0, ..recipe.clone() };
        same(self) == same(other)
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
        let share = 0.0..1.0;
        check((1..=1000).contains(&self.epochs), Field::Epochs, "Epochs: a whole number from 1 to 1,000.");
        check((2..=4096).contains(&self.batch_size), Field::BatchSize, "Batch size: a whole number from 2 to 4,096.");
        match self.optimizer {
            Optimizer::Sgd { momentum, .. } => {
                check(share.contains(&momentum), Field::Momentum, "Momentum: a number from 0 to below 1.");
            }
            Optimizer::Adam(betas) | Optimizer::AdamW(betas) => {
                check(share.contains(&betas.first), Field::Beta1, "Beta 1: a number from 0 to below 1.");
                check(share.contains(&betas.second), Field::Beta2, "Beta 2: a number from 0 to below 1.");
            }
        }
        check(
            is_learning_rate(self.learning_rate),
            Field::LearningRate,
            "Learning rate: a number above 0, at most 10.",
        );
        match self.schedule {
            Schedule::Constant | Schedule::Cosine => {}
            Schedule::Step { epochs, factor } => {
                check(
                    (1..=1000).contains(&epochs),
                    Field::StepEpochs,
                    "Step after: a whole number of epochs, 1 to 1,000.",
                );
                check(factor > 0.0 && factor <= 1.0, Field::StepFactor, "Step factor: a number above 0, at most 1.");
            }
            Schedule::OneCycle { warm_up } => {
                check((0.0..=0.9).contains(&warm_up), Field::WarmUp, "Warm-up: a share of the run, from 0 to 0.9.");
            }
        }
        check((0.0..=1.0).contains(&self.weight_decay), Field::WeightDecay, "Weight decay: a number from 0 to 1.");
        check((0.0..=0.9).contains(&self.dropout), Field::Dropout, "Dropout: a share from 0 to 0.9.");
        check(
            share.contains(&self.label_smoothing),
            Field::LabelSmoothing,
            "Label smoothing: a share from 0 to below 1.",
        );
        let (shift, rotation) = (Augmentation::LARGEST_SHIFT, Augmentation::LARGEST_ROTATION);
        check(
            (0.0..=shift).contains(&self.augmentation.shift),
            Field::Shift,
            &format!("Shift: pixels, from 0 to {shift}."),
        );
        check(
            (0.0..=rotation).contains(&self.augmentation.rotation),
            Field::Rotation,
            &format!("Rotation: degrees, from 0 to {rotation}."),
        );
        check(share.contains(&self.averaging), Field::Averaging, "Weight averaging: a number from 0 to below 1.");
        check((2..=60_000).contains(&self.images), Field::Images, "Training images: a whole number from 2 to 60,000.");
        // JavaScript and JSON readers keep integers exactly only up to 2^53.
        check(self.seed < 1 << 53, Field::Seed, "Seed: a whole number from 0 to 9,007,199,254,740,991.");
        check(self.workers <= MOST_WORKERS, Field::Workers, "CPU workers: Auto, or a whole number from 1 to 16.");
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
    /// Of [`Optimizer::Sgd`]
    Momentum,
    /// [`Betas::first`]
    Beta1,
    /// [`Betas::second`]
    Beta2,
    /// [`Recipe::learning_rate`]
    LearningRate,
    /// Epochs of [`Schedule::Step`]
    StepEpochs,
    /// Factor of [`Schedule::Step`]
    StepFactor,
    /// Of [`Schedule::OneCycle`]
    WarmUp,
    /// [`Recipe::weight_decay`]
    WeightDecay,
    /// [`Recipe::dropout`]
    Dropout,
    /// [`Recipe::label_smoothing`]
    LabelSmoothing,
    /// [`Augmentation::shift`]
    Shift,
    /// [`Augmentation::rotation`]
    Rotation,
    /// [`Recipe::averaging`]
    Averaging,
    /// [`Recipe::images`]
    Images,
    /// [`Recipe::seed`]
    Seed,
    /// [`Recipe::workers`]
    Workers,
}

/// Why a field's value is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field at fault.
    pub field: Field,
    /// A sentence for the user.
    pub message: String,
}

/// Whether a step size is one that a run may have.
pub fn is_learning_rate(rate: f64) -> bool {
    rate > 0.0 && rate <= 10.0
}

/// Everything that is wrong, one sentence after the other.
pub fn sentences(errors: &[FieldError]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join(" ")
}
