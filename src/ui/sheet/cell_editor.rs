//! The field in which a given number is edited in its cell.

use leptos::ev::KeyboardEvent;
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::cell_focus::{cell_element, focus_when_rendered};
use super::state::SheetState;
use crate::sheet::lesson::parse_constant;
use crate::sheet::{Cell, number};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::memo::effect;

/// The cell that is being edited, and the text with which its field begins; `None` for the cell's own number.
pub(crate) type Editing = RwSignal<Option<(Cell, Option<String>)>>;

/// The field over a cell. Enter and Tab take the number, Escape puts it back. A text that is no number stays, with the
/// reason beside it.
#[component]
pub(crate) fn CellEditor(editing: Editing, cell: Cell, typed: Option<String>) -> impl IntoView {
    let state: SheetState = expect_context();
    let input = NodeRef::<Input>::new();
    let selects_all = typed.is_none();
    let text =
        RwSignal::new(typed.unwrap_or_else(|| number::typed(untrack(|| state.row_at(cell.row)).get(cell.column))));
    let message = RwSignal::new(String::new());
    effect(move || {
        if let Some(input) = input.get() {
            // Focusing an element in the page cannot fail.
            let _ = input.focus();
            if selects_all {
                input.select();
            }
        }
    });
    // Returns whether the text was a number.
    let take = move || match parse_constant(&text.get_untracked()) {
        Ok(value) => {
            state.end_edit();
            state.set_constant(cell.column, value);
            state.end_edit();
            editing.set(None);
            true
        }
        Err(reason) => {
            message.set(reason);
            false
        }
    };
    let on_key = move |event: KeyboardEvent| {
        // The keys of the table, such as the arrows, move within the text here.
        event.stop_propagation();
        match event.key().as_str() {
            "Enter" | "Tab" => {
                event.prevent_default();
                if take() {
                    focus_when_rendered(cell);
                }
            }
            "Escape" => {
                event.prevent_default();
                editing.set(None);
                focus_when_rendered(cell);
            }
            _ => {}
        }
    };
    let on_leave = move |_| {
        // The field also loses the focus when it leaves the page.
        if editing.get_untracked().is_some_and(|(other, _)| other == cell) {
            take();
        }
    };
    let place = move || {
        let element = cell_element(cell)?;
        let row: HtmlElement = element.parent_element()?.dyn_into().ok()?;
        let body: HtmlElement = row.parent_element()?.dyn_into().ok()?;
        let (left, top) = (element.offset_left(), body.offset_top() + row.offset_top());
        Some(format!("left:{left}px;top:{top}px;width:{}px;height:{}px", element.offset_width(), row.offset_height()))
    };
    let name = cell.column.label();
    view! {
        <div class="cell-editor" style=untrack(place).unwrap_or_default() on:mousedown=|event| event.stop_propagation() on:click=|event| event.stop_propagation()>
            <input
                node_ref=input class="number" type="text" inputmode="text" autocomplete="off" spellcheck="false"
                aria-label=format!("Edit {name}") aria-invalid=move || (!message.with(String::is_empty)).to_string()
                aria-describedby="cell-editor-message" prop:value=text
                on:input=move |event| { text.set(event_target_value(&event)); message.set(String::new()); }
                on:keydown=on_key on:blur=on_leave
            />
            <span id="cell-editor-message" class="field-message" role="status" prop:textContent=words(move || message.get())></span>
        </div>
    }
}
