//! The form that a recipe is typed into.

pub(crate) mod address;
pub(crate) mod form;
pub(crate) mod preflight;
pub(crate) mod select;
