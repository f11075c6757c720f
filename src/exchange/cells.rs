//! The cells of a sheet, whichever file format they come from.

use super::number_text::{self, DecimalSign};

/// The largest number of cells of a sheet, blank ones between others included: enough for a run of 100,000 rows.
pub const MOST_CELLS: usize = 4_000_000;
/// The number of columns that are read. Columns further to the right are ignored.
pub const MOST_COLUMNS: u32 = 256;
/// The number of rows that are read, which is the most that Excel can store.
pub const MOST_ROWS: u32 = 1_048_576;

/// The content of a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Blank,
    /// A number.
    Number(f64),
    /// Text, or a date or a truth value as a spreadsheet shows it.
    Text(Box<str>),
    /// An error that a spreadsheet shows instead of a result, such as `#DIV/0!`.
    Error(Box<str>),
    /// A formula without its result: the program that wrote the file did not compute it.
    NoResult,
}

impl Cell {
    /// Returns the number, even if it is stored as text.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Text(text) => number_text::read(text, None),
            Self::Blank | Self::Error(_) | Self::NoResult => None,
        }
    }

    /// Returns the text; `None` for a number, a blank cell and an error.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a number as people and programs write it. If `comma` is true, a single comma counts as the decimal point.
///
/// Unlike Rust's own parser this function accepts no words such as `nan`, and it accepts a real minus sign.
pub fn parse(text: &str, comma: bool) -> Option<f64> {
    let mut plain = text.trim().replace('−', "-");
    if comma && !plain.contains('.') && plain.matches(',').count() == 1 {
        plain = plain.replace(',', ".");
    }
    let numeric = plain.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    plain.parse().ok().filter(|_| numeric)
}

/// The error for a sheet with more than [`MOST_CELLS`] cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyCells;

/// A sheet: rows of cells, each as long as its last cell that is not blank requires.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// The sheet's name; for a text file, the file's name.
    pub name: String,
    /// The name of the workbook that the sheet is in; `None` for a text file.
    pub file: Option<String>,
    /// Whether the workbook hides the sheet, so that its cells were not read.
    pub is_hidden: bool,
    rows: Vec<Vec<Cell>>,
    cells: usize,
    /// The rows and columns of the numbers that are stored as text, in order.
    texts: Vec<(u32, u32)>,
    /// The rows and columns of the numbers whose text ends with zeros, in order, with the number of their decimals.
    decimals: Vec<(u32, u32, i32)>,
}

impl Sheet {
    /// Makes a sheet without cells.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Makes a sheet that the workbook hides.
    pub fn hidden(name: impl Into<String>) -> Self {
        Self { name: name.into(), is_hidden: true, ..Self::default() }
    }

    /// Names the sheet for the user, with its file.
    pub fn title(&self) -> String {
        match &self.file {
            Some(file) => format!("“{}” of “{file}”", self.name),
            None => format!("“{}”", self.name),
        }
    }

    /// Puts a cell into a row and a column, counted from 0. Cells beyond [`MOST_ROWS`] or [`MOST_COLUMNS`] are ignored.
    ///
    /// # Errors
    /// When the sheet has too many cells.
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

    /// Returns a part of the sheet under another name: the cells whose row and column are `within` it, where they are.
    pub(super) fn part(&self, name: &str, within: impl Fn(u32, u32) -> bool) -> Self {
        let keep = |row: u32, cells: &Vec<Cell>| -> Vec<Cell> {
            let is_kept = |column: usize, cell: &Cell| *cell != Cell::Blank && within(row, column as u32);
            let end = (0..cells.len()).rev().find(|&column| is_kept(column, &cells[column])).map_or(0, |last| last + 1);
            let cell = |(column, cell): (usize, &Cell)| if is_kept(column, cell) { cell.clone() } else { Cell::Blank };
            cells[..end].iter().enumerate().map(cell).collect()
        };
        let rows: Vec<Vec<Cell>> = (0..).zip(&self.rows).map(|(row, cells)| keep(row, cells)).collect();
        let cells = rows.iter().map(Vec::len).sum();
        let texts = self.texts.iter().copied().filter(|&(row, column)| within(row, column)).collect();
        let decimals = self.decimals.iter().copied().filter(|&(row, column, _)| within(row, column)).collect();
        Self { name: name.to_owned(), file: self.file.clone(), is_hidden: self.is_hidden, rows, cells, texts, decimals }
    }

    /// Turns each text that is a number into that number. All of them together decide what a comma means.
    pub fn read_numbers(&mut self) {
        let texts = || self.rows.iter().flatten().filter_map(Cell::text);
        let (mut points, mut commas) = (0_u32, 0_u32);
        for sign in texts().filter_map(DecimalSign::shown_by) {
            match sign {
                DecimalSign::Point => points += 1,
                DecimalSign::Comma => commas += 1,
            }
        }
        let sign = match points.cmp(&commas) {
            std::cmp::Ordering::Greater => Some(DecimalSign::Point),
            std::cmp::Ordering::Less => Some(DecimalSign::Comma),
            std::cmp::Ordering::Equal => None,
        };
        for (row, cells) in (0..).zip(&mut self.rows) {
            for (column, cell) in (0..).zip(cells) {
                if let Some((value, decimals)) = cell.text().and_then(|text| number_text::read_written(text, sign)) {
                    *cell = Cell::Number(value);
                    self.decimals.extend(decimals.map(|decimals| (row, column, decimals)));
                    // In a text file every number is text.
                    if self.file.is_some() {
                        self.texts.push((row, column));
                    }
                }
            }
        }
    }

    /// Whether a number is stored as text.
    pub fn is_stored_as_text(&self, row: u32, column: u32) -> bool {
        self.texts.binary_search(&(row, column)).is_ok()
    }

    /// The number of decimals with which a number is written, if zeros at its end show them.
    pub(super) fn decimals(&self, row: u32, column: u32) -> Option<i32> {
        let at = self.decimals.binary_search_by_key(&(row, column), |&(row, column, _)| (row, column)).ok()?;
        self.decimals.get(at).map(|&(_, _, decimals)| decimals)
    }

    /// Returns a cell; blank beyond the edge of the sheet.
    pub fn get(&self, row: u32, column: u32) -> &Cell {
        const BLANK: &Cell = &Cell::Blank;
        self.rows.get(row as usize).and_then(|cells| cells.get(column as usize)).unwrap_or(BLANK)
    }

    /// Returns the cells of a row, up to the last that is not blank.
    pub fn row(&self, row: u32) -> &[Cell] {
        self.rows.get(row as usize).map_or(&[], Vec::as_slice)
    }

    /// The number of rows.
    pub fn rows(&self) -> u32 {
        self.rows.len() as u32
    }
}

/// Returns the name of a cell in a spreadsheet, such as `AE33`, from its row and column counted from 0.
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

/// Returns the name of a cell as a reference that does not move, such as `$G$31`.
pub(super) fn fixed_address(row: u32, column: u32) -> String {
    let name = address(row, column);
    let at = name.find(|letter: char| letter.is_ascii_digit()).unwrap_or(name.len());
    format!("${}${}", &name[..at], &name[at..])
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
    fn numbers_are_read_in_their_usual_notations() {
        assert_eq!(parse(" 0.25 ", false), Some(0.25));
        assert_eq!(parse("−1.5e-3", false), Some(-1.5e-3));
        assert_eq!(parse("0,25", true), Some(0.25));
        for text in ["", "0,25", "1,2,3", "nan", "inf", "w1", "1 2", "0x10"] {
            assert_eq!(parse(text, false), None, "{text}");
        }
        assert_eq!(parse("1.000,5", true), None);
    }

    #[test]
    fn distant_cells_take_no_memory_and_too_many_cells_are_an_error() {
        let mut sheet = Sheet::new("s");
        assert_eq!(sheet.put(u32::MAX, u32::MAX, Cell::Number(1.0)), Ok(()));
        assert_eq!(sheet.rows(), 0);
        let result = (0..MOST_ROWS).try_for_each(|row| sheet.put(row, MOST_COLUMNS - 1, Cell::Number(1.0)));
        assert_eq!(result, Err(TooManyCells));
    }
}
