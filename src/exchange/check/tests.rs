//! Tests of whole sheets.

use super::*;
use crate::exchange::cells::{Cell, Sheet};
use crate::sheet::bug::{Bug, FaultySheet};
use crate::sheet::formula::Values;
use crate::sheet::{Row, Run, formula, run};

mod constant_weights;
mod cut_digits;
mod row_0_and_samples;
mod scattered_digits;
mod shared_causes;
mod shared_parts;
mod slips;
mod steps;
mod typing_mistakes;
mod whole_columns;
mod written_digits;

const HEADER: u32 = 31;

/// Returns a sheet in the classic layout.
fn sheet(rows: &[Row], rate: Option<f64>) -> Sheet {
    let mut sheet = Sheet::new("Homework");
    if let Some(rate) = rate {
        sheet.put(30, 6, Cell::Number(rate)).expect("few cells");
    }
    for column in Column::ALL {
        put(&mut sheet, None, column, Cell::Text(column.name().into()));
    }
    for (row, values) in (0..).zip(rows) {
        for column in Column::ALL {
            put(&mut sheet, Some(row), column, Cell::Number(values.get(column)));
        }
    }
    sheet
}

fn put(sheet: &mut Sheet, row: Option<u32>, column: Column, cell: Cell) {
    let row = row.map_or(HEADER, |row| HEADER + 1 + row);
    sheet.put(row, column.index() as u32, cell).expect("few cells");
}

fn checked(sheet: &Sheet) -> SheetCheck {
    check(&Table::find(sheet).expect("a table")).expect("a start")
}

fn right(rate: f64, updates: usize) -> Vec<Row> {
    run::rows(Lesson::CLASSIC.constants, rate).take(updates + 1).collect()
}

/// Returns the rows of a student who replaces every value with `change(row, column, known values, right value)` at
/// once, so that later values follow from the changed ones.
fn worked_out(rate: f64, updates: usize, change: &dyn Fn(usize, Column, &Values<'_>, f64) -> f64) -> Vec<Row> {
    worked_out_from(Lesson { learning_rate: rate, ..Lesson::CLASSIC }, updates, change)
}

/// As [`worked_out`], for any lesson.
fn worked_out_from(
    lesson: Lesson,
    updates: usize,
    change: &dyn Fn(usize, Column, &Values<'_>, f64) -> f64,
) -> Vec<Row> {
    let rate = lesson.learning_rate;
    let mut rows: Vec<Row> = run::rows(lesson.constants, rate).take(1).collect();
    let mut above = rows[0];
    for index in 0..=updates {
        let mut values = *rows[0].values();
        for column in Column::ALL {
            let here = Row::from_values(values);
            let given = Values { here: &here, above: &above, learning_rate: rate };
            if let Some(expr) = formula(column, index == 0) {
                values[column.index()] = change(index, column, &given, expr.evaluate(&given));
            }
        }
        above = Row::from_values(values);
        rows.push(above);
    }
    rows.split_off(1)
}

fn mistakes(check: &SheetCheck) -> Vec<(Column, String)> {
    let mistakes = check.groups.iter().filter(|group| group.kind == Kind::Mistake);
    mistakes.flat_map(|group| group.columns.iter().map(|&column| (column, group.cause.clone()))).collect()
}

/// Returns the only mistake of a sheet: the names of its columns, and its sentence.
fn only_mistake(check: &SheetCheck) -> (String, String) {
    let mistakes: Vec<&Group> = check.groups.iter().filter(|group| group.kind != Kind::Consequence).collect();
    let [only] = mistakes.as_slice() else { panic!("not one mistake: {mistakes:?}") };
    let names: Vec<String> = only.columns.iter().map(|column| column.name()).collect();
    (names.join(" "), only.cause.clone())
}

#[test]
fn a_correct_sheet_has_no_mistakes() {
    let check = checked(&sheet(&right(0.8, 100), Some(0.8)));
    assert_eq!((check.cells, check.wrong, check.rows), (31 * 101, 0, 101));
    assert_eq!((check.groups.len(), check.rate_source.as_str()), (0, "in G31"));
    assert_eq!(check.lesson, Lesson { learning_rate: 0.8, ..Lesson::CLASSIC });
}

#[test]
fn every_classic_bug_is_located_and_named() {
    // With the classic inputs, ∂E_t/∂w2 is twice ∂E_t/∂w1, so that two mistakes would look the same.
    let mut lesson = Lesson { learning_rate: 0.4, ..Lesson::CLASSIC };
    lesson.constants.inputs = [0.05, 0.12];
    for bug in Bug::all() {
        let faulty = FaultySheet::new(bug, lesson, 30);
        let rows: Vec<Row> = (0..=30).map(|index| faulty.row(index)).collect();
        let check = checked(&sheet(&rows, Some(0.4)));
        let expected: Vec<_> =
            bug.columns().iter().map(|&column| (column, format!("Likely mistake: {}.", bug.mistake()))).collect();
        let mut found = mistakes(&check);
        found.sort();
        assert_eq!(found, expected);
        let first = &check.groups[0].cells[0];
        assert_eq!(first.row, u32::from(bug.spoils_an_update()), "{}", bug.mistake());
        assert!(check.groups.iter().all(|group| group.kind != Kind::Rounded));
    }
}

#[test]
fn consequences_are_separated_from_their_cause() {
    let mut rows = right(0.5, 5);
    let mut values = *rows[2].values();
    values[Column::E1.index()] *= 2.0;
    rows[2] = Row::from_values(values);
    let mut wrong = sheet(&rows, Some(0.5));
    // The total is computed from the wrong E1.
    put(&mut wrong, Some(2), Column::ETotal, Cell::Number(values[Column::E1.index()] + values[Column::E2.index()]));
    let check = checked(&wrong);
    assert_eq!(mistakes(&check), [(Column::E1, "Likely mistake: the ½ is left out.".to_owned())]);
    let [mistake, consequence] = check.groups.as_slice() else { panic!("two groups") };
    assert_eq!((mistake.cells[0].address.as_str(), mistake.cells[0].row), ("U35", 2));
    assert_eq!(mistake.cells[0].expected, right(0.5, 2)[2].get(Column::E1));
    assert_eq!(
        (consequence.kind, consequence.cause.as_str()),
        (Kind::Consequence, "Computed from the wrong cell U35.")
    );
    assert_eq!(check.wrong, 2);
}

#[test]
fn the_cause_tells_why_a_cell_has_no_number() {
    let mut wrong = sheet(&right(0.5, 3), Some(0.5));
    let number = right(0.5, 3)[1].get(Column::H1).to_string();
    put(&mut wrong, Some(1), Column::H1, Cell::Text(number.as_str().into()));
    put(&mut wrong, Some(2), Column::O1, Cell::Error("#VALUE!".into()));
    put(&mut wrong, Some(3), Column::G1, Cell::Text("?".into()));
    let check = checked(&wrong);
    let causes: Vec<_> =
        check.groups.iter().map(|group| (group.cells[0].address.as_str(), group.cause.as_str())).collect();
    // A number that is stored as text is a number.
    assert!(causes[0].1.starts_with("#VALUE!: the formula refers to text."));
    assert_eq!(causes[1], ("X36", "This is not a number."));
    assert_eq!(check.wrong, 2);
}

#[test]
fn a_typed_number_with_few_digits_counts_as_rounded() {
    let mut wrong = sheet(&right(0.5, 3), Some(0.5));
    put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.5069));
    let check = checked(&wrong);
    assert_eq!(check.groups[0].kind, Kind::Rounded);
    put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.51));
    assert_eq!(checked(&wrong).groups[0].kind, Kind::Rounded);
    put(&mut wrong, Some(1), Column::AH1, Cell::Number(0.77));
    let check = checked(&wrong);
    assert_eq!(check.groups[0].cause, "This is not the result of a_h1 = σ(h1).");
}

#[test]
fn a_0_in_place_of_a_result_is_named_for_what_it_is() {
    let mut wrong = sheet(&right(0.5, 20), Some(0.5));
    for (row, column) in [(3, Column::G8), (9, Column::G1), (9, Column::G2), (15, Column::W4)] {
        put(&mut wrong, Some(row), column, Cell::Number(0.0));
    }
    let (columns, cause) = only_mistake(&checked(&wrong));
    assert_eq!(columns, "w4 ∂E_t/∂w1 ∂E_t/∂w2 ∂E_t/∂w8");
    assert_eq!(cause, "A 0 stands here in place of the result of the formula.");
    // Where all numbers are 0, nobody knows why.
    let rows = worked_out(0.5, 12, &|_, column, _, right| if column == Column::G8 { 0.0 } else { right });
    let (_, cause) = only_mistake(&checked(&sheet(&rows, Some(0.5))));
    assert!(cause.starts_with("This is not the result of ∂E_t/∂w8"), "{cause}");
}

#[test]
fn a_sheet_of_rounded_numbers_is_correct_and_its_mistakes_are_still_found() {
    for digits in [4, 5, 6, 8] {
        let round = |value: f64| format!("{value:.digits$}").parse::<f64>().expect("a number");
        let rows = worked_out(0.5, 20, &|_, _, _, right| round(right));
        assert_eq!(mistakes(&checked(&sheet(&rows, Some(0.5)))), [], "{digits} digits");

        let wrong = worked_out(0.5, 20, &|_, column, _, right| match column {
            Column::E2 => round(2.0 * right),
            _ => round(right),
        });
        let found = mistakes(&checked(&sheet(&wrong, Some(0.5))));
        assert_eq!(found, [(Column::E2, "Likely mistake: the ½ is left out.".to_owned())], "{digits} digits");

        let strange = worked_out(0.5, 20, &|_, column, _, right| match column {
            Column::H2 => round(1.37 * right),
            _ => round(right),
        });
        let check = checked(&sheet(&strange, Some(0.5)));
        assert_eq!(mistakes(&check).len(), 1, "{digits} digits");
        assert!(check.groups.iter().all(|group| group.kind != Kind::Rounded), "{digits} digits");
    }
}

#[test]
fn a_missing_learning_rate_is_computed_from_the_first_step() {
    let check = checked(&sheet(&right(0.7, 5), None));
    assert_eq!((check.lesson.learning_rate, check.wrong), (0.7, 0));
    assert_eq!(check.rate_source, "computed from the steps");
    // Without a step there is nothing that a learning rate could change.
    let check = checked(&sheet(&right(0.7, 0), None));
    assert_eq!((check.wrong, check.rate_source.as_str()), (0, "assumed, because the table has no step yet"));
    let untold = worked_out(0.7, 3, &|_, column, values, right| match column.weight_index() {
        Some(index) => values.above.get(column) + [1.0, -0.3, 0.7, 2.9, -8.0, 0.2, 5.0, -1.3][index],
        None => right,
    });
    let untold = sheet(&untold, None);
    let error = super::check(&Table::find(&untold).expect("a table"));
    assert!(error.is_err_and(|message| message.contains("learning rate")));
}

#[test]
fn missing_columns_are_named_and_not_counted() {
    let mut wrong = sheet(&right(0.5, 3), Some(0.5));
    for column in Column::GRADIENTS {
        for row in [None, Some(0), Some(1), Some(2), Some(3)] {
            put(&mut wrong, row, column, Cell::Text("?".into()));
        }
    }
    let check = checked(&wrong);
    assert_eq!((check.missing.len(), check.cells, check.wrong), (8, 23 * 4, 0));
    assert_eq!(check.missing[0], "∂E_t/∂w1");
}

#[test]
fn an_error_is_right_where_the_engine_has_no_finite_number() {
    let mut constants = Lesson::CLASSIC.constants;
    constants.inputs = [1e300, 1e300];
    constants.weights = [1e300; 8];
    let run = Run::new(constants, 0.5, 1);
    let mut absurd = sheet(&[run.row(0), run.row(1)], Some(0.5));
    let mut errors = 0;
    for row in 0..2 {
        for column in Column::ALL {
            if !run.row(row as usize).get(column).is_finite() {
                put(&mut absurd, Some(row), column, Cell::Error("#NUM!".into()));
                errors += 1;
            }
        }
    }
    assert!(errors > 0);
    assert_eq!(checked(&absurd).wrong, 0);
}

#[test]
fn a_learning_rate_that_is_not_stated_is_the_plainest_one_that_explains_the_steps() {
    for digits in [3, 4, 6, 9] {
        let shown = |value: f64| format!("{value:.digits$}").parse::<f64>().expect("a number");
        let rows: Vec<Row> = right(0.5, 20).iter().map(|row| Row::from_values(row.values().map(shown))).collect();
        let check = checked(&sheet(&rows, None));
        assert_eq!((check.lesson.learning_rate, check.wrong), (0.5, 0), "{digits}");
    }
}

#[test]
fn each_cell_is_judged_by_its_own_digits_and_a_mistake_among_them_is_found() {
    let shown = |value: f64| format!("{value:.2e}").parse::<f64>().expect("a number");
    let rows: Vec<Row> = right(0.5, 20).iter().map(|row| Row::from_values(row.values().map(shown))).collect();
    assert_eq!(checked(&sheet(&rows, Some(0.5))).wrong, 0);
    let mut wrong = sheet(&rows, Some(0.5));
    put(&mut wrong, Some(7), Column::G2, Cell::Number(0.0123));
    let check = checked(&wrong);
    assert_eq!(
        (check.wrong, check.groups[0].cells[0].row, check.groups[0].columns.as_slice()),
        (1, 7, &[Column::G2][..])
    );
}
