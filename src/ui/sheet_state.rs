//! What the sheet's components share: the run, the selected cell, and whether it plays.

use leptos::prelude::*;

use crate::sheet::formula::Values;
use crate::sheet::{Column, Constants, Row, Run, learning_rate};

/// Updates after row 0.
pub(super) const UPDATES: usize = 100;

/// A cell; its row is the sheet's current row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) row: usize,
    pub(super) column: Column,
}

/// Signals that the sheet's components share through the context.
#[derive(Clone, Copy)]
pub(super) struct SheetState {
    pub(super) learning_rate: RwSignal<f64>,
    pub(super) run: Memo<Run>,
    pub(super) cell: RwSignal<Cell>,
    pub(super) playing: RwSignal<bool>,
}

impl SheetState {
    pub(super) fn new() -> Self {
        let learning_rate = RwSignal::new(learning_rate::DEFAULT);
        Self {
            learning_rate,
            run: Memo::new(move |_| Run::new(Constants::CLASSIC, learning_rate.get(), UPDATES)),
            cell: RwSignal::new(Cell { row: 0, column: Column::H1 }),
            playing: RwSignal::new(false),
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
