//! Line charts, drawn on any plotters backend.
//!
//! A chart is plain data ([`Chart`]); [`draw()`] puts it on a backend and hands back the [`Layout`], which maps values to
//! pixels and back; [`draw_poster`] adds paper, title and legend. Everything between is pure and small: [`scale`] chooses
//! ranges, [`ticks`] their marks, [`format`](mod@format) the labels, [`sample()`], [`decimate`], [`clip`] and [`dash`]
//! prepare the lines, [`hover`] finds what lies under a pointer, [`view`] and [`gesture`] zoom and pan. `canvas` (feature
//! `ui`) is the only module that knows a browser.
//!
//! plotters gives the backends. Its `ChartBuilder` is not used: it measures text through the DOM (a forced layout for
//! every label), and its generic coordinate types cost the page more than the few functions here.

pub mod clip;
pub mod colour;
pub mod dash;
pub mod decimate;
pub mod draw;
pub mod envelope;
pub mod format;
pub mod gesture;
pub mod hover;
pub mod layout;
mod pen;
pub mod poster;
mod round_numbers;
pub mod sample;
pub mod scale;
pub mod spec;
pub mod theme;
pub mod ticks;
pub mod view;
mod zoom;

#[cfg(feature = "ui")]
pub mod canvas;

pub use colour::{Colour, Rgb};
pub use draw::{DrawError, Surface, draw, draw_back, draw_cursor, draw_front};
pub use envelope::{Envelope, Extremes};
pub use format::Format;
pub use hover::Readout;
pub use layout::{Frame, Layout};
pub use poster::draw_poster;
pub use sample::{refine, sample};
pub use scale::{Range, Scale};
pub use spec::{Axis, Chart, Dash, Emphasis, Mark, Place, Series};
pub use theme::Theme;
pub use view::View;
