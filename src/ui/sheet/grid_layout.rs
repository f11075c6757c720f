//! The positions of the sheet's rows and columns in the table, as ARIA counts them, from 1.

use crate::sheet::Column;

/// The ARIA index of row 0: the header is row 1.
pub(crate) const FIRST_ARIA_ROW: usize = 2;
/// The ARIA index of the sheet's first column: the row numbers are column 1.
pub(crate) const FIRST_ARIA_COLUMN: usize = 2;

/// Whether a column is the first of its group, where the table has a wider line.
pub(crate) fn starts_group(column: Column) -> bool {
    Column::GROUPS.iter().any(|group| group.first == column)
}
