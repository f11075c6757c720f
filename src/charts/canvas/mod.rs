//! A chart on an HTML canvas: sharp at any pixel ratio, redrawn at most once a frame, with a cursor for pointer and keys.
//!
//! The canvas lies in a positioned container of a definite size, and fills it. A second canvas above it holds the strong
//! curves, so that dragging a slider redraws one curve, not all; a third one holds the cursor, so that moving the pointer
//! redraws a line and a few dots.
//!
//! Nothing here panics or draws while the container has no size, as in a hidden tab.

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

/// Keeps a canvas showing a chart. Dropping it removes everything it added to the page.
pub struct CanvasHost {
    painter: Rc<Painter>,
    observer: ResizeObserver,
    // Fields below are only kept alive; dropping a listener removes it.
    _on_resize: Closure<dyn FnMut()>,
    _listeners: Vec<Listener>,
}

impl CanvasHost {
    /// Takes over a canvas that is already in the page. It gets its size from its parent element, and colours and font
    /// from CSS: `--ink`, `--muted`, `--hairline`, `--paper`, the tokens that series name, `font-family`, `font-size`.
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
        // Labels drawn before the page's font has arrived are drawn again.
        let fonts = window.document().and_then(|page| js_sys::Reflect::get(&page, &"fonts".into()).ok());
        if let Some(Ok(fonts)) = fonts.map(JsCast::dyn_into::<web_sys::EventTarget>) {
            listeners.push(Listener::new(&fonts, "loadingdone", &painter, refresh)?);
        }
        Ok(Self { painter, observer, _on_resize: on_resize, _listeners: listeners })
    }

    /// Shows another chart, with its own view, from the next frame on. Cheap to call more often than that.
    pub fn set(&self, chart: Chart) {
        self.painter.update(|state| state.set_chart(chart));
    }

    /// Moves the lasting cursor, such as the sheet's current row, or takes it away.
    pub fn set_cursor(&self, x: Option<f64>) {
        self.painter.update(|state| {
            state.cursor = x;
            state.overlay_dirty = true;
        });
    }

    /// Looks up values that the series do not hold, as they are samples of one: by the index of a series and a whole x.
    pub fn look_up(&self, value: impl Fn(usize, usize) -> Option<f64> + 'static) {
        self.painter.update(|state| {
            state.rows = Some(Rc::new(value));
            state.overlay_dirty = true;
        });
    }

    /// Calls back when zoom or pan asks for another view; the chart shows it until it gets another one by
    /// [`CanvasHost::set`].
    pub fn on_view(&self, callback: impl Fn(View) + 'static) {
        self.painter.on_view(Rc::new(callback));
    }

    /// Calls back when a curve that has an action is clicked, with its index.
    pub fn on_pick(&self, callback: impl Fn(usize) + 'static) {
        self.painter.on_pick(Rc::new(callback));
    }

    /// Zooms in or out of the middle.
    pub fn zoom(&self, closer: bool) {
        self.painter.zoom(if closer { input::ZOOM } else { 1.0 / input::ZOOM }, None);
    }

    /// The chart as it is shown, with its title and legend, as an SVG file.
    ///
    /// # Errors
    /// When it cannot be drawn.
    pub fn svg(&self, title: &str) -> Result<String, JsValue> {
        self.painter.read(|state| picture::svg(&state.chart, title, &state.theme, state.size()))
    }

    /// The same as a PNG file, of two pixels to a CSS pixel, handed to the callback.
    ///
    /// # Errors
    /// When it cannot be drawn.
    pub fn png(&self, title: &str, done: impl FnOnce(Blob) + 'static) -> Result<(), JsValue> {
        self.painter.read(|state| picture::png(&state.chart, title, &state.theme, state.size(), done))
    }

    /// Calls back, within a frame, whenever the values under the pointer or the keyboard's cursor change.
    pub fn on_hover(&self, callback: impl Fn(Option<Readout>) + 'static) {
        self.painter.on_hover(Rc::new(callback));
    }

    /// Reads colours and font from CSS again. To be called when a theme attribute or a class has changed; the system's
    /// own colour scheme is watched.
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
