//! How many digits a student wrote, and rounding to significant digits.

use crate::exchange::table::Table;
use crate::sheet::{Column, formula};

/// The number of decimals from which on a number counts as computed, not typed.
pub(super) const COMPUTED_DECIMALS: usize = 12;
/// The smallest number of decimals that a rounded sheet is assumed to have.
const FEWEST_DECIMALS: usize = 3;

/// Rounds a number to this many significant digits, at least one.
pub(super) fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// Returns the number of decimals of a number that is written in full.
pub(super) fn decimals(value: f64) -> usize {
    let text = value.to_string();
    text.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

/// Returns half a unit of the last digit that the student wrote, for each column in the order of [`Column::ALL`].
///
/// If any column has all its digits, the sheet was computed by a spreadsheet, and the result is 0 for all columns.
pub(super) fn half_units(table: &Table<'_>) -> [f64; Column::COUNT] {
    let is_given = |column: Column| formula(column, true).is_none();
    let digits = Column::ALL.map(|column| {
        // A given value of row 0 does not show how the student computes.
        let from = u32::from(is_given(column));
        let numbers = (from..table.rows()).filter_map(|row| table.cell(row, column).number());
        numbers.filter(|value| value.is_finite()).map(decimals).max().unwrap_or(0)
    });
    if digits.iter().any(|&digits| digits >= COMPUTED_DECIMALS) {
        return [0.0; Column::COUNT];
    }
    let mut sorted: Vec<usize> =
        Column::ALL.into_iter().filter(|&column| table.has(column)).map(|column| digits[column.index()]).collect();
    sorted.sort_unstable();
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0).max(FEWEST_DECIMALS);
    Column::ALL.map(|column| match column {
        // Targets and inputs are never computed.
        Column::T1 | Column::T2 | Column::I1 | Column::I2 => 0.0,
        _ => 0.5 * 10_f64.powi(-(digits[column.index()].max(median) as i32)),
    })
}
