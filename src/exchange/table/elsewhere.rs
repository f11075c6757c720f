//! Finds targets and inputs that a sheet states beside or above its table, where formulas refer to them with dollar signs.

use crate::exchange::cells::{Cell, Sheet};
use crate::exchange::column_names::column_named;
use crate::sheet::Column;

/// The number of rows, from the top of a sheet, in which labels are searched.
const WITHIN: u32 = 500;

/// Returns the row and column of the number beside or below a label with a column's name. `is_in_table` tells the cells
/// of the table itself, headings included.
pub(super) fn find(sheet: &Sheet, column: Column, is_in_table: impl Fn(u32, u32) -> bool) -> Option<(u32, u32)> {
    for row in 0..sheet.rows().min(WITHIN) {
        for (place, cell) in (0..).zip(sheet.row(row)) {
            if is_in_table(row, place) || cell.text().and_then(column_named) != Some(column) {
                continue;
            }
            // A sign such as = may stand between a label and its number.
            let is_sign = |cell: &Cell| cell.text().is_some_and(|text| !text.chars().any(char::is_alphanumeric));
            let beside = if is_sign(sheet.get(row, place + 1)) { place + 2 } else { place + 1 };
            let numbers = [(row, beside), (row + 1, place)];
            let found = numbers.into_iter().find(|&(row, place)| sheet.get(row, place).number().is_some());
            if found.is_some() {
                return found;
            }
        }
    }
    None
}
