//! The sheet's lab: the table, the formula of the selected cell, the diagram, the error curves, and the tools around
//! them.

pub(crate) mod address;
pub(crate) mod cell_click;
pub(crate) mod cell_editor;
pub(crate) mod cell_focus;
pub(crate) mod compared_rates;
pub(crate) mod controls;
pub(crate) mod error_curves;
pub(crate) mod experiments;
pub(crate) mod formula_panel;
pub(crate) mod gradient_check;
pub(crate) mod grid;
pub(crate) mod grid_layout;
pub(crate) mod grid_rows;
pub(crate) mod group_tabs;
pub(crate) mod lab;
mod landscape_canvas;
mod landscape_view;
pub(crate) mod learning_rate_control;
pub(crate) mod network_diagram;
pub(crate) mod pace;
pub(crate) mod phase_strip;
pub(crate) mod practice;
pub(crate) mod presenter;
pub(crate) mod race_table;
pub(crate) mod racer;
pub(crate) mod scrub;
pub(crate) mod start;
pub(crate) mod state;
mod step_view;
pub(crate) mod table_tools;
pub(crate) mod tools;
mod verdict_words;
