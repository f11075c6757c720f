//! A row of the list of kept runs.

use leptos::prelude::*;

use super::state::KeptRunsState;
use super::title::{started, title};
use crate::format::{duration, percent};
use crate::trainer::kept::list::{KeptRun, Tab};
use crate::trainer::run::record::RunKey;
use crate::trainer::run::record_check::LONGEST_NAME;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{text, words};
use crate::ui::kit::memo::memo;
use crate::ui::trainer::files::state::FilesState;
use crate::ui::trainer::ownership::OWNED_ELSEWHERE;
use crate::ui::trainer::state::TrainerState;

/// The text of an empty cell.
const NOTHING: &str = "–";

/// The largest number of characters of a device's name in the list. The log has the whole name.
const LONGEST_DEVICE: usize = 80;

/// The row of one kept run.
#[component]
pub(crate) fn RunRow(key: RunKey) -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let run = memo(move || state.run(key));
    let show =
        move |cell: fn(&KeptRun) -> String| words(move || run.with(|run| run.as_ref().map(cell).unwrap_or_default()));
    let name = memo(move || run.with(|run| run.as_ref().map(|run| title(&run.record)).unwrap_or_default()));
    let toggle_label = text(move || format!("Show “{}” on the charts", name.get()));
    view! {
        <tr>
            <td data-label="Show">
                <input
                    type="checkbox" aria-label=toggle_label
                    prop:checked=move || state.is_current(key) || state.is_overlaid(key)
                    disabled=move || state.is_current(key)
                    title=move || state.is_current(key).then_some("This is the current run; it is always on the charts.")
                    on:change=move |event| state.overlay(key, event_target_checked(&event))
                />
            </td>
            <th scope="row" data-label="Name">
                <input
                    type="text" class="run-name" maxlength=LONGEST_NAME.to_string() autocomplete="off" spellcheck="false"
                    placeholder=started(key) aria-label=format!("Name of the run from {}", started(key))
                    prop:value=move || run.with(|run| run.as_ref().map(|run| run.record.name.clone()).unwrap_or_default())
                    on:change=move |event| state.rename(key, &event_target_value(&event))
                />
            </th>
            <td data-label="Settings" class="run-recipe" prop:textContent=show(|run| run.record.plan.recipe.describe())></td>
            <td data-label="Seed" class="number" translate="no" prop:textContent=show(|run| run.record.plan.recipe.seed.to_string())></td>
            <td data-label="Device" class="run-device" translate="no" prop:textContent=show(device)></td>
            <td data-label="Best" class="number" translate="no" prop:textContent=show(|run| accuracy(run.record.best().map(|best| best.test_accuracy)))></td>
            <td data-label="Last" class="number" translate="no" prop:textContent=show(|run| accuracy(run.accuracy()))></td>
            <td data-label="Time" class="number" translate="no" prop:textContent=show(|run| duration(run.record.seconds))></td>
            <td data-label="State" prop:textContent=show(KeptRun::status_text)></td>
            <td data-label="Actions"><Actions key run name/></td>
        </tr>
    }
}

fn accuracy(accuracy: Option<f64>) -> String {
    accuracy.map_or_else(|| NOTHING.to_owned(), percent)
}

fn device(run: &KeptRun) -> String {
    let Some(backend) = &run.record.backend else { return NOTHING.to_owned() };
    let mut name: String = backend.name.chars().take(LONGEST_DEVICE).collect();
    if name.len() < backend.name.len() {
        name.push('…');
    }
    name
}

/// The buttons of a row: resume or continue, export, delete.
#[component]
fn Actions(key: RunKey, run: Memo<Option<KeptRun>>, name: Memo<String>) -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let trainer: TrainerState = expect_context();
    let files: FilesState = expect_context();
    let is = move |test: fn(&KeptRun) -> bool| run.with(|run| run.as_ref().is_some_and(test));
    let label = move |verb: &'static str| text(move || format!("{verb} “{}”", name.get()));
    let is_elsewhere = move || is(KeptRun::is_of_other_tab);
    let is_live = move || is(|run| run.trained_in.is_some());
    let cannot_go_on = move || trainer.running.get() || is_elsewhere();
    // The state of the row says it, too.
    let reason = move || is_elsewhere().then_some(OWNED_ELSEWHERE);
    view! {
        <div class="buttons">
            <button
                type="button" aria-label=label("Resume") hidden=move || !is(|run| run.trained_in != Some(Tab::This) && run.is_resumable())
                disabled=cannot_go_on title=reason on:click=move |_| state.resume(key)
            >"Resume"</button>
            <button
                type="button" aria-label=label("Continue") hidden=move || !is(|run| run.trained_in != Some(Tab::This) && run.is_continuable())
                disabled=cannot_go_on title=reason on:click=move |_| state.open(key)
            >"Continue…"</button>
            <button type="button" aria-label=label("Export") disabled=state.busy on:click=move |_| state.export(Some(key))>"Export"</button>
            <button
                type="button" aria-label=label("Export the weights of") hidden=move || !is(|run| run.checkpoint)
                disabled=files.busy on:click=move |_| files.export(key)
            >"Weights"</button>
            <button type="button" aria-label=label("Delete") disabled=is_live title=reason on:click=move |_| state.delete(key, name.get_untracked())>"Delete"</button>
        </div>
    }
}
