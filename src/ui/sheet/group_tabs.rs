//! The tabs above the table: its groups of columns, of which those in sight are marked.

use leptos::prelude::*;

use super::state::SheetState;
use crate::sheet::window::Span;
use crate::sheet::{Column, column::Group};
use crate::ui::kit::context::expect_context;

/// Shows the tabs. A click calls `go` with the first column of the group.
#[component]
pub(crate) fn GroupTabs(
    /// The first and the last column in sight.
    columns: RwSignal<Span>,
    /// Brings a column into sight.
    go: impl Fn(Column) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let state: SheetState = expect_context();
    let tab = move |Group { name, first, len }: Group| {
        let from = first.index();
        let is_seen = move || {
            let (left, right) = columns.get();
            // The span has a column more on each side.
            from + len > left + 1 && from + 1 < right
        };
        let class = format!("group-tab {}", first.quantity().class());
        view! {
            <button
                type="button" class=class class:seen=is_seen hidden=move || first.is_delta() && !state.shows_deltas()
                on:click=move |_| go(first)
            >{name}</button>
        }
    };
    view! { <nav class="group-tabs" aria-label="Groups of columns">{Column::GROUPS.map(tab).into_iter().collect_view()}</nav> }
}
