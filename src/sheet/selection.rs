//! A range of cells, and its text for a spreadsheet.

use super::column::Column;
use super::network::Row;
use super::phase::Cell;

/// The most cells that are copied at once; more would hold up the page.
pub const LARGEST: usize = 200_000;

/// All cells between two corners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// First and last row.
    pub rows: (usize, usize),
    /// First and last column, by index.
    pub columns: (usize, usize),
}

impl Selection {
    /// The range between two opposite corners.
    pub fn between(one: Cell, other: Cell) -> Self {
        let ordered = |a: usize, b: usize| (a.min(b), a.max(b));
        Self { rows: ordered(one.row, other.row), columns: ordered(one.column.index(), other.column.index()) }
    }

    /// A whole row.
    pub fn of_row(row: usize) -> Self {
        Self { rows: (row, row), columns: (0, Column::COUNT - 1) }
    }

    /// Whether it holds a cell.
    pub fn contains(self, cell: Cell) -> bool {
        (self.rows.0..=self.rows.1).contains(&cell.row)
            && (self.columns.0..=self.columns.1).contains(&cell.column.index())
    }

    /// How many cells it holds.
    pub fn len(self) -> usize {
        (self.rows.1 - self.rows.0 + 1) * (self.columns.1 - self.columns.0 + 1)
    }

    /// Always false: a range has two corners.
    pub fn is_empty(self) -> bool {
        false
    }

    /// Tab-separated values at full precision, a line for each row, as spreadsheets paste them; numbers in plain ASCII.
    ///
    /// # Errors
    /// A sentence for the user where the range is larger than [`LARGEST`].
    pub fn text(self, row: impl Fn(usize) -> Row) -> Result<String, String> {
        if self.len() > LARGEST {
            return Err(format!(
                "That is {} cells; at most {LARGEST} can be copied at once. Save as CSV instead.",
                self.len()
            ));
        }
        let mut text = String::new();
        for index in self.rows.0..=self.rows.1 {
            let row = row(index);
            for column in self.columns.0..=self.columns.1 {
                if column > self.columns.0 {
                    text.push('\t');
                }
                text += &row.values()[column].to_string();
            }
            text.push('\n');
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Constants, Run};

    fn cell(row: usize, column: Column) -> Cell {
        Cell { row, column }
    }

    #[test]
    fn a_range_is_the_same_from_either_corner() {
        let range = Selection::between(cell(5, Column::W1), cell(2, Column::I1));
        assert_eq!(range, Selection::between(cell(2, Column::W1), cell(5, Column::I1)));
        assert_eq!(range.len(), 12);
        assert!(range.contains(cell(3, Column::I2)));
        assert!(!range.contains(cell(3, Column::W2)));
        assert!(!range.contains(cell(6, Column::I2)));
    }

    #[test]
    fn the_text_reads_back_as_the_same_numbers() {
        let run = Run::new(Constants::CLASSIC, 0.5, 3);
        let range = Selection::between(cell(1, Column::ETotal), cell(3, Column::G2));
        let text = range.text(|row| run.row(row)).expect("small");
        let lines: Vec<Vec<f64>> =
            text.lines().map(|line| line.split('\t').map(|value| value.parse().expect("a number")).collect()).collect();
        assert_eq!(lines.len(), 3);
        for (line, row) in lines.iter().zip(1..) {
            assert_eq!(*line, [Column::ETotal, Column::G1, Column::G2].map(|column| run.row(row).get(column)));
        }
    }

    #[test]
    fn too_many_cells_are_refused_with_a_reason() {
        let range = Selection::between(cell(0, Column::T1), cell(1_000_000, Column::G8));
        let run = Run::new(Constants::CLASSIC, 0.5, 0);
        assert!(range.text(|row| run.row(row)).is_err_and(|message| message.contains("31000031")));
    }
}
