//! The phases of the current row.

use leptos::prelude::*;

use super::state::SheetState;
use crate::sheet::{Cell, Phase};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part};
use crate::ui::kit::memo::memo;

/// The strip "Phases": six buttons in the order of the computation. The tooltip of each says what happens in it.
#[component]
pub(crate) fn PhaseStrip() -> impl IntoView {
    let state: SheetState = expect_context();
    let phases = memo(move || Phase::of_row(state.row.get()));
    let steps = move || {
        phases.get().map(|phase| {
            let choose = move |_| {
                state.playing.set(false);
                state.select_cell(Cell { column: phase.columns()[0], ..state.cell.get_untracked() });
            };
            let current = move || (state.phase.get() == phase).then_some("step");
            view! { <li><button type="button" title=phase.sentence() aria-current=current on:click=choose prop:textContent=Words::from(phase.name())></button></li> }
        })
    };
    view! { <nav class="phases" aria-label="Phases"><ol>{part(move || steps().into_iter().collect_view())}</ol></nav> }
}
