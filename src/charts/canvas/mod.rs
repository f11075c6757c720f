//! Shows a chart on an HTML canvas: sharp at any pixel ratio, redrawn at most once a frame, with a cursor for pointer
//! and keys.
//!
//! The canvas fills a positioned container of a fixed size. A second canvas above it has the strong curves, so that a
//! dragged slider redraws only one curve; a third one has the cursor, so that a moving pointer redraws only a line and
//! a few dots.
//!
//! While the container has no size, as in a hidden tab, nothing is drawn, and nothing panics.

mod input;
mod layer;
mod listener;
mod painter;
mod picture;
mod style;

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Blob, Event, HtmlCanvasElement, ResizeObserver};

use crate::charts::canvas::listener::Listener;
use crate::charts::canvas::painter::Painter;
use crate::charts::hover::Readout;
use crate::charts::spec::Chart;
use crate::charts::view::View;

/// Shows a chart on a canvas. When it is dropped, it removes everything that it added to the page.
pub struct CanvasHost {
    painter: Rc<Painter>,
    observer: ResizeObserver,
    // The fields below only need to stay alive: dropping a listener removes it from the page.
    _on_resize: Closure<dyn FnMut()>,
    _listeners: Vec<Listener>,
}

impl CanvasHost {
    /// Takes a canvas that is already in the page. The canvas gets its size from its parent element, and the chart gets
    /// its colours and font from CSS: `--ink`, `--muted`, `--hairline`, `--paper`, the tokens that series name,
    /// `font-family` and `font-size`.
    ///
    /// # Errors
    /// When the canvas has no parent or no 2D context.
    pub fn new(canvas: HtmlCanvasElement) -> Result<Self, JsValue> {
        let container = canvas.parent_element().ok_or("the canvas is not in the page")?;
        let window = web_sys::window().ok_or("no window")?;
        let painter = Painter::new(canvas.clone(), container.clone())?;

        let on_resize = {
            let painter = Rc::downgrade(&painter);
            Closure::new(move || {
                if let Some(painter) = painter.upgrade() {
                    painter.update(|state| state.resized = true);
                }
            })
        };
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref())?;
        observer.observe(&container);

        let mut listeners = input::listen(&painter, &canvas)?;
        let refresh = |_: Event, painter: &Painter| painter.update(|state| state.theme_stale = true);
        if let Some(query) = window.match_media("(prefers-color-scheme: dark)")? {
            listeners.push(Listener::new(&query, "change", &painter, refresh)?);
        }
        // The labels are drawn again when the page's font has been loaded.
        let fonts = window.document().and_then(|page| js_sys::Reflect::get(&page, &"fonts".into()).ok());
        if let Some(Ok(fonts)) = fonts.map(JsCast::dyn_into::<web_sys::EventTarget>) {
            listeners.push(Listener::new(&fonts, "loadingdone", &painter, refresh)?);
        }
        Ok(Self { painter, observer, _on_resize: on_resize, _listeners: listeners })
    }

    /// Shows another chart, with its own view, from the next frame on. More calls than one a frame cost almost nothing.
    pub fn set(&self, chart: Chart) {
        self.painter.update(|state| state.set_chart(chart));
    }

    /// Moves the lasting cursor, which shows for example the sheet's current row, or removes it.
    pub fn set_cursor(&self, x: Option<f64>) {
        self.painter.update(|state| {
            state.cursor = x;
            state.overlay_dirty = true;
        });
    }

    /// Sets the function that looks up values for series that are only samples: from the index of a series and a whole
    /// x.
    pub fn look_up(&self, value: impl Fn(usize, usize) -> Option<f64> + 'static) {
        self.painter.update(|state| {
            state.rows = Some(Rc::new(value));
            state.overlay_dirty = true;
        });
    }

    /// Calls `callback` when the user zooms or pans, with the new view. The chart shows it until the next
    /// [`CanvasHost::set`].
    pub fn on_view(&self, callback: impl Fn(View) + 'static) {
        self.painter.on_view(Rc::new(callback));
    }

    /// Zooms in or out around the cursor, or around the middle of the plot.
    pub fn zoom(&self, closer: bool) {
        self.painter.zoom(if closer { input::ZOOM } else { 1.0 / input::ZOOM }, None);
    }

    /// Returns the visible part of the chart, with its title and legend, as an SVG file.
    ///
    /// # Errors
    /// When the backend fails.
    pub fn svg(&self, title: &str) -> Result<String, JsValue> {
        self.painter.read(|state| picture::svg(&state.chart, title, &state.theme, state.size()))
    }

    /// Passes the same picture to `done` as a PNG file, with two pixels for each CSS pixel.
    ///
    /// # Errors
    /// When the backend fails.
    pub fn png(&self, title: &str, done: impl FnOnce(Blob) + 'static) -> Result<(), JsValue> {
        self.painter.read(|state| picture::png(&state.chart, title, &state.theme, state.size(), done))
    }

    /// Calls `callback`, within a frame, whenever the values under the pointer or the keyboard's cursor change.
    pub fn on_hover(&self, callback: impl Fn(Option<Readout>) + 'static) {
        self.painter.on_hover(Rc::new(callback));
    }

    /// Reads colours and font from CSS again. The caller must call this when a theme attribute or a class has changed;
    /// a change of the system's colour scheme is noticed without it.
    pub fn refresh_theme(&self) {
        self.painter.update(|state| state.theme_stale = true);
    }
}

impl Drop for CanvasHost {
    fn drop(&mut self) {
        self.observer.disconnect();
        self.painter.dispose();
    }
}
