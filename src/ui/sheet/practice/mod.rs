//! Exercises on the sheet. While an exercise lasts, its sheet is shown in place of the user's own.

pub(crate) mod bar;
pub(crate) mod blank_field;
pub(crate) mod curve;
pub(crate) mod dialog;
pub(crate) mod feedback;
pub(crate) mod progress;
pub(crate) mod state;
