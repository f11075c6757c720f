//! Compares the sheet with a desktop spreadsheet: 101 rows of 31 columns for three learning rates, with an absolute
//! tolerance of 1e-14.

use std::path::Path;

use gradsheet::sheet::{Column, Constants, Run};

fn compare(file: &str, learning_rate: f64) -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sheet").join(file);
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines();

    let header: Vec<_> =
        lines.next().ok_or("no header")?.split(',').skip(1).map(|name| name.replace('𝜕', "∂")).collect();
    assert_eq!(header, Column::ALL.map(Column::name));

    let run = Run::new(Constants::CLASSIC, learning_rate, 100);
    let mut rows = 0;
    for (index, line) in lines.enumerate() {
        let row = run.row(index);
        let mut cells = line.split(',');
        assert_eq!(cells.next(), Some(index.to_string().as_str()));
        for (column, cell) in Column::ALL.into_iter().zip(cells) {
            let (expected, value): (f64, f64) = (cell.parse()?, row.get(column));
            assert!((value - expected).abs() <= 1e-14, "{} in row {index}: {value}, not {expected}", column.name());
        }
        rows += 1;
    }
    assert_eq!(rows, 101);
    Ok(())
}

#[test]
fn learning_rate_0_1_gives_the_numbers_of_the_spreadsheet() -> Result<(), Box<dyn std::error::Error>> {
    compare("eta_0.1.csv", 0.1)
}

#[test]
fn learning_rate_0_5_gives_the_numbers_of_the_spreadsheet() -> Result<(), Box<dyn std::error::Error>> {
    compare("eta_0.5.csv", 0.5)
}

#[test]
fn learning_rate_2_0_gives_the_numbers_of_the_spreadsheet() -> Result<(), Box<dyn std::error::Error>> {
    compare("eta_2.0.csv", 2.0)
}
