//! The table as an ARIA grid. Only the rows in view, and the current one, are in the DOM.

use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, HtmlElement, ResizeObserver};

use super::formula_html::{self, quantity_class};
use super::sheet_state::{Cell, SheetState, UPDATES};
use crate::sheet::{Column, Quantity, number};

/// Rows that are rendered beyond each edge of the view, so that scrolling meets no blank.
const MARGIN: usize = 4;
/// The header is row 1, so row 0 of the run is row 2 of the grid.
const FIRST_ARIA_ROW: usize = 2;
/// Row numbers are column 1, so the first quantity is column 2 of the grid.
const FIRST_ARIA_COLUMN: usize = 2;

/// What the scroll container shows, in CSS pixels.
#[derive(Clone, Copy, Default, PartialEq)]
struct Viewport {
    top: f64,
    height: f64,
    row_height: f64,
}

impl Viewport {
    fn of(grid: &HtmlElement) -> Self {
        let body = grid.query_selector(".grid-body").ok().flatten();
        let height = body.map_or(0, |body| body.client_height());
        Self {
            top: f64::from(grid.scroll_top()),
            height: f64::from(grid.client_height()),
            row_height: f64::from(height) / (UPDATES + 1) as f64,
        }
    }

    /// Whole rows that fit into the view.
    fn page(self) -> usize {
        if self.row_height > 0.0 { (self.height / self.row_height) as usize } else { 1 }.max(1)
    }

    /// The rows in view with a margin, first and last.
    fn rows(self) -> (usize, usize) {
        let first = if self.row_height > 0.0 { (self.top / self.row_height) as usize } else { 0 };
        (first.saturating_sub(MARGIN), (first + self.page() + MARGIN).min(UPDATES))
    }
}

/// The grid "Backpropagation table".
#[component]
pub(super) fn SheetGrid() -> impl IntoView {
    let state: SheetState = expect_context();
    let grid = NodeRef::<Div>::new();
    let viewport = RwSignal::new(Viewport::default());
    let current = state.row;
    let rows = Memo::new(move |_| {
        let (first, last) = viewport.get().rows();
        let mut rows: Vec<usize> = (first..=last).collect();
        // The current row keeps the keyboard's focus even when it is scrolled out of view.
        let current = current.get();
        if current < first {
            rows.insert(0, current);
        } else if current > last {
            rows.push(current);
        }
        rows
    });

    let measure = move || {
        if let Some(grid) = grid.get_untracked() {
            viewport.set(Viewport::of(&grid));
        }
    };
    observe_size(grid, measure);

    // The selected cell is kept in view: its row always, its column when that has changed.
    Effect::new(move |last: Option<Cell>| {
        let cell = state.cell.get();
        let sideways = last.is_none_or(|last| last.column != cell.column);
        if last.is_some() {
            request_animation_frame(move || {
                if let Some(grid) = grid.get_untracked() {
                    scroll_into_view(&grid, cell, sideways);
                    measure();
                }
            });
        }
        cell
    });

    let on_key = move |event: KeyboardEvent| {
        let page = viewport.get_untracked().page();
        if event.key() == " " {
            event.prevent_default();
            state.play_or_pause();
        } else if matches!(event.key().as_str(), "Enter" | "F2") {
            // A given constant is changed in the formula bar, as in a spreadsheet.
            if let Ok(Some(field)) = document().query_selector(".formula input")
                && let Ok(field) = field.dyn_into::<web_sys::HtmlInputElement>()
            {
                event.prevent_default();
                field.select();
            }
        } else if let Some(cell) = moved(state.cell.get_untracked(), &event, page) {
            event.prevent_default();
            state.cell.set(cell);
            focus_when_rendered(cell);
        }
    };
    let on_click = move |event: MouseEvent| {
        if let Some(cell) = cell_at(&event) {
            state.cell.set(cell);
            focus_when_rendered(cell);
        }
    };
    view! {
        <div
            class="grid" role="grid" aria-label="Backpropagation table" node_ref=grid
            aria-rowcount=UPDATES + FIRST_ARIA_ROW aria-colcount=Column::COUNT + 1 aria-readonly="true"
            on:scroll=move |_| measure() on:keydown=on_key on:click=on_click
        >
            <GridHead/>
            <div class="grid-body" role="rowgroup" style:height=format!("calc(var(--row-height) * {})", UPDATES + 1)>
                <For each=move || rows.get() key=|row| *row let(row)>
                    <GridRow row/>
                </For>
            </div>
        </div>
    }
}

#[component]
fn GridHead() -> impl IntoView {
    let groups = Column::GROUPS.map(|group| {
        let class = format!("group {}", header_class(group.first));
        view! { <div class=class style:--columns=group.len.to_string()><span>{group.name}</span></div> }
    });
    let headers = Column::ALL.map(|column| {
        let class = format!("head {}", header_class(column));
        view! {
            <div
                class=class role="columnheader" aria-colindex=column.index() + FIRST_ARIA_COLUMN
                aria-label=format!("{}, {}", column.name(), column.meaning()) title=column.meaning()
                inner_html=formula_html::symbol(column)
            ></div>
        }
    });
    view! {
        <div class="grid-head" role="rowgroup">
            // The groups are a help for the eye; every header says itself what it is.
            <div class="grid-groups" aria-hidden="true"><div class="corner"></div>{groups.into_iter().collect_view()}</div>
            <div class="grid-row" role="row" aria-rowindex="1">
                <div class="corner head" role="columnheader" aria-colindex="1">"Row"</div>
                {headers.into_iter().collect_view()}
            </div>
        </div>
    }
}

#[component]
fn GridRow(row: usize) -> impl IntoView {
    let state: SheetState = expect_context();
    let values = Memo::new(move |_| state.run.with(|run| run.row(row)));
    // The selected column, if the selected cell is in this row.
    let selected = Memo::new(move |_| {
        let cell = state.cell.get();
        (cell.row == row).then_some(cell.column)
    });
    // Few rows hold precedents, and those few columns.
    let precedents = Memo::new(move |_| {
        let here = |cells: &Vec<Cell>| cells.iter().filter(|cell| cell.row == row).map(|cell| cell.column).collect();
        state.precedents.with(here)
    });
    let cells = Column::ALL.map(|column| {
        let is_selected = move || selected.get() == Some(column);
        let is_precedent = move || precedents.with(|columns: &Vec<Column>| columns.contains(&column));
        let first = if starts_group(column) { "first" } else { "" };
        let class = move || {
            let precedent = if is_precedent() { quantity_class(column.quantity()) } else { "" };
            format!("cell {first} {precedent}")
        };
        view! {
            <div
                class=class role="gridcell" id=cell_id(Cell { row, column })
                aria-colindex=column.index() + FIRST_ARIA_COLUMN data-row=row data-column=column.index()
                aria-selected=move || is_selected().to_string()
                tabindex=move || if is_selected() { "0" } else { "-1" }
            >
                {move || values.with(|values| number::rounded(values.get(column)))}
            </div>
        }
    });
    view! {
        <div
            class="grid-row" class:current=move || selected.get().is_some() role="row"
            aria-rowindex=row + FIRST_ARIA_ROW style:top=format!("calc(var(--row-height) * {row})")
        >
            <div class="corner" role="rowheader" aria-colindex="1">{row}</div>
            {cells.into_iter().collect_view()}
        </div>
    }
}

fn header_class(column: Column) -> String {
    let first = if starts_group(column) { " first" } else { "" };
    let target = if column.quantity() == Quantity::Target { " dashed" } else { "" };
    format!("{}{first}{target}", quantity_class(column.quantity()))
}

fn starts_group(column: Column) -> bool {
    Column::GROUPS.iter().any(|group| group.first == column)
}

fn cell_id(cell: Cell) -> String {
    format!("cell-{}-{}", cell.row, cell.column.index())
}

/// Where a key leads, as in the ARIA grid pattern; `None` for keys that are not the grid's.
fn moved(cell: Cell, event: &KeyboardEvent, page: usize) -> Option<Cell> {
    let Cell { row, column } = cell;
    let to_row = |row: usize| Some(Cell { row: row.min(UPDATES), column });
    let to_column = |index: usize| Some(Cell { row, column: Column::ALL[index.min(Column::COUNT - 1)] });
    let corner = event.ctrl_key() || event.meta_key();
    match event.key().as_str() {
        "ArrowUp" => to_row(row.saturating_sub(1)),
        "ArrowDown" => to_row(row + 1),
        "ArrowLeft" => to_column(column.index().saturating_sub(1)),
        "ArrowRight" => to_column(column.index() + 1),
        "PageUp" => to_row(row.saturating_sub(page)),
        "PageDown" => to_row(row + page),
        "Home" if corner => Some(Cell { row: 0, column: Column::T1 }),
        "End" if corner => Some(Cell { row: UPDATES, column: Column::G8 }),
        "Home" => to_column(0),
        "End" => to_column(Column::COUNT - 1),
        _ => None,
    }
}

/// The cell that was clicked; a click on a row's number selects the same column in that row.
fn cell_at(event: &MouseEvent) -> Option<Cell> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let cell = target.closest("[data-column]").ok()??;
    let row = cell.get_attribute("data-row")?.parse().ok()?;
    let column: usize = cell.get_attribute("data-column")?.parse().ok()?;
    Some(Cell { row, column: *Column::ALL.get(column)? })
}

fn cell_element(cell: Cell) -> Option<HtmlElement> {
    document().get_element_by_id(&cell_id(cell))?.dyn_into().ok()
}

/// Focuses a cell as soon as its row is in the DOM: a frame later at most.
fn focus_when_rendered(cell: Cell) {
    request_animation_frame(move || {
        if let Some(element) = cell_element(cell) {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            // A cell that cannot be focused has just left the page.
            let _ = element.focus_with_options(&options);
        }
    });
}

/// Scrolls the least that brings the cell out from under the sticky header and row numbers.
fn scroll_into_view(grid: &HtmlElement, cell: Cell, sideways: bool) {
    let Viewport { row_height, .. } = Viewport::of(grid);
    let head = grid.query_selector(".grid-head").ok().flatten().map_or(0, |head| head.client_height());
    let top = (cell.row as f64 * row_height) as i32;
    let bottom = ((cell.row + 1) as f64 * row_height).ceil() as i32;
    let room = grid.client_height() - head;
    if top < grid.scroll_top() {
        grid.set_scroll_top(top);
    } else if bottom > grid.scroll_top() + room {
        grid.set_scroll_top(bottom - room);
    }
    if sideways && let Some(element) = cell_element(cell) {
        let corner = grid.query_selector(".corner").ok().flatten().map_or(0, |corner| corner.client_width());
        let (left, right) = (element.offset_left(), element.offset_left() + element.offset_width());
        if left - corner < grid.scroll_left() {
            grid.set_scroll_left(left - corner);
        } else if right > grid.scroll_left() + grid.client_width() {
            // By whole columns, so that none is cut by the row numbers.
            let width = element.offset_width().max(1);
            grid.set_scroll_left((right - grid.client_width() + width - 1) / width * width);
        }
    }
}

/// Calls `changed` when the grid's size changes, which includes its first appearance.
fn observe_size(grid: NodeRef<Div>, changed: impl Fn() + 'static) {
    let callback = Closure::<dyn Fn()>::new(changed);
    let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
    let kept = StoredValue::new_local((observer, callback));
    Effect::new(move || {
        if let Some(grid) = grid.get() {
            kept.with_value(|(observer, _)| {
                if let Some(observer) = observer {
                    observer.observe(&grid);
                }
            });
        }
    });
    on_cleanup(move || {
        kept.with_value(|(observer, _)| {
            if let Some(observer) = observer {
                observer.disconnect();
            }
        });
    });
}
