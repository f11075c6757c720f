//! The page: Leptos components, one idea a file. They show what [`sheet`](crate::sheet) and
//! [`trainer`](crate::trainer) say, and forward what the user does; they do no arithmetic of the lesson.

#![allow(unreachable_pub, reason = "Leptos' component macro makes the functions it generates public")]

mod address;
mod app;
mod kit;
mod page;
mod sheet;
mod trainer;

pub use app::App;
pub use page::{register_service_worker, remove_boot_message, report_panics};
pub use trainer::mount::mount_trainer;
