//! The list of kept runs, and what can be done with the current one.

pub(crate) mod actions;
pub(crate) mod epochs;
pub(crate) mod list;
pub(crate) mod overlays;
pub(crate) mod resume_notice;
pub(crate) mod row;
pub(crate) mod state;
