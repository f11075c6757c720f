//! How many digits the cells of a sheet show.
//!
//! A spreadsheet shows each cell with its own number of digits: Excel fits 11 characters into a cell and leaves out zeros
//! at the end, other formats have the same number of decimals or of significant digits in each cell. Columns, rows and
//! single cells may have a format of their own. So each cell is judged by its own digits, and by those that its column or
//! its row shows at least, because 0.15 may be short for 0.150.

use std::collections::BTreeMap;

use crate::sheet::Column;

/// The number of significant digits from which on a number counts as computed, not typed or shown with fewer digits.
const COMPUTED_DIGITS: i32 = 12;
/// The number of cells that tell enough about the digits of a column, a row or a sheet.
const ENOUGH_CELLS: usize = 4;
/// The share of numbers that must have a format in full.
const MOST: f64 = 0.6;
/// The number of decimals of a zero if nothing else is known.
const DECIMALS_OF_ZERO: i32 = 6;
/// The number of decimals from which on a program is likelier to have cut off the others than a student.
const DECIMALS_OF_PROGRAMS: i32 = 4;
/// The largest number of zeros at the end of a number that are likely to be hidden.
const MOST_HIDDEN: i32 = 2;
/// The largest difference of the shares of formats that are about as likely.
const NEARLY_AS_MANY: f64 = 0.15;

/// Rounds a number to this many significant digits, at least one.
fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// Returns the number with the fewest significant digits in an interval, which must not contain 0, and the number of its
/// digits. Of several with as few digits, the one nearest to the middle is returned.
pub(super) fn plainest(low: f64, high: f64) -> (f64, usize) {
    let middle = 0.5 * (low + high);
    for digits in 1..17 {
        let step = 10_f64.powi(middle.abs().log10().floor() as i32 + 1 - digits as i32);
        for value in [rounded(middle, digits), rounded((low / step).ceil() * step, digits)] {
            if (low..=high).contains(&value) && value != 0.0 {
                return (value, digits);
            }
        }
    }
    (middle, 17)
}

/// A number as it is written in full.
#[derive(Clone, Copy)]
pub(super) struct Written {
    /// The number of significant digits.
    significant: i32,
    /// The power of ten of the first digit.
    exponent: i32,
    /// Whether there is a minus sign.
    negative: bool,
}

impl Written {
    /// Returns how a number is written; `None` for zero and for numbers that are not finite.
    pub(super) fn new(value: f64) -> Option<Self> {
        if value == 0.0 || !value.is_finite() {
            return None;
        }
        let text = format!("{:e}", value.abs());
        let (digits, exponent) = text.split_once('e')?;
        let significant = digits.bytes().filter(u8::is_ascii_digit).count() as i32;
        Some(Self { significant, exponent: exponent.parse().ok()?, negative: value < 0.0 })
    }

    /// Returns how a number is written whose text shows this number of decimals, zeros at its end included.
    pub(super) fn shown(value: f64, decimals: Option<i32>) -> Option<Self> {
        let number = Self::new(value)?;
        let significant = decimals.map_or(0, |decimals| decimals.saturating_add(number.exponent + 1));
        Some(Self { significant: number.significant.max(significant), ..number })
    }

    /// Whether the number has fewer digits than a spreadsheet computes.
    pub(super) fn is_short(self) -> bool {
        self.significant < COMPUTED_DIGITS
    }

    /// The number of decimals.
    fn decimals(self) -> i32 {
        (self.significant - 1 - self.exponent).max(0)
    }

    /// The number of characters as a spreadsheet writes them: small numbers with an exponent, such as 2.93E-05.
    fn width(self) -> i32 {
        self.other_characters() + if self.has_exponent() { self.significant } else { self.decimals() }
    }

    /// The number of decimals with which the number has this number of characters.
    fn decimals_in(self, width: i32) -> i32 {
        let digits = width - self.other_characters();
        if self.has_exponent() { digits - 1 - self.exponent } else { digits }
    }

    const fn has_exponent(self) -> bool {
        self.exponent < -4
    }

    /// The number of characters besides the significant digits of a number with an exponent, or besides the decimals of
    /// another number.
    fn other_characters(self) -> i32 {
        let sign = i32::from(self.negative);
        if self.has_exponent() { sign + 5 } else { sign + 1 + self.exponent.max(0) + 1 }
    }
}

/// What the numbers with few digits of a column, a row or a sheet have in common.
#[derive(Clone, Copy)]
enum Format {
    Significant(i32),
    Decimals(i32),
    /// A number of characters, with the sign and the point.
    Width(i32),
}

impl Format {
    /// The number of decimals that a number has in this format, zeros at its end included.
    fn decimals_of(self, number: Option<Written>) -> Option<i32> {
        match (self, number) {
            (Self::Decimals(decimals), _) => Some(decimals),
            (Self::Significant(digits), Some(number)) => Some(digits - 1 - number.exponent),
            (Self::Width(width), Some(number)) => Some(number.decimals_in(width)),
            // Nobody knows where a zero ends.
            (Self::Significant(_) | Self::Width(_), None) => None,
        }
    }
}

/// The formats that may explain how many digits some numbers show, about as likely; none if the numbers have nothing in
/// common.
struct Habit(Vec<Format>);

impl Habit {
    /// Returns the habit of numbers with few digits; `None` if there are none.
    fn of(numbers: &[Written]) -> Option<Self> {
        Self::with_zeros(numbers, 0)
    }

    /// Returns the habits that numbers may have that have fewer digits than those around them. If their format has nearly as
    /// many digits as those around them, only those of its numbers that end with zeros are among them.
    fn of_strays(numbers: &[Written]) -> Vec<Self> {
        [0, MOST_HIDDEN].into_iter().filter_map(|hidden| Self::with_zeros(numbers, hidden)).collect()
    }

    /// Returns the habit of numbers of which each may hide some zeros at its end.
    fn with_zeros(numbers: &[Written], hidden: i32) -> Option<Self> {
        let most_frequent = |of: fn(&Written) -> i32, format: fn(i32) -> Format| {
            let mut all: Vec<i32> = numbers.iter().map(of).collect();
            all.sort_unstable();
            let most = *all.chunk_by(i32::eq).max_by_key(|same| same.len())?.first()?;
            let like = all.iter().filter(|&&own| (most - hidden..=most).contains(&own)).count();
            Some((like as f64 / numbers.len() as f64, format(most)))
        };
        let all = [
            most_frequent(|number| number.significant, Format::Significant)?,
            most_frequent(|number| number.decimals(), Format::Decimals)?,
            most_frequent(|number| number.width(), Format::Width)?,
        ];
        // Numbers that end with zeros show fewer digits than the format has.
        let share = all.iter().map(|&(share, _)| share).fold(0.0, f64::max);
        let is_likely = |other: f64| other >= MOST && other >= share - NEARLY_AS_MANY;
        Some(Self(all.into_iter().filter(|&(share, _)| is_likely(share)).map(|(_, format)| format).collect()))
    }

    /// The number of decimals that a number has at least, shown or not; `None` if nothing is known.
    fn decimals_of(&self, number: Option<Written>) -> Option<i32> {
        self.0.iter().filter_map(|format| format.decimals_of(number)).min()
    }
}

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

/// Returns the habit of numbers if most of them have few digits.
fn habit_of_few(numbers: &[Written]) -> Option<Habit> {
    let few: Vec<Written> = numbers.iter().copied().filter(|number| number.is_short()).collect();
    if 2 * few.len() > numbers.len() { Habit::of(&few) } else { None }
}

#[cfg(test)]
mod tests {
    use super::plainest;

    #[test]
    fn the_plainest_number_of_an_interval_has_the_fewest_digits() {
        assert_eq!(plainest(0.499_97, 0.500_04), (0.5, 1));
        assert_eq!(plainest(0.499_97, 0.499_99), (0.49998, 5));
        assert_eq!(plainest(0.51, 0.68), (0.6, 1));
        assert_eq!(plainest(1.91, 2.9), (2.0, 1));
        assert_eq!(plainest(-0.2505, -0.2495), (-0.25, 2));
    }
}
