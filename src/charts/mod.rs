//! Line charts, drawn on any plotters backend.
//!
//! A chart is plain data ([`Chart`]). [`draw()`] draws it on a backend and returns the [`Layout`], which maps values to
//! pixels and back; [`draw_poster`] adds a background, a title and a legend. The other modules are pure and small:
//! [`scale`] chooses the range of an axis, [`ticks`] the positions of its gridlines, and [`format`](mod@format) their
//! labels; [`sample()`], [`envelope`], [`decimate`], [`clip`] and [`dash`] prepare the lines; [`hover`] finds the
//! values and the curve under a pointer; [`view`] and [`gesture`] zoom and pan. Only `canvas` (feature `ui`) uses a
//! browser.
//!
//! The crate plotters provides the backends. Its `ChartBuilder` is not used, because it measures text through the DOM,
//! which forces a layout for every label, and because its generic coordinate types add more code to the page than the
//! few functions here.

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
#[cfg(any(feature = "ui", feature = "exchange"))]
pub mod svg;
pub mod theme;
pub mod ticks;
pub mod view;
mod zoom;

#[cfg(feature = "ui")]
pub mod canvas;
#[cfg(all(feature = "exchange", target_arch = "wasm32"))]
pub mod offscreen;

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
