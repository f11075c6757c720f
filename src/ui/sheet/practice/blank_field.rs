//! Where a blank of the exercise is filled.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::feedback::Tone;
use crate::sheet::Cell;
use crate::sheet::blanks::Mark;
use crate::ui::kit::context::expect_context;
use crate::ui::sheet::state::SheetState;

/// A field for the value of an open blank; Enter hands it in.
#[component]
pub(crate) fn BlankField(cell: Cell) -> impl IntoView {
    let state: SheetState = expect_context();
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let hand_in = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(mark) = state.fill(|fill| fill.enter(cell, &text.get_untracked())).flatten() else { return };
        let right = mark == Mark::Right;
        wrong.set(!right);
        let all = right && state.next_blank().is_none();
        let more = if all { " That was the last one." } else { "" };
        let tone = if right { Tone::Good } else { Tone::NotYet };
        state.say(tone, format!("{}: {}{more}", cell.column.name(), mark.message()));
        if right {
            // The field is gone now; the cell shows the value.
            crate::ui::sheet::grid::focus_when_rendered(cell);
        }
    };
    view! {
        <form class="blank-field" on:submit=hand_in>
            <input
                class="number" type="text" inputmode="decimal" autocomplete="off" spellcheck="false" placeholder="?"
                aria-label=format!("Value of {} in row {}", cell.column.name(), cell.row)
                aria-invalid=move || wrong.get().to_string()
                prop:value=text on:input=move |event| text.set(event_target_value(&event))
            />
            <button type="submit">"Check"</button>
        </form>
    }
}
