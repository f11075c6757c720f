//! What the net makes of a digit: a pad to draw on, what becomes of the drawing, and the net's answer. They are a wasm of
//! their own, which is fetched when the user first opens the pad.

pub(crate) mod answer_view;
pub(crate) mod mount;
pub(crate) mod pad_canvas;
pub(crate) mod pad_painter;
pub(crate) mod pad_panel;
pub(crate) mod pad_state;
pub(crate) mod photo;
pub(crate) mod steps_view;
pub(crate) mod weights;
