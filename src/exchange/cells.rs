//! The cells of a file, whatever its format.

/// The most cells that are taken in, blanks between others included: a run of 100,000 rows.
pub const MOST_CELLS: usize = 4_000_000;
/// Columns beyond this one are not looked at.
pub const MOST_COLUMNS: u32 = 256;
/// Rows beyond this one are not looked at; Excel has no more either.
pub const MOST_ROWS: u32 = 1_048_576;

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Blank,
    /// A number.
    Number(f64),
    /// Text, a date or a truth value, as it is shown.
    Text(Box<str>),
    /// What a spreadsheet shows in place of a result, such as `#DIV/0!`.
    Error(Box<str>),
}

impl Cell {
    /// The number, also where it is stored as text.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Text(text) => parse(text, true),
            Self::Blank | Self::Error(_) => None,
        }
    }

    /// The text; of a number and a blank none.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A number as people and programs write it; with `comma`, a single decimal comma is a point.
///
/// Unlike Rust's own parser this takes no words such as `nan`, and it takes a real minus sign.
pub fn parse(text: &str, comma: bool) -> Option<f64> {
    let mut plain = text.trim().replace('−', "-");
    if comma && !plain.contains('.') && plain.matches(',').count() == 1 {
        plain = plain.replace(',', ".");
    }
    let numeric = plain.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    plain.parse().ok().filter(|_| numeric)
}

/// A sheet is full, see [`MOST_CELLS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyCells;

/// A sheet: rows of cells, as long as they need to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// The sheet's name; for a text file the file's.
    pub name: String,
    rows: Vec<Vec<Cell>>,
    cells: usize,
}

impl Sheet {
    /// A sheet without cells.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Puts a cell into its place; places far off are left blank.
    ///
    /// # Errors
    /// Where the sheet has too many cells.
    pub fn put(&mut self, row: u32, column: u32, cell: Cell) -> Result<(), TooManyCells> {
        if cell == Cell::Blank || row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Ok(());
        }
        let (row, column) = (row as usize, column as usize);
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, Vec::new);
        }
        let Some(cells) = self.rows.get_mut(row) else { return Ok(()) };
        if cells.len() <= column {
            self.cells += column + 1 - cells.len();
            if self.cells > MOST_CELLS {
                return Err(TooManyCells);
            }
            cells.resize(column + 1, Cell::Blank);
        }
        cells[column] = cell;
        Ok(())
    }

    /// A cell; those beyond the edge are blank.
    pub fn get(&self, row: u32, column: u32) -> &Cell {
        const BLANK: &Cell = &Cell::Blank;
        self.rows.get(row as usize).and_then(|cells| cells.get(column as usize)).unwrap_or(BLANK)
    }

    /// The cells of a row, up to the last that is not blank.
    pub fn row(&self, row: u32) -> &[Cell] {
        self.rows.get(row as usize).map_or(&[], Vec::as_slice)
    }

    /// The number of rows.
    pub fn rows(&self) -> u32 {
        self.rows.len() as u32
    }
}

/// The name of a cell in a spreadsheet, such as `AE33`, from its row and column counted from 0.
pub fn address(row: u32, column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    let name: String = letters.iter().rev().map(|&letter| char::from(letter)).collect();
    format!("{name}{}", row + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_a_spreadsheet() {
        let names = [(32, 0), (30, 6), (34, 23), (32, 25), (32, 26), (32, 30), (0, 701), (0, 702)];
        let names = names.map(|(row, column)| address(row, column));
        assert_eq!(names, ["A33", "G31", "X35", "Z33", "AA33", "AE33", "ZZ1", "AAA1"]);
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        assert_eq!(parse(" 0.25 ", false), Some(0.25));
        assert_eq!(parse("−1.5e-3", false), Some(-1.5e-3));
        assert_eq!(parse("0,25", true), Some(0.25));
        for text in ["", "0,25", "1,2,3", "nan", "inf", "w1", "1 2", "0x10"] {
            assert_eq!(parse(text, false), None, "{text}");
        }
        assert_eq!(parse("1.000,5", true), None);
    }

    #[test]
    fn cells_far_off_cost_nothing_and_too_many_are_refused() {
        let mut sheet = Sheet::new("s");
        assert_eq!(sheet.put(u32::MAX, u32::MAX, Cell::Number(1.0)), Ok(()));
        assert_eq!(sheet.rows(), 0);
        let result = (0..MOST_ROWS).try_for_each(|row| sheet.put(row, MOST_COLUMNS - 1, Cell::Number(1.0)));
        assert_eq!(result, Err(TooManyCells));
    }
}
