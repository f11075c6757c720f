//! The list of kept runs, and what the user can do with the current run.

pub(crate) mod actions;
pub(crate) mod epochs;
mod files;
pub(crate) mod list;
mod lost;
pub(crate) mod overlays;
mod removal;
mod resume;
pub(crate) mod resume_notice;
pub(crate) mod row;
pub(crate) mod state;
mod title;
pub(crate) mod unstored;
