//! How to train: a recipe's settings, the plan that a run makes of them, and both as text, link and curve.

pub mod change_text;
pub mod link;
pub mod name;
pub mod plan;
pub mod rate_curve;
pub mod schedule;
mod settings;
pub mod text;

pub use settings::*;
