//! The content of the menu "Options": how numbers are shown, the table's length, the step, undo and redo, and copying.

use leptos::ev;
use leptos::prelude::*;

use super::pace::Pace;
use super::state::SheetState;
use crate::sheet::history::Change;
use crate::sheet::lesson::Lesson;
use crate::sheet::number::{self, Digits};
use crate::sheet::race::{FEWEST_UPDATES, MOST_UPDATES};
use crate::sheet::selection::Selection;
use crate::ui::kit::clipboard;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::keys::{Modifier, is_letter, is_shortcut};
use crate::ui::kit::memo::effect;
use crate::ui::kit::number_field::NumberField;
use crate::ui::kit::toggle::Toggle;

/// The tools, one below the other.
#[component]
pub(crate) fn TableTools() -> impl IntoView {
    view! {
        <div class="table-tools" role="group" aria-label="Table">
            <DisplayOptions/>
            <Updates/>
            <Pace/>
            <HistoryButtons/>
            <CopyButton/>
        </div>
    }
}

/// The number of updates, which is the number of rows after row 0.
#[component]
fn Updates() -> impl IntoView {
    let state: SheetState = expect_context();
    let updates = Signal::derive(move || state.updates.get() as f64);
    view! {
        <div class="updates">
            <span class="field-name">"Show"</span>
            <NumberField
                name="Number of updates" value=updates write=number::full parse=parse_updates keyboard="numeric"
                set=move |updates| state.set_updates(updates as usize) leave=move || state.end_edit()
            />
            <span class="field-name">"updates"</span>
        </div>
    }
}

/// Reads the number of updates.
fn parse_updates(text: &str) -> Result<f64, String> {
    number::parse_count(text, FEWEST_UPDATES, MOST_UPDATES)
}

/// The buttons and the keys that undo and redo changes of the lesson, and the button that resets it.
#[component]
fn HistoryButtons() -> impl IntoView {
    let state: SheetState = expect_context();
    let listener = window_event_listener(ev::keydown, move |event| {
        // In a text field these keys undo the typing; that is the browser's work.
        if !is_shortcut(&event, Modifier::Control) {
            return;
        }
        match (is_letter(&event, 'z'), is_letter(&event, 'y'), event.shift_key()) {
            (true, _, false) => state.undo(),
            (true, _, true) | (_, true, false) => state.redo(),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || listener.remove());
    let reset = move |_| state.change(Change::Everything, |lesson| *lesson = Lesson::CLASSIC);
    view! {
        <div class="buttons history">
            <button type="button" title="Ctrl+Z" disabled=move || !state.can_undo() on:click=move |_| state.undo()>"Undo"</button>
            <button type="button" title="Ctrl+Y" disabled=move || !state.can_redo() on:click=move |_| state.redo()>"Redo"</button>
            <button type="button" disabled=move || state.lesson.get() == Lesson::CLASSIC on:click=reset>"Reset example"</button>
        </div>
    }
}

/// The number of digits, and whether cells are coloured by the size and sign of their values.
#[component]
fn DisplayOptions() -> impl IntoView {
    let state: SheetState = expect_context();
    let choose = move |event| {
        if let Some(digits) = Digits::from_code(&event_target_value(&event)) {
            state.digits.set(digits);
        }
    };
    let options = Digits::ALL.map(|digits| view! { <option value=digits.code()>{digits.code()}</option> });
    view! {
        <label>
            <span class="field-name">"Digits"</span>
            <select prop:value=move || state.digits.get().code() on:change=choose>{options.into_iter().collect_view()}</select>
        </label>
        <Toggle name="Gradients in one line" on=state.one_line/>
        <Toggle name="Show the δ in the table" on=state.deltas/>
        <Toggle name="Colour the cells" on=state.tint/>
    }
}

/// Copies the selected cells; if only one cell is selected, the current row.
#[component]
fn CopyButton() -> impl IntoView {
    let state: SheetState = expect_context();
    let message = RwSignal::new(String::new());
    let range = move || {
        let selection = state.selection.get();
        if selection.len() > 1 { selection } else { Selection::of_row(state.row.get(), state.last_column()) }
    };
    let copy = move |_| {
        let range = untrack(range);
        match state.text_of(range) {
            Ok(text) => clipboard::write(text, move |done| {
                message.set(match done {
                    Ok(()) => format!("{} cells copied.", range.len()),
                    Err(()) => "The browser did not allow copying. Select cells and press Ctrl+C.".to_owned(),
                });
            }),
            Err(reason) => message.set(reason),
        }
    };
    // The message is about the last copy; another selection makes it out of date.
    effect(move || {
        state.selection.track();
        message.set(String::new());
    });
    view! {
        <div class="copy">
            <button
                type="button" on:click=copy
                prop:textContent=words(move || if state.selection.get().len() > 1 { "Copy cells" } else { "Copy row" })
            ></button>
            <span class="hint" role="status" prop:textContent=words(move || message.get())></span>
        </div>
    }
}
