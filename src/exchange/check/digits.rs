//! How many digits the cells of a sheet show.
//!
//! A spreadsheet shows each cell with its own number of digits: Excel fits 11 characters into a cell and leaves out zeros
//! at the end, other formats have the same number of decimals or of significant digits in each cell. Columns, rows and
//! single cells may have a format of their own. So each cell is judged by its own digits, and by those that its column or
//! its row shows at least, because 0.15 may be short for 0.150.

use std::collections::BTreeMap;

use super::habits::{Habit, MOST_HIDDEN, Written, habit_of_few};
use super::whole_column::Whole;
use crate::sheet::Column;

/// The number of cells that tell enough about the digits of a column, a row or a sheet.
const ENOUGH_CELLS: usize = 4;
/// The number of cells that tell enough about the digits of a column if each column or cell has its own.
const MANY_CELLS: usize = 8;
/// The number of decimals of a zero if nothing else is known.
const DECIMALS_OF_ZERO: i32 = 6;
/// The number of decimals of zeros if nothing but zeros stands in a column.
const DECIMALS_OF_ZEROS: i32 = 2;
/// The share of a sheet's numbers that must show a number of decimals so that zeros may have it.
const SOME: f64 = 0.05;
/// The number of decimals from which on a program is likelier to have cut off the others than a student.
const DECIMALS_OF_PROGRAMS: i32 = 4;
/// The same among numbers that have nothing in common but that all show few digits.
const DECIMALS_OF_MIXED: i32 = 3;

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
    /// The number that stands in all cells of a column, and has few digits.
    constants: [Option<f64>; Column::COUNT],
    /// The fewest decimals that several numbers show in a sheet whose numbers have nothing in common.
    fewest: Option<i32>,
}

impl Digits {
    /// Returns the digits of a sheet. `telling` are the numbers of each column that tell something about them, with their
    /// rows, `all` are all that were computed; each has its decimals if it is written with zeros at its end, and `shown` are
    /// those decimals.
    pub(super) fn new(
        telling: &[Vec<(u32, Written)>; Column::COUNT],
        all: &[Vec<(f64, Option<i32>)>; Column::COUNT],
        rows: usize,
        shown: BTreeMap<(u32, Column), i32>,
    ) -> Self {
        let mut by_row = vec![Vec::new(); rows];
        for &(row, number) in telling.iter().flatten() {
            by_row[row as usize].push(number);
        }
        let plain = |numbers: &Vec<(u32, Written)>| numbers.iter().map(|&(_, number)| number).collect::<Vec<_>>();
        let sheet = plain(&telling.concat());
        let habit_of_sheet = habit_of_few(&sheet);
        let is_mixed = habit_of_sheet.as_ref().is_some_and(Habit::is_empty);
        // If each cell has its own number of digits, those of a few may be the same by chance.
        let by_chance = |habit: Habit, numbers: &[Written]| {
            if is_mixed && numbers.len() < MANY_CELLS { habit.of_all(numbers) } else { habit }
        };
        let whole = |column: Column| Whole::new(column, &all[column.index()]);
        // A few numbers tell less about their column than all of its cells, or all numbers of the sheet.
        let mut columns = Column::ALL.map(|column| match &telling[column.index()] {
            few if few.len() < ENOUGH_CELLS => {
                let whole = whole(column);
                whole.habit().map(|habit| by_chance(habit, &whole.written()))
            }
            numbers => habit_of_few(&plain(numbers)).map(|habit| by_chance(habit, &plain(numbers))),
        });
        let formats: Vec<i32> = columns.iter().flatten().filter_map(Habit::decimals).collect();
        let constants = Column::ALL.map(|column| whole(column).constant());
        for column in Column::ALL.into_iter().filter(|column| telling[column.index()].len() < ENOUGH_CELLS) {
            let (habit, constant) = (&mut columns[column.index()], constants[column.index()]);
            let is_weight = column.weight_index().is_some();
            let other = match constant.filter(|_| habit.is_none() && !is_weight) {
                // Zeros may have as few decimals as any column.
                Some(0.0) => formats.iter().copied().min(),
                // A slow number is the same in all rows if it is rounded.
                Some(value) => Written::new(value).map(Written::decimals).filter(|&own| own >= DECIMALS_OF_ZEROS),
                None => None,
            };
            *habit = habit.take().or(other.map(Habit::of_decimals)).or_else(|| habit_of_sheet.clone());
        }
        let rows: Vec<Option<Habit>> = by_row
            .into_iter()
            .map(|numbers| if numbers.len() < ENOUGH_CELLS { None } else { habit_of_few(&numbers) })
            .collect();
        let fewest = fewest_decimals(&sheet);
        let mut digits = Self { columns, rows, stray: Vec::new(), shown, constants, fewest };
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
        if !self.are_few(row, column) {
            return 0.0;
        }
        let least = self.least_decimals(row, column, Written::new(value));
        if least.is_none() && !self.shown.contains_key(&(row, column)) {
            return self.rounded_unit(row, column, value);
        }
        self.unit_of(row, column, least, value).unwrap_or(0.0)
    }

    /// The unit of a number among others with which it has nothing in common but that all show few digits.
    fn rounded_unit(&self, row: u32, column: Column, value: f64) -> f64 {
        let number = Written::new(value);
        let least = number.map_or_else(|| self.fewest, |number| Some((1 - number.exponent).clamp(0, 2)));
        let unit = self.unit_of(row, column, least, value).unwrap_or(0.0);
        // Two digits are too few to be cut off.
        if value.abs() < 100.0 * unit { 0.5 * unit } else { unit }
    }

    /// The unit of a number in a row of given numbers: those that have as many digits as others may be rounded.
    pub(super) fn given_unit(&self, row: u32, column: Column, value: f64) -> f64 {
        let own = Written::new(value).map_or(0, Written::decimals);
        let least = self.least_decimals(row, column, Written::new(value));
        if least.is_some_and(|least| own >= least.max(3)) { 10_f64.powi(-own) } else { 0.0 }
    }

    /// Whether the same number stands in all cells of a column, and has few digits.
    pub(super) fn is_constant(&self, column: Column) -> bool {
        self.constants[column.index()].is_some()
    }

    /// Whether 0 stands in all cells of a column.
    pub(super) fn has_only_zeros(&self, column: Column) -> bool {
        self.constants[column.index()] == Some(0.0)
    }

    /// Whether a number has fewer digits than those around it, and not only because it ends with zeros.
    pub(super) fn is_stray(&self, row: u32, column: Column, value: f64) -> bool {
        if self.has_only_zeros(column) {
            return true;
        }
        let hidden = self.decimals(row, column, value).zip(self.least_decimals(row, column, Written::new(value)));
        match hidden.map(|(own, least)| least - own) {
            Some(hidden) => hidden > MOST_HIDDEN,
            None => !self.are_few(row, column),
        }
    }

    /// Whether a number has fewer digits than those around it only if zeros at its end are not hidden.
    pub(super) fn may_hide_zeros(&self, row: u32, column: Column, value: f64) -> bool {
        self.are_few(row, column) && !self.shown.contains_key(&(row, column)) && !self.is_stray(row, column, value)
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
        // A number may have been rounded to what it shows, even to a single digit. But one that stands in all cells was typed.
        let rounded = own.filter(|_| self.constants[column.index()].is_none());
        let rounded = rounded.map_or(0.0, |own| 0.5 * 10_f64.powi(-own));
        let slack = |decimals: Option<i32>| {
            let unit = self.unit_of(row, column, decimals, value)?;
            // Digits that are cut off make the number smaller by up to a unit. With two digits, that is too much to be right.
            let is_rough = value.abs() < 100.0 * unit && decimals.is_none();
            Some(if is_rough { 0.5 * unit } else { unit })
        };
        if value == 0.0 && self.has_only_zeros(column) {
            return Some(0.5 * 10_f64.powi(-DECIMALS_OF_ZEROS));
        }
        if self.stray.is_empty() || !is_stray {
            return slack(None).map(|slack| if is_stray { slack.max(rounded) } else { slack });
        }
        let decimals = self.stray.iter().map(|habit| habit.decimals_of(Written::new(value)).filter(is_plausible));
        decimals.filter_map(slack).reduce(f64::max).map(|slack| slack.max(rounded))
    }

    /// One unit of the last digit of a number with one or two digits whose others may have been cut off: programs that show a
    /// number of decimals leave few digits of a small number.
    pub(super) fn cut_unit(&self, row: u32, column: Column, value: f64) -> Option<f64> {
        let is_mixed = self.is_constant(column)
            || self.are_few(row, column) && self.least_decimals(row, column, Written::new(value)).is_none();
        let enough = if is_mixed { DECIMALS_OF_MIXED } else { DECIMALS_OF_PROGRAMS };
        let own = self.decimals(row, column, value).filter(|&own| own >= enough)?;
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

/// Returns the fewest decimals, two or more, that several of a sheet's numbers with few digits show.
fn fewest_decimals(numbers: &[Written]) -> Option<i32> {
    let decimals: Vec<i32> =
        numbers.iter().filter(|number| number.is_short()).map(|number| number.decimals()).collect();
    let is_some =
        |own: &i32| decimals.iter().filter(|&other| other == own).count() as f64 >= SOME * decimals.len() as f64;
    decimals.iter().copied().filter(|&own| own >= DECIMALS_OF_ZEROS).filter(is_some).min()
}
