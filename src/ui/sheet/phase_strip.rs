//! The phases of the current row, and a sentence about the present one.

use leptos::prelude::*;

use super::state::{SheetState, Stride};
use crate::sheet::{Cell, Phase};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part, words};
use crate::ui::kit::memo::memo;

/// The strip "Phases": six buttons in the order of the computation, and the sentence.
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
            view! { <li><button type="button" aria-current=current on:click=choose prop:textContent=Words::from(phase.name())></button></li> }
        })
    };
    // A screen reader reads the sentence out when the user steps from phase to phase, not while the sheet plays.
    let live = move || {
        let stepping = state.stride.get() == Stride::Phase && !state.playing.get();
        if stepping { "polite" } else { "off" }
    };
    view! {
        <nav class="phases" aria-label="Phases">
            <ol>{part(move || steps().into_iter().collect_view())}</ol>
            <p class="phase-sentence" aria-live=live prop:textContent=words(move || state.phase.get().sentence())></p>
        </nav>
    }
}
