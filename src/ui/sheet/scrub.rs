//! Scrubbing: a given number is dragged to the left or to the right to change it, with everything following.

use leptos::ev::{self, PointerEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::cell_click::{column_of, row_of};
use super::state::SheetState;
use crate::sheet::{Cell, Column, Phase, learning_rate};

/// How far a mouse, and how far a finger must move before a press is a drag, in CSS pixels.
const SLACK: (f64, f64) = (4.0, 10.0);
/// The change of a number for each CSS pixel.
const PER_PIXEL: f64 = 0.005;
/// The decimals that a dragged number keeps.
const UNIT: f64 = 0.01;

/// What is dragged.
#[derive(Clone, Copy)]
enum Target {
    /// A constant of row 0, and its value at the press.
    Constant(Column, f64),
    /// The learning rate, and its stop on the slider at the press.
    Rate(u32),
}

/// A drag that has begun, or may begin.
#[derive(Clone, Copy)]
struct Drag {
    target: Target,
    from: f64,
    slack: f64,
    /// Whether the pointer has moved far enough.
    is_moving: bool,
}

/// The drag of a number.
#[derive(Clone, Copy)]
pub(crate) struct Scrub {
    state: SheetState,
    drag: StoredValue<Option<Drag>>,
}

impl Scrub {
    /// Creates the state, and listens for the pointer.
    pub(crate) fn new(state: SheetState) -> Self {
        let scrub = Self { state, drag: StoredValue::new(None) };
        let moved = window_event_listener(ev::pointermove, move |event| scrub.pull(&event));
        let released = window_event_listener(ev::pointerup, move |_| scrub.release());
        let cancelled = window_event_listener(ev::pointercancel, move |_| scrub.release());
        on_cleanup(move || {
            moved.remove();
            released.remove();
            cancelled.remove();
        });
        scrub
    }

    /// Takes hold of the number under the pointer, if it is given and not computed.
    pub(crate) fn press(self, event: &PointerEvent) {
        if event.button() != 0 || untrack(|| self.state.is_practising()) {
            return;
        }
        if let Some(target) = self.target(event) {
            let slack = if is_finger(event) { SLACK.1 } else { SLACK.0 };
            self.drag.set_value(Some(Drag { target, from: f64::from(event.client_x()), slack, is_moving: false }));
        }
    }

    /// Returns the given number under the pointer.
    fn target(self, event: &PointerEvent) -> Option<Target> {
        let state = self.state;
        let element: Element = event.target()?.dyn_into().ok()?;
        if element.closest(".formula .q-rate").ok()?.is_some() {
            return Some(Target::Rate(learning_rate::stop_of(state.learning_rate.get_untracked())));
        }
        let (column, part) = column_of(event)?;
        // A finger that is put on the table or the network may be about to scroll it: it drags a number that is selected.
        if is_finger(event) && part.closest(".formula, [aria-selected=true], .selected").ok()?.is_none() {
            return None;
        }
        let row = row_of(&part)
            .unwrap_or_else(|| state.row.get_untracked().saturating_sub(usize::from(part.has_attribute("data-above"))));
        let is_given = Phase::of(Cell { row, column }) == Phase::Given;
        is_given.then(|| Target::Constant(column, untrack(|| state.row_at(row)).get(column)))
    }

    fn pull(self, event: &PointerEvent) {
        let Some(mut drag) = self.drag.get_value() else { return };
        // The button was released outside of the window.
        if event.buttons() == 0 {
            return self.release();
        }
        let by = f64::from(event.client_x()) - drag.from;
        if !drag.is_moving {
            if by.abs() < drag.slack {
                return;
            }
            drag.is_moving = true;
            self.drag.set_value(Some(drag));
            self.state.end_edit();
        }
        match drag.target {
            Target::Constant(column, value) => {
                let moved = libm::round(by * PER_PIXEL / UNIT) * UNIT;
                // The sum of two short decimals is a short decimal again.
                self.state.set_constant(column, libm::round((value + moved) * 1e6) / 1e6);
            }
            Target::Rate(stop) => {
                let stop = (f64::from(stop) + by).clamp(0.0, f64::from(learning_rate::SLIDER_STOPS));
                self.state.set_learning_rate(learning_rate::at_stop(stop as u32));
            }
        }
    }

    fn release(self) {
        if let Some(drag) = self.drag.try_update_value(Option::take).flatten()
            && drag.is_moving
        {
            self.state.end_edit();
        }
    }

    /// Whether a number is being dragged, and not only pressed.
    pub(crate) fn is_moving(self) -> bool {
        self.drag.with_value(|drag| drag.is_some_and(|drag| drag.is_moving))
    }
}

/// Whether a finger, and not a mouse or a pen, touches the screen.
fn is_finger(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}
