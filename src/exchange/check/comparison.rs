//! Judges the cells of a student's sheet, one at a time.

use super::digits::Digits;
use super::never_updated;
use super::samples::Samples;
use super::student::Student;
use crate::exchange::cells::Cell;
use crate::exchange::mistakes::Surroundings;
use crate::exchange::no_number::why_no_number;
use crate::exchange::table::Table;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Expr, Row, Term, run};

/// The relative tolerance for a number that has all its digits.
const RELATIVE_TOLERANCE: f64 = 1e-6;
/// The relative tolerance for a number with few digits that is exact by chance.
const EXACTLY: f64 = 1e-12;
/// The absolute tolerance, which matters for numbers close to zero.
const ABSOLUTE_TOLERANCE: f64 = 1e-13;
/// The share of cells that must show the engine's values so that the sheet counts as a right one that shows few digits,
/// not as one that was worked out with rounded numbers.
const SHOWN_SHARE: f64 = 0.95;

/// A cell of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) row: u32,
    pub(super) column: Column,
}

/// The judgement of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// The cell is right, or nobody filled it in.
    Right,
    /// The number is right as far as it goes, but other cells of its column and its row have more digits.
    Short,
    /// The cell has no number because a cell that it refers to has none, or it follows from cells that are wrong.
    Consequence,
    /// The cell follows from nothing.
    Wrong,
}

/// A student's table beside the engine's rows.
pub(super) struct Comparison<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) lesson: Lesson,
    /// The row and column of the cell that holds the learning rate, if there is one.
    pub(super) rate_cell: Option<(u32, u32)>,
    /// The engine's rows.
    engine: Vec<Row>,
    pub(super) student: Student,
    pub(super) digits: Digits,
    /// Whether the table learns several samples, so that targets and inputs change.
    has_samples: bool,
    /// Whether the sheet shows the engine's values with fewer digits.
    is_shown: bool,
    /// Whether a wrong cell was found, from which others may have been computed.
    has_mistakes: bool,
    judgements: Vec<[Judgement; Column::COUNT]>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        table: &'a Table<'a>,
        lesson: Lesson,
        rate_cell: Option<(u32, u32)>,
        samples: Option<&Samples>,
    ) -> Self {
        let Lesson { constants, learning_rate } = lesson;
        let engine: Vec<Row> = match samples {
            Some(samples) => samples.engine(constants.weights, learning_rate),
            None => run::rows(constants, learning_rate).take(table.rows() as usize).collect(),
        };
        let (mut student, digits) = Student::new(table, &constants, Some(learning_rate));
        for weight in never_updated::weights(table, &student, &digits, &engine) {
            student.hold(weight);
        }
        let judgements = vec![[Judgement::Right; Column::COUNT]; engine.len()];
        let mut comparison = Self {
            table,
            lesson,
            rate_cell,
            engine,
            student,
            digits,
            has_samples: samples.is_some(),
            is_shown: false,
            has_mistakes: false,
            judgements,
        };
        comparison.is_shown = comparison.shows_the_engines_values();
        for row in 0..table.rows() {
            for column in Column::ALL {
                let place = Place { row, column };
                let judgement = comparison.judge(place);
                comparison.judgements[row as usize][column.index()] = judgement;
                comparison.has_mistakes |= judgement == Judgement::Wrong;
                if let Some(slack) = comparison.slack_for_others(place) {
                    comparison.student.note_stray(row, column, slack);
                }
            }
        }
        comparison
    }

    /// What the engine started from.
    pub(super) const fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// The learning rate of the sheet.
    pub(super) fn learning_rate(&self) -> f64 {
        self.lesson.learning_rate
    }

    /// The student's rows.
    pub(super) fn student(&self) -> &Student {
        &self.student
    }

    /// The student's cell.
    pub(super) fn cell(&self, place: Place) -> &Cell {
        self.table.cell(place.row, place.column)
    }

    /// The student's number in a cell; the one that follows from the other cells if there is none.
    pub(super) fn found(&self, place: Place) -> f64 {
        self.student.get(place.row, place.column)
    }

    /// The right formula of a cell; `None` where the value is given.
    pub(super) fn formula(&self, place: Place) -> Option<&Expr> {
        self.student.formula(place.row, place.column)
    }

    /// The engine's value of a cell.
    pub(super) fn expected(&self, place: Place) -> f64 {
        self.engine[place.row as usize].get(place.column)
    }

    /// The judgement of a cell.
    pub(super) fn judgement(&self, place: Place) -> Judgement {
        self.judgements[place.row as usize][place.column.index()]
    }

    /// The student's rows that the formula of a cell may refer to.
    pub(super) fn surroundings(&self, place: Place) -> Surroundings<'_> {
        self.student.surroundings(place.row)
    }

    /// The value that the right formula of the cell gives from the student's other cells.
    pub(super) fn recomputed(&self, place: Place) -> Option<f64> {
        self.student.recomputed(place.row, place.column)
    }

    /// Whether the numbers around a cell, in its column or in its row, have few digits.
    pub(super) fn has_few_digits(&self, place: Place) -> bool {
        self.digits.are_few(place.row, place.column)
    }

    /// How much the number in a cell may differ from `value` because of its own digits.
    pub(super) fn tolerance(&self, place: Place, value: f64) -> f64 {
        let unit = self.student.slack(place.row, place.column);
        // A number that was cut off is up to a whole unit away.
        (RELATIVE_TOLERANCE * value.abs()).max(unit * (1.0 + RELATIVE_TOLERANCE)).max(ABSOLUTE_TOLERANCE)
    }

    /// Whether most cells with formulas have the engine's values.
    fn shows_the_engines_values(&self) -> bool {
        let (mut all, mut same) = (0_u32, 0_u32);
        for row in 0..self.table.rows() {
            for column in Column::ALL {
                let place = Place { row, column };
                let is_computed = column > Column::I2 && !self.student.is_given(row, column);
                if is_computed && self.table.is_filled(row, column) {
                    all += 1;
                    same += u32::from(self.has_engines_value(place) || self.is_short_for(place, self.expected(place)));
                }
            }
        }
        f64::from(same) >= SHOWN_SHARE * f64::from(all)
    }

    /// Whether the cell has the engine's value.
    pub(super) fn has_engines_value(&self, place: Place) -> bool {
        let expected = self.expected(place);
        match self.cell(place) {
            // A spreadsheet shows an error where the engine has no finite number.
            Cell::Error(_) => !expected.is_finite(),
            _ => {
                near(self.found(place), expected, self.tolerance(place, expected)) && self.may_be_shown(place, expected)
            }
        }
    }

    /// Whether the number that stands in all cells of a column can be `value` with fewer digits: a digit or two of it must be
    /// those of the value, rounded or cut off.
    fn may_be_shown(&self, place: Place, value: f64) -> bool {
        let (found, unit) = (self.found(place), self.student.slack(place.row, place.column));
        let is_rough = self.digits.is_constant(place.column) && found.abs() < 100.0 * unit;
        let is_cut = || found * value > 0.0 && found.abs() <= value.abs();
        !is_rough || is_cut() || near(found, value, 0.5 * unit * (1.0 + RELATIVE_TOLERANCE))
    }

    /// How far the number in a cell may be from the one that it stands for, if it has fewer digits than those around it.
    fn stray_slack(&self, place: Place) -> Option<f64> {
        let slack = self.digits.stray_slack(place.row, place.column, self.found(place));
        slack.filter(|_| !self.student.is_held(place.column))
    }

    /// Whether the number in a cell is `value` with fewer digits than the cells around it have.
    fn is_short_for(&self, place: Place, value: f64) -> bool {
        let found = self.found(place);
        let missing = value.abs() - found.abs();
        let is_cut = || found * value > 0.0 && self.cut_unit(place).is_some_and(|unit| (0.0..unit).contains(&missing));
        self.stray_slack(place).is_some_and(|slack| near(found, value, slack * (1.0 + RELATIVE_TOLERANCE)) || is_cut())
    }

    /// How far a number may be from the one that others were computed from, if it has fewer digits than those around it.
    fn slack_for_others(&self, place: Place) -> Option<f64> {
        let Place { row, column } = place;
        if !self.table.is_filled(row, column) || self.student.is_given(row, column) {
            return None;
        }
        // A number that is right to the digits of those around it has them all, even if zeros at its end are not shown;
        // but one that was computed from wrong numbers comes close to the engine's only by chance.
        let (found, unit) = (self.found(place), self.student.slack(row, column));
        let is_near = |value: f64| near(found, value, unit + EXACTLY * value.abs());
        // Numbers with few digits may give one with as few by chance.
        let is_computed = || self.recomputed(place).is_some_and(is_near) && self.spread(place) == 0.0;
        let is_right = || is_near(self.expected(place)) && self.wrong_precedents(place).next().is_none();
        let has_all = is_right() || is_computed();
        if has_all { None } else { self.stray_slack(place).map(|slack| slack.max(self.cut_unit(place).unwrap_or(0.0))) }
    }

    /// One unit of the last digit of a number with one or two digits whose others may have been cut off.
    fn cut_unit(&self, Place { row, column }: Place) -> Option<f64> {
        self.digits.cut_unit(row, column, self.found(Place { row, column }))
    }

    /// Judges a cell. The cells that it refers to must have been judged before.
    fn judge(&self, place: Place) -> Judgement {
        if !self.table.is_filled(place.row, place.column) {
            return Judgement::Right;
        }
        if self.inherits_error(place) && self.expected(place).is_finite() {
            return Judgement::Consequence;
        }
        let has_no_number = why_no_number(self.cell(place)).is_some();
        if has_no_number && !matches!(self.cell(place), Cell::Error(_)) {
            return Judgement::Wrong;
        }
        if self.has_engines_value(place) {
            return Judgement::Right;
        }
        if has_no_number {
            return Judgement::Wrong;
        }
        let is_result = |value: f64| near(self.found(place), value, self.tolerance(place, value));
        if self.is_of_sample(place.column) {
            return Judgement::Wrong;
        }
        if self.student.is_held(place.column) && !self.recomputed(place).is_some_and(is_result) {
            return Judgement::Wrong;
        }
        // A cell may leave out zeros at its end. A number that is right only if other digits are left out is short.
        let has_too_few = self.digits.has_fewer(place.row, place.column, self.found(place));
        let is_short = self.is_short_for(place, self.expected(place));
        if self.follows(place, 0.0) {
            let mut wrong = self.wrong_precedents(place).map(|place| self.judgement(place)).peekable();
            let is_consequence = wrong.peek().is_some();
            let is_only_short = is_short && wrong.all(|judgement| judgement == Judgement::Short);
            return match is_consequence {
                // The number's own digits make the difference, not those of the numbers that it was computed from.
                true if has_too_few && is_only_short => Judgement::Short,
                true => Judgement::Consequence,
                false => Judgement::Right,
            };
        }
        let follows_short = || {
            self.recomputed(place).is_some_and(|value| self.is_short_for(place, value))
                || self.stray_slack(place).is_some_and(|slack| self.follows(place, slack))
        };
        if is_short || follows_short() {
            if has_too_few { Judgement::Short } else { Judgement::Right }
        } else if self.unread_precedents(place).next().is_some() {
            // The mistake may as well lie in the column that could not be read.
            Judgement::Consequence
        } else {
            Judgement::Wrong
        }
    }

    /// Whether a column holds targets or inputs that change from row to row.
    pub(super) fn is_of_sample(&self, column: Column) -> bool {
        self.has_samples && column <= Column::I2
    }

    /// The columns that the right formula of a cell refers to and that the sheet may have, but under a heading that could
    /// not be read.
    pub(super) fn unread_precedents(&self, place: Place) -> impl Iterator<Item = Column> {
        let is_any_unread = self.table.is_any_unread();
        let columns = self.precedents(place).map(|place| place.column);
        columns.filter(move |&column| is_any_unread && !self.table.has(column))
    }

    /// The cells that the right formula of this one refers to.
    pub(super) fn precedents(&self, place: Place) -> impl Iterator<Item = Place> {
        self.student.precedents(place.row, place.column).iter().filter_map(move |term| match *term {
            Term::Here(column) => Some(Place { row: place.row, column }),
            Term::Above(column) => Some(Place { row: place.row.checked_sub(1)?, column }),
            Term::LearningRate => None,
        })
    }

    /// The wrong cells that the right formula of this one refers to.
    pub(super) fn wrong_precedents(&self, place: Place) -> impl Iterator<Item = Place> {
        self.precedents(place).filter(|&place| self.judgement(place) != Judgement::Right)
    }

    /// Whether the cell shows an error because a cell that it refers to has no number.
    fn inherits_error(&self, place: Place) -> bool {
        let has_no_number = |place: Place| match self.cell(place) {
            Cell::Blank | Cell::NoResult => false,
            cell => cell.number().is_none(),
        };
        matches!(self.cell(place), Cell::Error(_)) && self.precedents(place).any(has_no_number)
    }

    /// Whether the cell follows, by the right formula, from the student's other cells, if its number may be at least so far
    /// from the one that it stands for.
    fn follows(&self, place: Place, slack: f64) -> bool {
        let Some(value) = self.recomputed(place) else { return false };
        let (found, tolerance) = (self.found(place), self.tolerance(place, value).max(slack));
        if near(found, value, tolerance) {
            return true;
        }
        // A right sheet that shows few digits was not computed from what it shows, so that this cell must have the
        // engine's value as the others have. Only after a mistake, or in a sheet that was worked out with rounded numbers,
        // may the digits that are not shown make a difference.
        if self.is_shown && !self.has_mistakes {
            return false;
        }
        near(found, value, tolerance + self.spread(place))
    }

    /// How much the value of a cell's right formula may change because the cells that it refers to show too few digits.
    pub(super) fn spread(&self, place: Place) -> f64 {
        self.student.spread_of_own(place.row, place.column)
    }

    /// Whether the number in a cell is `value` to its last digit, even if it has few digits.
    pub(super) fn is_exactly(&self, place: Place, value: f64) -> bool {
        near(self.found(place), value, EXACTLY * value.abs())
    }
}

/// Whether two numbers are equal, both not a number, or no further apart than the tolerance.
pub(super) fn near(one: f64, other: f64, tolerance: f64) -> bool {
    one == other || (one.is_nan() && other.is_nan()) || (one - other).abs() <= tolerance
}
