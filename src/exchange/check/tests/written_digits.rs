//! Tests of numbers whose text shows their digits: 0.15000 has five decimals, not two.

use super::*;
use crate::exchange::csv_in;

/// Checks the text of a right sheet whose numbers are written by `write`, but for one cell.
fn check_text(updates: usize, write: fn(f64) -> String, row: usize, column: Column, text: &str) -> SheetCheck {
    let mut lines = vec![Column::ALL.map(Column::name).to_vec()];
    lines.extend(right(0.5, updates).iter().map(|row| row.values().map(write).to_vec()));
    lines[row + 1][column.index()] = text.to_owned();
    let lines: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
    checked(&csv_in::read("eta 0.5.csv", &lines.join("\n")).expect("few cells"))
}

#[test]
fn zeros_at_the_end_of_a_text_are_digits() {
    let kind = |write: fn(f64) -> String, row, column, text: &str| {
        let check = check_text(5, write, row, column, text);
        let group = check.groups.iter().find(|group| group.columns == [column])?;
        Some((group.kind, group.cells[0].found.clone()))
    };
    let full = |value: f64| value.to_string();
    let wrong = |found: &str| Some((Kind::Mistake, found.to_owned()));
    let short = |found: &str| Some((Kind::Rounded, found.to_owned()));
    // The right numbers are 0.149905…, 0.506868… and −0.0000113….
    assert_eq!(kind(full, 1, Column::W1, "0.15"), short("0.15"));
    assert_eq!(kind(full, 1, Column::W1, "0.15000"), wrong("0.15000"));
    assert_eq!(kind(full, 1, Column::AH1, "0.51"), short("0.51"));
    assert_eq!(kind(full, 1, Column::AH1, "0.5100"), wrong("0.5100"));
    assert_eq!(kind(full, 3, Column::G3, "0.0000"), short("0.0000"));
    assert_eq!(kind(full, 3, Column::G3, "0.00000000"), wrong("0.00000000"));
    // The right number is 0.0000293…: its digits may be cut off, but not others put there.
    assert_eq!(kind(full, 2, Column::G1, "0.00002"), short("0.00002"));
    assert_eq!(kind(full, 2, Column::G1, "0.00001"), wrong("0.00001"));
    let five = |value: f64| format!("{value:.5}");
    assert_eq!(kind(five, 1, Column::W4, "0.29978"), None);
    assert_eq!(kind(five, 1, Column::W4, "0.30000"), wrong("0.30000"));
    assert_eq!(kind(five, 1, Column::W4, "0.3"), short("0.3"));
}

#[test]
fn a_right_text_with_zeros_at_the_end_is_right() {
    for write in
        [|value: f64| format!("{value:.3}"), |value: f64| format!("{value:.5}"), |value: f64| format!("{value:.20}")]
    {
        let check = check_text(30, write, 0, Column::T1, "0.010");
        assert_eq!((check.wrong, check.lesson.learning_rate), (0, 0.5), "{:?}", check.groups);
    }
}
