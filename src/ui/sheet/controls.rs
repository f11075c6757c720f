//! The controls in the order of their use: step, back, play, the learning rate, the row, and a menu for the rest. Each
//! has a place of its own, so that nothing moves under the hand.

use std::time::Duration;

use leptos::ev::FocusEvent;
use leptos::html::Details;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::cell_focus::focus_when_rendered;
use super::learning_rate_control::LearningRateControl;
use super::state::{SPEEDS, SheetState, Stride};
use super::table_tools::TableTools;
use crate::sheet::number;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::number_field::NumberField;

/// The controls, which a phone keeps within reach of the thumb.
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
        // If the browser refuses a timer, the button "Step" still works.
        if !state.playing.get() {
            None
        } else if state.stride.get() == Stride::Number {
            untrack(|| state.tick());
            set_interval_with_handle(move || untrack(|| state.tick()), Duration::from_secs(1)).ok()
        } else {
            let interval = Duration::from_secs_f64(1.0 / SPEEDS[state.speed.get().min(SPEEDS.len() - 1)]);
            set_interval_with_handle(move || untrack(|| state.step()), interval).ok()
        }
    });
    view! {
        <div class="controls" role="group" aria-label="Sheet controls">
            <div class="buttons stepping">
                <button type="button" class="primary" on:click=step disabled=at_end>"Step"</button>
                <button type="button" on:click=back disabled=at_start>"Back"</button>
                <button
                    type="button" class="play" on:click=move |_| state.play_or_pause()
                    prop:textContent=words(move || if state.playing.get() { "Pause" } else { "Play" })
                ></button>
                <button type="button" on:click=reset disabled=at_start>"Reset"</button>
            </div>
            <LearningRateControl/>
            <Scrubber/>
            <Menu/>
        </div>
    }
}

/// The menu "Options". It closes with Escape, and when the focus leaves it.
#[component]
fn Menu() -> impl IntoView {
    let menu = NodeRef::<Details>::new();
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    // The key counts everywhere: a button of the menu that is switched off loses the focus.
    let on_key = window_event_listener(leptos::ev::keydown, move |event| {
        let is_open = || menu.get_untracked().is_some_and(|menu| menu.open());
        if event.key() == "Escape" && !event.default_prevented() && is_open() {
            close();
            if let Some(summary) = menu.get_untracked().and_then(|menu| menu.first_element_child())
                && let Ok(summary) = summary.dyn_into::<web_sys::HtmlElement>()
            {
                // Focusing an element in the page cannot fail.
                let _ = summary.focus();
            }
        }
    });
    let on_leave = move |event: FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        // The focus also leaves when the window does, or when a press hits something that takes no focus.
        if to.is_some_and(|to| menu.get_untracked().is_some_and(|menu| !menu.contains(Some(&to)))) {
            close();
        }
    };
    let on_press = window_event_listener(leptos::ev::pointerdown, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if menu.get_untracked().is_some_and(|menu| !menu.contains(target.as_ref())) {
            close();
        }
    });
    on_cleanup(move || {
        on_key.remove();
        on_press.remove();
    });
    view! {
        <details class="menu" node_ref=menu on:focusout=on_leave>
            <summary>"Options"</summary>
            <TableTools/>
        </details>
    }
}

/// The current row as a slider and as a number.
#[component]
fn Scrubber() -> impl IntoView {
    let state: SheetState = expect_context();
    let row = Signal::derive(move || state.row.get() as f64);
    let parse = move |text: &str| number::parse_count(text, 0, state.updates.get());
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
