//! The tool "Practice": a dialog in which the user chooses an exercise and a task.

use leptos::prelude::*;

use crate::sheet::Exercise;
use crate::sheet::practice::parse_seed;
use crate::ui::bridge::{Ask, Tools};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::tool_button::ToolButton;
use crate::ui::sheet::cell_focus::focus_exercise;
use crate::ui::sheet::state::SheetState;

/// The largest task number that the page chooses; it is short enough to read out to a class.
const LARGEST_NUMBER: f64 = 9999.0;

/// Returns a random task number.
pub(crate) fn random_task_number() -> u64 {
    (js_sys::Math::random() * LARGEST_NUMBER) as u64 + 1
}

/// The button "Practice" and its dialog.
#[component]
pub(crate) fn PracticeButton() -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <ToolButton name="Practice" icon="M3 17l1-4L14 3l3 3L7 16zM12 5l3 3" on_click=move || open.set(true)/>
        <Dialog open title="Practice"><Choice open/></Dialog>
    }
}

#[component]
fn Choice(open: RwSignal<bool>) -> impl IntoView {
    let state: SheetState = expect_context();
    let current = state.exercise.get_untracked();
    let fill = RwSignal::new(matches!(current, Some(Exercise::FillTheCells { .. })));
    let number = RwSignal::new(current.map_or_else(random_task_number, Exercise::seed).to_string());
    let exercise = move || {
        let seed = number.with(|number| parse_seed(number))?;
        Ok::<_, String>(if fill.get() { Exercise::FillTheCells { seed } } else { Exercise::FindTheBug { seed } })
    };
    let wrong = move || exercise().err();
    let message = move || wrong().unwrap_or_default();
    let tools: Tools = expect_context();
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Ok(exercise) = untrack(exercise) {
            open.set(false);
            state.start_exercise(exercise);
            // A dialog that closes gives the focus back to its button.
            focus_exercise(state.cell.get_untracked());
        }
    };
    let print = move |_| {
        if let Ok(exercise) = untrack(exercise) {
            open.set(false);
            tools.ask(Ask::Worksheet(exercise.to_string()));
        }
    };
    let kind = move |is_fill: bool, name: &'static str, what: &'static str| {
        view! {
            <label class="choice">
                <input type="radio" name="exercise" prop:checked=move || fill.get() == is_fill on:change=move |_| fill.set(is_fill)/>
                <span><strong>{name}</strong> <span class="hint">{what}</span></span>
            </label>
        }
    };
    view! {
        <form class="practice-form" on:submit=start>
            <fieldset>
                <legend class="visually-hidden">"Exercise"</legend>
                {kind(false, "Find the bug", "One formula of the sheet has a typical mistake. The gradient check helps you to find it.")}
                {kind(true, "Fill the cells", "Ten cells of the sheet are empty. Compute them by hand or with a calculator.")}
            </fieldset>
            <div class="task-number">
                <label>
                    "Task number "
                    <input
                        class="number" type="text" inputmode="numeric" autocomplete="off" maxlength="40"
                        aria-describedby="task-number-hint" aria-invalid=move || wrong().is_some().to_string()
                        prop:value=number on:input=move |event| number.set(event_target_value(&event))
                    />
                </label>
                <button type="button" on:click=move |_| number.set(random_task_number().to_string())>"Another number"</button>
                <p id="task-number-hint" class="hint">"Everybody who types the same number gets the same task."</p>
                <p class="field-message" role="alert" prop:textContent=words(message)></p>
            </div>
            <div class="buttons">
                <button type="submit" class="primary">"Start"</button>
                <button type="button" on:click=print>"Print worksheet"</button>
            </div>
        </form>
    }
}
