//! A selected range of cells, and its text for a spreadsheet.

use super::column::Column;
use super::network::Row;
use super::number::without_sign_of_zero;
use super::phase::Cell;
use crate::format::thousands;

/// The largest number of cells that are copied at once: more would block the page for too long.
pub const LARGEST: usize = 200_000;

/// All cells between two corners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The first and the last row.
    pub rows: (usize, usize),
    /// The indices of the first and the last column.
    pub columns: (usize, usize),
}

impl Selection {
    /// The range between two opposite corners.
    pub fn between(one: Cell, other: Cell) -> Self {
        let ordered = |a: usize, b: usize| (a.min(b), a.max(b));
        Self { rows: ordered(one.row, other.row), columns: ordered(one.column.index(), other.column.index()) }
    }

    /// The range of a whole row, up to the column with the index `last`.
    pub fn of_row(row: usize, last: usize) -> Self {
        Self { rows: (row, row), columns: (0, last) }
    }

    /// Whether the range contains a cell.
    pub fn contains(self, cell: Cell) -> bool {
        (self.rows.0..=self.rows.1).contains(&cell.row)
            && (self.columns.0..=self.columns.1).contains(&cell.column.index())
    }

    /// The number of cells.
    pub fn len(self) -> usize {
        (self.rows.1 - self.rows.0 + 1) * (self.columns.1 - self.columns.0 + 1)
    }

    /// Always false, because a range has at least one cell.
    pub fn is_empty(self) -> bool {
        false
    }

    /// The values at full precision as spreadsheets paste them: one line for each row, values separated by tabs,
    /// numbers in plain ASCII, and nothing for a blank of an exercise.
    ///
    /// # Errors
    /// A sentence for the user if the range has more than [`LARGEST`] cells.
    pub fn text(self, row: impl Fn(usize) -> Row, is_blank: impl Fn(Cell) -> bool) -> Result<String, String> {
        if self.len() > LARGEST {
            return Err(format!(
                "These are {} cells, but at most {} can be copied at once. Save as CSV instead.",
                thousands(self.len() as u32),
                thousands(LARGEST as u32)
            ));
        }
        let mut text = String::new();
        for index in self.rows.0..=self.rows.1 {
            let row = row(index);
            for column in self.columns.0..=self.columns.1 {
                if column > self.columns.0 {
                    text.push('\t');
                }
                if !is_blank(Cell { row: index, column: Column::WITH_DELTAS[column] }) {
                    text += &without_sign_of_zero(row.get(Column::WITH_DELTAS[column])).to_string();
                }
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
    fn a_whole_row_has_the_columns_that_are_shown() {
        let row = Run::new(Constants::CLASSIC, 0.5, 2).row(2);
        let text = |last| Selection::of_row(2, last).text(|_| row, |_| false).expect("small");
        assert_eq!(text(Column::COUNT - 1).split('\t').count(), 31);
        assert!(text(Column::DH2.index()).ends_with(&format!("\t{}\n", row.get(Column::DH2))));
    }

    #[test]
    fn the_text_reads_back_as_the_same_numbers() {
        let run = Run::new(Constants::CLASSIC, 0.5, 3);
        let range = Selection::between(cell(1, Column::ETotal), cell(3, Column::G2));
        let text = range.text(|row| run.row(row), |_| false).expect("small");
        let lines: Vec<Vec<f64>> =
            text.lines().map(|line| line.split('\t').map(|value| value.parse().expect("a number")).collect()).collect();
        assert_eq!(lines.len(), 3);
        for (line, row) in lines.iter().zip(1..) {
            assert_eq!(*line, [Column::ETotal, Column::G1, Column::G2].map(|column| run.row(row).get(column)));
        }
    }

    #[test]
    fn a_blank_is_empty_and_zero_has_no_sign() {
        let constants = Constants { inputs: [0.0, 0.1], ..Constants::CLASSIC };
        let run = Run::new(constants, 0.5, 0);
        let range = Selection::between(cell(0, Column::G1), cell(0, Column::G2));
        assert_eq!(range.text(|row| run.row(row), |cell| cell.column == Column::G2), Ok("0\t\n".to_owned()));
    }

    #[test]
    fn too_many_cells_are_refused_with_a_reason() {
        let range = Selection::between(cell(0, Column::T1), cell(1_000_000, Column::G8));
        let run = Run::new(Constants::CLASSIC, 0.5, 0);
        assert!(range.text(|row| run.row(row), |_| false).is_err_and(|message| message.contains("31,000,031")));
    }
}
