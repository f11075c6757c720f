//! Stepping through the rows.

use std::time::Duration;

use leptos::prelude::*;

use super::learning_rate_control::LearningRateControl;
use super::sheet_state::{SheetState, UPDATES};

/// Time between two rows while playing.
const BEAT: Duration = Duration::from_millis(150);

/// The strip with step, back, play, reset and the learning rate.
#[component]
pub(super) fn SheetControls() -> impl IntoView {
    let state: SheetState = expect_context();
    let row = state.current_row();
    let at_start = move || row.get() == 0;
    let at_end = move || row.get() == UPDATES;

    Effect::new(move |timer: Option<Option<IntervalHandle>>| {
        if let Some(timer) = timer.flatten() {
            timer.clear();
        }
        // A browser that refuses a timer leaves the Step button.
        if state.playing.get() { set_interval_with_handle(move || state.step(), BEAT).ok() } else { None }
    });

    let play_or_pause = move |_| {
        if !state.playing.get_untracked() && row.get_untracked() == UPDATES {
            state.go_to(0);
        }
        state.playing.update(|playing| *playing = !*playing);
    };
    let reset = move |_| {
        state.playing.set(false);
        state.go_to(0);
    };
    view! {
        <div class="controls" role="group" aria-label="Sheet controls">
            <div class="buttons">
                <button type="button" on:click=reset disabled=at_start>"Reset"</button>
                <button type="button" on:click=move |_| state.back() disabled=at_start>"Back"</button>
                <button type="button" class="primary" on:click=move |_| state.step() disabled=at_end>"Step"</button>
                <button type="button" class="play" on:click=play_or_pause>
                    {move || if state.playing.get() { "Pause" } else { "Play" }}
                </button>
            </div>
            <p class="position">"Row " <strong>{row}</strong> " of " {UPDATES}</p>
            <LearningRateControl/>
        </div>
    }
}
