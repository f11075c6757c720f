//! A chart on an HTML canvas: sharp at any pixel ratio, redrawn at most once a frame, with a cursor for pointer and keys.
//!
//! The canvas lies in a positioned container of a definite size, and fills it. A second canvas above it holds the
//! cursor, so that moving the pointer redraws a line and a few dots, not the curves.
//!
//! Nothing here panics or draws while the container has no size, as in a hidden tab.

mod layer;
mod listener;
mod painter;
mod style;

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlCanvasElement, KeyboardEvent, PointerEvent, ResizeObserver};

use self::listener::Listener;
use self::painter::{Painter, Probe};
use super::hover::{self, Readout};
use super::spec::Chart;

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

        let mut listeners = listen_to_pointer_and_keys(&painter, &canvas)?;
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

    /// Shows another chart, from the next frame on. Cheap to call more often than that.
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

fn listen_to_pointer_and_keys(painter: &Rc<Painter>, canvas: &Element) -> Result<Vec<Listener>, JsValue> {
    let point = |event: Event, painter: &Painter| {
        if let Ok(event) = event.dyn_into::<PointerEvent>() {
            painter.probe(Some(Probe::Pixel(f64::from(event.offset_x()))));
        }
    };
    let leave = |event: Event, painter: &Painter| {
        // A finger leaves whenever it is lifted; what it touched stays, until the canvas loses the focus.
        if event.dyn_ref::<PointerEvent>().is_none_or(|event| event.pointer_type() != "touch") {
            painter.probe(None);
        }
    };
    Ok(vec![
        Listener::new(canvas, "pointermove", painter, point)?,
        Listener::new(canvas, "pointerdown", painter, point)?,
        Listener::new(canvas, "pointerleave", painter, leave)?,
        Listener::new(canvas, "pointercancel", painter, |_, painter| painter.probe(None))?,
        Listener::new(canvas, "blur", painter, |_, painter| painter.probe(None))?,
        Listener::new(canvas, "keydown", painter, press)?,
    ])
}

/// Arrow keys walk from point to point, Home and End jump, Escape lets go.
fn press(event: Event, painter: &Painter) {
    let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let target = painter.read(|state| {
        let chart = &state.chart;
        let here = state.readout.as_ref().map(|readout| readout.x).or(state.cursor);
        match event.key().as_str() {
            "ArrowRight" => {
                Some(here.map_or_else(|| hover::end(chart, false), |x| hover::step(chart, x, true).or(Some(x))))
            }
            "ArrowLeft" => {
                Some(here.map_or_else(|| hover::end(chart, true), |x| hover::step(chart, x, false).or(Some(x))))
            }
            "Home" => Some(hover::end(chart, false)),
            "End" => Some(hover::end(chart, true)),
            "Escape" => Some(None),
            _ => None,
        }
    });
    if let Some(x) = target {
        event.prevent_default();
        painter.probe(x.map(Probe::Value));
    }
}
