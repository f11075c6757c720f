//! A student's numbers, with those filled in that the sheet lacks.

use std::collections::BTreeMap;

use crate::exchange::mistakes::Surroundings;
use crate::exchange::table::Table;
use crate::sheet::{Column, Constants, Expr, Row, Term, formula};

use super::digits::Digits;
use super::habits::Written;

/// The largest relative distance of a number with all its digits from what it was computed from.
const EXACT: f64 = 1e-11;
/// The share of a number by which it is changed to see its influence on others.
const SMALL_SHARE: f64 = 1e-6;
/// A row of zeros.
const ZEROS: Row = Row::from_values([0.0; Column::COUNT]);

/// A student's rows.
pub(super) struct Student {
    /// The numbers. Where the sheet has none, the right formula gives it from the student's own cells.
    rows: Vec<Row>,
    /// How much each number may differ from the one that the student computed with, because it shows fewer digits.
    slack: Vec<Row>,
    /// How much more than their own digits tell some numbers may differ from those that others were computed from.
    strays: BTreeMap<(u32, Column), f64>,
    /// How far each number can be at most from the one that the student computed with, because others follow from it to
    /// their last digit.
    most: Vec<Row>,
    /// The columns whose numbers are those that the student computed with, even if they have few digits.
    held: Vec<Column>,
    learning_rate: f64,
    /// The right formulas of each column: in row 0 and in later rows.
    formulas: [[Option<Expr>; 2]; Column::COUNT],
    precedents: [[Vec<Term>; 2]; Column::COUNT],
}

impl Student {
    /// Reads the numbers of a table. Without a learning rate, weights that the sheet lacks are not a number.
    pub(super) fn new(table: &Table<'_>, constants: &Constants, learning_rate: Option<f64>) -> (Self, Digits) {
        let formulas = Column::ALL.map(|column| [formula(column, true), formula(column, false)]);
        let precedents = formulas
            .each_ref()
            .map(|both| both.each_ref().map(|expr| expr.as_ref().map_or_else(Vec::new, Expr::precedents)));
        let learning_rate = learning_rate.unwrap_or(f64::NAN);
        let mut student = Self {
            rows: Vec::new(),
            slack: Vec::new(),
            most: Vec::new(),
            strays: BTreeMap::new(),
            held: Vec::new(),
            learning_rate,
            formulas,
            precedents,
        };
        let mut lacking = Vec::new();
        for row in 0..table.rows() {
            student.rows.push(student.rows.last().copied().unwrap_or(ZEROS));
            let mut constants = *constants;
            for column in Column::ALL {
                let given = constants.get_mut(column).filter(|_| row == 0).map(|given| *given);
                let own = || table.cell(row, column).number().filter(|_| table.is_filled(row, column));
                let value = given.or_else(own).unwrap_or_else(|| {
                    lacking.push((row, column));
                    student.recomputed(row, column).unwrap_or(f64::NAN)
                });
                student.put(row, column, value);
            }
        }
        let telling = Column::ALL.map(|column| student.telling_numbers(table, column));
        let all = Column::ALL.map(|column| student.computed_numbers(table, column));
        let digits = Digits::new(&telling, &all, student.rows.len(), shown_decimals(table));
        student.slack = student.rows.iter().map(|_| ZEROS).collect();
        student.most = vec![Row::from_values([f64::INFINITY; Column::COUNT]); student.rows.len()];
        for row in 0..table.rows() {
            for column in Column::ALL {
                let value = student.get(row, column);
                let slack = match column {
                    // Targets and inputs are never computed.
                    Column::T1 | Column::T2 | Column::I1 | Column::I2 => 0.0,
                    _ if student.is_given(row, column) => digits.given_unit(row, column, value),
                    // Without a learning rate, the steps are looked at before the numbers are judged.
                    _ if learning_rate.is_nan() && digits.is_stray(row, column, value) => {
                        digits.stray_slack(row, column, value).unwrap_or(0.0)
                    }
                    _ => digits.unit(row, column, value),
                };
                student.set_slack(row, column, slack);
            }
        }
        for (row, column) in lacking {
            let spread = student.spread_of_own(row, column);
            student.set_slack(row, column, spread);
        }
        let computed = |numbers: &Vec<(u32, Written)>| -> Vec<u32> {
            numbers.iter().filter(|(_, number)| !number.is_short()).map(|&(row, _)| row).collect()
        };
        let computed = telling.each_ref().map(computed);
        for (rows, column) in computed.iter().zip(Column::ALL) {
            for &row in rows {
                student.note_exact(row, column, &computed);
            }
        }
        (student, digits)
    }

    /// Notes how far the numbers that a cell was computed from can be from those that they show, if it follows from them to
    /// its last digit. `computed` are the rows of each column's numbers with all their digits, which are those they show.
    fn note_exact(&mut self, row: u32, column: Column, computed: &[Vec<u32>; Column::COUNT]) {
        let found = self.get(row, column);
        let value = self.value_of(&self.surroundings(row), row, column);
        let slack = EXACT * found.abs();
        let follows = (found - value).abs() <= slack;
        if !follows {
            return;
        }
        let most = |&term: &Term| {
            let (index, precedent) = place_of(row, term)?;
            if computed[precedent.index()].binary_search(&(index as u32)).is_ok() {
                return None;
            }
            let by = SMALL_SHARE * self.rows[index].get(precedent).abs();
            let value_of = |rows: &Surroundings<'_>| self.value_of(rows, row, column);
            // A cell tells little about a number that has hardly any influence on it.
            let influence = (self.value_if_moved(row, term, by, &value_of) - value).abs() / by;
            Some((index, precedent, slack / influence))
        };
        let all: Vec<(usize, Column, f64)> = self.precedents(row, column).iter().filter_map(most).collect();
        for (index, precedent, most) in all {
            let most = most.min(self.most[index].get(precedent));
            self.most[index].set(precedent, most);
        }
    }

    /// The value of a formula in a row if one of the numbers that it refers to is changed by this much.
    fn value_if_moved(&self, row: u32, term: Term, by: f64, value: &dyn Fn(&Surroundings<'_>) -> f64) -> f64 {
        let rows = self.surroundings(row);
        let Some((index, column)) = place_of(row, term) else { return value(&rows) };
        let mut moved = self.rows[index];
        moved.set(column, moved.get(column) + by);
        match term {
            Term::Here(_) => value(&Surroundings { here: &moved, ..rows }),
            _ => value(&Surroundings { above: &moved, ..rows }),
        }
    }

    /// Returns the numbers of a column that tell how many digits it shows, with their rows.
    fn telling_numbers(&self, table: &Table<'_>, column: Column) -> Vec<(u32, Written)> {
        let mut numbers = Vec::new();
        for row in 0..self.rows.len() as u32 {
            if self.is_given(row, column) || !table.is_filled(row, column) {
                continue;
            }
            let (value, decimals) = (self.get(row, column), table.decimals(row, column));
            let Some(number) = Written::shown(value, decimals) else { continue };
            // Given numbers do not show how a student computes, and a number that is exact or repeated does not show where
            // the student's numbers end, unless zeros at its end do.
            let is_repeated = row > 0 && self.get(row - 1, column) == value;
            let is_exact = |exact: f64| (value - exact).abs() <= 1e-14 * exact.abs();
            let is_exact = || number.is_short() && self.recomputed(row, column).is_some_and(is_exact);
            if decimals.is_some() || !is_repeated && !is_exact() {
                numbers.push((row, number));
            }
        }
        numbers
    }

    /// Returns all numbers of a column that are not given, with their decimals if they are written with zeros at their end.
    fn computed_numbers(&self, table: &Table<'_>, column: Column) -> Vec<(f64, Option<i32>)> {
        let rows =
            (0..self.rows.len() as u32).filter(|&row| !self.is_given(row, column) && table.is_filled(row, column));
        rows.map(|row| (self.get(row, column), table.decimals(row, column))).collect()
    }

    fn put(&mut self, row: u32, column: Column, value: f64) {
        self.rows[row as usize].set(column, value);
    }

    /// Notes that a number may differ from the one that the student computed others with by more than its digits tell.
    pub(super) fn note_stray(&mut self, row: u32, column: Column, slack: f64) {
        self.strays.insert((row, column), slack);
    }

    /// Notes that the numbers of a column are those that the student computed with, even if they have few digits.
    pub(super) fn hold(&mut self, column: Column) {
        self.held.push(column);
        for slack in &mut self.slack {
            slack.set(column, 0.0);
        }
    }

    /// Whether the numbers of a column are those that the student computed with, even if they have few digits.
    pub(super) fn is_held(&self, column: Column) -> bool {
        self.held.contains(&column)
    }

    /// Sets how much a number may differ from the one that the student computed with.
    fn set_slack(&mut self, row: u32, column: Column, slack: f64) {
        self.slack[row as usize].set(column, slack);
    }

    /// How much a number may differ from the one that the student computed with.
    pub(super) fn slack(&self, row: u32, column: Column) -> f64 {
        self.slack[row as usize].get(column)
    }

    /// A number.
    pub(super) fn get(&self, row: u32, column: Column) -> f64 {
        self.rows[row as usize].get(column)
    }

    /// Whether a cell holds a number that is given.
    pub(super) fn is_given(&self, row: u32, column: Column) -> bool {
        self.formula(row, column).is_none()
    }

    /// The right formula of a cell; `None` where the value is given.
    pub(super) fn formula(&self, row: u32, column: Column) -> Option<&Expr> {
        self.formulas[column.index()][usize::from(row > 0)].as_ref()
    }

    /// The terms of the right formula of a cell.
    pub(super) fn precedents(&self, row: u32, column: Column) -> &[Term] {
        &self.precedents[column.index()][usize::from(row > 0)]
    }

    /// The rows that the formula of a cell may refer to.
    pub(super) fn surroundings(&self, row: u32) -> Surroundings<'_> {
        let row = row as usize;
        Surroundings {
            here: &self.rows[row],
            above: &self.rows[row.saturating_sub(1)],
            two_above: &self.rows[row.saturating_sub(2)],
            start: &self.rows[0],
            learning_rate: self.learning_rate,
        }
    }

    fn value_of(&self, rows: &Surroundings<'_>, row: u32, column: Column) -> f64 {
        self.formula(row, column).map_or(f64::NAN, |expr| rows.evaluate(expr))
    }

    /// The value that the right formula of the cell gives from the student's other cells; `None` where it is given.
    pub(super) fn recomputed(&self, row: u32, column: Column) -> Option<f64> {
        Some(self.surroundings(row).evaluate(self.formula(row, column)?))
    }

    /// How much the value of the cell's right formula may change because the cells that it refers to show too few digits.
    pub(super) fn spread_of_own(&self, row: u32, column: Column) -> f64 {
        self.spread(row, column, &|rows| self.value_of(rows, row, column))
    }

    /// How much the value of a formula may change because the cells that it refers to show too few digits.
    ///
    /// `value` is the formula, right or wrong; it refers to the same cells as the right one, or to the same columns of
    /// row 0 or of the row above.
    pub(super) fn spread(&self, row: u32, column: Column, value: &dyn Fn(&Surroundings<'_>) -> f64) -> f64 {
        let rows = self.surroundings(row);
        let exact = value(&rows);
        let mut spread = 0.0;
        for &term in self.precedents(row, column) {
            let Some((index, column)) = place_of(row, term) else { continue };
            let stray = self.strays.get(&(index as u32, column)).copied();
            let slack = stray.unwrap_or(0.0).max(self.slack[index].get(column)).min(self.most[index].get(column));
            if slack == 0.0 {
                continue;
            }
            let farthest = [slack, -slack].map(|slack| (self.value_if_moved(row, term, slack, value) - exact).abs());
            spread += farthest[0].max(farthest[1]);
        }
        // The errors of several factors also multiply.
        1.1 * spread
    }
}

/// The row and the column of a number that the formula of a cell refers to; row 0 for a row above it.
fn place_of(row: u32, term: Term) -> Option<(usize, Column)> {
    match term {
        Term::Here(column) => Some((row as usize, column)),
        Term::Above(column) => Some((row.saturating_sub(1) as usize, column)),
        Term::LearningRate => None,
    }
}

/// Returns the decimals of the numbers that are written with zeros at their end.
fn shown_decimals(table: &Table<'_>) -> BTreeMap<(u32, Column), i32> {
    let places = (0..table.rows()).flat_map(|row| Column::ALL.map(|column| (row, column)));
    places.filter_map(|(row, column)| Some(((row, column), table.decimals(row, column)?))).collect()
}
