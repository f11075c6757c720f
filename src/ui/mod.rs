//! The page: Leptos components, one idea a file. They show what [`sheet`](crate::sheet) and
//! [`trainer`](crate::trainer) say, and forward what the user does; they do no arithmetic of the lesson.

#![allow(unreachable_pub, reason = "Leptos' component macro makes the functions it generates public")]

mod address;
mod app;
mod blank_field;
mod browser;
mod chart_figure;
mod clipboard;
mod context;
mod dialog;
mod download;
mod dynamic;
mod error_curves;
mod files_dialog;
mod files_state;
mod formula_html;
mod formula_panel;
mod gradient_check;
mod grid_rows;
mod learning_rate_control;
mod memo;
mod model_summary;
mod narrow;
mod network_diagram;
mod number_field;
mod page;
mod phase_strip;
mod practice_bar;
mod practice_curve;
mod practice_dialog;
mod practice_state;
mod preflight;
mod presenter;
mod race_table;
mod racer;
mod rate_chart;
mod recipe_address;
mod recipe_form;
mod recipe_select;
mod run_actions;
mod run_charts;
mod run_epochs;
mod run_log;
mod run_progress;
mod run_strip;
mod share_dialog;
mod sheet_controls;
mod sheet_grid;
mod sheet_lab;
mod sheet_state;
mod sheet_tools;
mod table_tools;
mod tabs;
mod theme;
mod toggle;
mod trainer_lab;
mod trainer_slot;
mod trainer_state;
mod worksheet;

pub use app::App;
pub use page::{register_service_worker, remove_boot_message, report_panics};
pub use trainer_slot::mount_trainer;
