//! Handles pointer, wheel and keyboard events on a chart.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Event, HtmlCanvasElement, KeyboardEvent, PointerEvent, WheelEvent};

use super::listener::Listener;
use super::painter::{Painter, ReadAt, State};
use crate::charts::view::View;

/// The factor by which a key or a button zooms.
pub(super) const ZOOM: f64 = 1.5;
/// The share of the plot by which a key pans.
const PAN: f64 = 0.15;
/// The number of pixels in a unit of a wheel event, by its `deltaMode`: pixel, line, page.
const WHEEL_UNITS: [f64; 3] = [1.0, 16.0, 400.0];

/// Adds all event listeners of a chart.
pub(super) fn listen(painter: &Rc<Painter>, canvas: &HtmlCanvasElement) -> Result<Vec<Listener>, JsValue> {
    let leave = |event: Event, painter: &Painter| {
        // A finger leaves when it is lifted, but its values stay visible until the canvas loses the focus.
        if event.dyn_ref::<PointerEvent>().is_none_or(|event| event.pointer_type() != "touch") {
            painter.read_at(None);
        }
    };
    let two_fingers = |event: Event, painter: &Painter| {
        // Otherwise the browser would also scroll or zoom the page with the two fingers.
        if painter.read(|state| state.gesture.pointers()) > 1 && event.cancelable() {
            event.prevent_default();
        }
    };
    Ok(vec![
        Listener::new(canvas, "pointermove", painter, on_pointer(moves))?,
        Listener::new(canvas, "pointerdown", painter, on_pointer(down))?,
        Listener::new(canvas, "pointerup", painter, on_pointer(up))?,
        Listener::new(canvas, "pointercancel", painter, on_pointer(cancel))?,
        Listener::new(canvas, "pointerleave", painter, leave)?,
        Listener::new(canvas, "touchmove", painter, two_fingers)?,
        Listener::new(canvas, "dblclick", painter, |_, painter| painter.show(View::WHOLE))?,
        Listener::new(canvas, "wheel", painter, wheel)?,
        Listener::new(canvas, "blur", painter, |_, painter| painter.read_at(None))?,
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
    painter.read_at(Some(ReadAt::Pixel(place.0)));
    if event.button() != 0 {
        return;
    }
    let touch = event.pointer_type() == "touch";
    painter.quietly(|state| {
        if let Some(layout) = &state.layout {
            state.gesture.down(event.pointer_id(), touch, place, state.chart.view, layout);
        }
        // With the capture a drag continues outside the canvas. An error means that the pointer is already lifted.
        let _ = state.canvas().set_pointer_capture(event.pointer_id());
    });
}

fn moves(event: &PointerEvent, place: (f64, f64), painter: &Painter) {
    painter.read_at(Some(ReadAt::Pixel(place.0)));
    if let Some(view) = painter.quietly(|state| state.gesture.moves(event.pointer_id(), place)) {
        painter.show(view);
    }
}

fn up(event: &PointerEvent, _: (f64, f64), painter: &Painter) {
    painter.quietly(|state| {
        if let Some(layout) = &state.layout {
            state.gesture.up(event.pointer_id(), state.chart.view, layout);
        }
    });
}

fn cancel(event: &PointerEvent, _: (f64, f64), painter: &Painter) {
    painter.read_at(None);
    painter.quietly(|state| {
        if let Some(layout) = &state.layout {
            state.gesture.up(event.pointer_id(), state.chart.view, layout);
        }
    });
}

/// Zooms with the wheel if Ctrl is held down (a pinch on a touchpad looks the same), or if the chart has the focus.
/// Otherwise, and if the chart cannot zoom out any further, the wheel scrolls the page as usual.
fn wheel(event: Event, painter: &Painter) {
    let Ok(event) = event.dyn_into::<WheelEvent>() else { return };
    let out = event.delta_y() > 0.0;
    let is_zoom =
        event.ctrl_key() || painter.read(|state| state.has_focus() && !(out && state.chart.view == View::WHOLE));
    if event.delta_y() == 0.0 || !is_zoom {
        return;
    }
    event.prevent_default();
    let unit = WHEEL_UNITS.get(event.delta_mode() as usize).copied().unwrap_or(1.0);
    let factor = (-event.delta_y() * unit / 400.0).clamp(-1.0, 1.0).exp();
    let place = (f64::from(event.offset_x()), f64::from(event.offset_y()));
    painter.zoom(factor, Some(place));
}

/// Handles keys: arrows move the cursor from point to point, with Shift they pan; Home and End move the cursor to the
/// first and the last point; plus and minus zoom; 0 shows everything; Escape also removes the cursor.
fn press(event: Event, painter: &Painter) {
    let Ok(event) = event.dyn_into::<KeyboardEvent>() else { return };
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let key = event.key();
    let walk = |read: &dyn Fn(&State) -> Option<f64>| painter.read_at(painter.read(read).map(ReadAt::Value));
    match (key.as_str(), event.shift_key()) {
        ("ArrowRight", false) => walk(&|state| state.step(true)),
        ("ArrowLeft", false) => walk(&|state| state.step(false)),
        ("Home", false) => walk(&|state| state.end(false)),
        ("End", false) => walk(&|state| state.end(true)),
        ("ArrowRight", true) => painter.pan((-PAN, 0.0)),
        ("ArrowLeft", true) => painter.pan((PAN, 0.0)),
        ("ArrowUp", true) => painter.pan((0.0, PAN)),
        ("ArrowDown", true) => painter.pan((0.0, -PAN)),
        ("+" | "=", _) => painter.zoom(ZOOM, None),
        ("-" | "−", _) => painter.zoom(1.0 / ZOOM, None),
        ("0", _) => painter.show(View::WHOLE),
        ("Escape", _) => {
            painter.read_at(None);
            painter.show(View::WHOLE);
        }
        _ => return,
    }
    event.prevent_default();
}
