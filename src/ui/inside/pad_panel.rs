//! The panel: the pad with its buttons, the steps of the preparation, and the answer.

use leptos::prelude::*;

use super::answer_view::AnswerView;
use super::pad_canvas::{HINT, PadCanvas};
use super::pad_state::PadState;
use super::steps_view::StepsView;

#[component]
pub(crate) fn PadPanel() -> impl IntoView {
    let state = PadState::new();
    provide_context(state);
    view! {
        <div class="pad-panel">
            <div class="pad-side">
                <PadCanvas/>
                <div class="buttons">
                    <button type="button" on:click=move |_| state.undo() disabled=move || state.image.with(Option::is_none) && !state.drawing.with(|drawing| drawing.can_undo())>"Undo"</button>
                    <button type="button" on:click=move |_| state.clear() disabled=move || state.is_empty()>"Clear"</button>
                </div>
                <p class="hint" id=HINT>"With the keyboard: arrow keys move the pen, Space puts it down and lifts it. Delete clears, Ctrl+Z takes back the last line."</p>
            </div>
            <AnswerView/>
            <StepsView/>
        </div>
    }
}
