//! The "Practice" tool: which exercise, and which task of it.

use leptos::prelude::*;

use crate::sheet::Exercise;
use crate::sheet::exercise::parse_seed;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::dynamic::text;
use crate::ui::kit::tool_button::ToolButton;
use crate::ui::sheet::state::SheetState;

/// The largest number that is drawn for a task; short enough to be read out to a class.
const MOST: f64 = 9999.0;

/// The number of a task that nobody asked for.
pub(crate) fn another_number() -> u64 {
    (js_sys::Math::random() * MOST) as u64 + 1
}

/// The button and its dialog.
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
    let number = RwSignal::new(current.map_or_else(another_number, Exercise::seed).to_string());
    let exercise = move || {
        let seed = number.with(|number| parse_seed(number.trim()))?;
        Some(if fill.get() { Exercise::FillTheCells { seed } } else { Exercise::FindTheBug { seed } })
    };
    let message = move || exercise().is_none().then_some("Type a whole number, for example 123.");
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(exercise) = untrack(exercise) {
            open.set(false);
            state.start(exercise);
        }
    };
    let print = move |_| {
        if let Some(exercise) = untrack(exercise) {
            open.set(false);
            state.print.set(Some(exercise));
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
                {kind(false, "Find the bug", "A sheet with one classic mistake in its formulas. The gradient check helps to find it.")}
                {kind(true, "Fill the cells", "A sheet with ten blanks, to be computed by hand or with a pocket calculator.")}
            </fieldset>
            <div class="task-number">
                <label>
                    "Task number "
                    <input
                        class="number" type="text" inputmode="numeric" autocomplete="off" maxlength="20"
                        aria-describedby="task-number-hint" aria-invalid=move || message().is_some().to_string()
                        prop:value=number on:input=move |event| number.set(event_target_value(&event))
                    />
                </label>
                <button type="button" on:click=move |_| number.set(another_number().to_string())>"Another number"</button>
                <p id="task-number-hint" class="hint">"The same number gives everybody the same task."</p>
                <p class="field-message" role="alert">{text(move || message().unwrap_or_default())}</p>
            </div>
            <div class="buttons">
                <button type="submit" class="primary">"Start"</button>
                <button type="button" on:click=print>"Print worksheet"</button>
            </div>
        </form>
    }
}
