//! The rows of the table, written into the page without Leptos views. The table has about a thousand cells, which all
//! change with the learning rate, and updating a thousand views takes longer than a frame. Instead one effect compares
//! what each cell shows with what it should show, and writes the differences.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use super::grid_layout::{FIRST_ARIA_COLUMN, FIRST_ARIA_ROW, starts_group};
use super::state::SheetState;
use crate::sheet::mark::Mark;
use crate::sheet::number::Digits;
use crate::sheet::selection::Selection;
use crate::sheet::window::{Span, Window, reuse};
use crate::sheet::{Cell, Column, Phase, Row, insight, number};

/// The rows of the table that are in the page, from top to bottom.
#[derive(Default)]
pub(crate) struct GridRows {
    rows: Vec<RowView>,
    /// How the cells were written last: their digits, whether they are coloured, whether an exercise is shown.
    style: Option<(Digits, bool, bool)>,
}

/// The part of the table that is to be shown.
pub(crate) struct Viewport<'a> {
    /// The numbers of the rows to be in the page, in ascending order.
    pub(crate) rows: &'a [usize],
    /// Where the rows are, and which of them are in sight.
    pub(crate) window: Window,
    /// The first and the last column in sight.
    pub(crate) columns: Span,
    /// Whether numbers out of sight are written later.
    pub(crate) rush: bool,
}

/// What all cells have in common when they are written.
struct RenderContext {
    state: SheetState,
    selected: Cell,
    selection: Selection,
    /// The precedents of the selected cell, then its dependents; of a cell that is both, the first mark counts.
    marks: Vec<(Cell, Mark)>,
    digits: Digits,
    is_coloured: bool,
    is_exercise: bool,
    /// Whether the number of the selected cell is hidden, with those that follow from it.
    is_hidden: bool,
}

/// How a cell is marked: its relation to the selected cell and to the exercise.
#[derive(Clone, Copy, PartialEq)]
struct CellStatus {
    mark: Mark,
    /// The CSS class of a blank; empty for other cells.
    blank: &'static str,
    /// Whether the cell is a blank that is still empty, or in the row in which a number is to be predicted.
    is_open: bool,
    /// Whether the number is given and can be changed.
    is_given: bool,
    is_selected: bool,
    /// Whether the Tab key leads to this cell.
    has_focus: bool,
}

/// The number of a cell, and how it is written.
#[derive(Clone, Copy, PartialEq)]
struct CellNumber {
    /// The bits of the value, so that NaN equals NaN.
    value: u64,
    digits: Digits,
    is_saturated: bool,
    /// The colour step by size and sign, see [`insight::tint`]; 0 for no colour.
    tint: i8,
}

/// A row in the page.
struct RowView {
    /// The number of the row.
    row: usize,
    /// Whether the cells still show the numbers of another row.
    is_stale: bool,
    /// The distance to the top of the table, in CSS pixels.
    top: f64,
    is_current: bool,
    element: HtmlElement,
    header: Element,
    cells: Vec<CellView>,
}

/// A cell in the page.
struct CellView {
    element: Element,
    /// What the cell shows; `None` until it is written for the first time.
    written: Option<(CellStatus, CellNumber)>,
}

impl GridRows {
    /// Shows a part of the table. The surrounding effect runs again when anything changes that the cells show.
    pub(crate) fn show(&mut self, body: &HtmlElement, state: SheetState, viewport: &Viewport<'_>) {
        self.arrange(body, viewport.rows);
        let context = RenderContext::new(state);
        // A change of style is a single one and concerns every cell. The few rows of an exercise are written at once.
        let style = (context.digits, context.is_coloured, context.is_exercise);
        let rush = self.style.replace(style) == Some(style) && viewport.rush && !context.is_exercise;
        let in_sight = viewport.window.span(0);
        for view in &mut self.rows {
            view.place(viewport.window.offset(view.row), context.selected.row == view.row);
            // A row that is new in the page may come into sight before the next frame.
            let needs_numbers = std::mem::take(&mut view.is_stale) || (in_sight.0..=in_sight.1).contains(&view.row);
            let columns = match rush {
                false => Some((0, Column::WITH_DELTAS.len())),
                true => needs_numbers.then_some(viewport.columns),
            };
            view.write(&context, columns);
        }
    }

    /// Gives each wanted row a view: the one that shows it already, else one whose row is no longer wanted, else a new
    /// one.
    fn arrange(&mut self, body: &HtmlElement, wanted: &[usize]) {
        let present: Vec<usize> = self.rows.iter().map(|view| view.row).collect();
        if present == wanted {
            return;
        }
        let mut views: Vec<Option<RowView>> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        let mut after: Option<Node> = None;
        // From the last row to the first, since a row is inserted before the one that follows it. Views that keep their
        // row are not moved, because moving an element takes the focus from it.
        for (&row, from) in wanted.iter().zip(reuse(&present, wanted)).rev() {
            let kept = from.and_then(|from| views.get_mut(from)).and_then(Option::take);
            let moves = kept.as_ref().is_none_or(|view| view.row != row);
            let Some(mut view) = kept.or_else(RowView::new) else { continue };
            if moves {
                // Inserting before a child of the body cannot fail.
                let _ = body.insert_before(&view.element, after.as_ref());
                view.set_row(row);
            }
            after = Some(view.element.clone().into());
            self.rows.push(view);
        }
        self.rows.reverse();
        for unused in views.into_iter().flatten() {
            unused.element.remove();
        }
    }
}

impl RenderContext {
    fn new(state: SheetState) -> Self {
        let precedent = |(cell, shade)| (cell, Mark::Precedent { shade });
        let dependent = |cell| (cell, Mark::Dependent);
        let marks = state.precedents.get().into_iter().map(precedent);
        Self {
            state,
            selected: state.cell.get(),
            selection: state.selection.get(),
            marks: marks.chain(state.dependents.get().into_iter().map(dependent)).collect(),
            digits: state.digits.get(),
            is_coloured: state.tint.get(),
            is_exercise: state.is_practising(),
            is_hidden: state.is_hidden.get(),
        }
    }

    fn status(&self, cell: Cell) -> CellStatus {
        let has_focus = cell == self.selected;
        let mark = self.marks.iter().find(|(marked, _)| *marked == cell && !has_focus);
        CellStatus {
            mark: mark.map_or(Mark::None, |(_, mark)| *mark),
            blank: if self.is_exercise { self.state.blank_class(cell) } else { "" },
            is_open: self.is_exercise && self.state.is_open_blank(cell)
                || self.is_hidden && cell.row == self.selected.row,
            is_given: !self.is_exercise && Phase::of(cell) == Phase::Given,
            is_selected: self.selection.contains(cell),
            has_focus,
        }
    }

    fn number(&self, row: &Row, column: Column) -> CellNumber {
        let value = row.get(column);
        CellNumber {
            value: value.to_bits(),
            digits: self.digits,
            is_saturated: insight::is_saturated(row, column),
            tint: if self.is_coloured { insight::tint(value) } else { 0 },
        }
    }
}

impl RowView {
    /// Creates a row that is not in the page yet; `None` only if the browser cannot create elements.
    fn new() -> Option<Self> {
        let element: HtmlElement = document().create_element("div").ok()?.dyn_into().ok()?;
        // The markup contains nothing that a user typed.
        for (name, value) in [("class", "grid-row"), ("role", "row")] {
            element.set_attribute(name, value).ok()?;
        }
        let cell = |column: Column| {
            let index = column.index();
            format!(
                "<div role=\"gridcell\" aria-colindex=\"{}\" data-column=\"{index}\">0</div>",
                index + FIRST_ARIA_COLUMN
            )
        };
        let cells: String = Column::WITH_DELTAS.into_iter().map(cell).collect();
        element.set_inner_html(&format!("<div class=\"corner\" role=\"rowheader\" aria-colindex=\"1\">0</div>{cells}"));
        let header = element.first_element_child()?;
        let elements = std::iter::successors(header.next_element_sibling(), Element::next_element_sibling);
        let cells = elements.map(|element| CellView { element, written: None }).collect();
        Some(Self { row: 0, is_stale: true, top: f64::NAN, is_current: false, element, header, cells })
    }

    /// Makes this the view of another row.
    fn set_row(&mut self, row: usize) {
        self.row = row;
        self.is_stale = true;
        set(&self.element, "aria-rowindex", &(row + FIRST_ARIA_ROW).to_string());
        set(&self.element, "data-row", &row.to_string());
        self.header.set_text_content(Some(&row.to_string()));
    }

    /// Moves the row to its place and marks it if it is the current one.
    fn place(&mut self, top: f64, is_current: bool) {
        if self.top != top {
            self.top = top;
            // Setting a valid property cannot fail.
            let _ = self.element.style().set_property("top", &format!("{top}px"));
        }
        if self.is_current != is_current {
            self.is_current = is_current;
            self.element.set_class_name(if is_current { "grid-row current" } else { "grid-row" });
        }
    }

    /// Writes the marks of all cells, and the numbers of these columns; `None` for no numbers.
    fn write(&mut self, context: &RenderContext, columns: Option<Span>) {
        let row = self.row;
        let values = columns.map(|_| context.state.row_at(row));
        for (view, column) in self.cells.iter_mut().zip(Column::WITH_DELTAS) {
            let in_sight = columns.is_some_and(|(first, last)| (first..=last).contains(&column.index()));
            let number = match (&values, view.written) {
                (_, Some((_, number))) if !in_sight => number,
                (Some(values), _) => context.number(values, column),
                (None, _) => context.number(&context.state.row_at(row), column),
            };
            view.write(column, context.status(Cell { row, column }), number);
        }
    }
}

impl CellView {
    fn write(&mut self, column: Column, status: CellStatus, number: CellNumber) {
        let new = (status, number);
        let Some(old) = self.written.replace(new) else {
            self.write_text(new);
            self.write_class(column, new);
            self.write_selection(status);
            return;
        };
        if old == new {
            return;
        }
        let text = |(status, number): (CellStatus, CellNumber)| (status.is_open, number.value, number.digits);
        if text(old) != text(new) {
            self.write_text(new);
        }
        let class = |(status, number): (CellStatus, CellNumber)| {
            (status.mark, status.blank, status.is_given, number.is_saturated, number.tint)
        };
        if class(old) != class(new) {
            self.write_class(column, new);
        }
        let selection = |(status, _): (CellStatus, CellNumber)| (status.is_selected, status.has_focus);
        if selection(old) != selection(new) {
            self.write_selection(status);
        }
    }

    fn write_text(&self, (status, number): (CellStatus, CellNumber)) {
        self.element.set_text_content(Some(&match f64::from_bits(number.value) {
            value if value.is_nan() && status.is_open => "?".to_owned(),
            value => number::with_digits(value, number.digits),
        }));
    }

    fn write_class(&self, column: Column, (status, number): (CellStatus, CellNumber)) {
        let first = if starts_group(column) { "first" } else { "" };
        let quantity = if status.mark == Mark::None { "" } else { column.quantity().class() };
        let saturated = if number.is_saturated { "saturated" } else { "" };
        let tint = if number.tint == 0 { String::new() } else { format!("tint{}", number.tint) };
        let kind = match column {
            column if column.is_delta() => "delta",
            _ if status.is_given => "given",
            _ => "",
        };
        let class =
            format!("cell {first} {kind} {} {quantity} {saturated} {tint} {}", status.mark.class(), status.blank);
        self.element.set_class_name(&class);
    }

    fn write_selection(&self, status: CellStatus) {
        set(&self.element, "aria-selected", if status.is_selected { "true" } else { "false" });
        set(&self.element, "tabindex", if status.has_focus { "0" } else { "-1" });
    }
}

/// Sets an attribute.
fn set(element: &Element, name: &str, value: &str) {
    // Setting an attribute with a valid name cannot fail.
    let _ = element.set_attribute(name, value);
}
