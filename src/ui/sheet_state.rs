//! What the sheet's components share: the run, the selected cell, and whether it plays.

use leptos::prelude::*;

use crate::sheet::formula::Values;
use crate::sheet::{Column, Constants, Expr, Row, Run, Term, formula, learning_rate};

/// Updates after row 0.
pub(super) const UPDATES: usize = 100;

/// A cell; its row is the sheet's current row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) row: usize,
    pub(super) column: Column,
}

/// How a column stands to the selected cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    #[default]
    None,
    /// The selected cell's formula refers to it.
    Precedent,
    /// It is the selected cell.
    Selected,
}

/// Signals that the sheet's components share through the context.
#[derive(Clone, Copy)]
pub(super) struct SheetState {
    pub(super) learning_rate: RwSignal<f64>,
    pub(super) run: Memo<Run>,
    pub(super) cell: RwSignal<Cell>,
    pub(super) playing: RwSignal<bool>,
    /// The selected cell's formula; `None` for a given constant.
    pub(super) formula: Memo<Option<Expr>>,
    /// The cells that this formula refers to.
    pub(super) precedents: Memo<Vec<Cell>>,
}

impl SheetState {
    pub(super) fn new() -> Self {
        let learning_rate = RwSignal::new(learning_rate::DEFAULT);
        let cell = RwSignal::new(Cell { row: 0, column: Column::H1 });
        let formula = Memo::new(move |_| formula(cell.get().column, cell.get().row == 0));
        let precedents = Memo::new(move |_| {
            let row = cell.get().row;
            let terms = formula.with(|formula| formula.as_ref().map(Expr::precedents).unwrap_or_default());
            let cell = |term| match term {
                Term::Here(column) => Some(Cell { row, column }),
                Term::Above(column) => Some(Cell { row: row.saturating_sub(1), column }),
                Term::LearningRate => None,
            };
            terms.into_iter().filter_map(cell).collect()
        });
        Self {
            learning_rate,
            run: Memo::new(move |_| Run::new(Constants::CLASSIC, learning_rate.get(), UPDATES)),
            cell,
            playing: RwSignal::new(false),
            formula,
            precedents,
        }
    }

    /// The current row's index, by itself, so that moving within the row changes nothing that depends on it.
    pub(super) fn current_row(self) -> Memo<usize> {
        Memo::new(move |_| self.cell.get().row)
    }

    /// Makes another row the current one; rows beyond the last are the last.
    pub(super) fn go_to(self, row: usize) {
        self.cell.update(|cell| cell.row = row.min(UPDATES));
    }

    /// Selects a column in the current row.
    pub(super) fn select(self, column: Column) {
        self.cell.update(|cell| cell.column = column);
    }

    /// How a column stands to the selected cell, in the picture of the current row: there the row above, which an
    /// update refers to, has no place of its own.
    pub(super) fn mark(self, column: Column) -> Mark {
        if self.cell.get().column == column {
            Mark::Selected
        } else if self.precedents.with(|cells| cells.iter().any(|cell| cell.column == column)) {
            Mark::Precedent
        } else {
            Mark::None
        }
    }

    /// One row down. At the last row nothing happens, and playing ends.
    pub(super) fn step(self) {
        let row = self.cell.get_untracked().row;
        self.go_to(row + 1);
        if row + 1 >= UPDATES {
            self.playing.set(false);
        }
    }

    /// One row up.
    pub(super) fn back(self) {
        self.go_to(self.cell.get_untracked().row.saturating_sub(1));
    }

    /// The values that the formulas of a row refer to: that row and the one above.
    pub(super) fn rows(self, row: usize) -> (Row, Row) {
        self.run.with(|run| (run.row(row), run.row(row.saturating_sub(1))))
    }

    /// Calls `read` with the values of a row.
    pub(super) fn with_values<T>(self, row: usize, read: impl FnOnce(&Values<'_>) -> T) -> T {
        let (here, above) = self.rows(row);
        read(&Values { here: &here, above: &above, learning_rate: self.learning_rate.get() })
    }
}
