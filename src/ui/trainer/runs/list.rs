//! The region "Runs": the runs that this browser keeps, to compare them, to resume them, and to save them as files.

use std::time::Duration;

use leptos::html::Input;
use leptos::prelude::*;

use super::row::RunRow;
use super::state::KeptRunsState;
use crate::trainer::kept::list::{self, GroupResults, MOST, ROWS_AT_ONCE};
use crate::trainer::run::record::RunKey;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, Words, part, words};
use crate::ui::kit::file_input;
use crate::ui::kit::memo::{effect, memo};

/// The columns of the table.
const COLUMNS: [&str; 10] = ["Show", "Name", "Settings", "Seed", "Device", "Best", "Last", "Time", "State", "Actions"];

/// The number of runs from which on no more rows are added. Runs with a name and interrupted runs are never deleted by the page, so there may be more.
const MOST_SHOWN: usize = 300;

/// The region with its buttons and the table.
#[component]
pub(crate) fn RunList() -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let is_empty = memo(move || state.groups.with(|groups| groups.as_ref().is_some_and(Vec::is_empty)));
    let has_runs = memo(move || state.groups.with(|groups| groups.as_ref().is_some_and(|list| !list.is_empty())));
    let unreadable = move || match state.unreadable.get() {
        1 => "One more run cannot be shown: it is damaged, or was saved by another version of this page.".to_owned(),
        count => format!(
            "{count} more runs cannot be shown: they are damaged, or were saved by another version of this page."
        ),
    };
    view! {
        <section class="runs" aria-label="Runs">
            <div class="runs-head">
                <h2>"Runs"</h2>
                <Tools has_runs/>
            </div>
            <FeedbackText/>
            <Show when=move || is_empty.get()>
                <p class="hint runs-empty">
                    "Every run that you train is saved here, in this browser only. You can compare runs, train them for more epochs, and resume a run after you have closed the page. There are no runs yet."
                </p>
            </Show>
            <Show when=move || has_runs.get()><Table/></Show>
            <p class="hint" hidden=move || state.unreadable.get() == 0 prop:textContent=words(unreadable)></p>
        </section>
    }
}

/// The buttons to export all runs and to import runs.
#[component]
fn Tools(has_runs: Memo<bool>) -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let input = NodeRef::<Input>::new();
    let take = move |_| {
        if let Some(file) = file_input::chosen(input).first() {
            state.import(file);
        }
    };
    view! {
        <div class="buttons">
            <button type="button" disabled=move || state.busy.get() || !has_runs.get() on:click=move |_| state.export(None)>"Export all"</button>
            <button type="button" disabled=state.busy on:click=move |_| file_input::open(input)>"Import…"</button>
            <input type="file" class="visually-hidden" tabindex="-1" aria-label="File with runs" accept=".json" node_ref=input on:change=take/>
        </div>
    }
}

/// Why nothing can be saved, and what came of the user's last action in the list.
#[component]
fn FeedbackText() -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let trouble = move || match state.trouble.get() {
        Some(reason) => format!("Runs cannot be saved. {reason} You can train all the same."),
        None => String::new(),
    };
    view! {
        <p class="runs-trouble" role="alert" prop:textContent=words(trouble)></p>
        <p class="runs-trouble" role="alert" prop:textContent=words(move || state.lost.get())></p>
        <div class="runs-told" role="status" class:failed=move || state.feedback.with(|feedback| feedback.failed)>
            <span prop:textContent=words(move || state.feedback.with(|feedback| feedback.text.clone()))></span>
            <button type="button" hidden=move || !state.feedback.with(|feedback| feedback.can_undo) on:click=move |_| state.undo()>"Undo"</button>
        </div>
    }
}

#[component]
fn Table() -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let count =
        move || state.groups.with(|groups| groups.iter().flatten().map(|group| group.runs.len()).sum::<usize>());
    let not_shown = memo(move || {
        let shown = |rows: Vec<list::Rows>| rows.iter().map(|(_, keys)| keys.len()).sum::<usize>();
        let shown = state.groups.with(|groups| shown(list::rows(groups.as_deref().unwrap_or_default(), MOST_SHOWN)));
        count() - shown
    });
    // The rows of a long list are built in one task after another, so that the page stays alive.
    let most = RwSignal::new(ROWS_AT_ONCE);
    effect(move || {
        if most.get() < count().min(MOST_SHOWN) {
            set_timeout(move || most.update(|most| *most += ROWS_AT_ONCE), Duration::ZERO);
        }
    });
    // A row is built once and updates its cells, so that a name can be typed while the run changes.
    let parts = move || state.groups.with(|groups| list::rows(groups.as_deref().unwrap_or_default(), most.get()));
    view! {
        <div class="runs-scroll" tabindex="0" role="region" aria-label="Table of runs">
            <table>
                <thead>
                    <tr>{COLUMNS.map(|name| view! { <th scope="col">{name}</th> }).into_iter().collect_view()}</tr>
                </thead>
                <For each=parts key=|rows| rows.clone() let((is_first, keys))>
                    <tbody class:continued=!is_first>
                        {is_first.then(|| view! { <GroupRow first=keys[0]/> })}
                        {keys.iter().map(|key| view! { <RunRow key=*key/> }).collect_view()}
                    </tbody>
                </For>
            </table>
        </div>
        <p class="hint">
            {format!("Up to {MOST} runs are kept; then the unnamed runs that ended longest ago are deleted.")}
        </p>
        <p
            class="hint" hidden=move || not_shown.get() == 0
            prop:textContent=words(move || format!("{} more runs are not shown. Delete some to see them.", not_shown.get()))
        ></p>
    }
}

/// The line above runs with the same settings and several seeds.
#[component]
fn GroupRow(first: RunKey) -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let line = memo(move || {
        state.groups.with(|groups| {
            let group = groups.iter().flatten().find(|group| group.runs[0].key() == first)?;
            group.results.as_ref().map(GroupResults::line)
        })
    });
    part(move || {
        line.get().map(|line| {
            view! { <tr class="runs-group"><th scope="rowgroup" colspan=COLUMNS.len().to_string() prop:textContent=Words::from(line)></th></tr> }
        })
    })
}
