//! The field in which the student fills a blank.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::feedback::Tone;
use crate::sheet::Cell;
use crate::sheet::practice::Mark;
use crate::ui::kit::context::expect_context;
use crate::ui::sheet::cell_focus::{focus_field, focus_when_rendered};
use crate::ui::sheet::state::SheetState;

/// A field for the value of an empty blank. Enter, or the button, checks it.
#[component]
pub(crate) fn BlankField(cell: Cell) -> impl IntoView {
    let state: SheetState = expect_context();
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let check = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(mark) = state.with_fill_in(|fill| fill.enter(cell, &text.get_untracked())).flatten() else { return };
        let right = mark == Mark::Right;
        wrong.set(!right);
        let next = state.next_blank();
        let more = if right && next.is_none() { " That was the last one." } else { "" };
        let tone = if right { Tone::Good } else { Tone::NotYet };
        state.give_feedback(tone, format!("{}: {}{more}", cell.column.label(), mark.message()));
        match next {
            _ if !right => {}
            // The next blank has a field of its own.
            Some(next) => {
                state.select_cell(next);
                request_animation_frame(|| {
                    focus_field();
                });
            }
            // The field is no longer in the page; the cell shows the value.
            None => focus_when_rendered(cell),
        }
    };
    view! {
        <form class="blank-field" on:submit=check>
            <input
                class="number" type="text" inputmode="text" autocomplete="off" spellcheck="false" placeholder="?"
                aria-label=format!("Value of {} in row {}", cell.column.label(), cell.row)
                aria-invalid=move || wrong.get().to_string()
                prop:value=text on:input=move |event| text.set(event_target_value(&event))
            />
            <button type="submit">"Check"</button>
        </form>
    }
}
