//! Writes a run as CSV: a header with the classic column names, then one line for each row, with all digits of each
//! number.
//!
//! The file begins with a byte order mark, without which Excel on Windows takes the bytes of ∂ for other letters. Excel
//! splits cells and reads numbers by the country that Windows is set to, so there are two notations.

use std::fmt::Write as _;

use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, run};

/// The approximate size of a piece, in bytes.
const PIECE: usize = 1 << 20;

/// The mark that tells a spreadsheet that the text is in UTF-8.
const MARK: char = '\u{feff}';

/// Which signs the file uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Decimal points, and commas between cells: what programs read, and spreadsheets in English.
    Point,
    /// Decimal commas, and semicolons between cells: for spreadsheets in German, French and many other languages.
    Comma,
}

impl Notation {
    /// Returns the sign between cells.
    const fn delimiter(self) -> char {
        match self {
            Self::Point => ',',
            Self::Comma => ';',
        }
    }

    /// Writes a number.
    fn number(self, value: f64) -> String {
        match self {
            Self::Point => number(value),
            Self::Comma => number(value).replace('.', ","),
        }
    }
}

/// Writes row 0 and `updates` more rows of the lesson's run to `sink`, one piece at a time, because a million rows are
/// more than half a gigabyte.
pub fn write(lesson: &Lesson, updates: u32, notation: Notation, sink: &mut dyn FnMut(&str)) {
    let mut text = String::with_capacity(PIECE + 1024);
    text.push(MARK);
    text.push_str("row");
    for column in Column::ALL {
        text.push(notation.delimiter());
        text.push_str(&column.name());
    }
    text.push('\n');
    for (index, row) in run::rows(lesson.constants, lesson.learning_rate).take(updates as usize + 1).enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(text, "{index}");
        for &value in row.values() {
            text.push(notation.delimiter());
            text.push_str(&notation.number(value));
        }
        text.push('\n');
        if text.len() > PIECE {
            sink(&text);
            text.clear();
        }
    }
    sink(&text);
}

/// Returns the shortest text that reads back as the same number, in a notation that both spreadsheets and programs
/// understand.
pub(super) fn number(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && value.is_finite() && !(1e-6..1e16).contains(&magnitude) {
        format!("{value:e}")
    } else {
        value.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::reading::{check_file, open};

    fn text(lesson: &Lesson, updates: u32, notation: Notation) -> String {
        let mut whole = String::new();
        write(lesson, updates, notation, &mut |piece| whole.push_str(piece));
        whole
    }

    #[test]
    fn every_number_reads_back_as_the_same_bits() {
        let text = text(&Lesson::CLASSIC, 100, Notation::Point);
        let text = text.strip_prefix('\u{feff}').expect("the mark");
        let mut lines = text.lines();
        assert!(lines.next().is_some_and(|header| header.starts_with("row,t1,t2,i1,") && header.ends_with("∂E_t/∂w8")));
        let run = crate::sheet::Run::new(Lesson::CLASSIC.constants, 0.5, 100);
        let mut rows = 0;
        for (index, line) in lines.enumerate() {
            let mut cells = line.split(',');
            assert_eq!(cells.next(), Some(index.to_string().as_str()));
            let values: Vec<f64> = cells.map(|cell| cell.parse().expect("a number")).collect();
            assert_eq!(values, run.row(index).values());
            rows += 1;
        }
        assert_eq!(rows, 101);
    }

    #[test]
    fn both_notations_are_opened_and_checked_without_a_loss() {
        let mut odd = Lesson::CLASSIC;
        // Numbers whose comma could stand between thousands, a whole number, a power of ten, and a negative one.
        odd.constants.inputs = [1.234, -12.5];
        odd.constants.targets = [1e-7, 2.0];
        odd.constants.weights[2] = 123.456;
        for lesson in [Lesson::CLASSIC, odd] {
            for notation in [Notation::Point, Notation::Comma] {
                for updates in [0, 1, 40] {
                    let bytes = text(&lesson, updates, notation).into_bytes();
                    assert_eq!(bytes[..3], [0xEF, 0xBB, 0xBF]);
                    let opened = open("a eta 0.5.csv", &bytes).expect("its own file").read;
                    assert_eq!(opened[0].lesson, lesson, "{notation:?}, {updates} updates");
                    assert_eq!(opened[0].rows, updates + 1);
                    let checked = check_file("a eta 0.5.csv", &bytes).expect("its own file").read;
                    assert_eq!(checked[0].wrong, 0, "{notation:?}: {:?}", checked[0].groups);
                }
            }
        }
    }

    #[test]
    fn a_long_run_is_written_in_several_pieces() {
        let mut pieces = 0;
        write(&Lesson::CLASSIC, 5000, Notation::Point, &mut |_| pieces += 1);
        assert!(pieces > 2);
    }

    #[test]
    fn numbers_that_are_not_finite_have_names() {
        assert_eq!([number(f64::NAN), number(f64::NEG_INFINITY), number(-2.5e-9)], ["NaN", "-inf", "-2.5e-9"]);
    }
}
