//! Stepping through the rows.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::learning_rate_control::LearningRateControl;
use super::sheet_state::{SheetState, UPDATES};
use crate::sheet::lesson::{Change, History, Lesson};

/// Time between two rows while playing.
const BEAT: Duration = Duration::from_millis(150);

/// The strip with step, back, play, reset and the learning rate.
#[component]
pub(super) fn SheetControls() -> impl IntoView {
    let state: SheetState = expect_context();
    let row = state.row;
    let at_start = move || row.get() == 0;
    let at_end = move || row.get() == UPDATES;

    Effect::new(move |timer: Option<Option<IntervalHandle>>| {
        if let Some(timer) = timer.flatten() {
            timer.clear();
        }
        // A browser that refuses a timer leaves the Step button.
        if state.playing.get() { set_interval_with_handle(move || state.step(), BEAT).ok() } else { None }
    });

    let reset = move |_| {
        state.playing.set(false);
        state.go_to(0);
    };
    view! {
        <div class="controls" role="group" aria-label="Sheet controls">
            <div class="buttons stepping">
                <button type="button" on:click=reset disabled=at_start>"Reset"</button>
                <button type="button" on:click=move |_| state.back() disabled=at_start>"Back"</button>
                <button type="button" class="primary" on:click=move |_| state.step() disabled=at_end>"Step"</button>
                <button type="button" class="play" on:click=move |_| state.play_or_pause()>
                    {move || if state.playing.get() { "Pause" } else { "Play" }}
                </button>
            </div>
            <p class="position">"Row " <strong>{row}</strong> " of " {UPDATES}</p>
            <LearningRateControl/>
            <HistoryButtons/>
        </div>
    }
}

/// Undo and redo of every change to the constants and the learning rate, by button and by key.
#[component]
fn HistoryButtons() -> impl IntoView {
    let state: SheetState = expect_context();
    let history = state.history;
    let undo = move || history.update(History::undo);
    let redo = move || history.update(History::redo);
    let listener = window_event_listener(ev::keydown, move |event| {
        // In a text field these keys are the browser's own undo.
        let typing = event.target().is_some_and(|target| {
            target.dyn_ref::<web_sys::HtmlInputElement>().is_some_and(|input| input.type_() == "text")
        });
        if typing || !(event.ctrl_key() || event.meta_key()) {
            return;
        }
        match (event.key().as_str(), event.shift_key()) {
            ("z", false) => undo(),
            ("y", false) | ("Z" | "z", true) => redo(),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || listener.remove());
    let classic = move |_| state.change(Change::Everything, |lesson| *lesson = Lesson::CLASSIC);
    view! {
        <div class="buttons history">
            <button type="button" title="Ctrl+Z" disabled=move || !history.with(History::can_undo) on:click=move |_| undo()>"Undo"</button>
            <button type="button" title="Ctrl+Y" disabled=move || !history.with(History::can_redo) on:click=move |_| redo()>"Redo"</button>
            <button type="button" hidden=move || state.lesson.get() == Lesson::CLASSIC on:click=classic>"Classic values"</button>
        </div>
    }
}
