//! How many digits the cells of a sheet show.
//!
//! A spreadsheet shows each cell with its own number of digits: Excel fits 11 characters into a cell and leaves out zeros
//! at the end, other formats have the same number of decimals or of significant digits in each cell. Columns, rows and
//! single cells may have a format of their own. So each cell is judged by its own digits, and by those that its column or
//! its row shows at least, because 0.15 may be short for 0.150.

use std::collections::BTreeMap;

use super::habits::{Habit, MOST_HIDDEN, Written, habit_of_few};
use crate::sheet::Column;

/// The number of cells that tell enough about the digits of a column, a row or a sheet.
const ENOUGH_CELLS: usize = 4;
/// The number of decimals of a zero if nothing else is known.
const DECIMALS_OF_ZERO: i32 = 6;
/// The number of decimals from which on a program is likelier to have cut off the others than a student.
const DECIMALS_OF_PROGRAMS: i32 = 4;

/// The digits of the numbers in each column and row of a sheet.
pub(super) struct Digits {
    /// The habit of each column most of whose numbers show few digits.
    columns: [Option<Habit>; Column::COUNT],
    /// The habit of each row most of whose numbers show few digits.
    rows: Vec<Option<Habit>>,
    /// The habits that the numbers may have that have fewer digits than those around them.
    stray: Vec<Habit>,
    /// The decimals of the numbers that are written with zeros at their end: nothing of them is hidden.
    shown: BTreeMap<(u32, Column), i32>,
}

impl Digits {
    /// Returns the digits of a sheet. `telling` are the numbers of each column that tell something about them, with their
    /// rows; `shown` are the decimals of those that are written with zeros at their end.
    pub(super) fn new(
        telling: &[Vec<(u32, Written)>; Column::COUNT],
        rows: usize,
        shown: BTreeMap<(u32, Column), i32>,
    ) -> Self {
        let mut by_row = vec![Vec::new(); rows];
        for &(row, number) in telling.iter().flatten() {
            by_row[row as usize].push(number);
        }
        let plain = |numbers: &Vec<(u32, Written)>| numbers.iter().map(|&(_, number)| number).collect::<Vec<_>>();
        let sheet = plain(&telling.concat());
        // A few numbers tell less about their column than all numbers of the sheet.
        let columns = telling.each_ref().map(plain).map(|numbers| match numbers.len() {
            ..ENOUGH_CELLS => habit_of_few(&sheet),
            _ => habit_of_few(&numbers),
        });
        let rows: Vec<Option<Habit>> = by_row
            .into_iter()
            .map(|numbers| if numbers.len() < ENOUGH_CELLS { None } else { habit_of_few(&numbers) })
            .collect();
        let mut digits = Self { columns, rows, stray: Vec::new(), shown };
        let is_stray = |&(column, row, number): &(Column, u32, Written)| {
            let least = digits.least_decimals(row, column, Some(number));
            number.is_short()
                && least.map_or(!digits.are_few(row, column), |least| least - number.decimals() > MOST_HIDDEN)
        };
        let all = telling.iter().zip(Column::ALL);
        let all = all.flat_map(|(numbers, column)| numbers.iter().map(move |&(row, number)| (column, row, number)));
        let stray: Vec<Written> = all.filter(is_stray).map(|(_, _, number)| number).collect();
        digits.stray = if stray.len() < ENOUGH_CELLS { Vec::new() } else { Habit::of_strays(&stray) };
        digits
    }

    /// Whether the numbers around a cell, in its column or in its row, have few digits.
    pub(super) fn are_few(&self, row: u32, column: Column) -> bool {
        self.habits(row, column).next().is_some()
    }

    /// The habits of a cell's column and row.
    fn habits(&self, row: u32, column: Column) -> impl Iterator<Item = &Habit> {
        [self.rows.get(row as usize), self.columns.get(column.index())].into_iter().flatten().flatten()
    }

    /// The number of decimals that a number has at least, shown or not, among others that show few digits; `None` if
    /// nothing is known.
    fn least_decimals(&self, row: u32, column: Column, number: Option<Written>) -> Option<i32> {
        self.habits(row, column).filter_map(|habit| habit.decimals_of(number)).min()
    }

    /// One unit of the last digit that a cell shows, among others that show few; 0 for a number with all its digits. The
    /// zeros at its end that may not be shown count, too.
    pub(super) fn unit(&self, row: u32, column: Column, value: f64) -> f64 {
        let unit = self.unit_of(row, column, self.least_decimals(row, column, Written::new(value)), value);
        unit.filter(|_| self.are_few(row, column)).unwrap_or(0.0)
    }

    /// The unit of a number in a row of given numbers: those that have as many digits as others may be rounded.
    pub(super) fn given_unit(&self, row: u32, column: Column, value: f64) -> f64 {
        let own = Written::new(value).map_or(0, Written::decimals);
        let least = self.least_decimals(row, column, Written::new(value));
        if least.is_some_and(|least| own >= least.max(3)) { 10_f64.powi(-own) } else { 0.0 }
    }

    /// Whether a number has fewer digits than those around it, and not only because it ends with zeros.
    pub(super) fn is_stray(&self, row: u32, column: Column, value: f64) -> bool {
        let hidden = self.decimals(row, column, value).zip(self.least_decimals(row, column, Written::new(value)));
        match hidden.map(|(own, least)| least - own) {
            Some(hidden) => hidden > MOST_HIDDEN,
            None => !self.are_few(row, column),
        }
    }

    /// Whether a number has fewer digits than those around it, if only because it may end with zeros.
    pub(super) fn has_fewer(&self, row: u32, column: Column, value: f64) -> bool {
        let least = self.least_decimals(row, column, Written::new(value));
        let is_fewer = self.decimals(row, column, value).zip(least).is_some_and(|(own, least)| own < least);
        is_fewer || self.is_stray(row, column, value)
    }

    /// One unit of the last digit that a number is likely to have, from those around it or from others with few digits;
    /// 0 if no numbers tell.
    pub(super) fn likely_unit(&self, row: u32, column: Column, value: f64) -> f64 {
        match self.stray.is_empty() || self.are_few(row, column) {
            true => self.unit(row, column, value),
            false => self.stray_slack(row, column, value).unwrap_or(0.0),
        }
    }

    /// How far a number may be from the one that it stands for if it has fewer digits than those around it; `None` for a
    /// number with all its digits.
    pub(super) fn stray_slack(&self, row: u32, column: Column, value: f64) -> Option<f64> {
        let own = self.decimals(row, column, value);
        let is_plausible = |least: &i32| own.is_none_or(|own| least - own <= MOST_HIDDEN);
        let is_stray = !self.are_few(row, column) || self.is_stray(row, column, value);
        let slack = |decimals: Option<i32>| {
            let unit = self.unit_of(row, column, decimals, value)?;
            // Digits that are cut off make the number smaller by up to a unit. With two digits, that is too much to be right.
            let is_rough = value.abs() < 100.0 * unit && decimals.is_none();
            Some(if is_rough { 0.5 * unit } else { unit })
        };
        if self.stray.is_empty() || !is_stray {
            return slack(None);
        }
        let decimals = self.stray.iter().map(|habit| habit.decimals_of(Written::new(value)).filter(is_plausible));
        decimals.filter_map(slack).reduce(f64::max)
    }

    /// One unit of the last digit of a number with one or two digits whose others may have been cut off: programs that show a
    /// number of decimals leave few digits of a small number.
    pub(super) fn cut_unit(&self, row: u32, column: Column, value: f64) -> Option<f64> {
        let own = self.decimals(row, column, value).filter(|&own| own >= DECIMALS_OF_PROGRAMS)?;
        Written::new(value).filter(|number| number.significant <= 2).map(|_| 10_f64.powi(-own))
    }

    /// The number of decimals that a number shows; `None` for a zero without any.
    fn decimals(&self, row: u32, column: Column, value: f64) -> Option<i32> {
        let shown = self.shown.get(&(row, column)).copied();
        shown.or_else(|| Written::new(value).map(Written::decimals))
    }

    /// One unit of the last digit of a number with few digits that has at least this number of decimals; `None` for a number
    /// with all its digits. If nothing is known about the decimals, the number has two of them, or three digits.
    fn unit_of(&self, row: u32, column: Column, least: Option<i32>, value: f64) -> Option<f64> {
        let shown = self.shown.get(&(row, column)).copied();
        let number = Written::shown(value, shown);
        if number.is_some_and(|number| !number.is_short()) {
            return None;
        }
        let own = number.map_or(0, Written::decimals);
        let least = shown.or(least);
        let least = least.unwrap_or_else(|| number.map_or(DECIMALS_OF_ZERO, |number| (2 - number.exponent).min(2)));
        Some(10_f64.powi(-own.max(least)))
    }
}
