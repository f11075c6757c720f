//! The user interface: Leptos components, one idea in each file. They show the results of [`sheet`](crate::sheet) and
//! [`trainer`](crate::trainer) and pass on what the user does; they compute nothing of the lesson themselves.
//!
//! `kit` knows neither lab, `sheet`, `tools`, `trainer` and `inside` do not know each other, and `app` and `bridge` join them.

#![allow(unreachable_pub, reason = "the component macro of Leptos makes the functions that it generates public")]

mod address;
mod app;
mod bridge;
mod inside;
mod kit;
mod net_bridge;
mod page;
mod sheet;
mod tools;
mod trainer;

pub use app::App;
pub use inside::mount::mount_inside;
pub use page::{register_service_worker, remove_boot_message, report_panics};
pub use tools::mount::mount_tools;
pub use trainer::mount::mount_trainer;
