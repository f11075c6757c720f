//! What the page asks of a file: which lessons it holds, or what is wrong in it.

use super::cells::Sheet;
use super::check::{SheetCheck, check};
use super::protocol::Opened;
use super::table::{NoTable, Table};
use super::workbook_in;
use crate::sheet::learning_rate;

/// The lessons of a file's sheets, at least one.
///
/// # Errors
/// A sentence for the user.
pub fn open(name: &str, bytes: &[u8]) -> Result<Vec<Opened>, String> {
    of_tables(&workbook_in::read(name, bytes)?, |table| {
        let lesson = table.lesson()?;
        if lesson.learning_rate > learning_rate::LARGEST {
            let rate = lesson.learning_rate;
            return Err(format!("In “{}”, the learning rate is {rate}. It must be from 0 to 100.", table.sheet.name));
        }
        let rate_source = table.rate().map(|rate| rate.source.clone());
        Ok(Opened { sheet: table.sheet.name.clone(), lesson, rate_source, rows: table.rows() })
    })
}

/// How a file's sheets compare with the engine, at least one.
///
/// # Errors
/// A sentence for the user.
pub fn check_file(name: &str, bytes: &[u8]) -> Result<Vec<SheetCheck>, String> {
    of_tables(&workbook_in::read(name, bytes)?, check)
}

/// Reads the tables; sheets without one are passed over, unless there is none at all.
fn of_tables<T>(sheets: &[Sheet], read: impl Fn(&Table<'_>) -> Result<T, String>) -> Result<Vec<T>, String> {
    let mut found = Vec::new();
    // Of several complaints, that about the sheet which is the most like a table.
    let mut worst: Option<NoTable> = None;
    for sheet in sheets {
        match Table::find(sheet) {
            Ok(table) => found.push(read(&table)?),
            Err(error) if worst.as_ref().is_none_or(|worst| worst.named < error.named) => worst = Some(error),
            Err(_) => {}
        }
    }
    match worst {
        Some(error) if found.is_empty() => Err(error.message),
        _ => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{csv_out, workbook_out};
    use crate::sheet::lesson::Lesson;

    #[test]
    fn a_workbook_opens_with_the_users_own_sheet_first() {
        let lesson = Lesson { learning_rate: 0.3, ..Lesson::CLASSIC };
        let (bytes, _) = workbook_out::write(&lesson, 4, true).expect("small");
        let opened = open("gradsheet.xlsx", &bytes).expect("our own");
        assert_eq!(opened.len(), 7);
        let expected = Opened { sheet: "eta 0.3".into(), lesson, rate_source: Some("in G31".into()), rows: 5 };
        assert_eq!(opened[0], expected);
        assert_eq!(check_file("gradsheet.xlsx", &bytes).expect("our own").len(), 7);
    }

    #[test]
    fn a_rate_out_of_range_is_refused_and_none_at_all_is_the_default() {
        let mut text = String::new();
        csv_out::write(&Lesson::CLASSIC, 1, &mut |piece| text.push_str(piece));
        let opened = open("run.csv", text.as_bytes()).expect("our own");
        assert_eq!((opened[0].rate_source.clone(), opened[0].lesson), (None, Lesson::CLASSIC));
        let error = open("eta 101.csv", text.as_bytes()).expect_err("too large");
        assert_eq!(error, "In “eta 101.csv”, the learning rate is 101. It must be from 0 to 100.");
    }

    #[test]
    fn the_most_telling_complaint_is_the_one_that_is_made() {
        let mut sheets = vec![Sheet::new("notes"), Sheet::new("homework")];
        for (column, name) in (0..).zip(["t1", "t2", "i1"]) {
            sheets[1].put(0, column, crate::exchange::cells::Cell::Text(name.into())).expect("few cells");
        }
        let error = of_tables(&sheets, |_| Ok(())).expect_err("no table");
        assert!(error.starts_with("In “homework”, the header in row 1 does not name i2, w1"), "{error}");
    }
}
