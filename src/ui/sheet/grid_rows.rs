//! The table's rows, written straight into the page. A view of its own for each of a thousand cells, all of which change
//! with the learning rate, would take longer than a frame; here one effect compares what each cell shows with what it
//! should show, and writes what differs.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use super::formula_html::mark_class;
use super::grid_layout::{FIRST_ARIA_COLUMN, FIRST_ARIA_ROW, starts_group};
use super::state::{Mark, SheetState};
use crate::sheet::number::Digits;
use crate::sheet::selection::Selection;
use crate::sheet::window::{Span, Window, reuse};
use crate::sheet::{Cell, Column, Row, insight, number};

/// The rows that are in the page, in their order.
#[derive(Default)]
pub(crate) struct GridRows {
    rows: Vec<RowView>,
    /// How they were written: digits, whether they are tinted, whether they are those of an exercise.
    style: Option<(Digits, bool, bool)>,
}

/// What is to be shown.
pub(crate) struct Shown<'a> {
    /// The rows, in their order.
    pub(crate) rows: &'a [usize],
    /// Where they stand.
    pub(crate) window: Window,
    /// The columns in sight.
    pub(crate) columns: Span,
    /// Whether numbers out of sight are left for later.
    pub(crate) rush: bool,
}

/// What every cell is looked at with.
struct Looks {
    state: SheetState,
    selected: Cell,
    selection: Selection,
    /// Precedents and dependents of the selected cell; where a cell is both, the first counts.
    marks: Vec<(Cell, Mark)>,
    digits: Digits,
    tint: bool,
    practising: bool,
}

/// How a cell stands to the selected one, and to the exercise.
#[derive(Clone, Copy, PartialEq)]
struct Standing {
    mark: Mark,
    blank: &'static str,
    open: bool,
    selected: bool,
    focus: bool,
}

/// A cell's number.
#[derive(Clone, Copy, PartialEq)]
struct Figure {
    /// By its bits, so that what is not a number equals itself.
    value: u64,
    digits: Digits,
    saturated: bool,
    tint: i8,
}

struct RowView {
    row: usize,
    /// Whether it shows another row's numbers.
    stale: bool,
    top: f64,
    current: bool,
    element: HtmlElement,
    header: Node,
    cells: Vec<CellView>,
}

struct CellView {
    element: Element,
    text: Node,
    /// What it shows; `None` as long as nothing was written.
    shown: Option<(Standing, Figure)>,
}

impl GridRows {
    /// Shows rows. The effect that this is called in depends on everything that they show.
    pub(crate) fn show(&mut self, body: &HtmlElement, state: SheetState, shown: &Shown<'_>) {
        self.arrange(body, shown.rows);
        let looks = Looks::new(state);
        // Another style is a single change, and concerns every cell. The few rows of an exercise need no rush.
        let style = (looks.digits, looks.tint, looks.practising);
        let rush = self.style.replace(style) == Some(style) && shown.rush && !looks.practising;
        let seen = shown.window.span(0);
        for view in &mut self.rows {
            view.place(shown.window.offset(view.row), looks.selected.row == view.row);
            // What has come into the page may be in sight before the next frame.
            let in_sight = std::mem::take(&mut view.stale) || (seen.0..=seen.1).contains(&view.row);
            let columns = match rush {
                false => Some((0, Column::COUNT)),
                true => in_sight.then_some(shown.columns),
            };
            view.write(&looks, columns);
        }
    }

    /// Gives each wanted row a view: the one that it has, or one whose row is not wanted any more, or a new one.
    fn arrange(&mut self, body: &HtmlElement, wanted: &[usize]) {
        let present: Vec<usize> = self.rows.iter().map(|view| view.row).collect();
        if present == wanted {
            return;
        }
        let mut views: Vec<Option<RowView>> = std::mem::take(&mut self.rows).into_iter().map(Some).collect();
        let mut after: Option<Node> = None;
        // From the last to the first, so that what follows a row has its place already. Views that keep their row are
        // not moved: that would take the focus from them.
        for (&row, from) in wanted.iter().zip(reuse(&present, wanted)).rev() {
            let kept = from.and_then(|from| views.get_mut(from)).and_then(Option::take);
            let moves = kept.as_ref().is_none_or(|view| view.row != row);
            let Some(mut view) = kept.or_else(RowView::new) else { continue };
            if moves {
                // The table takes any row of its own.
                let _ = body.insert_before(&view.element, after.as_ref());
                view.turn_to(row);
            }
            after = Some(view.element.clone().into());
            self.rows.push(view);
        }
        self.rows.reverse();
        for left in views.into_iter().flatten() {
            left.element.remove();
        }
    }
}

impl Looks {
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
            tint: state.tint.get(),
            practising: state.is_practising(),
        }
    }

    fn standing(&self, cell: Cell) -> Standing {
        let focus = cell == self.selected;
        let mark = self.marks.iter().find(|(marked, _)| *marked == cell && !focus);
        Standing {
            mark: mark.map_or(Mark::None, |(_, mark)| *mark),
            blank: if self.practising { self.state.blank_class(cell) } else { "" },
            open: self.practising && self.state.is_open(cell),
            selected: self.selection.contains(cell),
            focus,
        }
    }

    fn figure(&self, row: &Row, column: Column) -> Figure {
        let value = row.get(column);
        Figure {
            value: value.to_bits(),
            digits: self.digits,
            saturated: insight::is_saturated(row, column),
            tint: if self.tint { insight::tint(value) } else { 0 },
        }
    }
}

impl RowView {
    /// A row that is not in the page yet; `None` only where the page has no elements.
    fn new() -> Option<Self> {
        let element: HtmlElement = document().create_element("div").ok()?.dyn_into().ok()?;
        // All of this is our own text.
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
        let cells: String = Column::ALL.into_iter().map(cell).collect();
        element.set_inner_html(&format!("<div class=\"corner\" role=\"rowheader\" aria-colindex=\"1\">0</div>{cells}"));
        let first = element.first_element_child()?;
        let header = first.first_child()?;
        let elements = std::iter::successors(first.next_element_sibling(), Element::next_element_sibling);
        let cells =
            elements.filter_map(|element| Some(CellView { text: element.first_child()?, element, shown: None }));
        let cells = cells.collect();
        Some(Self { row: 0, stale: true, top: f64::NAN, current: false, element, header, cells })
    }

    /// Makes it the view of a row.
    fn turn_to(&mut self, row: usize) {
        self.row = row;
        self.stale = true;
        set(&self.element, "aria-rowindex", &(row + FIRST_ARIA_ROW).to_string());
        set(&self.element, "data-row", &row.to_string());
        self.header.set_node_value(Some(&row.to_string()));
    }

    fn place(&mut self, top: f64, current: bool) {
        if self.top != top {
            self.top = top;
            // A property that every browser has.
            let _ = self.element.style().set_property("top", &format!("{top}px"));
        }
        if self.current != current {
            self.current = current;
            self.element.set_class_name(if current { "grid-row current" } else { "grid-row" });
        }
    }

    /// Writes how the cells stand, and in these columns their numbers.
    fn write(&mut self, looks: &Looks, columns: Option<Span>) {
        let row = self.row;
        let values = columns.map(|_| looks.state.row_at(row));
        for (view, column) in self.cells.iter_mut().zip(Column::ALL) {
            let in_sight = columns.is_some_and(|(first, last)| (first..=last).contains(&column.index()));
            let figure = match (&values, view.shown) {
                (_, Some((_, figure))) if !in_sight => figure,
                (Some(values), _) => looks.figure(values, column),
                (None, _) => looks.figure(&looks.state.row_at(row), column),
            };
            view.write(column, looks.standing(Cell { row, column }), figure);
        }
    }
}

impl CellView {
    fn write(&mut self, column: Column, standing: Standing, figure: Figure) {
        let new = (standing, figure);
        let Some(old) = self.shown.replace(new) else {
            self.write_text(new);
            self.write_class(column, new);
            self.write_selection(standing);
            return;
        };
        if old == new {
            return;
        }
        let text = |(standing, figure): (Standing, Figure)| (standing.open, figure.value, figure.digits);
        if text(old) != text(new) {
            self.write_text(new);
        }
        let class =
            |(standing, figure): (Standing, Figure)| (standing.mark, standing.blank, figure.saturated, figure.tint);
        if class(old) != class(new) {
            self.write_class(column, new);
        }
        let selection = |(standing, _): (Standing, Figure)| (standing.selected, standing.focus);
        if selection(old) != selection(new) {
            self.write_selection(standing);
        }
    }

    fn write_text(&self, (standing, figure): (Standing, Figure)) {
        self.text.set_node_value(Some(&match f64::from_bits(figure.value) {
            value if value.is_nan() && standing.open => "?".to_owned(),
            value => number::with_digits(value, figure.digits),
        }));
    }

    fn write_class(&self, column: Column, (standing, figure): (Standing, Figure)) {
        let first = if starts_group(column) { "first" } else { "" };
        let quantity = if standing.mark == Mark::None { "" } else { column.quantity().class() };
        let saturated = if figure.saturated { "saturated" } else { "" };
        let tint = if figure.tint == 0 { String::new() } else { format!("tint{}", figure.tint) };
        let class =
            format!("cell {first} {} {quantity} {saturated} {tint} {}", mark_class(standing.mark), standing.blank);
        self.element.set_class_name(&class);
    }

    fn write_selection(&self, standing: Standing) {
        set(&self.element, "aria-selected", if standing.selected { "true" } else { "false" });
        set(&self.element, "tabindex", if standing.focus { "0" } else { "-1" });
    }
}

fn set(element: &Element, name: &str, value: &str) {
    // Names of our own are valid.
    let _ = element.set_attribute(name, value);
}
