//! Where the keyboard's focus goes: to a cell of the table, or to the field of a blank.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::sheet::Cell;
use crate::ui::kit::keys::is_text_field;

/// Returns the element of a cell, if its row is in the page.
pub(crate) fn cell_element(cell: Cell) -> Option<HtmlElement> {
    let selector = format!(".grid [data-row=\"{}\"] [data-column=\"{}\"]", cell.row, cell.column.index());
    document().query_selector(&selector).ok()??.dyn_into().ok()
}

/// Focuses a cell in the next frame, when its row is in the page.
pub(crate) fn focus_when_rendered(cell: Cell) {
    request_animation_frame(move || {
        // A user who is already typing in a field, to which a key has led, must not lose it.
        if !document().active_element().is_some_and(|element| is_text_field(&element)) {
            focus(cell);
        }
    });
}

/// Focuses a cell, if its row is in the page.
pub(crate) fn focus(cell: Cell) {
    if let Some(element) = cell_element(cell) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        // It fails only if the cell has just left the page.
        let _ = element.focus_with_options(&options);
    }
}

/// Focuses the field beside the formula, in which a blank is typed, and selects its text; returns whether there is one.
pub(crate) fn focus_field() -> bool {
    let field = document().query_selector(".formula input").ok().flatten();
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return false };
    // Focusing an element in the page cannot fail.
    let _ = field.focus();
    field.select();
    true
}

/// Focuses the field of the first blank of an exercise that has just begun, or else the selected cell, in the next frame.
pub(crate) fn focus_exercise(cell: Cell) {
    request_animation_frame(move || {
        if !focus_field() {
            focus(cell);
        }
    });
}
