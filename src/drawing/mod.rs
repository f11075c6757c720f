//! A digit that somebody draws: strokes become a picture, and the picture becomes an image like those of MNIST. What the
//! page says of the net's answer is here, too.
//!
//! All of this is plain arithmetic, and knows no browser.

mod answer;
pub mod pad;
mod photo;
mod picture;
mod prepare;
mod resample;
mod strokes;
pub mod trained;

pub use answer::{Answer, Verdict, whole_percent};
pub use picture::{Bounds, Picture};
pub use prepare::{FIT, Steps, prepare};
pub use strokes::{Drawing, Stroke};
