//! Finds the backpropagation table in a sheet, wherever a student put it and however the columns are named.

use super::cells::{self, Cell, Sheet};
use super::column_names::column_named;
use super::stated_rate::{self, Rate};
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Constants, learning_rate};

/// The number of rows, from the top of a sheet, in which the header is searched.
const HEADER_WITHIN: u32 = 500;

/// A table in a sheet.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// The position of each column in the sheet, in the order of [`Column::ALL`]; `None` for a missing column.
    places: [Option<u32>; Column::COUNT],
    /// The row of the sheet that holds the table's row 0.
    first: u32,
    /// The number of rows of the table.
    rows: u32,
    rate: Option<Rate>,
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
        let candidates = (0..sheet.rows().min(HEADER_WITHIN)).map(|row| (row, places(sheet.row(row))));
        let given =
            |places: &[Option<u32>]| GIVEN.into_iter().filter(|column| places[column.index()].is_some()).count();
        // Of equally good rows the first one counts, but `max_by_key` returns the last one, hence `rev`.
        let best = candidates.rev().max_by_key(|(_, places)| given(places));
        let Some((header, places)) = best.filter(|(_, places)| given(places) > 0) else {
            let message = format!(
                "“{}” has no backpropagation table. It needs a row with the column names t1, t2, i1, i2 and w1 to w8.",
                sheet.name
            );
            return Err(NoTable { named: 0, message });
        };
        let named = given(&places);
        let missing: Vec<String> =
            GIVEN.into_iter().filter(|column| places[column.index()].is_none()).map(Column::name).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let message = format!("In “{}”, the header in row {} lacks {missing}.", sheet.name, header + 1);
            return Err(NoTable { named, message });
        }
        let at = |row: u32, column: Column| places[column.index()].map_or(&Cell::Blank, |place| sheet.get(row, place));
        // There may be a row of units or symbols between the header and the numbers.
        let below = header + 1..sheet.rows();
        let starts = |&row: &u32| GIVEN.into_iter().filter(|&column| at(row, column).number().is_some()).count() >= 6;
        let Some(first) = below.clone().find(starts) else {
            let message = format!("In “{}”, there are no numbers under the header in row {}.", sheet.name, header + 1);
            return Err(NoTable { named, message });
        };
        let blank = |row: u32| Column::ALL.into_iter().all(|column| *at(row, column) == Cell::Blank);
        let rows = (first..sheet.rows()).take_while(|&row| !blank(row)).count() as u32;
        let rate = stated_rate::find(sheet, header, first, &places);
        Ok(Self { sheet, places, first, rows, rate })
    }

    /// The number of rows of the table, row 0 included; at least one.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Whether the table has a column.
    pub fn has(&self, column: Column) -> bool {
        self.places[column.index()].is_some()
    }

    /// The cell in a row of the table, counted from row 0; blank if the table lacks the column.
    pub fn cell(&self, row: u32, column: Column) -> &Cell {
        self.places[column.index()].map_or(&Cell::Blank, |place| self.sheet.get(self.first + row, place))
    }

    /// The cell's name in the spreadsheet, such as `AE33`.
    pub fn address(&self, row: u32, column: Column) -> String {
        cells::address(self.first + row, self.places[column.index()].unwrap_or(0))
    }

    /// The learning rate that the sheet states.
    pub fn rate(&self) -> Option<&Rate> {
        self.rate.as_ref()
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
                    "In “{}”, cell {} must be a number: it is {} in the first row.",
                    self.sheet.name,
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

    /// The constants and the learning rate of the sheet; the default learning rate if the sheet states none.
    ///
    /// # Errors
    /// The same as those of [`Table::constants`].
    pub fn lesson(&self) -> Result<Lesson, String> {
        let learning_rate = self.rate.as_ref().map_or(learning_rate::DEFAULT, |rate| rate.value);
        Ok(Lesson { constants: self.constants()?, learning_rate })
    }
}

/// The required columns: those whose values are given in row 0.
const GIVEN: [Column; 12] = {
    use Column::*;
    [T1, T2, I1, I2, W1, W2, W3, W4, W5, W6, W7, W8]
};

/// Returns the positions at which a row names the columns; if a name occurs twice, the first position.
fn places(cells: &[Cell]) -> [Option<u32>; Column::COUNT] {
    let mut places = [None; Column::COUNT];
    for (place, cell) in (0..).zip(cells) {
        if let Some(column) = cell.text().and_then(column_named) {
            places[column.index()].get_or_insert(place);
        }
    }
    places
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
        assert_eq!(table.rate(), Some(&Rate { value: 0.3, source: "in E3".into() }));
        let lesson = table.lesson().expect("complete");
        assert_eq!((lesson.constants.targets, lesson.constants.weights[7]), ([0.01, 0.99], 8.0));
        assert!(!table.has(Column::ETotal));
    }

    #[test]
    fn the_learning_rate_is_found_by_its_label_or_in_the_name_of_the_sheet() {
        let table = |name: &str, top: &[&str]| {
            let sheet = sheet(name, &[top, &NAMES, &VALUES]);
            Table::find(&sheet).expect("a table").rate().map(|rate| (rate.value, rate.source.clone()))
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
        assert_eq!(table.rate().map(|rate| rate.source.as_str()), Some("in G31"));
    }

    #[test]
    fn an_error_names_the_missing_part() {
        let error = |rows: &[&[&str]]| match Table::find(&sheet("s", rows)) {
            Ok(table) => table.lesson().expect_err("incomplete"),
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
