//! Finds the backpropagation table in a sheet, wherever a student put it and however the columns are named.
//!
//! A column is recognised by its heading ([`header`]), by its position between other columns, or by its numbers
//! ([`columns`]). The table ends where its rows end ([`rows`]), not at the first empty line.

mod columns;
mod elsewhere;
mod header;
mod rows;
mod sums;

use self::columns::Unread;
use self::header::Header;
use self::rows::Rows;
use super::cells::{self, Cell, Sheet};
use super::stated_rate::{self, Rate};
use crate::sheet::{Column, Constants};

/// The number of rows, from the top of a sheet, in which a table without a header is searched.
const WITHIN: u32 = 500;
/// A sheet is refused if more than one in this number of its cells is a formula without a result.
const FEW_WITHOUT_RESULT: u32 = 4;

/// The position of each column in the sheet, in the order of [`Column::ALL`]; `None` for a missing column.
type Places = [Option<u32>; Column::COUNT];

/// A table in a sheet.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    places: Places,
    /// The row of the sheet that holds each row of the table; at least one. Rows of the sheet that do not belong to the
    /// table, such as empty lines, lie between them.
    lines: Vec<u32>,
    /// For each row of the table, the row whose targets and inputs hold for it: its own, or one above.
    sources: Vec<[u32; CONSTANTS.len()]>,
    /// The row and column of each target and input that is stated outside of the table.
    elsewhere: [Option<(u32, u32)>; 4],
    rates: Vec<Rate>,
    /// The columns that hold numbers but are none of the table's, or could not be read.
    unread: Vec<Unread>,
    /// What the user should know about how the sheet was read, each a sentence.
    notes: Vec<String>,
    /// The row of the sheet below the table in which another table begins.
    next: Option<u32>,
    /// What was found in the sheet but is not checked, each a sentence.
    unchecked: Vec<String>,
}

/// The reason why a sheet has no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTable {
    /// The largest number of required columns that a single row names.
    pub named: usize,
    /// A sentence for the user that says what is missing.
    pub message: String,
}

impl<'a> Table<'a> {
    /// Finds the table of a sheet.
    ///
    /// # Errors
    /// When the header, one of the required columns or the numbers are missing.
    pub fn find(sheet: &'a Sheet) -> Result<Self, NoTable> {
        let title = sheet.title();
        let header = Header::find(sheet);
        let named = header.as_ref().map_or(0, Header::named);
        let refuse = |message: String| NoTable { named, message };
        let (header, first, mut places) = match header {
            Some(Header { row, places }) if named >= header::FEWEST_GIVEN => {
                // There may be a row of units or symbols between the header and the numbers.
                let mut below = row + 1..sheet.rows();
                let first = below.find(|&row| header::has_given_numbers(sheet, row, &places)).ok_or_else(|| {
                    refuse(format!("In {title}, there are no numbers under the header in row {}.", row + 1))
                })?;
                (row, first, places)
            }
            header => match (columns::without_header(sheet, WITHIN), header) {
                (Some((first, places)), _) => (first.saturating_sub(1), first, places),
                (None, _) if let Some(column) = header::transposed(sheet) => {
                    let message = format!(
                        "In {title}, the names of the columns stand below each other, in column {}. They must stand side by \
                         side, with one row for each step. Copy the table, paste it transposed (Paste Special), and try \
                         again.",
                        cells::address(0, column).trim_end_matches('1')
                    );
                    return Err(NoTable { named: header::FEWEST_GIVEN, message });
                }
                (None, Some(Header { row, places })) => {
                    return Err(refuse(format!(
                        "In {title}, the header in row {} lacks {}.",
                        row + 1,
                        missing(&places)
                    )));
                }
                (None, None) => {
                    return Err(refuse(format!(
                        "{title} has no backpropagation table. A table has a row with the column names t1, t2, i1, i2 and \
                         w1 to w8."
                    )));
                }
            },
        };
        let elsewhere = CONSTANTS.map(|column| {
            let place = places[column.index()];
            if place.is_some_and(|place| *sheet.get(first, place) != Cell::Blank) {
                return None;
            }
            let span = places.iter().flatten();
            let (start, end) = (span.clone().min().copied()?, span.max().copied()?);
            elsewhere::find(sheet, column, |row, place| row >= header && (start..=end).contains(&place))
        });
        let constants = elsewhere.map(|cell| cell.and_then(|(row, place)| sheet.get(row, place).number()));
        columns::complete(sheet, first, &mut places, constants);
        let is_given = |column: Column| {
            places[column.index()].is_some() || elsewhere.get(column.index()).is_some_and(Option::is_some)
        };
        if !GIVEN.into_iter().all(is_given) {
            let mut lacking = places;
            for (place, cell) in lacking.iter_mut().zip(elsewhere) {
                *place = place.or(cell.map(|(_, place)| place));
            }
            return Err(refuse(format!("In {title}, the header in row {} lacks {}.", header + 1, missing(&lacking))));
        }
        let Rows { lines, notes, next } = Rows::find(sheet, &places, first);
        let rates = stated_rate::find(sheet, header, &places);
        // A column of learning rates is read, too.
        let is_rate = |unread: &Unread| {
            let mut cells = rates.iter().filter_map(|rate| rate.cell);
            cells.any(|(row, place)| row >= header && place == unread.place)
        };
        let mut unread = columns::unread(sheet, header, &lines, &places);
        unread.retain(|unread| !is_rate(unread));
        let sources = sources(sheet, &places, &lines);
        let mut table =
            Self { sheet, places, lines, sources, elsewhere, rates, unread, notes, next, unchecked: Vec::new() };
        table.note_cells().map_err(refuse)?;
        Ok(table)
    }

    /// Notes the cells that are not what they seem.
    ///
    /// # Errors
    /// A sentence for the user when the table consists of formulas without results.
    fn note_cells(&mut self) -> Result<(), String> {
        let (mut texts, mut without_result) = (Vec::new(), Vec::new());
        for (row, &line) in (0..).zip(&self.lines) {
            for column in Column::ALL {
                let Some(place) = self.places[column.index()] else { continue };
                if self.sheet.is_stored_as_text(line, place) {
                    texts.push((row, column));
                }
                if *self.sheet.get(line, place) == Cell::NoResult {
                    without_result.push((row, column));
                }
            }
        }
        let count = |cells: &[(u32, Column)]| match cells.len() {
            1 => "1 cell".to_owned(),
            count => format!("{count} cells"),
        };
        let (filled, _) = self.counts();
        if let Some(&(row, column)) = without_result.first() {
            let (address, number) = (self.address(row, column), without_result.len() as u32);
            let advice = "Open the file in Excel, LibreOffice or Google Sheets, save it there, and try again.";
            if number * FEW_WITHOUT_RESULT > filled {
                let title = self.sheet.title();
                return Err(format!(
                    "{title} holds formulas, such as the one in {address}, but not their results: the program that wrote \
                     the file did not compute them. {advice}"
                ));
            }
            let number = count(&without_result);
            self.notes.push(format!("{number} with a formula but no result, the first of them {address}. {advice}"));
        }
        if let Some(&(row, column)) = texts.first() {
            let (number, address) = (count(&texts), self.address(row, column));
            self.notes.push(format!(
                "{number} with a number that is stored as text, the first of them {address}. The check reads them as \
                 numbers, but SUM and other functions skip them."
            ));
        }
        let constants = CONSTANTS.into_iter().zip(self.elsewhere);
        let stated: Vec<String> = constants
            .filter_map(|(column, cell)| {
                let (row, place) = cell?;
                Some(format!("{} in {}", column.name(), cells::address(row, place)))
            })
            .collect();
        if !stated.is_empty() {
            self.notes.push(format!("Found beside the table: {}.", stated.join(", ")));
        }
        Ok(())
    }

    /// The number of rows of the table, row 0 included; at least one.
    pub fn rows(&self) -> u32 {
        self.lines.len() as u32
    }

    /// Whether the table has a column that could be read, or states its constant beside the table.
    pub fn has(&self, column: Column) -> bool {
        self.places[column.index()].is_some() || self.elsewhere.get(column.index()).is_some_and(Option::is_some)
    }

    /// The cell in a row of the table, counted from row 0; blank if the table lacks the column. A blank target or input
    /// has the value of the row above, or the one that is stated beside the table.
    pub fn cell(&self, row: u32, column: Column) -> &Cell {
        let source = self.sources.get(row as usize).and_then(|sources| sources.get(column.index()));
        let row = source.copied().unwrap_or(row);
        match (self.own_cell(row, column), self.elsewhere.get(column.index())) {
            (Cell::Blank, Some(&Some((row, place)))) => self.sheet.get(row, place),
            (cell, _) => cell,
        }
    }

    /// The sheet's own cell, which may be blank where [`Table::cell`] is not.
    fn own_cell(&self, row: u32, column: Column) -> &Cell {
        self.position(row, column).map_or(&Cell::Blank, |(row, place)| self.sheet.get(row, place))
    }

    /// The number of decimals with which the sheet's own cell is written, if zeros at its end show them.
    pub(super) fn decimals(&self, row: u32, column: Column) -> Option<i32> {
        self.position(row, column).and_then(|(row, place)| self.sheet.decimals(row, place))
    }

    /// Whether somebody filled in the cell. Only such cells are compared and counted.
    pub fn is_filled(&self, row: u32, column: Column) -> bool {
        !matches!(self.own_cell(row, column), Cell::Blank | Cell::NoResult)
    }

    /// Whether the cell is not done yet: neither right nor wrong. A blank target or input is none of these: the value of
    /// the row above holds for it.
    pub fn is_open(&self, row: u32, column: Column) -> bool {
        let is_there = self.places[column.index()].is_some();
        is_there && !self.is_filled(row, column) && *self.cell(row, column) == Cell::Blank
            || *self.own_cell(row, column) == Cell::NoResult
    }

    /// The numbers of cells of the table that are filled in, and that are not done yet.
    pub fn counts(&self) -> (u32, u32) {
        let mut counts = (0, 0);
        for row in 0..self.rows() {
            for column in Column::ALL {
                counts.0 += u32::from(self.is_filled(row, column));
                counts.1 += u32::from(self.is_open(row, column));
            }
        }
        counts
    }

    /// Whether the last row holds only new weights, and all other cells are filled in: the table is finished.
    pub fn ends_with_weights(&self) -> bool {
        let last = self.rows().saturating_sub(1);
        let is_open_elsewhere = |column: Column| (0..last).any(|row| self.is_open(row, column));
        let is_as_expected = |column: Column| match column.weight_index() {
            Some(_) => self.is_filled(last, column),
            None => column <= Column::I2 || !self.is_filled(last, column),
        };
        last > 0 && Column::ALL.into_iter().all(|column| is_as_expected(column) && !is_open_elsewhere(column))
    }

    /// The columns that hold numbers but are none of the table's, or could not be read, for the user: `X “Edw1”`.
    pub fn unread(&self) -> Vec<String> {
        self.unread.iter().map(|unread| unread.name.clone()).collect()
    }

    /// Whether a column that the table lacks may be one that could not be read.
    pub(super) fn is_any_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// What the user should know about how the sheet was read: sentences.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What was found in the sheet but is not checked: sentences.
    pub fn unchecked(&self) -> &[String] {
        &self.unchecked
    }

    /// Returns the sheet without this table, if there is another table beside it, below it, or both: each as a sheet.
    pub(super) fn others(&mut self) -> Vec<Sheet> {
        let span = || self.places.iter().flatten().copied();
        let (start, end) = (span().min().unwrap_or(0), span().max().unwrap_or(0));
        let mut others = Vec::new();
        let beside = self.sheet.part(&self.sheet.name, |_, place| !(start..=end).contains(&place));
        if let Ok(table) = Table::find(&beside) {
            let name = format!("{}, table at {}", self.sheet.name, table.address(0, Column::T1));
            others.push(self.sheet.part(&name, |_, place| !(start..=end).contains(&place)));
            // What is beside the other table is said there.
            let of_other =
                (table.places.iter().flatten().copied().min()).zip(table.places.iter().flatten().copied().max());
            let is_of_other = |place: u32| of_other.is_some_and(|(start, end)| (start..=end).contains(&place));
            self.unread.retain(|unread| !is_of_other(unread.place));
        }
        if let (Some(next), Some(&last)) = (self.next, self.lines.last()) {
            let is_below = |row: u32, place: u32| row > last && (start..=end).contains(&place);
            let below = self.sheet.part(&self.sheet.name, is_below);
            match Table::find(&below) {
                Ok(table) => {
                    let name = format!("{}, table at {}", self.sheet.name, table.address(0, Column::T1));
                    others.push(self.sheet.part(&name, is_below));
                }
                Err(_) => self.unchecked.push(format!(
                    "Other numbers begin in row {}, and they were not checked. Copy the names of the columns above them.",
                    next + 1
                )),
            }
        }
        others
    }

    /// The row and column of a cell in the sheet, counted from 0; `None` if the table lacks the column.
    pub fn position(&self, row: u32, column: Column) -> Option<(u32, u32)> {
        Some((*self.lines.get(row as usize)?, self.places[column.index()]?))
    }

    /// The cell's name in the spreadsheet, such as `AE33`.
    pub fn address(&self, row: u32, column: Column) -> String {
        let (line, place) = self.position(row, column).unwrap_or_default();
        cells::address(line, place)
    }

    /// The learning rates that the sheet states: usually one, several only if several places are as likely.
    pub fn rates(&self) -> &[Rate] {
        &self.rates
    }

    /// The targets, inputs and weights of row 0.
    ///
    /// # Errors
    /// A sentence for the user that names the first cell without a number.
    pub fn constants(&self) -> Result<Constants, String> {
        let mut constants = Constants::CLASSIC;
        for column in GIVEN {
            let value = self.cell(0, column).number().filter(|value| value.is_finite());
            let Some(value) = value else {
                return Err(format!(
                    "In {}, cell {} must be a number: it is {} in the first row.",
                    self.sheet.title(),
                    self.address(0, column),
                    column.name()
                ));
            };
            if let Some(place) = constants.get_mut(column) {
                *place = value;
            }
        }
        Ok(constants)
    }
}

/// The columns that have the same value in each row, the first ones of [`Column::ALL`].
const CONSTANTS: [Column; 4] = [Column::T1, Column::T2, Column::I1, Column::I2];

/// The required columns: those whose values are given in row 0.
const GIVEN: [Column; 12] = {
    use Column::*;
    [T1, T2, I1, I2, W1, W2, W3, W4, W5, W6, W7, W8]
};

/// Returns, for each row, the row whose targets and inputs hold for it: the last one that is not blank.
fn sources(sheet: &Sheet, places: &Places, lines: &[u32]) -> Vec<[u32; CONSTANTS.len()]> {
    let mut last = [0; CONSTANTS.len()];
    let next = |(row, &line): (u32, &u32)| {
        for (source, place) in last.iter_mut().zip(places) {
            if place.is_some_and(|place| *sheet.get(line, place) != Cell::Blank) {
                *source = row;
            }
        }
        last
    };
    (0..).zip(lines).map(next).collect()
}

/// Returns a column's number in a row of the sheet.
fn number(sheet: &Sheet, places: &Places, row: u32, column: Column) -> Option<f64> {
    places[column.index()].and_then(|place| sheet.get(row, place).number())
}

/// Names the required columns that are missing.
fn missing(places: &Places) -> String {
    let missing = GIVEN.into_iter().filter(|column| places[column.index()].is_none()).map(Column::name);
    missing.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
        let mut sheet = Sheet::new(name);
        for (row, cells) in (0..).zip(rows) {
            for (column, text) in (0..).zip(*cells) {
                let cell = cells::parse(text, false).map_or_else(|| Cell::Text((*text).into()), Cell::Number);
                sheet.put(row, column, if text.is_empty() { Cell::Blank } else { cell }).expect("few cells");
            }
        }
        sheet
    }

    const NAMES: [&str; 12] = ["t1", "t2", "i1", "i2", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8"];
    const VALUES: [&str; 12] = ["0.01", "0.99", "0.05", "0.1", "1", "2", "3", "4", "5", "6", "7", "8"];

    #[test]
    fn the_table_is_found_anywhere_in_the_sheet() {
        let mut names = vec!["", "epoch"];
        names.extend(NAMES);
        names.push("note");
        let mut values = vec!["", "0"];
        values.extend(VALUES);
        let sheet =
            sheet("My sheet", &[&["Homework"], &[], &["", "", "η", "", "0.3"], &names, &["", "units"], &values]);
        let table = Table::find(&sheet).expect("a table");
        assert_eq!(table.rows(), 1);
        assert_eq!(table.address(0, Column::W1), "G6");
        assert_eq!(
            table.rates(),
            [Rate { value: 0.3, source: "in E3".into(), cell: Some((2, 4)), is_from_name: false }]
        );
        let constants = table.constants().expect("complete");
        assert_eq!((constants.targets, constants.weights[7]), ([0.01, 0.99], 8.0));
        assert!(!table.has(Column::ETotal));
    }

    #[test]
    fn the_learning_rate_is_found_by_its_label_or_in_the_name_of_the_sheet() {
        let table = |name: &str, top: &[&str]| {
            let sheet = sheet(name, &[top, &NAMES, &VALUES]);
            Table::find(&sheet).expect("a table").rates().first().map(|rate| (rate.value, rate.source.clone()))
        };
        assert_eq!(table("s", &["Learning rate:", "2"]), Some((2.0, "in B1".into())));
        assert_eq!(table("s", &["", "lr = 0.7"]), Some((0.7, "in B1".into())));
        assert_eq!(table("eta 0,5", &[]), Some((0.5, "from the name “eta 0,5”".into())));
        assert_eq!(table("eta_2.0.csv", &[]), Some((2.0, "from the name “eta_2.0.csv”".into())));
        assert_eq!(table("homework 3", &["beta", "4"]), None);
        assert_eq!(table("beta 3", &[]), None);
    }

    #[test]
    fn the_learning_rate_is_found_in_g31() {
        let mut rows: Vec<&[&str]> = vec![&[]; 30];
        rows.extend([&["", "", "", "", "", "", "0.8"][..], &NAMES, &VALUES]);
        let sheet = sheet("s", &rows);
        let table = Table::find(&sheet).expect("a table");
        assert_eq!(table.rates()[0].source, "in G31");
    }

    #[test]
    fn an_error_names_the_missing_part() {
        let error = |rows: &[&[&str]]| match Table::find(&sheet("s", rows)) {
            Ok(table) => table.constants().expect_err("incomplete"),
            Err(error) => error.message,
        };
        assert!(error(&[]).contains("no backpropagation table"));
        assert!(error(&[&["a", "b"], &["1", "2"]]).contains("no backpropagation table"));
        assert_eq!(error(&[&NAMES[..10], &VALUES]), "In “s”, the header in row 1 lacks w7, w8.");
        assert!(error(&[&NAMES]).contains("no numbers under the header in row 1"));
        let mut values = VALUES;
        values[4] = "?";
        assert_eq!(error(&[&NAMES, &values]), "In “s”, cell E2 must be a number: it is w1 in the first row.");
    }
}
