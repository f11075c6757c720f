//! The network as a diagram of the current row: circles, edges, and their values.

use leptos::prelude::*;

use super::cell_click::column_of;
use super::state::SheetState;
use crate::sheet::Column;
use crate::sheet::diagram::Diagram;
use crate::ui::kit::context::expect_context;

/// Shows the diagram "Network". A click on a part selects its column.
#[component]
pub(crate) fn NetworkDiagram(
    /// The size of the text, [`SMALL_TEXT`](crate::sheet::diagram::SMALL_TEXT) or
    /// [`LARGE_TEXT`](crate::sheet::diagram::LARGE_TEXT).
    text: f64,
) -> impl IntoView {
    let state: SheetState = expect_context();
    let svg = move || {
        let row = state.row_at(state.row.get());
        let write = |value: f64| state.write(value);
        let value = |column: Column| format!("{} {}", column.name(), write(row.get(column)));
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
        <figure class="network" aria-label="Network" tabindex="0" translate="no" on:click=select inner_html=svg></figure>
    }
}
