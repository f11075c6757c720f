//! Finds the learning rate that a sheet states: in a labelled cell, in its classic place, or in the sheet's name.

use super::cells::{self, Sheet};
use super::column_names::plain;

/// A learning rate, and where it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// The learning rate η.
    pub value: f64,
    /// The place, as the end of a sentence: "in G31".
    pub source: String,
}

/// The cell of η in the classic layout, G31, as row and column counted from 0.
pub(super) const RATE_CELL: (u32, u32) = (30, 6);

/// The names that people give to the learning rate, as [`plain`] returns them.
const RATE_NAMES: [&str; 7] = ["learningrate", "stepsize", "alpha", "eta", "lr", "η", "α"];

/// Finds the learning rate that a sheet states.
///
/// `header` is the row of the column names, `first` the table's row 0, and `places` the positions of the columns, where
/// nobody writes a learning rate.
pub(super) fn find(sheet: &Sheet, header: u32, first: u32, places: &[Option<u32>]) -> Option<Rate> {
    let rate = |value: f64, source: String| (value.is_finite() && value >= 0.0).then_some(Rate { value, source });
    // The name is in one cell and the number beside or below it, or both are in one cell.
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
    // The classic workbook has the learning rate in G31, with or without a name.
    let (row, column) = RATE_CELL;
    if row < header
        && let Some(value) = sheet.get(row, column).number()
    {
        return rate(value, format!("in {}", cells::address(row, column)));
    }
    rate(rate_in(&sheet.name)?, format!("from the name “{}”", sheet.name))
}

/// Returns the number after a name of the learning rate in a text, as in `eta 0.5`, `lr_0,1` or `η=2`.
fn rate_in(text: &str) -> Option<f64> {
    let text = text.to_ascii_lowercase();
    let names = RATE_NAMES.iter().chain(&["learning rate"]);
    let after = |name: &&str| {
        let at = text.rfind(*name)?;
        // The name must not be the end of another word: beta ends with eta.
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
