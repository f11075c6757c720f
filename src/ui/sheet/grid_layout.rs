//! Where rows and columns of the sheet stand in the table.

use crate::sheet::Column;

/// The header is row 1, so row 0 of the run is row 2 of the grid.
pub(crate) const FIRST_ARIA_ROW: usize = 2;
/// Row numbers are column 1, so the first quantity is column 2 of the grid.
pub(crate) const FIRST_ARIA_COLUMN: usize = 2;

/// Whether a column is the first of its group.
pub(crate) fn starts_group(column: Column) -> bool {
    Column::GROUPS.iter().any(|group| group.first == column)
}
