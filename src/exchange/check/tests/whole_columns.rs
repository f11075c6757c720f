//! Tests of columns that were rounded so far that little is left of their numbers.

use super::*;

fn with_decimals(value: f64, decimals: usize) -> f64 {
    format!("{value:.decimals$}").parse().expect("a number")
}

/// Checks a right sheet of 30 rows, each number of which is changed by `change(row, column, number)`.
fn check_changed(change: &dyn Fn(usize, Column, f64) -> f64) -> SheetCheck {
    let rows: Vec<Row> = (0..)
        .zip(right(0.5, 30))
        .map(|(index, row)| {
            let shown = |column: Column| {
                let is_given = column <= Column::I2 || formula(column, index == 0).is_none();
                if is_given { row.get(column) } else { change(index, column, row.get(column)) }
            };
            Row::from_values(Column::ALL.map(shown))
        })
        .collect();
    checked(&sheet(&rows, Some(0.5)))
}

#[test]
fn a_column_that_shows_one_digit_is_right() {
    for (column, decimals) in [(Column::E2, 2), (Column::G5, 2), (Column::G1, 4), (Column::AH1, 2)] {
        let check = check_changed(&|_, own, value| if own == column { with_decimals(value, decimals) } else { value });
        assert_eq!(check.wrong, 0, "{column:?} {decimals}: {:?}", check.groups);
    }
}

#[test]
fn a_column_in_which_only_0_stands_is_doubtful_and_no_formula_is_invented() {
    let check = check_changed(&|_, own, value| if own == Column::G1 { 0.0 } else { value });
    let [only] = &check.groups[..] else { panic!("{:?}", check.groups) };
    assert_eq!((only.kind, only.count), (Kind::Rounded, 31));
    assert!(only.cause.starts_with("Only 0 stands here."), "{}", only.cause);
}

#[test]
fn a_typing_mistake_that_ends_in_0_is_named_among_numbers_with_three_decimals() {
    let right = with_decimals(right(0.5, 30)[20].get(Column::O2), 3);
    let typed = (right * 100.0).floor() / 100.0;
    assert!((right - typed).abs() > 0.0015, "{right}");
    let check = check_changed(&|row, column, value| match (row, column) {
        (20, Column::O2) => typed,
        _ => with_decimals(value, 3),
    });
    let [only] = &check.groups[..] else { panic!("{:?}", check.groups) };
    assert_eq!((only.cells[0].row, only.count), (20, 1));
}
