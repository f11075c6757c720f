//! Pointer, wheel and keys on a chart.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlCanvasElement, KeyboardEvent, PointerEvent, WheelEvent};

use super::listener::Listener;
use super::painter::{Painter, Probe, State};
use crate::charts::hover;
use crate::charts::view::View;

/// How far from a curve, in CSS pixels, a click means it.
const CLICK: f64 = 8.0;
/// How far a tap may be off.
const TAP: f64 = 14.0;
/// The magnification of one press of a key or button.
pub(super) const ZOOM: f64 = 1.5;
/// The share of the plot that a key moves it by.
const STEP: f64 = 0.15;
/// Lines and pages of a wheel that does not count in pixels.
const WHEEL_UNITS: [f64; 3] = [1.0, 16.0, 400.0];

/// Listens to everything that a chart answers to.
pub(super) fn listen(painter: &Rc<Painter>, canvas: &HtmlCanvasElement) -> Result<Vec<Listener>, JsValue> {
    let leave = |event: Event, painter: &Painter| {
        // A finger leaves whenever it is lifted; what it touched stays, until the canvas loses the focus.
        if event.dyn_ref::<PointerEvent>().is_none_or(|event| event.pointer_type() != "touch") {
            painter.probe(None);
        }
    };
    let hold = |event: Event, painter: &Painter| {
        // The browser would scroll or zoom the page with the fingers that pull the chart apart.
        if painter.read(|state| state.gesture.fingers()) > 1 && event.cancelable() {
            event.prevent_default();
        }
    };
    Ok(vec![
        Listener::new(canvas, "pointermove", painter, on_pointer(moves))?,
        Listener::new(canvas, "pointerdown", painter, on_pointer(down))?,
        Listener::new(canvas, "pointerup", painter, on_pointer(up))?,
        Listener::new(canvas, "pointercancel", painter, on_pointer(cancel))?,
        Listener::new(canvas, "pointerleave", painter, leave)?,
        Listener::new(canvas, "touchmove", painter, hold)?,
        Listener::new(canvas, "dblclick", painter, |_, painter| painter.show(View::WHOLE))?,
        Listener::new(canvas, "wheel", painter, wheel)?,
        Listener::new(canvas, "blur", painter, |_, painter| painter.probe(None))?,
        Listener::new(canvas, "keydown", painter, press)?,
    ])
}

fn on_pointer(handle: fn(&PointerEvent, (f64, f64), &Painter)) -> impl Fn(Event, &Painter) {
    move |event, painter| {
        if let Ok(event) = event.dyn_into::<PointerEvent>() {
            handle(&event, (f64::from(event.offset_x()), f64::from(event.offset_y())), painter);
        }
    }
}

fn down(event: &PointerEvent, place: (f64, f64), painter: &Painter) {
    painter.probe(Some(Probe::Pixel(place.0)));
    if event.button() != 0 {
        return;
    }
    let touch = event.pointer_type() == "touch";
    painter.quietly(|state| {
        if let Some(layout) = &state.layout {
            state.gesture.down(event.pointer_id(), touch, place, state.chart.view, layout);
        }
        // A drag that leaves the canvas goes on. A pointer that is gone already needs no capture.
        let _ = state.canvas().set_pointer_capture(event.pointer_id());
    });
}

fn moves(event: &PointerEvent, place: (f64, f64), painter: &Painter) {
    painter.probe(Some(Probe::Pixel(place.0)));
    match painter.quietly(|state| state.gesture.moves(event.pointer_id(), place)) {
        Some(view) => painter.show(view),
        None => painter.point(curve_at(painter, place, CLICK).is_some()),
    }
}

fn up(event: &PointerEvent, place: (f64, f64), painter: &Painter) {
    let pressed = painter.quietly(|state| {
        let layout = state.layout.as_ref()?;
        state.gesture.up(event.pointer_id(), state.chart.view, layout)
    });
    let reach = if event.pointer_type() == "touch" { TAP } else { CLICK };
    if let Some(index) = pressed.and_then(|_| curve_at(painter, place, reach)) {
        painter.pick(index);
    }
}

fn cancel(event: &PointerEvent, _: (f64, f64), painter: &Painter) {
    painter.probe(None);
    painter.quietly(|state| {
        if let Some(layout) = &state.layout {
            state.gesture.cancel(event.pointer_id(), state.chart.view, layout);
        }
    });
}

/// The curve under a pointer, of those that a click does something with.
fn curve_at(painter: &Painter, place: (f64, f64), reach: f64) -> Option<usize> {
    painter.read(|state| {
        let layout = state.layout.as_ref()?;
        hover::curve_at(&state.chart, layout, place, reach, |series| !series.action.is_empty())
    })
}

/// The wheel zooms with Ctrl held down, which is also how a touchpad tells of a pinch; and without once the chart has
/// been clicked. Else, and when there is nothing left to zoom out of, it scrolls the page as everywhere.
fn wheel(event: Event, painter: &Painter) {
    let Ok(event) = event.dyn_into::<WheelEvent>() else { return };
    let out = event.delta_y() > 0.0;
    let meant =
        event.ctrl_key() || painter.read(|state| state.has_focus() && !(out && state.chart.view == View::WHOLE));
    if event.delta_y() == 0.0 || !meant {
        return;
    }
    event.prevent_default();
    let unit = WHEEL_UNITS.get(event.delta_mode() as usize).copied().unwrap_or(1.0);
    let factor = (-event.delta_y() * unit / 400.0).clamp(-1.0, 1.0).exp();
    let place = (f64::from(event.offset_x()), f64::from(event.offset_y()));
    painter.zoom(factor, Some(place));
}

/// Arrow keys walk from point to point, with Shift they move the plot; Home and End jump; plus and minus zoom, 0 shows
/// everything again. Escape lets go.
fn press(event: Event, painter: &Painter) {
    let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let key = event.key();
    let walk = |read: &dyn Fn(&State) -> Option<f64>| painter.probe(painter.read(read).map(Probe::Value));
    match (key.as_str(), event.shift_key()) {
        ("ArrowRight", false) => walk(&|state| state.step(true)),
        ("ArrowLeft", false) => walk(&|state| state.step(false)),
        ("Home", false) => walk(&|state| state.end(false)),
        ("End", false) => walk(&|state| state.end(true)),
        ("ArrowRight", true) => painter.pan((-STEP, 0.0)),
        ("ArrowLeft", true) => painter.pan((STEP, 0.0)),
        ("ArrowUp", true) => painter.pan((0.0, STEP)),
        ("ArrowDown", true) => painter.pan((0.0, -STEP)),
        ("+" | "=", _) => painter.zoom(ZOOM, None),
        ("-" | "−", _) => painter.zoom(1.0 / ZOOM, None),
        ("0", _) => painter.show(View::WHOLE),
        ("Escape", _) => {
            painter.probe(None);
            painter.show(View::WHOLE);
        }
        _ => return,
    }
    event.prevent_default();
}
