//! The values that change from step to step, which every kernel reads from a uniform buffer.

use crate::random::{Purpose, Random};
use crate::trainer::engine::optimizer::{AdamFactors, kept_share};
use crate::trainer::recipe::{Optimizer, Recipe};

/// The number of steps whose outcomes the device can keep before they are read.
pub(super) const OUTCOME_SLOTS: usize = 64;

/// The number of random bits that decide whether dropout drops an activation.
const RANDOM_BITS: u32 = 24;

/// Which activations a step drops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DropoutUniforms {
    /// An activation whose 24 random bits are below this number is dropped.
    pub(super) threshold: u32,
    /// The factor of the other activations.
    pub(super) scale: f32,
    /// The key of the random bits, which also depend on layer, image, channel and pixel.
    pub(super) key: u32,
}

impl DropoutUniforms {
    /// No activation is dropped.
    pub const OFF: Self = Self { threshold: 0, scale: 1.0, key: 0 };

    /// Drops activations with a probability of `rate`, at least 0 and below 1, in a step counted from 0.
    pub fn new(rate: f64, seed: u64, step: u32) -> Self {
        let possible = f64::from(1 << RANDOM_BITS);
        let threshold = (rate * possible).round() as u32;
        let scale = (1.0 / (1.0 - f64::from(threshold) / possible)) as f32;
        let key = (Random::new(seed, Purpose::Dropout { step }).bits() >> 32) as u32;
        Self { threshold, scale, key }
    }
}

/// The struct of the same name in `common.wgsl`, which explains the fields.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepUniforms {
    pub(super) images: u32,
    pub(super) dropout: DropoutUniforms,
    pub(super) outcome_slot: u32,
    pub(super) updates: bool,
    pub(super) learning_rate: f32,
    pub(super) weight_decay: f32,
    pub(super) beta1: f32,
    pub(super) beta2: f32,
    pub(super) second_moment_scale: f32,
    pub(super) average_share: f32,
}

impl StepUniforms {
    /// The number of 32-bit words in the uniform buffer.
    pub(super) const WORDS: usize = 12;

    /// A step on a batch of this many images that changes no parameter and drops no activation.
    pub fn without_update(images: usize) -> Self {
        Self {
            images: images as u32,
            dropout: DropoutUniforms::OFF,
            outcome_slot: 0,
            updates: false,
            learning_rate: 0.0,
            weight_decay: 0.0,
            beta1: 0.0,
            beta2: 0.0,
            second_moment_scale: 1.0,
            average_share: 0.0,
        }
    }

    /// A training step of a recipe, counted from 0, on a batch of this many images.
    pub fn for_training(recipe: &Recipe, images: usize, step: u32, learning_rate: f64) -> Self {
        let decay = recipe.weight_decay;
        let dropout = DropoutUniforms::new(recipe.dropout, recipe.seed, step);
        // The average begins with the parameters of the first step.
        let average_share = if step == 0 { 1.0 } else { 1.0 - kept_share(recipe.averaging, step) };
        let common =
            Self { dropout, updates: true, average_share: average_share as f32, ..Self::without_update(images) };
        match recipe.optimizer {
            Optimizer::Sgd { momentum, .. } => Self {
                learning_rate: learning_rate as f32,
                weight_decay: decay as f32,
                beta1: momentum as f32,
                ..common
            },
            Optimizer::Adam(betas) | Optimizer::AdamW(betas) => {
                let AdamFactors { first, second, rate, scale } = AdamFactors::new(betas, learning_rate, step);
                let is_decoupled = matches!(recipe.optimizer, Optimizer::AdamW(_));
                let weight_decay = if is_decoupled { 1.0 - learning_rate * decay } else { decay };
                Self {
                    learning_rate: rate,
                    weight_decay: weight_decay as f32,
                    beta1: first,
                    beta2: second,
                    second_moment_scale: scale,
                    ..common
                }
            }
        }
    }

    /// The same step, whose outcome goes to a slot of its own: `number` counts the steps since outcomes were last read.
    #[must_use]
    pub fn with_outcome_slot(self, number: usize) -> Self {
        Self { outcome_slot: (number % OUTCOME_SLOTS) as u32, ..self }
    }

    /// The contents of the uniform buffer.
    pub(super) fn to_words(self) -> [u32; Self::WORDS] {
        let DropoutUniforms { threshold, scale, key } = self.dropout;
        [
            self.images,
            threshold,
            scale.to_bits(),
            key,
            self.outcome_slot,
            u32::from(self.updates),
            self.learning_rate.to_bits(),
            self.weight_decay.to_bits(),
            self.beta1.to_bits(),
            self.beta2.to_bits(),
            self.second_moment_scale.to_bits(),
            self.average_share.to_bits(),
        ]
    }
}
