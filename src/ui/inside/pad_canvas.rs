//! The square to draw on, with mouse, finger, pen or keyboard.

use js_sys::{Array, Function, Reflect};
use leptos::ev::{FocusEvent, KeyboardEvent, PointerEvent};
use leptos::html::Canvas;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

use super::pad_painter::{draw_picture, draw_strokes};
use super::pad_state::PadState;
use crate::drawing::pad;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::keys::{has_no_modifier, is_letter};
use crate::ui::kit::memo::effect;
use crate::ui::kit::observed_size::observe_size;
use crate::ui::kit::theme::Dark;

/// The id of the lines that say how to draw with the keyboard.
pub(crate) const HINT: &str = "pad-keys";

/// The arrow keys, and the directions in which they move the pen.
const ARROWS: [(&str, f32, f32); 4] =
    [("ArrowLeft", -1.0, 0.0), ("ArrowRight", 1.0, 0.0), ("ArrowUp", 0.0, -1.0), ("ArrowDown", 0.0, 1.0)];

/// The canvas with its events.
#[component]
pub(crate) fn PadCanvas() -> impl IntoView {
    let state: PadState = expect_context();
    let Dark(dark) = expect_context();
    let canvas = NodeRef::<Canvas>::new();
    let resized = Trigger::new();
    observe_size(Box::new(move || canvas.get().map(Into::into)), Box::new(move || resized.notify()));
    effect(move || {
        resized.track();
        dark.track();
        let pen = state.pen.get();
        if let Some(canvas) = canvas.get() {
            // Without a 2D context there is nothing to draw on.
            let _ = state.image.with(|image| match image {
                Some(image) => draw_picture(&canvas, Some(&image.picture)),
                None => state.drawing.with(|drawing| draw_strokes(&canvas, drawing.strokes(), pen)),
            });
        }
    });

    // Only one finger, pen or mouse draws at a time.
    let pointer = StoredValue::new(None::<i32>);
    let on_press = move |event: PointerEvent| {
        let Some(canvas) = canvas.get_untracked() else { return };
        if pointer.get_value().is_some() || event.button() != 0 {
            return;
        }
        // It fails only if the finger has already left.
        let _ = canvas.set_pointer_capture(event.pointer_id());
        pointer.set_value(Some(event.pointer_id()));
        state.end();
        state.pen.set(None);
        state.begin(point(&canvas, &event));
    };
    let on_move = move |event: PointerEvent| {
        let Some(canvas) = canvas.get_untracked() else { return };
        if pointer.get_value() == Some(event.pointer_id()) {
            let points: Vec<_> = coalesced(&event).iter().map(|event| point(&canvas, event)).collect();
            state.drawing.update(|drawing| points.into_iter().for_each(|point| drawing.go_on(point)));
        }
    };
    let on_release = move |event: PointerEvent| {
        if pointer.get_value() == Some(event.pointer_id()) {
            pointer.set_value(None);
            state.end();
        }
    };
    // Two arrows that are held together move the pen diagonally.
    let held = StoredValue::new([false; ARROWS.len()]);
    let on_key = move |event: KeyboardEvent| {
        if act_on_key(&event, state, held) {
            event.prevent_default();
            // Neither lab takes it for a shortcut.
            event.stop_propagation();
        }
    };
    let on_key_up = move |event: KeyboardEvent| {
        if let Some(arrow) = arrow(&event) {
            held.update_value(|held| held[arrow] = false);
        }
    };
    let on_leave = move |_: FocusEvent| {
        held.set_value([false; ARROWS.len()]);
        if pointer.get_value().is_none() {
            state.end();
        }
        state.pen.set(None);
    };
    view! {
        <div class="pad">
            <canvas
                node_ref=canvas class:of-pixels=move || state.image.with(|image| image.as_ref().is_some_and(|image| image.label.is_some())) tabindex="0" role="application" aria-roledescription="drawing pad" aria-label="Pad" aria-describedby=HINT
                on:pointerdown=on_press on:pointermove=on_move on:pointerup=on_release on:pointercancel=on_release
                on:keydown=on_key on:keyup=on_key_up on:blur=on_leave
            ></canvas>
            <span class="pad-invitation" aria-hidden="true" hidden=move || !state.is_empty() || state.pen.with(Option::is_some)>"Draw here"</span>
        </div>
    }
}

/// Acts on a key; returns whether it means anything here.
fn act_on_key(event: &KeyboardEvent, state: PadState, held: StoredValue<[bool; ARROWS.len()]>) -> bool {
    if is_letter(event, 'z') && (event.ctrl_key() || event.meta_key()) && !event.alt_key() && !event.shift_key() {
        state.undo();
        return true;
    }
    if !has_no_modifier(event) {
        return false;
    }
    if let Some(arrow) = arrow(event) {
        held.update_value(|held| held[arrow] = true);
        let (mut right, mut down) = (0.0, 0.0);
        for ((_, x, y), is_held) in ARROWS.into_iter().zip(held.get_value()) {
            if is_held {
                right += x;
                down += y;
            }
        }
        state.move_pen(right, down);
        return true;
    }
    match event.key().as_str() {
        // A held key is one press.
        " " if event.repeat() => {}
        " " => state.toggle_pen(),
        "Delete" | "Backspace" => state.clear(),
        _ if is_letter(event, 'c') => state.clear(),
        _ => return false,
    }
    true
}

/// Returns the index of an arrow key.
fn arrow(event: &KeyboardEvent) -> Option<usize> {
    let key = event.key();
    ARROWS.iter().position(|(name, ..)| *name == key)
}

/// Returns where a pointer is, in units of the pad.
fn point(canvas: &HtmlCanvasElement, event: &PointerEvent) -> (f32, f32) {
    let place = canvas.get_bounding_client_rect();
    let unit = place.width().max(1.0) / pad::SIDE as f64;
    let (x, y) = (f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top());
    ((x / unit) as f32, (y / unit) as f32)
}

/// Returns all movements since the last event, where the browser keeps them, so that quick strokes stay round.
fn coalesced(event: &PointerEvent) -> Vec<PointerEvent> {
    let method = Reflect::get(event, &"getCoalescedEvents".into()).ok();
    let events =
        method.and_then(|method| method.dyn_into::<Function>().ok()?.call0(event).ok()?.dyn_into::<Array>().ok());
    let events =
        events.map_or_else(Vec::new, |events| events.iter().filter_map(|event| event.dyn_into().ok()).collect());
    if events.is_empty() { vec![event.clone()] } else { events }
}
