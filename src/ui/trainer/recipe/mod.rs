//! The form with the settings of the next run.

pub(crate) mod address;
pub(crate) mod form;
mod memory_note;
pub(crate) mod preflight;
pub(crate) mod select;
