//! The region "Runs": everything that was trained here, to compare, to go on with, to carry away.

use leptos::html::Input;
use leptos::prelude::*;

use super::row::RunRow;
use super::state::RunsState;
use crate::trainer::kept::list::{Cluster, Group, KeptRun, MOST};
use crate::trainer::run::record::RunKey;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, part, text};
use crate::ui::kit::file_input;
use crate::ui::kit::memo::memo;

/// Columns of the table.
const COLUMNS: [&str; 10] = ["Show", "Name", "Recipe", "Seed", "Device", "Best", "Last", "Time", "State", "Actions"];

/// The list with its tools.
#[component]
pub(crate) fn RunList() -> impl IntoView {
    let state: RunsState = expect_context();
    let is_empty = memo(move || state.clusters.with(|clusters| clusters.as_ref().is_some_and(Vec::is_empty)));
    let some = memo(move || state.clusters.with(|clusters| clusters.as_ref().is_some_and(|list| !list.is_empty())));
    view! {
        <section class="runs" aria-label="Runs">
            <div class="runs-head">
                <h2>"Runs"</h2>
                <Tools some/>
            </div>
            <Answer/>
            <Show when=move || is_empty.get()>
                <p class="hint runs-empty">
                    "Each run you train is kept here, in this browser only: to compare it with others, to train it further, and to resume it after the page was closed. There is none yet."
                </p>
            </Show>
            <Show when=move || some.get()><Table/></Show>
            <p class="hint" hidden=move || state.unreadable.get() == 0>
                {text(move || match state.unreadable.get() {
                    1 => "One more run is of another version of this page, or damaged, and cannot be shown.".to_owned(),
                    count => format!("{count} more runs are of another version of this page, or damaged, and cannot be shown."),
                })}
            </p>
        </section>
    }
}

/// Export all, import.
#[component]
fn Tools(some: Memo<bool>) -> impl IntoView {
    let state: RunsState = expect_context();
    let input = NodeRef::<Input>::new();
    let take = move |_| {
        if let Some(file) = file_input::chosen(input).first() {
            state.import(file);
        }
    };
    view! {
        <div class="buttons">
            <button type="button" disabled=move || state.busy.get() || !some.get() on:click=move |_| state.export(None)>"Export all"</button>
            <button type="button" disabled=state.busy on:click=move |_| file_input::open(input)>"Import…"</button>
            <input type="file" class="visually-hidden" tabindex="-1" aria-label="File of runs" accept=".json" node_ref=input on:change=take/>
        </div>
    }
}

/// What came of the last thing that was done with the list.
#[component]
fn Answer() -> impl IntoView {
    let state: RunsState = expect_context();
    view! {
        <p class="runs-trouble" role="alert">
            {text(move || match state.trouble.get() {
                Some(reason) => format!("Runs are not kept. {reason} Training works all the same."),
                None => String::new(),
            })}
        </p>
        <div class="runs-told" role="status" class:failed=move || state.told.with(|told| told.failed)>
            <span>{text(move || state.told.with(|told| told.text.clone()))}</span>
            <button type="button" hidden=move || !state.told.with(|told| told.undo) on:click=move |_| state.undo()>"Undo"</button>
        </div>
    }
}

#[component]
fn Table() -> impl IntoView {
    let state: RunsState = expect_context();
    // Rows stay as they are while their runs change, so that nobody is thrown out of a field.
    let clusters = move || {
        state.clusters.with(|clusters| {
            let keys = |cluster: &Cluster| cluster.runs.iter().map(KeptRun::key).collect::<Vec<_>>();
            clusters.iter().flatten().map(keys).collect::<Vec<_>>()
        })
    };
    view! {
        <div class="runs-scroll" tabindex="0" role="region" aria-label="Table of runs">
            <table>
                <thead>
                    <tr>{COLUMNS.map(|name| view! { <th scope="col">{name}</th> }).into_iter().collect_view()}</tr>
                </thead>
                <For each=clusters key=|keys| keys.clone() let(keys)>
                    <tbody>
                        <GroupRow first=keys[0]/>
                        {keys.iter().map(|key| view! { <RunRow key=*key/> }).collect_view()}
                    </tbody>
                </For>
            </table>
        </div>
        <p class="hint">
            {format!("Up to {MOST} runs are kept; beyond that the oldest without a name go.")}
        </p>
    }
}

/// The line above runs of one recipe with several seeds.
#[component]
fn GroupRow(first: RunKey) -> impl IntoView {
    let state: RunsState = expect_context();
    let line = memo(move || {
        state.clusters.with(|clusters| {
            let cluster = clusters.iter().flatten().find(|cluster| cluster.runs[0].key() == first)?;
            cluster.group.as_ref().map(Group::line)
        })
    });
    part(move || {
        line.get().map(|line| {
            view! { <tr class="runs-group"><th scope="rowgroup" colspan=COLUMNS.len().to_string()>{line}</th></tr> }
        })
    })
}
