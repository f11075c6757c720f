//! What leaves and enters the page: Excel workbooks, CSV files, kept runs, reports, pages for a printer, and QR codes.
//!
//! The libraries for them are large, so they live in a worker (feature `exchange`), which is fetched when it is first
//! needed. [`protocol`] and [`audience`] are also part of the page. `worker` and `client` only move messages; all other modules are free
//! of the browser and tested natively.

pub mod protocol;

pub mod audience;
#[cfg(feature = "exchange")]
pub mod cells;
#[cfg(feature = "exchange")]
pub mod check;
#[cfg(feature = "exchange")]
mod column_names;
#[cfg(feature = "exchange")]
mod csv_faults;
#[cfg(feature = "exchange")]
mod csv_in;
#[cfg(feature = "exchange")]
pub mod csv_out;
#[cfg(feature = "exchange")]
mod foreign;
#[cfg(feature = "exchange")]
pub mod kept_choice;
#[cfg(feature = "exchange")]
pub mod lab_report;
#[cfg(feature = "exchange")]
mod latex;
#[cfg(feature = "exchange")]
mod mistakes;
#[cfg(feature = "exchange")]
mod new_errors;
#[cfg(feature = "exchange")]
mod no_number;
#[cfg(feature = "exchange")]
mod number_text;
#[cfg(feature = "exchange")]
pub mod paper;
#[cfg(feature = "exchange")]
pub mod paper_theme;
#[cfg(feature = "exchange")]
pub mod pictures;
#[cfg(feature = "exchange")]
pub mod qr;
#[cfg(feature = "exchange")]
pub mod reading;
#[cfg(feature = "exchange")]
pub mod report;
#[cfg(feature = "exchange")]
pub mod run_file;
#[cfg(feature = "exchange")]
pub mod stated_rate;
#[cfg(feature = "exchange")]
pub mod table;
#[cfg(feature = "exchange")]
pub mod workbook_in;
#[cfg(feature = "exchange")]
pub mod workbook_out;
#[cfg(feature = "exchange")]
pub mod worksheet;

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub mod client;
#[cfg(all(any(feature = "ui", feature = "exchange"), target_arch = "wasm32"))]
mod parcel;
#[cfg(all(feature = "exchange", target_arch = "wasm32"))]
pub mod worker;
