//! The sheet: backpropagation in a 2-2-2 sigmoid network with eight weights and no biases, row by row.
//!
//! The arithmetic is plain `f64` with one implementation of `exp` ([`libm`]), so the same inputs give the same bits
//! natively and in every browser. Nothing here knows of Leptos or of the browser.

pub mod bug;
pub mod chain;
pub mod column;
pub mod diagram;
pub mod diagram_layout;
pub mod formula;
pub mod gallery;
pub mod gradient_check;
pub mod history;
pub mod insight;
pub mod landscape;
pub mod learning_rate;
pub mod lesson;
pub mod mark;
pub mod markup;
pub mod network;
pub mod number;
pub mod permalink;
pub mod phase;
pub mod practice;
pub mod race;
pub(crate) mod rewrite;
pub mod run;
pub mod selection;
pub mod sigmoid_plot;
pub mod step_profile;
pub mod story;
pub mod verdict;
pub mod window;

pub use column::{Column, Group, Quantity};
pub use formula::{Expr, Term, formula};
pub use network::{Constants, Row};
pub use permalink::Permalink;
pub use phase::{Cell, Phase};
pub use practice::{Exercise, Practice};
pub use race::Race;
pub use run::Run;
pub use verdict::Verdict;
