//! What a whole column tells about its digits, when few of its numbers do: after rounding, most of them may be 0 or repeated.

use super::habits::{Habit, Written};
use crate::sheet::Column;

/// The numbers of a whole column with their decimals if they are written with zeros at their end.
pub(super) struct Whole {
    column: Column,
    /// The numbers that show few digits, those that are repeated and the zeros included; none if others are more than a few.
    short: Vec<(f64, Option<i32>)>,
}

impl Whole {
    /// The number of cells that tell enough about a column.
    const ENOUGH: usize = 4;
    /// The number of cells one of which may be a mistake.
    const MANY: usize = 8;
    /// One in so many cells may have all its digits.
    const ONE_LONG: usize = 10;

    pub(super) fn new(column: Column, numbers: &[(f64, Option<i32>)]) -> Self {
        let is_short = |&&(value, shown): &&(f64, Option<i32>)| {
            value == 0.0 || Written::shown(value, shown).is_some_and(Written::is_short)
        };
        let mut short: Vec<(f64, Option<i32>)> = numbers.iter().filter(is_short).copied().collect();
        let long = numbers.len() - short.len();
        if short.len() < Self::ENOUGH || long > numbers.len() / Self::ONE_LONG {
            short.clear();
        }
        Self { column, short }
    }

    /// The number that stands in all cells that show few digits, but for one of many.
    pub(super) fn constant(&self) -> Option<f64> {
        let others = usize::from(self.short.len() >= Self::MANY);
        let is_everywhere = |&&(value, _): &&(f64, Option<i32>)| {
            self.short.iter().filter(|&&(other, _)| other != value).count() <= others
        };
        self.short.iter().take(2).find(is_everywhere).map(|&(value, _)| value)
    }

    /// Returns the habit of the column; `None` if nothing is known, because the same number stands in all cells.
    pub(super) fn habit(&self) -> Option<Habit> {
        if let Some(value) = self.constant() {
            let shown = self.short.iter().map(|&(_, shown)| shown).min().flatten();
            return shown.filter(|_| value == 0.0).map(Habit::of_decimals);
        }
        // A weight that stands still, but for a typing mistake, was not rounded.
        let is_still =
            |&(first, _): &(f64, Option<i32>)| self.short.iter().filter(|&&(value, _)| value != first).count() < 2;
        if self.column.weight_index().is_some() && self.short.iter().any(is_still) {
            return None;
        }
        // Numbers of so many significant digits are never 0.
        let zeros = self.short.iter().filter(|&&(value, _)| value == 0.0).count();
        if zeros >= 2 {
            return most_frequent_decimals(&self.written());
        }
        let most = || self.written().iter().map(|number| number.decimals()).max().map(Habit::of_decimals);
        Habit::of(&self.written()).filter(|habit| !habit.is_empty()).or_else(most)
    }

    /// The numbers that are not 0.
    pub(super) fn written(&self) -> Vec<Written> {
        self.short.iter().filter_map(|&(value, shown)| Written::shown(value, shown)).collect()
    }
}

fn most_frequent_decimals(numbers: &[Written]) -> Option<Habit> {
    let mut all: Vec<i32> = numbers.iter().map(|number| number.decimals()).collect();
    all.sort_unstable();
    Some(Habit::of_decimals(*all.chunk_by(i32::eq).max_by_key(|same| same.len())?.first()?))
}
