//! The network as a diagram of the current row: circles, edges, and their values.

use leptos::prelude::*;

use super::cell_click::column_of;
use super::state::SheetState;
use crate::sheet::Column;
use crate::sheet::diagram::{Diagram, LARGE_TEXT, SMALL_TEXT};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic;
use crate::ui::kit::narrow::media;

/// The windows in which `style/` gives the drawing so little room that its numbers must be larger: phones, and tablets and
/// projectors with the curves beside it.
const SMALL_DRAWING: &str = "(max-width: 45rem), (min-width: 60rem) and (max-width: 84.99rem) and (min-height: 40rem)";

/// The windows in which an exercise leaves the drawing little room.
const SMALL_IN_EXERCISE: &str = "(min-width: 60rem) and (min-height: 40rem) and (max-height: 44rem)";

/// Shows the diagram "Network". A click on a part selects its column.
#[component]
pub(crate) fn NetworkDiagram(
    /// The size of the text; by default it is one that can be read in this window.
    #[prop(optional)]
    text: Option<f64>,
) -> impl IntoView {
    let state: SheetState = expect_context();
    let (is_small, is_small_in_exercise) = (media(SMALL_DRAWING), media(SMALL_IN_EXERCISE));
    let svg = move || {
        let is_small = is_small.get() || is_small_in_exercise.get() && state.is_practising();
        let text = text.unwrap_or(if is_small { LARGE_TEXT } else { SMALL_TEXT });
        let row = state.row_at(state.row.get());
        let write = |value: f64| state.write(value);
        let value = |column: Column| format!("{} {}", column.label(), write(row.get(column)));
        let columns = [Column::AH1, Column::AH2, Column::AO1, Column::AO2, Column::ETotal];
        let summary = format!("The 2-2-2 network in row {}: {}.", state.row.get(), columns.map(value).join(", "));
        let mark = |column: Column| state.mark(column);
        Diagram { row: &row, cell: state.cell.get(), text, write: &write, mark: &mark }.svg(&summary)
    };
    let select = move |event: leptos::ev::MouseEvent| {
        if let Some((column, _)) = column_of(&event) {
            state.select(column);
        }
    };
    // On a phone the diagram is wider than the screen. With the focus it can be scrolled by keyboard.
    view! {
        <figure class="network" aria-label="Network" tabindex="0" translate="no" on:click=select inner_html=dynamic::text(svg)></figure>
    }
}
