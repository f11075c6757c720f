//! Reads a file for the page: either as lessons, or to check it.

use std::borrow::Cow;
use std::ops::Deref;

use super::cells::Sheet;
use super::check::{self, SheetCheck};
use super::protocol::OpenedSheet;
use super::table::{NoTable, Table};
use super::workbook_in;
use crate::sheet::{Column, learning_rate};

/// What was read from a file's sheets.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheets<T> {
    /// The sheets with a table, at least one.
    pub read: Vec<T>,
    /// Why other sheets could not be read: sentences for the user.
    pub others: Vec<String>,
}

impl<T> Deref for Sheets<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.read
    }
}

/// Returns the lessons in a file's sheets, at least one.
///
/// # Errors
/// A sentence for the user when the file cannot be read, has no table, or has a learning rate that the page does not
/// allow.
pub fn open(name: &str, bytes: &[u8]) -> Result<Sheets<OpenedSheet>, String> {
    read_tables(&workbook_in::read(name, bytes)?, |table| {
        let (lesson, rate) = check::lesson(table)?;
        if lesson.learning_rate > learning_rate::LARGEST {
            let rate = lesson.learning_rate;
            return Err(format!("In “{}”, the learning rate is {rate}. It must be from 0 to 100.", table.sheet.name));
        }
        let rate_source = rate.map(|rate| rate.source);
        Ok(OpenedSheet { sheet: table.sheet.name.clone(), lesson, rate_source, rows: table.rows() })
    })
}

/// Compares the sheets of a file with the engine. Returns at least one check.
///
/// # Errors
/// A sentence for the user when the file cannot be read, or a sheet cannot be checked.
pub fn check_file(name: &str, bytes: &[u8]) -> Result<Sheets<SheetCheck>, String> {
    read_tables(&workbook_in::read(name, bytes)?, check::check)
}

/// Reads the table of each sheet. A sheet that cannot be read, such as a template that is not filled in, does not keep
/// the others from being read.
fn read_tables<T>(sheets: &[Sheet], read: impl Fn(&Table<'_>) -> Result<T, String>) -> Result<Sheets<T>, String> {
    let mut found = Sheets { read: Vec::new(), others: Vec::new() };
    let mut without_table = Vec::new();
    // If no sheet can be read, the error is about the one that comes closest.
    let mut closest: Option<NoTable> = None;
    // A sheet may hold several tables.
    let (hidden, sheets): (Vec<&Sheet>, Vec<&Sheet>) = sheets.iter().partition(|sheet| sheet.is_hidden);
    let mut left: Vec<Cow<'_, Sheet>> = sheets.into_iter().rev().map(Cow::Borrowed).collect();
    while let Some(sheet) = left.pop() {
        let sheet = &*sheet;
        let result = Table::find(sheet).and_then(|mut table| {
            let others = table.others();
            // Each of them has fewer cells, so this comes to an end.
            left.extend(others.into_iter().rev().map(Cow::Owned));
            read(&table).map_err(|message| NoTable { named: Column::COUNT, message })
        });
        match result {
            Ok(sheet) => found.read.push(sheet),
            Err(error) => {
                if error.named == 0 {
                    without_table.push(format!("“{}”", sheet.name));
                } else {
                    found.others.push(error.message.clone());
                }
                if closest.as_ref().is_none_or(|closest| closest.named < error.named) {
                    closest = Some(error);
                }
            }
        }
    }
    if !without_table.is_empty() {
        found.others.push(format!("Without a table: {}.", without_table.join(", ")));
    }
    found.others.extend(about_hidden(&hidden));
    match closest {
        Some(error) if found.read.is_empty() => {
            Err([Some(error.message), about_hidden(&hidden)].into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
        _ => Ok(found),
    }
}

/// Says which sheets were not read because they are hidden.
fn about_hidden(sheets: &[&Sheet]) -> Option<String> {
    let names: Vec<String> = sheets.iter().map(|sheet| format!("“{}”", sheet.name)).collect();
    match &names[..] {
        [] => None,
        [name] => {
            Some(format!("The sheet {name} is hidden, so it was not read. To have it read, show it and save the file."))
        }
        _ => Some(format!(
            "The sheets {} are hidden, so they were not read. To have them read, show them and save the file.",
            names.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::csv_out::{self, Notation};
    use crate::exchange::workbook_out;
    use crate::sheet::lesson::Lesson;

    #[test]
    fn a_workbook_opens_with_the_users_own_sheet_first() {
        let lesson = Lesson { learning_rate: 0.3, ..Lesson::CLASSIC };
        let (bytes, _) = workbook_out::write(&lesson, 4, true).expect("small");
        let opened = open("gradsheet.xlsx", &bytes).expect("our own");
        assert_eq!(opened.len(), 7);
        let expected = OpenedSheet { sheet: "eta 0.3".into(), lesson, rate_source: Some("in G31".into()), rows: 5 };
        assert_eq!(opened[0], expected);
        assert_eq!(check_file("gradsheet.xlsx", &bytes).expect("our own").len(), 7);
    }

    #[test]
    fn a_learning_rate_out_of_range_is_refused_and_a_missing_one_is_that_of_the_steps_or_the_default() {
        let text = |learning_rate, updates| {
            let mut text = String::new();
            csv_out::write(&Lesson { learning_rate, ..Lesson::CLASSIC }, updates, Notation::Point, &mut |piece| {
                text.push_str(piece);
            });
            text
        };
        let opened = |text: &str| open("run.csv", text.as_bytes()).expect("our own")[0].clone();
        let (steps, start) = (opened(&text(0.8, 3)), opened(&text(0.8, 0)));
        assert_eq!((steps.rate_source.as_deref(), steps.lesson.learning_rate), (Some("computed from the steps"), 0.8));
        assert_eq!((start.rate_source, start.lesson), (None, Lesson::CLASSIC));
        let error = open("eta 101.csv", text(0.5, 0).as_bytes()).expect_err("too large");
        assert_eq!(error, "In “eta 101.csv”, the learning rate is 101. It must be from 0 to 100.");
        // A name counts less than the steps: this one is a second download.
        let named = open("learning rate (1).csv", text(0.5, 3).as_bytes()).expect("our own")[0].clone();
        let source = Some("computed from the steps; the name says 1");
        assert_eq!((named.rate_source.as_deref(), named.lesson.learning_rate), (source, 0.5));
    }

    #[test]
    fn the_error_is_about_the_sheet_that_comes_closest_to_a_table() {
        let mut sheets = vec![Sheet::new("notes"), Sheet::new("homework")];
        for (column, name) in (0..).zip(["t1", "t2", "i1"]) {
            sheets[1].put(0, column, crate::exchange::cells::Cell::Text(name.into())).expect("few cells");
        }
        let error = read_tables(&sheets, |_| Ok(())).expect_err("no table");
        assert!(error.starts_with("In “homework”, the header in row 1 lacks i2, w1"), "{error}");
    }

    #[test]
    fn a_sheet_that_cannot_be_read_does_not_hide_the_others() {
        let mut text = String::new();
        csv_out::write(&Lesson::CLASSIC, 3, Notation::Point, &mut |piece| text.push_str(piece));
        let good = workbook_in::read("homework", text.as_bytes()).expect("our own").remove(0);
        // Row 0 of the template lacks w1.
        let template = text.replace(",0.15,", ",,");
        let template = workbook_in::read("template", template.as_bytes()).expect("a sheet").remove(0);
        let sheets = [template, good, Sheet::new("notes")];
        let found = read_tables(&sheets, |table| table.constants()).expect("one good sheet");
        assert_eq!(found.len(), 1);
        let reason = "In “template”, cell F2 must be a number: it is w1 in the first row.";
        assert_eq!(found.others, [reason, "Without a table: “notes”."]);
        let error = read_tables(&sheets[..1], |table| table.constants()).expect_err("no good sheet");
        assert_eq!(error, reason);
    }

    #[test]
    fn hidden_sheets_are_not_read_and_named() {
        let (bytes, _) = workbook_out::write(&Lesson::CLASSIC, 4, false).expect("small");
        let mut sheets = workbook_in::read("gradsheet.xlsx", &bytes).expect("our own");
        sheets.push(Sheet::hidden("Old"));
        let found = read_tables(&sheets, |table| table.constants()).expect("a table");
        let sentence = "The sheet “Old” is hidden, so it was not read. To have it read, show it and save the file.";
        assert_eq!(found.others, [sentence]);
        let error = read_tables(&[Sheet::new("Cover"), Sheet::hidden("Old")], |_| Ok(())).expect_err("no table");
        assert!(error.contains("“Cover” has no backpropagation table.") && error.ends_with(sentence), "{error}");
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write_number(0, 0, 1.0).expect("a cell");
        book.add_worksheet().set_name("Old").expect("a name").set_hidden(true);
        let read = workbook_in::read("a.xlsx", &book.save_to_buffer().expect("small")).expect("a workbook");
        assert_eq!(read.iter().map(|sheet| sheet.is_hidden).collect::<Vec<_>>(), [false, true]);
    }
}
