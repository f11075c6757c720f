//! The table as an ARIA grid. Only the rows in view and the current row are in the page.

use std::time::Duration;

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::cell_click::{column_of, row_of};
use super::cell_editor::{CellEditor, Editing};
use super::cell_focus::{cell_element, focus, focus_field, focus_when_rendered};
use super::grid_layout::{FIRST_ARIA_COLUMN, FIRST_ARIA_ROW, starts_group};
use super::grid_rows::{GridRows, Viewport};
use super::group_tabs::GroupTabs;
use super::scrub::Scrub;
use super::state::SheetState;
use crate::sheet::markup;
use crate::sheet::window::{Across, Window};
use crate::sheet::{Cell, Column, Permalink, Phase, number};
use crate::ui::kit::clock::now;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::debounced::debounced;
use crate::ui::kit::dynamic::{part, text};
use crate::ui::kit::keys::{has_no_modifier, is_letter};
use crate::ui::kit::memo::{effect, memo};
use crate::ui::kit::observed_size::observe_size;

/// The number of rows beyond each edge of the view that are in the page too, so that scrolling shows no gap.
const MARGIN: usize = 4;
/// How far the mouse must move before a press on a cell is a drag, in CSS pixels.
const DRAG_SLACK: i32 = 4;
/// The width of the fade at the right edge of the table, in CSS pixels, as in `style/sheet.css`.
const FADE: i32 = 40;
/// While changes follow each other faster than this, as when a slider is dragged, only the numbers in sight are
/// written; the others follow when nothing has changed for as long.
const RUSH: Duration = Duration::from_millis(120);

/// Measures which rows are in view; the style sheet decides how high rows and header are.
fn measure_rows(grid: &HtmlElement, rows: usize) -> Window {
    let height = |selector| grid.query_selector(selector).ok().flatten().map_or(0, |part| part.client_height());
    Window {
        top: f64::from(grid.scroll_top()),
        height: f64::from(grid.client_height() - height(".grid-head")).max(0.0),
        row_height: f64::from(height(".grid-ruler")),
        rows,
    }
}

/// Measures which columns are in view.
fn measure_columns(grid: &HtmlElement) -> Across {
    Across {
        left: f64::from(grid.scroll_left()),
        width: f64::from(grid.client_width() - part_width(grid, ".corner")),
        column_width: f64::from(part_width(grid, ".head:not(.corner, .first)")),
    }
}

/// Returns the width of the first part of the table that a selector finds, in CSS pixels; 0 for none.
fn part_width(grid: &HtmlElement, selector: &str) -> i32 {
    grid.query_selector(selector).ok().flatten().map_or(0, |part| part.client_width())
}

/// The table "Backpropagation table".
#[component]
pub(crate) fn SheetGrid(
    /// The drag of a given number, which selects no cells.
    scrub: Scrub,
) -> impl IntoView {
    let state: SheetState = expect_context();
    let grid = NodeRef::<Div>::new();
    let body = NodeRef::<Div>::new();
    let view = RwSignal::new(Window::default());
    // The first and the last column in sight.
    let columns = RwSignal::new(Across::default().span());
    let window = memo(move || Window { rows: state.updates.get() + 1, ..view.get() });
    let current = state.row;
    let rows = memo(move || {
        let (first, last) = window.get().span(MARGIN);
        let last = last.min(state.last_row.get());
        let mut rows: Vec<usize> = (first..=last).collect();
        // The current row stays in the page when it is scrolled out of view, since it may have the focus.
        let current = current.get();
        if current < first {
            rows.insert(0, current);
        } else if current > last {
            rows.push(current);
        }
        rows
    });

    let scrolled = grid;
    let update_view = move || {
        if let Some(grid) = grid.get_untracked() {
            let rows = state.updates.get_untracked() + 1;
            let measured = measure_rows(&grid, rows);
            columns.maybe_update(|columns| {
                let before = std::mem::replace(columns, measure_columns(&grid).span());
                before != *columns
            });
            let appears = view.get_untracked().row_height == 0.0 && measured.row_height > 0.0;
            view.set(measured);
            // A link may select a cell far away. Without a link the table begins at its corner.
            let cell = state.cell.get_untracked();
            if appears && (cell.row, cell.column) != (Permalink::DEFAULT.row, Permalink::DEFAULT.column) {
                // In the next frame the table is as long as its rows.
                request_animation_frame(move || {
                    if let Some(grid) = scrolled.get_untracked() {
                        scroll_into_view(&grid, state.cell.get_untracked(), true, rows);
                    }
                });
            }
        }
    };
    observe_size(Box::new(move || grid.get().map(Into::into)), Box::new(update_view));

    let mut grid_rows = GridRows::default();
    let mut last_change = f64::NEG_INFINITY;
    let quiet = Trigger::new();
    let wait_for_quiet = debounced(RUSH, move || quiet.notify());
    effect(move || {
        quiet.track();
        let Some(body) = body.get() else { return };
        let began = now();
        let rush = began - last_change < RUSH.as_secs_f64() * 1000.0;
        last_change = began;
        let had_focus = has_focus(&body);
        rows.with(|rows| {
            let (window, columns) = (window.get(), columns.get());
            grid_rows.show(&body, state, &Viewport { rows, window, columns, rush });
        });
        // A row that leaves the page takes the focus with it, and the keys would reach the table no more.
        if had_focus && !has_focus(&body) {
            focus(state.cell.get_untracked());
        }
        if rush {
            wait_for_quiet();
        }
    });

    // The selected cell is scrolled into view: sideways only when its column has changed.
    Effect::new(move |last: Option<Cell>| {
        let cell = state.cell.get();
        let sideways = last.is_none_or(|last| last.column != cell.column);
        if last.is_some() {
            request_animation_frame(move || {
                if let Some(grid) = grid.get_untracked() {
                    let rows = state.updates.get_untracked() + 1;
                    scroll_into_view(&grid, cell, sideways, rows);
                    // While the sheet plays, the current row stays in the middle.
                    if state.playing.get_untracked() {
                        grid.set_scroll_top(measure_rows(&grid, rows).centre(cell.row).round() as i32);
                    }
                    update_view();
                }
            });
        }
        cell
    });

    // A very long sheet is scrolled by another measure: the rows in sight stay.
    Effect::new(move |before: Option<usize>| {
        let rows = state.updates.get() + 1;
        let old = before.map(|rows| Window { rows, ..view.get_untracked() });
        if let Some(old) = old.filter(|old| old.rows != rows) {
            request_animation_frame(move || {
                let top = Window { rows, ..old }.same_top(old).round();
                if let Some(grid) = grid.get_untracked().filter(|_| top != old.top) {
                    grid.set_scroll_top(top as i32);
                    update_view();
                }
            });
        }
        rows
    });

    let editing: Editing = RwSignal::new(None);
    // A cell whose number was to be typed over, but is computed.
    let refused = RwSignal::new(None::<Cell>);
    let refusal = move || match refused.get() {
        Some(cell) if cell == state.cell.get() => markup::typeset(&if state.is_practising() {
            "In an exercise, only a cell with a question mark takes a number.".to_owned()
        } else {
            format!(
                "{} is computed. To change it, type over a target, an input, or a weight of row 0.",
                cell.column.label()
            )
        }),
        _ => String::new(),
    };
    let can_edit = move |cell: Cell| Phase::of(cell) == Phase::Given && !untrack(|| state.is_practising());
    let on_double_click = move |event: MouseEvent| match cell_at(&event) {
        Some(cell) if can_edit(cell) => editing.set(Some((cell, None))),
        Some(cell) if !state.is_open_blank(cell) => refused.set(Some(cell)),
        _ => {}
    };
    let on_key = move |event: KeyboardEvent| {
        let page = window.get_untracked().page();
        let last = state.updates.get_untracked();
        let edits = matches!(event.key().as_str(), "Enter" | "F2") && has_no_modifier(&event) || begins_number(&event);
        let cell = state.cell.get_untracked();
        refused.set((edits && !can_edit(cell) && !untrack(|| state.is_open_blank(cell))).then_some(cell));
        if event.key() == " " && !event.shift_key() && has_no_modifier(&event) {
            event.prevent_default();
            if !event.repeat() {
                state.play_or_pause();
            }
        } else if edits && can_edit(cell) {
            event.prevent_default();
            let typed = begins_number(&event).then(|| event.key());
            editing.set(Some((cell, typed)));
        } else if edits {
            // The blanks of an exercise are typed in the formula bar. The first character of a number is not prevented: it
            // arrives in the field, which has the focus by then.
            if focus_field() && !begins_number(&event) {
                event.prevent_default();
            }
        } else if let Some(cell) = related_cell(state, &event)
            .or_else(|| neighbour(cell, &event, page, (last, untrack(|| state.last_column()))))
        {
            event.prevent_default();
            if event.shift_key() {
                state.extend_selection(cell);
            } else {
                state.select_cell(cell);
            }
            focus_when_rendered(cell);
        }
    };
    let on_click = move |event: MouseEvent| {
        if let Some(cell) = cell_at(&event) {
            if event.shift_key() {
                state.extend_selection(cell);
            } else if event.detail() < 2 && state.selection.with_untracked(|selection| selection.len() == 1) {
                state.select_cell(cell);
            }
            focus_when_rendered(cell);
        }
    };
    // Pressing the mouse selects a cell, and dragging extends the selection.
    let pressed_at = StoredValue::new((0, 0));
    let on_press = move |event: MouseEvent| {
        if let (Some(cell), false, 0) = (cell_at(&event), event.shift_key(), event.button()) {
            pressed_at.set_value((event.client_x(), event.client_y()));
            state.select_cell(cell);
        }
    };
    let on_drag = move |event: MouseEvent| {
        // The table may scroll to the cell that was pressed: then another one comes under a mouse that has not moved.
        let (x, y) = pressed_at.get_value();
        let is_dragged = (event.client_x() - x).abs().max((event.client_y() - y).abs()) >= DRAG_SLACK;
        if event.buttons() == 1
            && is_dragged
            && !scrub.is_moving()
            && let Some(cell) = cell_at(&event)
            && cell != state.cell.get_untracked()
        {
            state.extend_selection(cell);
        }
    };
    let on_copy = move |event: web_sys::ClipboardEvent| {
        let text = state.text_of(state.selection.get_untracked());
        if let (Ok(text), Some(clipboard)) = (text, event.clipboard_data()) {
            // Setting plain text during a copy event cannot fail.
            let _ = clipboard.set_data("text/plain", &text);
            event.prevent_default();
        }
    };
    let height = move || match window.get() {
        window if window.row_height > 0.0 => format!("{}px", window.scroll_height()),
        // The row height is not measured yet.
        window => format!("calc(var(--row-height) * {})", window.rows.min(1000)),
    };
    // The column of row numbers is wide enough for the largest number.
    let corner = move || format!("{}rem", 1.75 + 0.5 * state.updates.get().to_string().len().max(3) as f64);
    // Brings a group into sight, from its first column on.
    let go = move |column: Column| {
        if let Some(grid) = grid.get_untracked() {
            let head = format!(".head[aria-colindex=\"{}\"]", column.index() + FIRST_ARIA_COLUMN);
            let head = grid.query_selector(&head).ok().flatten().and_then(|head| head.dyn_into::<HtmlElement>().ok());
            if let Some(head) = head {
                grid.set_scroll_left(head.offset_left() - part_width(&grid, ".corner"));
            }
            update_view();
        }
    };
    let ends = move || columns.get().1 > state.last_column() + 1;
    view! {
        <GroupTabs columns go/>
        <div class="grid-frame" class:ends=ends>
        <div
            class=move || format!("grid digits-{}", state.digits.get().code()) class:with-deltas=move || state.shows_deltas() role="grid" aria-label="Backpropagation table"
            node_ref=grid aria-multiselectable="true" style:--corner=corner
            aria-rowcount=move || state.updates.get() + FIRST_ARIA_ROW aria-colcount=move || state.last_column() + FIRST_ARIA_COLUMN
            on:dblclick=on_double_click on:scroll=move |_| update_view() on:keydown=on_key on:click=on_click
            on:mousedown=on_press on:mouseover=on_drag on:copy=on_copy
        >
            <div class="grid-ruler" aria-hidden="true"></div>
            <GridHead/>
            <div class="grid-body" role="rowgroup" translate="no" style:height=height node_ref=body></div>
            {part(move || editing.get().map(|(cell, typed)| view! { <CellEditor editing cell typed/> }))}
        </div>
        <p class="grid-note" role="status" inner_html=text(refusal)></p>
        </div>
    }
}

#[component]
fn GridHead() -> impl IntoView {
    let headers = Column::WITH_DELTAS.map(|column| {
        let class = format!("head {}", header_class(column));
        // Screen readers get words, because not all of them read formulas aloud.
        let head = format!(
            "<span class=\"visually-hidden\"><span translate=\"no\">{}</span>, {}</span><span aria-hidden=\"true\">{}</span>",
            column.label(),
            column.meaning(),
            markup::symbol(column)
        );
        view! {
            <div
                class=class role="columnheader" aria-colindex=column.index() + FIRST_ARIA_COLUMN
                title=column.meaning() inner_html=head
            ></div>
        }
    });
    view! {
        <div class="grid-head" role="rowgroup">
            <div class="grid-row" role="row" aria-rowindex="1">
                <div class="corner head" role="columnheader" aria-colindex="1">"Row"</div>
                {headers.into_iter().collect_view()}
            </div>
        </div>
    }
}

/// Whether a key types a character with which a number can begin.
fn begins_number(event: &KeyboardEvent) -> bool {
    has_no_modifier(event) && number::begins_number(&event.key())
}

/// Returns the CSS classes of a column's header.
fn header_class(column: Column) -> String {
    let first = if starts_group(column) { " first" } else { "" };
    let delta = if column.is_delta() { " delta" } else { "" };
    format!("{}{first}{delta}", column.quantity().class())
}

/// Returns the cell to which a key leads along the formulas: the first cell that the selected cell's formula refers to
/// with Ctrl+[ or F, or the first whose formula refers to the selected cell with Ctrl+] or U. A keyboard on which the
/// brackets need AltGr has at least the letters.
fn related_cell(state: SheetState, event: &KeyboardEvent) -> Option<Cell> {
    let is_bracket = |bracket: &str, code: &str| {
        let key = event.key();
        // Where the key in the bracket's place types an ASCII character, Ctrl with it may be the browser's, such as Ctrl++.
        event.ctrl_key() && (key == bracket || !key.is_ascii() && event.code() == code)
    };
    let is_key = |letter: char| has_no_modifier(event) && is_letter(event, letter);
    if is_bracket("[", "BracketLeft") || is_key('f') {
        state.precedents.with_untracked(|cells| cells.first().map(|(cell, _)| *cell))
    } else if is_bracket("]", "BracketRight") || is_key('u') {
        state.dependents.with_untracked(|cells| cells.first().copied())
    } else {
        None
    }
}

/// Returns the cell to which a key leads in the ARIA grid pattern, with Ctrl to the edges as in a spreadsheet; `None` for
/// other keys. With Alt or the Command key, arrows are the browser's way back and forward.
fn neighbour(cell: Cell, event: &KeyboardEvent, page: usize, (last, end): (usize, usize)) -> Option<Cell> {
    let Cell { row, column } = cell;
    let to_row = |row: usize| Some(Cell { row: row.min(last), column });
    let to_column = |index: usize| Some(Cell { row, column: Column::WITH_DELTAS[index.min(end)] });
    if event.alt_key() {
        return None;
    }
    let key = event.key();
    match (key.as_str(), event.ctrl_key(), event.meta_key()) {
        ("Home", false, false) => to_column(0),
        ("End", false, false) => to_column(end),
        ("Home", ..) => Some(Cell { row: 0, column: Column::T1 }),
        ("End", ..) => Some(Cell { row: last, column: Column::WITH_DELTAS[end] }),
        (_, _, true) => None,
        ("ArrowUp", true, _) => to_row(0),
        ("ArrowDown", true, _) => to_row(last),
        ("ArrowLeft", true, _) => to_column(0),
        ("ArrowRight", true, _) => to_column(end),
        ("ArrowUp", ..) => to_row(row.saturating_sub(1)),
        ("ArrowDown", ..) => to_row(row + 1),
        ("ArrowLeft", ..) => to_column(column.index().saturating_sub(1)),
        ("ArrowRight", ..) => to_column(column.index() + 1),
        ("PageUp", false, _) => to_row(row.saturating_sub(page)),
        ("PageDown", false, _) => to_row(row + page),
        _ => None,
    }
}

/// Returns the cell under the mouse, if there is one.
fn cell_at(event: &MouseEvent) -> Option<Cell> {
    let (column, element) = column_of(event)?;
    Some(Cell { row: row_of(&element)?, column })
}

/// Whether a cell of the table has the focus.
fn has_focus(body: &Element) -> bool {
    document().active_element().is_some_and(|element| body.contains(Some(&element)))
}

/// Scrolls as little as possible so that neither header nor row numbers cover the cell.
fn scroll_into_view(grid: &HtmlElement, cell: Cell, sideways: bool, rows: usize) {
    let window = measure_rows(grid, rows);
    let top = window.reveal(cell.row);
    if top != window.top {
        grid.set_scroll_top(top.round() as i32);
    }
    if sideways && let Some(element) = cell_element(cell) {
        let corner = part_width(grid, ".corner");
        // The fade at the right edge must not cover the cell, unless the table ends there.
        let fade = if element.next_element_sibling().is_some_and(|next| next.client_width() > 0) { FADE } else { 0 };
        let (left, right) = (element.offset_left(), element.offset_left() + element.offset_width() + fade);
        if left - corner < grid.scroll_left() {
            grid.set_scroll_left(left - corner);
        } else if right > grid.scroll_left() + grid.client_width() {
            // By whole columns, so that the row numbers cut none in two.
            let width = element.offset_width().max(1);
            grid.set_scroll_left((right - grid.client_width() + width - 1) / width * width);
        }
    }
}
