//! How far a step goes, and how fast steps follow each other.

use leptos::prelude::*;

use super::state::{SPEEDS, SheetState, Stride};
use crate::sheet::number;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;

/// What one step is, and the number of steps a second while playing.
#[component]
pub(crate) fn Pace() -> impl IntoView {
    let state: SheetState = expect_context();
    let choose = move |event| {
        state.stride.set(match event_target_value(&event).as_str() {
            "phase" => Stride::Phase,
            "number" => Stride::Number,
            _ => Stride::Row,
        });
    };
    let value = move || match state.stride.get() {
        Stride::Row => "row",
        Stride::Phase => "phase",
        Stride::Number => "number",
    };
    let set_speed = move |event| {
        if let Ok(speed) = event_target_value(&event).parse() {
            state.speed.set(speed);
        }
    };
    let speed = move || match SPEEDS.get(state.speed.get()) {
        Some(_) if state.stride.get() == Stride::Number => format!("{} s to guess", state.guess()),
        Some(&speed) if speed < 1.0 => format!("1 step in {} s", number::full(1.0 / speed)),
        Some(&speed) => format!("{} per second", number::full(speed)),
        None => String::new(),
    };
    view! {
        <label>
            <span class="field-name">"Step by"</span>
            <select aria-label="Step by" prop:value=value on:change=choose>
                <option value="row">"row"</option>
                <option value="phase">"phase"</option>
                <option value="number">"number: predict first"</option>
            </select>
        </label>
        <label class="speed">
            <span class="field-name">"Speed"</span>
            <input
                type="range" min="0" max=SPEEDS.len() - 1 aria-label="Speed" prop:value=move || state.speed.get().to_string()
                aria-valuetext=speed on:input=set_speed
            />
            <span class="number" translate="no" prop:textContent=words(speed)></span>
        </label>
    }
}
