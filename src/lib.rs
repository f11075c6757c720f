//! Gradsheet: two labs in one static page, to see how neural networks learn.
//!
//! The map of the crate, from the pure core to the thin shell:
//!
//! | module | duty | knows |
//! | --- | --- | --- |
//! | [`sheet`] | backpropagation in a 2-2-2 sigmoid network, row by row | nothing but `f64` |
//! | [`random`] | seeded random numbers, the same everywhere | nothing but bits |
//! | [`mnist`] | IDX files, seeded shuffling, batches | nothing but bytes |
//! | [`trainer`] | recipe and protocol (pure); model and session (Burn); worker and client (glue) | features decide |
//! | [`exchange`] | workbooks, CSV and QR codes: what leaves and enters the page as a file | spreadsheet formats |
//! | [`store`] | kept runs: the list of them (pure), and the browser's database | web-sys |
//! | [`wire`] | messages between the page and its workers | postcard, web-sys |
//! | [`charts`] | line charts on any plotters backend; the canvas that hosts them | plotters |
//! | [`ui`] | Leptos components: they show what the others say, and forward what the user does | Leptos |

mod decimal;
pub mod exchange;
pub mod format;
pub mod mnist;
pub mod random;
pub mod sheet;
pub mod store;
pub mod trainer;
pub mod wire;

#[cfg(feature = "charts")]
pub mod charts;
#[cfg(any(feature = "ui", feature = "worker"))]
mod event_loop;
#[cfg(feature = "ui")]
pub mod ui;
