//! Practice: exercises on the sheet, each in the place of the lesson while it lasts.

pub(crate) mod bar;
pub(crate) mod blank_field;
pub(crate) mod curve;
pub(crate) mod dialog;
pub(crate) mod feedback;
pub(crate) mod state;
pub(crate) mod worksheet;
