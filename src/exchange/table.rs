//! Finds the backpropagation table in a sheet: its header, its rows and its learning rate, wherever a student put them
//! and however they wrote the names.

use super::cells::{self, Cell, Sheet};
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Constants, learning_rate};

/// The header is looked for in this many rows.
const HEADER_WITHIN: u32 = 500;

/// A table in a sheet.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// Where each column stands, in the order of [`Column::ALL`].
    places: [Option<u32>; Column::COUNT],
    /// The sheet's row with the table's row 0.
    first: u32,
    /// Rows of the table.
    rows: u32,
    rate: Option<Rate>,
}

/// A learning rate, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// η
    pub value: f64,
    /// "in G31", for a sentence.
    pub source: String,
}

/// A sheet has no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTable {
    /// Of the columns that must be there, how many some row names.
    pub named: usize,
    /// What is missing: a sentence for the user.
    pub message: String,
}

impl<'a> Table<'a> {
    /// Finds the table.
    ///
    /// # Errors
    /// What is missing.
    pub fn find(sheet: &'a Sheet) -> Result<Self, NoTable> {
        let candidates = (0..sheet.rows().min(HEADER_WITHIN)).map(|row| (row, places(sheet.row(row))));
        let given =
            |places: &[Option<u32>]| GIVEN.into_iter().filter(|column| places[column.index()].is_some()).count();
        // The first of the best: `max_by_key` alone would take the last.
        let best = candidates.rev().max_by_key(|(_, places)| given(places));
        let Some((header, places)) = best.filter(|(_, places)| given(places) > 0) else {
            let message = format!(
                "“{}” has no backpropagation table: no row names the columns t1, t2, i1, i2 and w1 to w8.",
                sheet.name
            );
            return Err(NoTable { named: 0, message });
        };
        let named = given(&places);
        let missing: Vec<String> =
            GIVEN.into_iter().filter(|column| places[column.index()].is_none()).map(Column::name).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            let message = format!("In “{}”, the header in row {} does not name {missing}.", sheet.name, header + 1);
            return Err(NoTable { named, message });
        }
        let at = |row: u32, column: Column| places[column.index()].map_or(&Cell::Blank, |place| sheet.get(row, place));
        // A row of units or symbols may stand between the header and the numbers.
        let below = header + 1..sheet.rows();
        let starts = |&row: &u32| GIVEN.into_iter().filter(|&column| at(row, column).number().is_some()).count() >= 6;
        let Some(first) = below.clone().find(starts) else {
            let message = format!("In “{}”, there are no numbers under the header in row {}.", sheet.name, header + 1);
            return Err(NoTable { named, message });
        };
        let blank = |row: u32| Column::ALL.into_iter().all(|column| *at(row, column) == Cell::Blank);
        let rows = (first..sheet.rows()).take_while(|&row| !blank(row)).count() as u32;
        let rate = find_rate(sheet, header, first, &places);
        Ok(Self { sheet, places, first, rows, rate })
    }

    /// Rows of the table, row 0 included; at least one.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Whether the table has a column.
    pub fn has(&self, column: Column) -> bool {
        self.places[column.index()].is_some()
    }

    /// A cell, by the table's own rows; blank where the table lacks the column.
    pub fn cell(&self, row: u32, column: Column) -> &Cell {
        self.places[column.index()].map_or(&Cell::Blank, |place| self.sheet.get(self.first + row, place))
    }

    /// A cell's name in the spreadsheet.
    pub fn address(&self, row: u32, column: Column) -> String {
        cells::address(self.first + row, self.places[column.index()].unwrap_or(0))
    }

    /// The learning rate that the sheet names.
    pub fn rate(&self) -> Option<&Rate> {
        self.rate.as_ref()
    }

    /// Targets, inputs and weights of row 0.
    ///
    /// # Errors
    /// A sentence for the user that names the first cell without a number.
    pub fn constants(&self) -> Result<Constants, String> {
        let mut constants = Constants::CLASSIC;
        for column in GIVEN {
            let value = self.cell(0, column).number().filter(|value| value.is_finite());
            let Some(value) = value else {
                return Err(format!(
                    "In “{}”, {} should be a number: it is {} in the first row.",
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

    /// Constants and learning rate; the default one if the sheet names none.
    ///
    /// # Errors
    /// As [`Table::constants`].
    pub fn lesson(&self) -> Result<Lesson, String> {
        let learning_rate = self.rate.as_ref().map_or(learning_rate::DEFAULT, |rate| rate.value);
        Ok(Lesson { constants: self.constants()?, learning_rate })
    }
}

/// The columns that must be there: what row 0 is given.
const GIVEN: [Column; 12] = {
    use Column::*;
    [T1, T2, I1, I2, W1, W2, W3, W4, W5, W6, W7, W8]
};

/// Where a row names the columns; the first place counts.
fn places(cells: &[Cell]) -> [Option<u32>; Column::COUNT] {
    let mut places = [None; Column::COUNT];
    for (place, cell) in (0..).zip(cells) {
        if let Some(column) = cell.text().and_then(column_named) {
            places[column.index()].get_or_insert(place);
        }
    }
    places
}

/// The column that a header names: `a_h1`, `out_h1`, `∂E_t/∂w1`, `dE/dw1`, `E_total`, `E` and the like.
pub fn column_named(header: &str) -> Option<Column> {
    let name = plain(header);
    let name = name.strip_suffix("out").map_or(name.clone(), |unit| format!("out{unit}"));
    let (stem, number) = match name.char_indices().next_back() {
        Some((at, last)) if last.is_ascii_digit() => (&name[..at], last.to_digit(10).unwrap_or(0) as usize),
        _ => (name.as_str(), 0),
    };
    use Column::*;
    let of_two = |columns: [Column; 2]| number.checked_sub(1).and_then(|index| columns.get(index)).copied();
    let of_eight = |columns: [Column; 8]| number.checked_sub(1).and_then(|index| columns.get(index)).copied();
    match stem {
        "t" | "target" => of_two([T1, T2]),
        "i" | "x" | "in" | "input" => of_two([I1, I2]),
        "w" | "weight" => of_eight(Column::WEIGHTS),
        "h" | "neth" | "zh" | "hnet" | "inh" => of_two([H1, H2]),
        "ah" | "outh" | "σh" | "acth" | "sigmoidh" => of_two([AH1, AH2]),
        "o" | "neto" | "zo" | "onet" | "ino" => of_two([O1, O2]),
        "ao" | "outo" | "σo" | "acto" | "sigmoido" => of_two([AO1, AO2]),
        "e" | "eo" | "error" | "err" if number > 0 => of_two([E1, E2]),
        "e" | "et" | "etot" | "etotal" | "error" | "totalerror" | "errortotal" | "loss" | "total" if number == 0 => {
            Some(ETotal)
        }
        "g" | "dw" | "gw" | "gradw" | "grad" | "gradient" | "gradientw" | "∇w" => of_eight(Column::GRADIENTS),
        _ => {
            let of = stem.strip_suffix("dw")?.trim_end_matches('/');
            let errors = ["de", "det", "detot", "detotal", "derror", "dloss", "dl", "dc"];
            errors.contains(&of).then(|| of_eight(Column::GRADIENTS)).flatten()
        }
    }
}

/// A name without what people write differently: case, spaces, underscores, brackets, subscripts, kinds of d.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| !letter.is_whitespace() && !"_{}()[]$\\^*.,:=′'\"".contains(*letter));
    let letters = letters.map(|letter| match letter {
        '∂' | '𝜕' | '𝛛' | 'δ' => 'd',
        '₀'..='₉' => char::from(b'0' + (letter as u32 - '₀' as u32) as u8),
        'ₕ' => 'h',
        'ₒ' => 'o',
        'ₜ' => 't',
        '⁄' | '∕' => '/',
        other => other.to_ascii_lowercase(),
    });
    letters.collect()
}

/// What people call the learning rate.
const RATE_NAMES: [&str; 7] = ["learningrate", "stepsize", "alpha", "eta", "lr", "η", "α"];

fn find_rate(sheet: &Sheet, header: u32, first: u32, places: &[Option<u32>]) -> Option<Rate> {
    let rate = |value: f64, source: String| (value.is_finite() && value >= 0.0).then_some(Rate { value, source });
    // A cell with the name, and the number beside or below it; or both in one cell.
    for row in 0..=first {
        for (column, cell) in (0..).zip(sheet.row(row)) {
            let Some(text) = cell.text() else { continue };
            if row == header && places.contains(&Some(column)) {
                continue;
            }
            if let Some(value) = rate_in(text) {
                return rate(value, format!("in {}", cells::address(row, column)));
            }
            let name = plain(text);
            if RATE_NAMES.contains(&name.as_str()) || name == "learningrateη" || name == "ηlearningrate" {
                let beside = (1..=3).map(|step| (row, column + step));
                let below = (1..=2).map(|step| (row + step, column));
                let number = |&(row, column): &(u32, u32)| sheet.get(row, column).number().is_some();
                if let Some((row, column)) = beside.chain(below).find(number) {
                    let value = sheet.get(row, column).number()?;
                    return rate(value, format!("in {}", cells::address(row, column)));
                }
            }
        }
    }
    // The classic workbook's place.
    let (row, column) = RATE_CELL;
    if row < header
        && let Some(value) = sheet.get(row, column).number()
    {
        return rate(value, format!("in {}", cells::address(row, column)));
    }
    rate(rate_in(&sheet.name)?, format!("from the name “{}”", sheet.name))
}

/// η in the classic layout: G31, as row and column counted from 0.
pub(super) const RATE_CELL: (u32, u32) = (30, 6);

/// The number that follows a name of the learning rate in a text, as in `eta 0.5`, `lr_0,1` or `η=2`.
fn rate_in(text: &str) -> Option<f64> {
    let text = text.to_ascii_lowercase();
    let names = RATE_NAMES.iter().chain(&["learning rate"]);
    let after = |name: &&str| {
        let at = text.rfind(*name)?;
        // Not the end of another word, such as beta.
        let alone = text[..at].chars().next_back().is_none_or(|before| !before.is_alphabetic());
        alone.then(|| &text[at + name.len()..])
    };
    names.filter_map(after).find_map(|rest| {
        let rest = rest.trim_start_matches([' ', '_', '=', ':', '-', '\u{a0}']);
        let end = rest.find(|letter: char| !letter.is_ascii_digit() && !".,e-".contains(letter)).unwrap_or(rest.len());
        let number = rest[..end].trim_end_matches(['.', ',', 'e', '-']);
        cells::parse(number, true)
    })
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
    fn every_columns_own_name_is_understood() {
        for column in Column::ALL {
            assert_eq!(column_named(&column.name()), Some(column));
            assert_eq!(column_named(&column.name().replace('∂', "𝜕")), Some(column));
        }
    }

    #[test]
    fn so_are_other_spellings() {
        use Column::*;
        for (name, column) in [
            ("E_total", ETotal),
            ("E", ETotal),
            ("Total error", ETotal),
            ("dE/dw1", G1),
            ("dE_t/dw8", G8),
            ("∂E_total/∂w₃", G3),
            ("grad w2", G2),
            ("dw5", G5),
            ("out_h1", AH1),
            ("h2_out", AH2),
            ("net_o1", O1),
            ("a_O2", AO2),
            ("W7", W7),
            ("x1", I1),
            ("Target 2", T2),
            ("E_o1", E1),
            ("w_{4}", W4),
        ] {
            assert_eq!(column_named(name), Some(column), "{name}");
        }
        for name in ["", "row", "w9", "w0", "t3", "h", "weights", "dE/dx1", "1", "epoch", "ü1"] {
            assert_eq!(column_named(name), None, "{name}");
        }
    }

    #[test]
    fn the_table_is_found_wherever_it_stands() {
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
    fn the_rate_is_found_in_a_label_in_its_place_or_in_a_name() {
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
    fn the_rate_is_found_in_g31() {
        let mut rows: Vec<&[&str]> = vec![&[]; 30];
        rows.extend([&["", "", "", "", "", "", "0.8"][..], &NAMES, &VALUES]);
        let sheet = sheet("s", &rows);
        let table = Table::find(&sheet).expect("a table");
        assert_eq!(table.rate().map(|rate| rate.source.as_str()), Some("in G31"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = |rows: &[&[&str]]| match Table::find(&sheet("s", rows)) {
            Ok(table) => table.lesson().expect_err("incomplete"),
            Err(error) => error.message,
        };
        assert!(error(&[]).contains("no backpropagation table"));
        assert!(error(&[&["a", "b"], &["1", "2"]]).contains("no backpropagation table"));
        assert_eq!(error(&[&NAMES[..10], &VALUES]), "In “s”, the header in row 1 does not name w7, w8.");
        assert!(error(&[&NAMES]).contains("no numbers under the header in row 1"));
        let mut values = VALUES;
        values[4] = "?";
        assert_eq!(error(&[&NAMES, &values]), "In “s”, E2 should be a number: it is w1 in the first row.");
    }
}
