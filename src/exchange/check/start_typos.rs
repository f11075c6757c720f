//! Finds typing mistakes in the given numbers of row 0: the rest of the table was computed with another number.

use super::plainest::plainest;
use super::student::Student;
use crate::exchange::mistakes::Surroundings;
use crate::exchange::table::Table;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Row, Term};

/// The given columns.
const GIVEN: [Column; 12] = {
    use Column::*;
    [T1, T2, I1, I2, W1, W2, W3, W4, W5, W6, W7, W8]
};
/// The relative tolerance for a number that has all its digits.
const TOLERANCE: f64 = 1e-6;
/// The number of cells that must speak for another number.
const ENOUGH: usize = 2;
/// The share of the cells that must speak for another number.
const MOST: f64 = 0.7;
/// The number of rows below row 0 that must follow from their own numbers.
const ROWS_BELOW: u32 = 5;

/// A given number of row 0 that the rest of the table was not computed with.
pub(super) struct StartTypo {
    pub(super) column: Column,
    /// The number that the rest was computed with.
    pub(super) used: f64,
}

/// Returns the typing mistakes in row 0. If the table learns several samples, its targets and inputs were looked at before.
pub(super) fn find(table: &Table<'_>, lesson: &Lesson, has_samples: bool) -> Vec<StartTypo> {
    let mut lesson = *lesson;
    let mut typos = Vec::new();
    let mut student = read(table, &lesson);
    let is_open = |column: &Column| table.is_filled(0, *column) && !(has_samples && *column <= Column::I2);
    let open: Vec<Column> = GIVEN.into_iter().filter(|column| table.rows() > 1 && is_open(column)).collect();
    for &column in &open {
        let used = Users::of(table, &student, column).number();
        if let (Some(used), Some(place)) = (used, lesson.constants.get_mut(column)) {
            *place = used;
            student = read(table, &lesson);
            typos.push(StartTypo { column, used });
        }
    }
    typos.extend(together(table, &lesson, &student, &open));
    typos
}

/// Returns typing mistakes that hide each other, because a sum of two wrong numbers tells neither of them: numbers that
/// explain their cells only if all of them are put in at once.
fn together(table: &Table<'_>, lesson: &Lesson, student: &Student, open: &[Column]) -> Vec<StartTypo> {
    let likeliest =
        |&column: &Column| Some(StartTypo { column, used: Users::of(table, student, column).likeliest_number()? });
    let mut typos: Vec<StartTypo> = open.iter().filter_map(likeliest).collect();
    while typos.len() > 1 {
        let mut lesson = *lesson;
        for typo in &typos {
            if let Some(place) = lesson.constants.get_mut(typo.column) {
                *place = typo.used;
            }
        }
        let student = read(table, &lesson);
        let all = typos.len();
        typos.retain(|typo| Users::of(table, &student, typo.column).fit(typo.used));
        if typos.len() == all {
            return typos;
        }
    }
    Vec::new()
}

/// Reads the numbers of a table that starts from a lesson.
fn read(table: &Table<'_>, lesson: &Lesson) -> Student {
    Student::new(table, &lesson.constants, Some(lesson.learning_rate)).0
}

/// The cells whose right formulas refer to a given number.
struct Users<'a> {
    student: &'a Student,
    column: Column,
    /// The cells of row 0, and the one of row 1 that continues the number.
    start: Vec<(u32, Column)>,
    /// Cells of the rows below that refer to their own row's number.
    below: Vec<(u32, Column)>,
    /// Whether the number of row 0 holds in the rows below, too.
    is_inherited: bool,
}

impl<'a> Users<'a> {
    fn of(table: &Table<'_>, student: &'a Student, column: Column) -> Self {
        let refer = |row: u32, term: Term| {
            let cells = Column::ALL.into_iter().map(move |user| (row, user));
            cells
                .filter(move |&(row, user)| table.is_filled(row, user) && student.precedents(row, user).contains(&term))
        };
        let start = refer(0, Term::Here(column)).chain(refer(1, Term::Above(column))).collect();
        let rows = 1..table.rows().min(1 + ROWS_BELOW);
        let below = rows.flat_map(|row| refer(row, Term::Here(column))).collect();
        Self { student, column, start, below, is_inherited: !table.is_filled(1, column) }
    }

    /// Returns the number that these cells were computed with, if it is not the one in row 0.
    fn number(&self) -> Option<f64> {
        self.candidates().find(|&number| self.fit(number))
    }

    /// Returns the number that most of these cells were computed with if the other numbers of row 0 are right.
    fn likeliest_number(&self) -> Option<f64> {
        let continued = self.candidates().filter(|&number| self.are_continued(number));
        continued.max_by_key(|&number| self.count(&self.start, number))
    }

    /// Returns the numbers that single cells were computed with, if most cells were not computed with the one in row 0.
    fn candidates(&self) -> impl Iterator<Item = f64> {
        let own = self.student.get(0, self.column);
        let is_wrong = self.count(&self.start, own) as f64 <= (1.0 - MOST) * self.start.len() as f64;
        let start = if is_wrong { self.start.as_slice() } else { &[] };
        start.iter().filter_map(move |&place| self.number_of(place, own)).filter(move |&number| number != own)
    }

    /// Whether nearly all of these cells were computed with a number.
    fn fit(&self, number: f64) -> bool {
        let (start, below) = (self.count(&self.start, number), self.count(&self.below, number));
        let is_most = |count: usize, all: usize| count as f64 >= MOST * all as f64;
        // A formula that is wrong in all rows is no typing mistake.
        let are_most = is_most(start, self.start.len()) && is_most(below, self.below.len());
        start >= ENOUGH && are_most && self.are_continued(number)
    }

    /// Whether a number goes on in row 1 as it is, or changed by a step.
    fn are_continued(&self, number: f64) -> bool {
        self.start.iter().filter(|&&(row, _)| row == 1).all(|&place| self.count(&[place], number) > 0)
    }

    /// Returns the plainest number that the cell can have been computed with.
    fn number_of(&self, place: (u32, Column), own: f64) -> Option<f64> {
        let (value, more) = (self.value(place, own), self.value(place, own + 1.0));
        let found = self.student.get(place.0, place.1);
        let number = own + (found - value) / (more - value);
        let slack = self.tolerance(place, found) / (more - value).abs();
        let (low, high) = (number - slack, number + slack);
        if !(low.is_finite() && high.is_finite()) {
            return None;
        }
        Some(if low * high <= 0.0 { 0.0 } else { plainest(low, high).0 })
    }

    /// The number of cells that follow from a number.
    fn count(&self, places: &[(u32, Column)], number: f64) -> usize {
        let follows = |&&place: &&(u32, Column)| {
            let (value, found) = (self.value(place, number), self.student.get(place.0, place.1));
            (value - found).abs() <= self.tolerance(place, value)
        };
        places.iter().filter(follows).count()
    }

    /// The value that a cell's right formula gives if row 0 holds a number.
    fn value(&self, (row, user): (u32, Column), number: f64) -> f64 {
        let rows = self.student.surroundings(row);
        let with = |values: &Row| {
            let mut values = *values;
            values.set(self.column, number);
            values
        };
        let (here, above) = (with(rows.here), with(rows.above));
        let rows = match row {
            0 => Surroundings { here: &here, above: &here, ..rows },
            1 if self.start.contains(&(row, user)) => Surroundings { above: &above, ..rows },
            _ if self.is_inherited => Surroundings { here: &here, ..rows },
            _ => rows,
        };
        self.student.formula(row, user).map_or(f64::NAN, |expr| rows.evaluate(expr))
    }

    fn tolerance(&self, (row, user): (u32, Column), value: f64) -> f64 {
        let slack = self.student.slack(row, user) + self.student.spread_of_own(row, user);
        slack.max(TOLERANCE * value.abs())
    }
}
