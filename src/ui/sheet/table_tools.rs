//! What concerns the whole table: its length, its pace, undo and redo, digits, tint, and taking cells along.

use leptos::ev;
use leptos::prelude::*;

use super::controls::{Pace, Updates};
use super::state::SheetState;
use crate::sheet::lesson::{Change, Lesson};
use crate::sheet::number::Digits;
use crate::sheet::selection::Selection;
use crate::ui::kit::clipboard;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::text;
use crate::ui::kit::keys::{Modifier, is_shortcut};
use crate::ui::kit::memo::effect;
use crate::ui::kit::toggle::Toggle;

/// The toolbar above the table.
#[component]
pub(crate) fn TableTools() -> impl IntoView {
    view! {
        <div class="table-tools" role="group" aria-label="Table">
            <Updates/>
            <Pace/>
            <HistoryButtons/>
            <Looks/>
            <CopyButton/>
        </div>
    }
}

/// Undo and redo of every change to the constants and the learning rate, by button and by key.
#[component]
fn HistoryButtons() -> impl IntoView {
    let state: SheetState = expect_context();
    let listener = window_event_listener(ev::keydown, move |event| {
        // In a text field these keys undo the typing; that is the browser's work.
        if !is_shortcut(&event, Modifier::Control) {
            return;
        }
        match (event.key().as_str(), event.shift_key()) {
            ("z", false) => state.undo(),
            ("y", false) | ("Z" | "z", true) => state.redo(),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || listener.remove());
    let classic = move |_| state.change(Change::Everything, |lesson| *lesson = Lesson::CLASSIC);
    view! {
        <div class="buttons history">
            <button type="button" title="Ctrl+Z" disabled=move || !state.can_undo() on:click=move |_| state.undo()>"Undo"</button>
            <button type="button" title="Ctrl+Y" disabled=move || !state.can_redo() on:click=move |_| state.redo()>"Redo"</button>
            <button type="button" hidden=move || state.lesson.get() == Lesson::CLASSIC on:click=classic>"Classic values"</button>
        </div>
    }
}

/// How many digits, and whether cells are tinted.
#[component]
fn Looks() -> impl IntoView {
    let state: SheetState = expect_context();
    let choose = move |event| {
        if let Some(digits) = Digits::from_code(&event_target_value(&event)) {
            state.digits.set(digits);
        }
    };
    let options = Digits::ALL.map(|digits| view! { <option value=digits.code()>{digits.code()}</option> });
    view! {
        <label class="toggle">
            "Digits"
            <select prop:value=move || state.digits.get().code() on:change=choose>{options.into_iter().collect_view()}</select>
        </label>
        <Toggle name="Tint by size and sign" on=state.tint/>
    }
}

/// Copies the selected cells, or the current row while only one is selected.
#[component]
fn CopyButton() -> impl IntoView {
    let state: SheetState = expect_context();
    let message = RwSignal::new(String::new());
    let range = move || {
        let selection = state.selection.get();
        if selection.len() > 1 { selection } else { Selection::of_row(state.row.get()) }
    };
    let copy = move |_| {
        let range = untrack(range);
        match range.text(|row| untrack(|| state.row_at(row))) {
            Ok(text) => clipboard::write(text, move |done| {
                message.set(match done {
                    Ok(()) => format!("{} cells copied.", range.len()),
                    Err(()) => "The browser refused. Select cells and press Ctrl+C.".to_owned(),
                });
            }),
            Err(reason) => message.set(reason),
        }
    };
    // The word is about the last copy, not about what is selected now.
    effect(move || {
        state.selection.track();
        message.set(String::new());
    });
    view! {
        <div class="copy">
            <button type="button" on:click=copy>
                {text(move || if state.selection.get().len() > 1 { "Copy cells" } else { "Copy row" })}
            </button>
            <span class="hint" role="status">{text(move || message.get())}</span>
        </div>
    }
}
