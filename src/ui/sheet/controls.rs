//! The controls that step through rows and phases: buttons, the slider of the row, and playing.

use std::time::Duration;

use leptos::prelude::*;

use super::grid::focus_when_rendered;
use super::learning_rate_control::LearningRateControl;
use super::state::{SheetState, Stride};
use crate::sheet::number;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::number_field::NumberField;

/// The controls that a phone keeps within reach of the thumb: the buttons, the row and the learning rate.
#[component]
pub(crate) fn SheetControls() -> impl IntoView {
    let state: SheetState = expect_context();
    let at_start = move || state.is_at_start();
    let at_end = move || state.is_at_end();
    // A button that is switched off loses the focus, and the keys would reach nothing.
    let keep_focus = move |is_off: bool| {
        if is_off {
            focus_when_rendered(state.cell.get_untracked());
        }
    };
    let reset = move |_| {
        state.reset();
        keep_focus(true);
    };
    let back = move |_| {
        state.back();
        keep_focus(untrack(at_start));
    };
    let step = move |_| {
        untrack(|| state.step());
        keep_focus(untrack(at_end));
    };

    Effect::new(move |timer: Option<Option<IntervalHandle>>| {
        if let Some(timer) = timer.flatten() {
            timer.clear();
        }
        let interval = Duration::from_secs(1) / state.speed.get().max(1);
        // If the browser refuses a timer, the button "Step" still works.
        if state.playing.get() {
            set_interval_with_handle(move || untrack(|| state.step()), interval).ok()
        } else {
            None
        }
    });
    view! {
        <div class="controls" role="group" aria-label="Sheet controls">
            <div class="buttons stepping">
                <button type="button" on:click=reset disabled=at_start>"Reset"</button>
                <button type="button" on:click=back disabled=at_start>"Back"</button>
                <button type="button" class="primary" on:click=step disabled=at_end>"Step"</button>
                <button
                    type="button" class="play" on:click=move |_| state.play_or_pause()
                    prop:textContent=words(move || if state.playing.get() { "Pause" } else { "Play" })
                ></button>
            </div>
            <Scrubber/>
            <LearningRateControl/>
        </div>
    }
}

/// What one step is, and the number of steps a second while playing.
#[component]
pub(crate) fn Pace() -> impl IntoView {
    let state: SheetState = expect_context();
    let unit = move || match state.stride.get() {
        Stride::Row => "rows per second",
        Stride::Phase => "phases per second",
    };
    let choose = move |event| {
        state.stride.set(if event_target_value(&event) == "phase" { Stride::Phase } else { Stride::Row });
    };
    let value = move || match state.stride.get() {
        Stride::Row => "row",
        Stride::Phase => "phase",
    };
    let set_speed = move |event| {
        if let Ok(speed) = event_target_value(&event).parse() {
            state.speed.set(speed);
        }
    };
    view! {
        <div class="pace">
            <label>
                <span class="field-name">"step by"</span>
                <select aria-label="Step by" prop:value=value on:change=choose>
                    <option value="row">"row"</option>
                    <option value="phase">"phase"</option>
                </select>
            </label>
            <label class="speed">
                <input
                    type="range" min="1" max="60" aria-label="Speed" prop:value=move || state.speed.get().to_string()
                    aria-valuetext=move || format!("{} {}", state.speed.get(), unit()) on:input=set_speed
                />
                <span class="field-name"><span class="number" translate="no" prop:textContent=words(move || state.speed.get())></span> " per second"</span>
            </label>
        </div>
    }
}

/// The current row as a slider and as a number.
#[component]
fn Scrubber() -> impl IntoView {
    let state: SheetState = expect_context();
    let row = Signal::derive(move || state.row.get() as f64);
    let parse = move |text: &str| number::parse_count(text, 0, state.updates.get_untracked());
    let scrub = move |event| {
        if let Ok(row) = event_target_value(&event).parse() {
            state.go_to(row);
        }
    };
    view! {
        <div class="scrubber">
            <span class="field-name">"Row"</span>
            <NumberField name="Row" value=row write=number::full parse=parse keyboard="numeric" set=move |row| state.go_to(row as usize) leave=|| {}/>
            <input
                type="range" min="0" max=state.updates aria-label="Row" prop:value=move || state.row.get().to_string()
                aria-valuetext=move || format!("{} of {}", state.row.get(), state.updates.get()) on:input=scrub
            />
        </div>
    }
}
