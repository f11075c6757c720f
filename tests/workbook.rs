//! The workbook that the page writes, computed again by an independent spreadsheet engine (IronCalc) and read back.

use std::error::Error;
use std::io::Cursor;

use gradsheet::exchange::cells::Cell;
use gradsheet::exchange::check::{self, Kind, check};
use gradsheet::exchange::csv_out::{self, Notation};
use gradsheet::exchange::reading::check_file;
use gradsheet::exchange::table::Table;
use gradsheet::exchange::{workbook_in, workbook_out};
use gradsheet::sheet::lesson::Lesson;
use gradsheet::sheet::{Column, Run, formula};
use ironcalc::base::Model;
use ironcalc::base::cell::CellValue;
use ironcalc::export::save_xlsx_to_writer;
use ironcalc::import::load_from_xlsx_bytes;

/// The row of the workbook that holds row 0 of the run; IronCalc counts rows and columns from 1.
const FIRST: i32 = 33;

fn lesson(learning_rate: f64) -> Lesson {
    let mut lesson = Lesson { learning_rate, ..Lesson::CLASSIC };
    lesson.constants.weights[5] = -0.45;
    lesson
}

fn open(bytes: &[u8]) -> Result<Model<'static>, Box<dyn Error>> {
    let workbook = load_from_xlsx_bytes(bytes, "gradsheet", "en", "UTC").map_err(|error| error.to_string())?;
    Ok(Model::from_workbook(workbook, "en")?)
}

fn number(model: &Model<'_>, sheet: u32, row: i32, column: i32) -> Result<f64, Box<dyn Error>> {
    match model.get_cell_value_by_index(sheet, row, column)? {
        CellValue::Number(value) => Ok(value),
        other => Err(format!("{other:?} in row {row}, column {column} of sheet {sheet}").into()),
    }
}

/// Asserts that every cell of every sheet has our engine's value, to a relative or absolute error of 1e-12.
fn expect_engine(model: &Model<'_>, lesson: Lesson, updates: usize) -> Result<(), Box<dyn Error>> {
    let rates = [lesson.learning_rate, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0];
    for (sheet, rate) in (0..).zip(rates) {
        let run = Run::new(lesson.constants, rate, updates);
        for (index, row) in (0..=updates).zip(FIRST..) {
            let expected = run.row(index);
            for (column, place) in Column::ALL.into_iter().zip(1..) {
                let (value, expected) = (number(model, sheet, row, place)?, expected.get(column));
                let tolerance = 1e-12 * expected.abs().max(1.0);
                assert!(
                    (value - expected).abs() <= tolerance,
                    "η = {rate}, {} in row {index}: {value}, not {expected}",
                    column.name()
                );
            }
        }
    }
    Ok(())
}

#[test]
fn every_cell_that_ironcalc_computes_has_our_engines_value() -> Result<(), Box<dyn Error>> {
    let (bytes, _) = workbook_out::write(&lesson(0.3), 60, true)?;
    let mut model = open(&bytes)?;
    assert_eq!(
        model.get_worksheets_properties().iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(),
        ["eta 0.3", "eta 0.1", "eta 0.2", "eta 0.5", "eta 0.8", "eta 1", "eta 2"]
    );
    // Stored results would prove nothing, so other constants make every formula give another result.
    let mut changed = lesson(0.3);
    changed.constants.inputs[0] = 0.7;
    changed.constants.weights[0] = 1.25;
    for sheet in 0..7 {
        model.set_user_input(sheet, FIRST, 3, "0.7".to_owned())?;
        model.set_user_input(sheet, FIRST, 5, "1.25".to_owned())?;
    }
    model.evaluate();
    expect_engine(&model, changed, 60)?;

    // The formulas also follow another learning rate in G31.
    model.set_user_input(0, 31, 7, "1.7".to_owned())?;
    model.evaluate();
    changed.learning_rate = 1.7;
    expect_engine(&model, changed, 60)
}

#[test]
fn the_layout_is_the_classic_one() -> Result<(), Box<dyn Error>> {
    let (bytes, _) = workbook_out::write(&lesson(0.3), 2, true)?;
    let model = open(&bytes)?;
    assert_eq!(number(&model, 0, 31, 7)?, 0.3);
    assert_eq!(number(&model, 6, 31, 7)?, 2.0);
    for (column, place) in Column::ALL.into_iter().zip(1..) {
        assert_eq!(model.get_cell_value_by_index(0, 32, place)?, CellValue::String(column.name()));
        for row in [FIRST, FIRST + 1] {
            let formula_there = model.get_cell_formula(0, row, place)?;
            assert_eq!(formula_there.is_some(), formula(column, row == FIRST).is_some(), "{} in {row}", column.name());
        }
    }
    assert_eq!(model.get_cell_formula(0, FIRST + 1, 5)?.as_deref(), Some("=E33-$G$31*X33"));
    Ok(())
}

#[test]
fn a_workbook_reads_back_as_its_lesson_and_has_no_mistakes() -> Result<(), Box<dyn Error>> {
    let lesson = lesson(0.3);
    let (bytes, _) = workbook_out::write(&lesson, 20, true)?;
    let sheets = workbook_in::read("gradsheet.xlsx", &bytes)?;
    assert_eq!(sheets.len(), 7);
    for (sheet, rate) in sheets.iter().zip([0.3, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0]) {
        let table = Table::find(sheet).map_err(|error| error.message)?;
        assert_eq!(check::lesson(&table)?.0, Lesson { learning_rate: rate, ..lesson });
        assert_eq!(table.rates()[0].source, "in G31");
        let checked = check(&table)?;
        assert_eq!((checked.rows, checked.cells, checked.wrong), (21, 21 * 31, 0));
        // The stored results have the same bits as the engine's values.
        let run = Run::new(lesson.constants, rate, 20);
        for row in 0..=20 {
            for column in Column::ALL {
                assert_eq!(table.cell(row, column), &Cell::Number(run.row(row as usize).get(column)));
            }
        }
    }
    Ok(())
}

/// A student changes formulas of the workbook in a spreadsheet, saves it, and has it checked.
#[test]
fn wrong_formulas_in_a_saved_workbook_are_named() -> Result<(), Box<dyn Error>> {
    let (bytes, _) = workbook_out::write(&lesson(0.3), 20, false)?;
    let mut model = open(&bytes)?;
    for row in FIRST..=FIRST + 20 {
        // ∂E_t/∂w6 in column AC lacks a_o1·(1 − a_o1).
        model.set_user_input(0, row, 29, format!("=(R{row}-A{row})*L{row}"))?;
        if row > FIRST {
            // w1 in column E lacks η.
            model.set_user_input(0, row, 5, format!("=E{0}-X{0}", row - 1))?;
        }
    }
    // A missing dollar sign lets the formula refer to the header.
    model.set_user_input(0, 51, 8, "=H50-$G$31*A32".to_owned())?;
    model.evaluate();
    let saved = save_xlsx_to_writer(&model, Cursor::new(Vec::new())).map_err(|error| error.to_string())?;

    let checked = check_file("homework.xlsx", &saved.into_inner())?;
    let mistakes: Vec<_> = checked[0].groups.iter().filter(|group| group.kind == Kind::Mistake).collect();
    let causes: Vec<_> = mistakes.iter().map(|group| (group.cells[0].address.as_str(), group.cause.as_str())).collect();
    assert_eq!(
        causes[..2],
        [
            ("AC33", "Likely mistake: the slope a_o1·(1 − a_o1) is left out."),
            ("E34", "Likely mistake: the learning rate η is left out."),
        ]
    );
    assert!(causes[2].0 == "H51" && causes[2].1.starts_with("#VALUE!: the formula refers to text."), "{causes:?}");
    // Every cell below shows the same error, but only as a consequence.
    assert_eq!(mistakes.iter().map(|group| group.count).collect::<Vec<_>>(), [18, 18, 1]);
    Ok(())
}

#[test]
fn csv_reads_back_too_and_the_file_name_states_the_learning_rate() -> Result<(), Box<dyn Error>> {
    let lesson = lesson(0.3);
    let mut text = String::new();
    csv_out::write(&lesson, 20, Notation::Point, &mut |piece| text.push_str(piece));
    let german = text.replace(',', ";").replace('.', ",");
    let wide: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(text.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [text.as_bytes(), german.as_bytes(), &wide] {
        let sheets = workbook_in::read("gradsheet eta 0.3.csv", bytes)?;
        let table = Table::find(&sheets[0]).map_err(|error| error.message)?;
        assert_eq!(check::lesson(&table)?.0, lesson);
        assert_eq!(check(&table)?.wrong, 0);
        assert_eq!(table.address(0, Column::W1), "F2");
    }
    Ok(())
}

#[test]
fn numbers_that_are_not_finite_are_right_where_the_engine_has_them() -> Result<(), Box<dyn Error>> {
    let mut absurd = lesson(0.3);
    absurd.constants.inputs = [1e300, 1e300];
    absurd.constants.weights = [1e300, -1e300, 1e300, 1e300, 1.0, 1.0, 1.0, 1.0];
    let mut text = String::new();
    csv_out::write(&absurd, 3, Notation::Point, &mut |piece| text.push_str(piece));
    assert!(text.contains("inf") && text.contains("NaN"));
    assert_eq!(check_file("eta 0.3.csv", text.as_bytes())?[0].wrong, 0);
    Ok(())
}

/// The fixtures hold the numbers of the classic spreadsheet, with another letter for ∂.
#[test]
fn the_classic_table_has_no_mistakes() -> Result<(), Box<dyn Error>> {
    for rate in ["0.1", "0.5", "2.0"] {
        let name = format!("eta_{rate}.csv");
        let bytes =
            std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sheet").join(&name))?;
        let sheets = workbook_in::read(&name, &bytes)?;
        let checked = check(&Table::find(&sheets[0]).map_err(|error| error.message)?)?;
        assert_eq!((checked.rows, checked.wrong, checked.missing.len()), (101, 0, 0));
        assert_eq!(checked.rate_source, format!("from the name “{name}”"));
    }
    Ok(())
}
