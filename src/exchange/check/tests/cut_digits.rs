//! Tests of numbers whose last digits are cut off, not rounded.

use super::*;

/// Returns a number without the digits after some decimals.
fn cut(value: f64, decimals: usize) -> f64 {
    let unit = 10_f64.powi(decimals as i32);
    // A number that was cut off before stays as it is.
    let units = value * unit;
    format!("{:.decimals$}", (units + 1e-7 * units.signum()).trunc() / unit).parse().expect("a number")
}

fn is_computed(column: Column) -> bool {
    column > Column::I2
}

/// Returns the rows of a right sheet that shows numbers that are cut off.
fn cut_rows(decimals: usize) -> Vec<Row> {
    let mut rows = right(0.5, 30);
    for (index, row) in rows.iter_mut().enumerate() {
        for column in Column::ALL.into_iter().filter(|&column| is_computed(column)) {
            if formula(column, index == 0).is_some() {
                row.set(column, cut(row.get(column), decimals));
            }
        }
    }
    rows
}

#[test]
fn a_right_sheet_whose_numbers_are_cut_off_is_right() {
    for decimals in 3..10 {
        for rate in [Some(0.5), None].into_iter().take(if decimals < 5 { 1 } else { 2 }) {
            let check = checked(&sheet(&cut_rows(decimals), rate));
            assert_eq!((check.wrong, check.lesson.learning_rate), (0, 0.5), "{decimals}: {:?}", check.groups);
        }
    }
}

#[test]
fn a_number_three_units_away_from_one_that_was_cut_off_is_wrong() {
    for decimals in 4..7 {
        for (row, column) in [(0, Column::AH1), (7, Column::O2), (12, Column::G6), (20, Column::E1), (29, Column::W5)] {
            for side in [-1.0, 1.0] {
                let mut rows = cut_rows(decimals);
                let unit = 10_f64.powi(-(decimals as i32));
                let shown = rows[row].get(column);
                let away = |units: f64| cut(shown + side * units * unit, decimals);
                // A zero at the end is not shown, so nobody knows whether it is a digit.
                let away = if cut(away(3.0), decimals - 1) == away(3.0) { away(4.0) } else { away(3.0) };
                rows[row].set(column, away);
                let check = checked(&sheet(&rows, Some(0.5)));
                let mistakes: Vec<&Group> = check.groups.iter().filter(|group| group.kind == Kind::Mistake).collect();
                let [only] = mistakes[..] else { panic!("{decimals} {column:?} {side}: {:?}", check.groups) };
                assert_eq!((only.count, only.cells[0].row, only.columns.as_slice()), (1, row as u32, &[column][..]));
            }
        }
    }
}

#[test]
fn a_sheet_that_was_worked_out_with_numbers_that_are_cut_off_has_no_mistake() {
    for decimals in 3..10 {
        let rows = worked_out(0.5, 30, &|index, column, _, right| {
            if is_computed(column) && formula(column, index == 0).is_some() { cut(right, decimals) } else { right }
        });
        let check = checked(&sheet(&rows, Some(0.5)));
        assert_eq!(check.wrong, 0, "{decimals}: {:?}", check.groups);
    }
}

#[test]
fn a_single_number_that_was_cut_off_is_short_and_not_wrong() {
    for (column, decimals) in [(Column::AH1, 3), (Column::AH1, 4), (Column::G3, 6), (Column::E2, 4), (Column::W7, 3)] {
        let mut rows = right(0.5, 12);
        let value = cut(rows[8].get(column), decimals);
        rows[8].set(column, value);
        let check = checked(&sheet(&rows, Some(0.5)));
        let [group] = &check.groups[..] else { panic!("{column:?} {decimals}: {:?}", check.groups) };
        assert_eq!((group.kind, group.count, group.cells[0].row), (Kind::Rounded, 1, 8), "{column:?} {decimals}");
    }
}
