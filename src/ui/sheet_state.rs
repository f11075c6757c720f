//! What the sheet's components share: the run, the selected cell, and whether it plays.

use leptos::prelude::*;

use crate::sheet::formula::Values;
use crate::sheet::lesson::{Change, History, Lesson};
use crate::sheet::{Column, Expr, Row, Run, Term, formula};

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
    /// Constants and learning rate, with what they were before.
    pub(super) history: RwSignal<History>,
    pub(super) lesson: Memo<Lesson>,
    pub(super) learning_rate: Memo<f64>,
    pub(super) run: Memo<Run>,
    pub(super) cell: RwSignal<Cell>,
    /// The cell's row by itself, so that moving within the row changes nothing that depends on it.
    pub(super) row: Memo<usize>,
    pub(super) playing: RwSignal<bool>,
    /// The selected cell's formula; `None` for a given constant.
    pub(super) formula: Memo<Option<Expr>>,
    /// The cells that this formula refers to.
    pub(super) precedents: Memo<Vec<Cell>>,
}

impl SheetState {
    pub(super) fn new() -> Self {
        let history = RwSignal::new(History::new(Lesson::CLASSIC));
        let lesson = Memo::new(move |_| history.with(History::present));
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
            history,
            lesson,
            learning_rate: Memo::new(move |_| lesson.get().learning_rate),
            run: Memo::new(move |_| {
                let Lesson { constants, learning_rate } = lesson.get();
                Run::new(constants, learning_rate, UPDATES)
            }),
            cell,
            row: Memo::new(move |_| cell.get().row),
            playing: RwSignal::new(false),
            formula,
            precedents,
        }
    }

    /// Makes another row the current one; rows beyond the last are the last.
    pub(super) fn go_to(self, row: usize) {
        self.cell.update(|cell| cell.row = row.min(UPDATES));
    }

    /// Changes the lesson, for good: [`History`] can undo it.
    pub(super) fn change(self, change: Change, edit: impl FnOnce(&mut Lesson)) {
        let mut lesson = self.lesson.get_untracked();
        edit(&mut lesson);
        self.history.update(|history| history.change(change, lesson));
    }

    /// Changes the learning rate.
    pub(super) fn set_learning_rate(self, rate: f64) {
        self.change(Change::LearningRate, |lesson| lesson.learning_rate = rate);
    }

    /// Changes a constant of row 0; other columns are computed and stay.
    pub(super) fn set_constant(self, column: Column, value: f64) {
        self.change(Change::Constant(column), |lesson| {
            if let Some(place) = lesson.constants.get_mut(column) {
                *place = value;
            }
        });
    }

    /// Ends a drag or the typing in a field.
    pub(super) fn settle(self) {
        self.history.update(History::settle);
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

    /// Plays or pauses; at the last row playing begins anew.
    pub(super) fn play_or_pause(self) {
        if !self.playing.get_untracked() && self.cell.get_untracked().row == UPDATES {
            self.go_to(0);
        }
        self.playing.update(|playing| *playing = !*playing);
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
