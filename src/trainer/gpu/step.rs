//! What changes from step to step, as the kernels are told.

use crate::random::{Purpose, Random};
use crate::trainer::engine::optimizer::{AdamFactors, kept_share};
use crate::trainer::recipe::{Optimizer, Recipe};

/// Outcomes that may wait on the device.
pub(super) const SLOTS: usize = 64;

/// Which activations a step drops, as kernels are told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dropout {
    /// Numbers of 24 bits below it are dropped.
    pub(super) threshold: u32,
    /// What the others are multiplied by.
    pub(super) scale: f32,
    /// Decides the numbers, with layer, image, channel and pixel.
    pub(super) key: u32,
}

impl Dropout {
    /// Drops nothing.
    pub const OFF: Self = Self { threshold: 0, scale: 1.0, key: 0 };

    /// A share of activations, in a step counted from 0.
    pub fn new(rate: f64, seed: u64, step: u32) -> Self {
        let threshold = (rate * f64::from(1 << 24)).round() as u32;
        let scale = (1.0 / (1.0 - f64::from(threshold) / f64::from(1 << 24))) as f32;
        let key = (Random::new(seed, Purpose::Dropout { step }).bits() >> 32) as u32;
        Self { threshold, scale, key }
    }
}

/// What changes from step to step, as `common.wgsl` has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub(super) count: u32,
    pub(super) dropout: Dropout,
    pub(super) slot: u32,
    pub(super) learn: bool,
    pub(super) rate: f32,
    pub(super) decay: f32,
    pub(super) first: f32,
    pub(super) second: f32,
    pub(super) unbias: f32,
    pub(super) taken: f32,
}

impl Step {
    /// Words of it.
    pub(super) const LENGTH: usize = 12;

    /// Nothing moves, nothing is dropped.
    pub fn still(count: usize) -> Self {
        Self {
            count: count as u32,
            dropout: Dropout::OFF,
            slot: 0,
            learn: false,
            rate: 0.0,
            decay: 0.0,
            first: 0.0,
            second: 0.0,
            unbias: 1.0,
            taken: 0.0,
        }
    }

    /// A step of a recipe, counted from 0.
    pub fn of(recipe: &Recipe, count: usize, step: u32, rate: f64) -> Self {
        let decay = recipe.weight_decay;
        let dropout = Dropout::new(recipe.dropout, recipe.seed, step);
        let taken = if step == 0 { 1.0 } else { 1.0 - kept_share(recipe.averaging, step) };
        let still = Self { dropout, learn: true, taken: taken as f32, ..Self::still(count) };
        match recipe.optimizer {
            Optimizer::Sgd { momentum, .. } => {
                Self { rate: rate as f32, decay: decay as f32, first: momentum as f32, ..still }
            }
            Optimizer::Adam(betas) | Optimizer::AdamW(betas) => {
                let AdamFactors { first, second, rate: adam, scale } = AdamFactors::new(betas, rate, step);
                let apart = matches!(recipe.optimizer, Optimizer::AdamW(_));
                let decay = if apart { 1.0 - rate * decay } else { decay };
                Self { rate: adam, decay: decay as f32, first, second, unbias: scale, ..still }
            }
        }
    }

    /// The same, its outcome kept in a slot of its own.
    #[must_use]
    pub fn in_slot(self, slot: usize) -> Self {
        Self { slot: (slot % SLOTS) as u32, ..self }
    }

    pub(super) fn words(&self) -> [u32; Self::LENGTH] {
        let Dropout { threshold, scale, key } = self.dropout;
        let [scale, rate, decay, first, second, unbias, taken] =
            [scale, self.rate, self.decay, self.first, self.second, self.unbias, self.taken].map(f32::to_bits);
        let learn = u32::from(self.learn);
        [self.count, threshold, scale, key, self.slot, learn, rate, decay, first, second, unbias, taken]
    }
}
