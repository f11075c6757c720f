//! Compares the sheet's numbers with files, to the last bit. The end-to-end tests compare the page with the same files,
//! so any difference between native and browser arithmetic is found.
//!
//! `UPDATE_FIXTURES=1 cargo test --test sheet_bits` writes the files again, after an intended change.

use std::fmt::Write as _;
use std::path::Path;

use gradsheet::sheet::{Column, Constants, Run, number};

fn table(learning_rate: f64) -> String {
    let run = Run::new(Constants::CLASSIC, learning_rate, 100);
    let mut text = format!("row,{}\n", Column::ALL.map(Column::name).join(","));
    for index in 0..=run.last() {
        let cells: Vec<String> = run.row(index).values().iter().map(|&value| number::full(value)).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{index},{}", cells.join(","));
    }
    text
}

#[test]
fn every_number_has_the_same_bits_as_in_the_file() -> Result<(), Box<dyn std::error::Error>> {
    for (name, learning_rate) in [("0.5", 0.5), ("2.0", 2.0)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/sheet/bits_{name}.csv"));
        let table = table(learning_rate);
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::write(&path, &table)?;
        }
        for (expected, line) in std::fs::read_to_string(&path)?.lines().zip(table.lines()) {
            assert_eq!(line, expected, "η = {learning_rate}");
        }
    }
    Ok(())
}
