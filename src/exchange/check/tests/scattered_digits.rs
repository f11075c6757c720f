//! Tests of sheets in which single cells show fewer digits than the rest.

use super::*;

/// A lesson in which o1 goes through 0.
const CROSSING: Lesson = Lesson {
    constants: crate::sheet::Constants {
        targets: [0.2, 0.7],
        inputs: [0.35, 0.8],
        weights: [0.3, -0.15, 0.25, 0.6, -0.4, 0.45, 0.5, 0.85],
    },
    learning_rate: 0.2,
};

fn with_decimals(value: f64, decimals: usize) -> f64 {
    format!("{value:.decimals$}").parse().expect("a number")
}

/// Whether a cell is one of those with another format: one cell in this number.
fn is_other(row: usize, column: Column, one_in: u64) -> bool {
    let place = (row * Column::COUNT + column.index()) as u64;
    (place + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23).is_multiple_of(one_in)
}

/// Returns the rows of a student who puts `change(row, column, right value)` into each cell and goes on computing from it.
fn computed(learning_rate: f64, updates: usize, change: &dyn Fn(usize, Column, f64) -> f64) -> Vec<Row> {
    let constants = CROSSING.constants;
    let mut rows: Vec<Row> = Vec::new();
    for index in 0..=updates {
        let mut values = *run::rows(constants, learning_rate).next().expect("endless").values();
        for own in Column::ALL {
            let here = Row::from_values(values);
            let given = Values { here: &here, above: rows.last().unwrap_or(&here), learning_rate };
            if let Some(expr) = formula(own, index == 0) {
                values[own.index()] = change(index, own, expr.evaluate(&given));
            }
        }
        rows.push(Row::from_values(values));
    }
    rows
}

/// Returns the rows of a student who has one number wrong in row 0.
fn with_mistake(column: Column, factor: f64, updates: usize) -> Vec<Row> {
    let change = |row: usize, own: Column, value: f64| if row == 0 && own == column { factor * value } else { value };
    computed(CROSSING.learning_rate, updates, &change)
}

/// Returns the names of the cells that are named as mistakes.
fn addresses(rows: &[Row]) -> Vec<String> {
    let check = checked(&sheet(rows, Some(CROSSING.learning_rate)));
    let mistakes = check.groups.into_iter().filter(|group| group.kind == Kind::Mistake);
    mistakes.flat_map(|group| group.cells.into_iter().map(|cell| cell.address)).collect()
}

#[test]
fn a_number_with_fewer_digits_that_comes_close_to_the_engines_by_chance_spoils_no_other() {
    let exact = with_mistake(Column::H2, 0.5, 24);
    let engine: Vec<Row> = run::rows(CROSSING.constants, CROSSING.learning_rate).take(25).collect();
    let mut tried = 0;
    for row in 1..24 {
        for column in Column::ALL.into_iter().filter(|&column| column > Column::I2 && !column.is_gradient()) {
            let rounded = with_decimals(exact[row].get(column), 3);
            let is_by_chance = (rounded - engine[row].get(column)).abs() < 1e-4;
            if !is_by_chance || (rounded - exact[row].get(column)).abs() < 3e-4 {
                continue;
            }
            let mut rows: Vec<Row> =
                exact.iter().map(|row| Row::from_values(row.values().map(|value| with_decimals(value, 4)))).collect();
            rows[row].set(column, rounded);
            assert_eq!(addresses(&rows), ["K33"], "{column:?} in row {row}");
            tried += 1;
        }
    }
    assert!(tried >= 3, "{tried}");
}

#[test]
fn a_cell_that_hardly_depends_on_a_number_does_not_tell_its_digits() {
    // Near a_h1 = ½, the slope a_h1·(1 − a_h1) is the same for all numbers, and near o1 = 0 the last digit of a_h1 shows.
    let exact = with_mistake(Column::O1, 0.9, 30);
    for row in 1..31 {
        let mut rows = exact.clone();
        let shown = with_decimals(rows[row].get(Column::AH1), 9);
        rows[row].set(Column::AH1, shown);
        assert_eq!(addresses(&rows), ["Q33"], "row {row}");
    }
}

#[test]
fn single_cells_that_are_cut_off_are_right_among_numbers_with_more_digits() {
    let significant = |value: f64| format!("{value:.7e}").parse::<f64>().expect("a number");
    for updates in [15, 18, 22, 26, 30] {
        let mut rows: Vec<Row> = run::rows(Lesson::CLASSIC.constants, 0.8).take(updates + 1).collect();
        for (index, row) in rows.iter_mut().enumerate() {
            for column in Column::ALL.into_iter().filter(|&column| column > Column::I2) {
                let (is_cut, value) = (is_other(index, column, 8), row.get(column));
                if formula(column, index == 0).is_some() {
                    row.set(column, if is_cut { (value * 1e8).trunc() / 1e8 } else { significant(value) });
                }
            }
        }
        let check = checked(&sheet(&rows, Some(0.8)));
        assert!(check.groups.iter().all(|group| group.kind == Kind::Rounded), "{updates}: {:?}", check.groups);
    }
}

#[test]
fn a_few_cells_of_one_format_are_right_even_if_most_of_them_end_with_zeros() {
    use Column::*;
    // With seven decimals: 0.0000725, 0.0062758, -0.0188720, 0.2406910 and 0.0339060.
    let others = [(0, E2), (0, G4), (1, O1), (2, W3), (2, G5)];
    let rows = computed(2.0, 2, &|row, column, value| {
        if others.contains(&(row, column)) { with_decimals(value, 7) } else { value }
    });
    let check = checked(&sheet(&rows, Some(2.0)));
    assert!(check.groups.iter().all(|group| group.kind == Kind::Rounded), "{:?}", check.groups);
}

#[test]
fn a_sheet_that_was_worked_out_with_numbers_of_two_formats_has_no_mistake() {
    let significant = |value: f64, digits: usize| format!("{value:.*e}", digits - 1).parse::<f64>().expect("a number");
    let rows =
        computed(0.5, 19, &|row, column, value| significant(value, if is_other(row, column, 27) { 5 } else { 9 }));
    let check = checked(&sheet(&rows, Some(0.5)));
    assert_eq!(mistakes(&check), []);
}
