//! How to train: the settings of a run, its plan, and both as text, as link and as curve.
//!
//! A recipe ([`Recipe`]) has fields that a user types ([`Field`]) and choices from lists ([`choice`]); [`preset`] has
//! the recipes to start from. [`text`] reads what was typed into the form, [`link`] writes a recipe into an address,
//! [`name`] describes it in a few words. A [`plan`] is a recipe with the changes that the user makes later.

pub mod change_text;
pub mod choice;
mod field;
pub mod link;
pub mod memory;
pub mod name;
pub mod plan;
pub mod preset;
pub mod rate_curve;
pub mod schedule;
mod settings;
pub mod text;

pub use crate::mnist::Augmentation;
pub use field::{Field, FieldError, MOST_WORKERS, sentences};
pub use settings::{Betas, DeviceChoice, Optimizer, Recipe};
