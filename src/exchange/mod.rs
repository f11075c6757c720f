//! What leaves and enters the page as a file: Excel workbooks and CSV, and kept runs, out and in; and QR codes.
//!
//! The libraries for it are heavy, so they live in a dedicated worker of their own (feature `exchange`), which is
//! fetched when it is first needed. [`protocol`] is pure, and the page has it too; `worker` and `client` only move
//! messages. All else here is pure and tested natively.

pub mod protocol;

#[cfg(feature = "exchange")]
pub mod cells;
#[cfg(feature = "exchange")]
pub mod check;
#[cfg(feature = "exchange")]
pub mod csv_out;
#[cfg(feature = "exchange")]
mod mistakes;
#[cfg(feature = "exchange")]
pub mod qr;
#[cfg(feature = "exchange")]
pub mod reading;
#[cfg(feature = "exchange")]
pub mod report;
#[cfg(feature = "exchange")]
pub mod run_file;
#[cfg(feature = "exchange")]
pub mod table;
#[cfg(feature = "exchange")]
pub mod workbook_in;
#[cfg(feature = "exchange")]
pub mod workbook_out;

#[cfg(all(feature = "ui", target_arch = "wasm32"))]
pub mod client;
#[cfg(all(any(feature = "ui", feature = "exchange"), target_arch = "wasm32"))]
mod parcel;
#[cfg(all(feature = "exchange", target_arch = "wasm32"))]
pub mod worker;
