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

    /// The number that stands in all cells that show few digits.
    pub(super) fn constant(&self) -> Option<f64> {
        let &(first, _) = self.short.first()?;
        self.short.iter().all(|&(value, _)| value == first).then_some(first)
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
        Habit::of(&self.written())
    }

    /// The numbers that are not 0.
    pub(super) fn written(&self) -> Vec<Written> {
        self.short.iter().filter_map(|&(value, shown)| Written::shown(value, shown)).collect()
    }
}
