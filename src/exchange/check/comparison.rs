//! Judges the cells of a student's sheet, one at a time.

use super::digits::{COMPUTED_DECIMALS, decimals, half_units};
use crate::exchange::cells::Cell;
use crate::exchange::mistakes::Surroundings;
use crate::exchange::table::Table;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Expr, Row, Term, formula, run};

/// The relative tolerance for a number that has all its digits.
const RELATIVE_TOLERANCE: f64 = 1e-6;
/// The absolute tolerance, which matters for numbers close to zero.
const ABSOLUTE_TOLERANCE: f64 = 1e-13;

/// A cell of the table.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) row: u32,
    pub(super) column: Column,
}

/// A student's table beside the engine's rows.
pub(super) struct Comparison<'a> {
    pub(super) table: &'a Table<'a>,
    lesson: Lesson,
    /// The engine's rows.
    engine: Vec<Row>,
    /// The student's rows, with the engine's value where the student has no number.
    student: Vec<Row>,
    /// Half a unit of the last digit that the student wrote, by column; all 0 in a sheet that was computed.
    half_units: [f64; Column::COUNT],
    /// The right formulas of each column: in row 0 and in later rows.
    formulas: [[Option<Expr>; 2]; Column::COUNT],
}

impl<'a> Comparison<'a> {
    pub(super) fn new(table: &'a Table<'a>, lesson: Lesson) -> Self {
        let Lesson { constants, learning_rate } = lesson;
        let engine: Vec<Row> = run::rows(constants, learning_rate).take(table.rows() as usize).collect();
        let student = (0..table.rows()).zip(&engine).map(|(row, engine)| {
            let value = |column| table.cell(row, column).number().unwrap_or(engine.get(column));
            Row::from_values(Column::ALL.map(value))
        });
        let formulas = Column::ALL.map(|column| [formula(column, true), formula(column, false)]);
        Self { table, lesson, student: student.collect(), engine, half_units: half_units(table), formulas }
    }

    /// The learning rate of the sheet.
    pub(super) fn learning_rate(&self) -> f64 {
        self.lesson.learning_rate
    }

    /// The student's cell.
    pub(super) fn cell(&self, place: Place) -> &Cell {
        self.table.cell(place.row, place.column)
    }

    /// The right formula of a cell; `None` where the value is given.
    pub(super) fn formula(&self, place: Place) -> Option<&Expr> {
        self.formulas[place.column.index()][usize::from(place.row > 0)].as_ref()
    }

    /// The engine's value of a cell.
    pub(super) fn expected(&self, place: Place) -> f64 {
        self.engine[place.row as usize].get(place.column)
    }

    /// The student's rows that the formula of a cell may refer to.
    pub(super) fn surroundings(&self, place: Place) -> Surroundings<'_> {
        let row = place.row as usize;
        Surroundings {
            here: &self.student[row],
            above: &self.student[row.saturating_sub(1)],
            start: &self.student[0],
            learning_rate: self.lesson.learning_rate,
        }
    }

    /// Whether the sheet has all its digits, as a spreadsheet computes them.
    fn is_computed(&self) -> bool {
        self.half_units == [0.0; Column::COUNT]
    }

    /// How much a number of this column may differ from `value`.
    fn tolerance(&self, column: Column, value: f64) -> f64 {
        (RELATIVE_TOLERANCE * value.abs()).max(self.half_units[column.index()]).max(ABSOLUTE_TOLERANCE)
    }

    /// Whether the cell has the engine's value.
    pub(super) fn is_right(&self, place: Place) -> bool {
        let expected = self.expected(place);
        let cell = self.cell(place);
        match cell.number() {
            Some(value) => near(value, expected, self.tolerance(place.column, expected)),
            // A spreadsheet shows an error where the engine has no finite number.
            None => matches!(cell, Cell::Error(_)) && !expected.is_finite(),
        }
    }

    /// The cells that the right formula of this one refers to.
    pub(super) fn precedents(&self, place: Place) -> impl Iterator<Item = Place> {
        let terms = self.formula(place).map(Expr::precedents).unwrap_or_default();
        terms.into_iter().filter_map(move |term| match term {
            Term::Here(column) => Some(Place { row: place.row, column }),
            Term::Above(column) => Some(Place { row: place.row.checked_sub(1)?, column }),
            Term::LearningRate => None,
        })
    }

    /// Whether the cell shows an error because a cell that it refers to has no number.
    pub(super) fn inherits_error(&self, place: Place) -> bool {
        let has_no_number = |place: Place| match self.cell(place) {
            Cell::Error(_) => true,
            Cell::Text(_) => self.cell(place).number().is_none(),
            Cell::Blank | Cell::NoResult | Cell::Number(_) => false,
        };
        matches!(self.cell(place), Cell::Error(_)) && self.precedents(place).any(has_no_number)
    }

    /// The value that the right formula of the cell gives from the student's other cells.
    pub(super) fn recomputed(&self, place: Place) -> Option<f64> {
        Some(self.surroundings(place).evaluate(self.formula(place)?))
    }

    /// How much the cell may differ from a value that was computed from the student's other cells: both the cell's own
    /// rounding and that of the other cells count.
    pub(super) fn recomputed_tolerance(&self, place: Place, value: f64) -> f64 {
        let mut tolerance = self.tolerance(place.column, value);
        if self.is_computed() {
            return tolerance;
        }
        let Some(expr) = self.formula(place) else { return tolerance };
        let rows = self.surroundings(place);
        let exact = rows.evaluate(expr);
        for term in expr.precedents() {
            let (column, row) = match term {
                Term::Here(column) => (column, place.row),
                Term::Above(column) => (column, place.row.saturating_sub(1)),
                Term::LearningRate => continue,
            };
            // The given values of row 0 are not rounded.
            if row == 0 && self.formulas[column.index()][0].is_none() {
                continue;
            }
            let shifted = |row: &Row| {
                let mut values = *row.values();
                values[column.index()] += self.half_units[column.index()];
                Row::from_values(values)
            };
            let (here, above) = match term {
                Term::Here(_) => (shifted(rows.here), *rows.above),
                _ => (*rows.here, shifted(rows.above)),
            };
            tolerance += (Surroundings { here: &here, above: &above, ..rows }.evaluate(expr) - exact).abs();
        }
        tolerance
    }

    /// Whether the cell follows, by the right formula, from the student's other cells.
    pub(super) fn follows(&self, place: Place) -> bool {
        let (Some(found), Some(value)) = (self.cell(place).number(), self.recomputed(place)) else { return false };
        near(found, value, self.recomputed_tolerance(place, value))
    }

    /// Whether the cell holds a number that was typed with few digits into a sheet that is otherwise computed.
    pub(super) fn is_rounded(&self, place: Place) -> bool {
        if !self.is_computed() {
            return false;
        }
        let (Some(found), Some(value)) = (self.cell(place).number(), self.recomputed(place)) else { return false };
        let digits = decimals(found);
        (2..COMPUTED_DECIMALS).contains(&digits) && near(found, value, 0.5 * 10_f64.powi(-(digits as i32)))
    }
}

/// Whether two numbers are equal, both not a number, or no further apart than the tolerance.
pub(super) fn near(one: f64, other: f64, tolerance: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan()) || (one - other).abs() <= tolerance
}
