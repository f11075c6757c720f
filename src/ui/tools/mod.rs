//! The sheet's tools: files, links, and paper. They are a wasm of their own, which is fetched when the user first asks for
//! one of them.

pub(crate) mod files_dialog;
pub(crate) mod files_state;
pub(crate) mod mount;
pub(crate) mod paper;
pub(crate) mod share_dialog;
