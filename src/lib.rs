//! Gradsheet: two labs in one static page that show how neural networks learn.
//!
//! ARCHITECTURE.md is the map. These are its rooms, from the pure core to what the user sees:
//!
//! | room | holds | knows |
//! | --- | --- | --- |
//! | [`random`] | seeded random numbers, the same on every machine | arithmetic |
//! | `decimal`, [`format`] | decimal numbers read, and numbers written for people | text |
//! | [`drawing`] | a digit that somebody draws: strokes, MNIST’s preparation, what the net says of it | arithmetic |
//! | `link` | the grammar of the page's links | text |
//! | [`file_kind`] | what a file is, by its first bytes | bytes |
//! | [`sheet`] | the 2-2-2 network, row by row: columns, formulas, runs, verdicts, practice, permalinks | `f64` |
//! | [`mnist`] | the MNIST data: IDX files, the order of images, normalisation, augmentation | bytes |
//! | [`trainer::recipe`] | how to train: a recipe, its plan and its link | serde |
//! | [`trainer::run`] | what happens in a run: record, checkpoint, failures, messages, the view of a run | serde |
//! | [`trainer::engine`] | the training loop and what it needs: host, learner, batches, optimizer | serde |
//! | `trainer::cpu`, `gpu`, `burn` | the net by hand with SIMD, by hand in WGSL, and in Burn | pulp, wgpu, Burn |
//! | [`trainer::adapter`] | what the browser says about its GPU | web-sys |
//! | [`trainer::kept`] | the kept runs in the browser's database | web-sys |
//! | [`trainer::page`], `trainer::worker` | the two ends of the wire between page and workers | web-sys |
//! | [`exchange`] | workbooks, CSV, reports, pages to print, QR codes, and the check of a student's workbook | spreadsheet formats, charts |
//! | [`store`] | the browser's database, and locks that tell which runs are live | web-sys |
//! | [`wire`] | messages between the page and its workers | postcard, web-sys |
//! | `event_loop` | yielding to the browser in long work | web-sys |
//! | `error_chart` | the error curves as a chart | charts, sheet |
//! | `charts` | line charts on any plotters backend, and the canvas that hosts them | plotters |
//! | `ui` | Leptos components: `kit` for both labs, `sheet`, `trainer`, `inside` (the pad) | Leptos |

mod decimal;
pub mod drawing;
pub mod exchange;
pub mod file_kind;
pub mod format;
mod link;
pub mod mnist;
pub mod random;
pub mod sheet;
pub mod store;
pub mod trainer;
pub mod wire;

#[cfg(feature = "charts")]
pub mod charts;
#[cfg(feature = "charts")]
pub mod error_chart;
#[cfg(any(feature = "ui", feature = "worker"))]
mod event_loop;
#[cfg(feature = "ui")]
pub mod ui;
