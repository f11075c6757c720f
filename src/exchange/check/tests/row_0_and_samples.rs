//! Tests of typing mistakes in row 0, and of tables that learn several samples.

use super::*;

/// Returns the mistakes of a sheet: the addresses of their first cells, and their causes.
fn mistakes_at(check: &SheetCheck) -> Vec<(String, String)> {
    let mistakes = check.groups.iter().filter(|group| group.kind != Kind::Consequence);
    mistakes.map(|group| (group.cells[0].address.clone(), group.cause.clone())).collect()
}

#[test]
fn a_typing_mistake_in_row_0_is_named_alone() {
    for decimals in [4, 6, 17] {
        let shown = |value: f64| format!("{value:.decimals$}").parse::<f64>().expect("a number");
        let rows: Vec<Row> = right(0.5, 20).iter().map(|row| Row::from_values(row.values().map(shown))).collect();
        for (column, typed) in [(Column::T1, 0.1), (Column::T2, 0.9), (Column::I1, 0.5), (Column::I2, 0.01)]
            .into_iter()
            .chain(Column::WEIGHTS.map(|weight| (weight, 0.7)))
        {
            let mut wrong = sheet(&rows, Some(0.5));
            put(&mut wrong, Some(0), column, Cell::Number(typed));
            let check = checked(&wrong);
            assert_eq!(check.lesson, Lesson::CLASSIC, "{column:?} {decimals}");
            let [group] = &check.groups[..] else { panic!("{column:?} {decimals}: {:?}", check.groups) };
            assert!(group.cause.starts_with("Likely a typing mistake"), "{}", group.cause);
            assert_eq!((group.count, group.cells[0].row, group.columns[0]), (1, 0, column));
            assert_eq!(group.cells[0].found, typed.to_string());
        }
    }
}

#[test]
fn several_typing_mistakes_in_row_0_are_named_alone() {
    use Column::*;
    let cases: [&[(Column, f64)]; 8] = [
        &[(W1, 0.51), (W2, 0.25)],
        &[(W3, 0.52), (W4, 0.03)],
        &[(W5, 0.04), (W7, 0.05)],
        &[(W5, 0.04), (W6, 0.54)],
        &[(T1, 0.1), (T2, 0.09)],
        &[(I1, 0.5), (I2, 0.01)],
        &[(I2, 1.0), (W1, 0.51)],
        &[(T1, 0.1), (W1, 0.51), (W2, 2.0), (W8, 0.45)],
    ];
    for decimals in [4, 6, 17] {
        let shown = |value: f64| format!("{value:.decimals$}").parse::<f64>().expect("a number");
        let rows: Vec<Row> = right(0.5, 20).iter().map(|row| Row::from_values(row.values().map(shown))).collect();
        for typed in cases {
            let mut wrong = sheet(&rows, Some(0.5));
            for &(column, value) in typed {
                put(&mut wrong, Some(0), column, Cell::Number(value));
            }
            let check = checked(&wrong);
            assert_eq!(check.lesson, Lesson::CLASSIC, "{typed:?} {decimals}: {:?}", check.groups);
            let named: Vec<Column> = check.groups.iter().flat_map(|group| group.columns.clone()).collect();
            assert_eq!(named, typed.iter().map(|&(column, _)| column).collect::<Vec<_>>(), "{decimals}");
            assert!(check.groups.iter().all(|group| group.cause.starts_with("Likely a typing mistake")));
        }
    }
}

#[test]
fn a_mistake_in_row_0_is_no_typing_mistake_of_what_it_was_computed_from() {
    for column in [Column::AO1, Column::O2, Column::H1, Column::AH2, Column::G3] {
        let rows = worked_out(0.5, 12, &|index, changed, _, right| match index {
            0 if changed == column => 0.6 * right,
            _ => right,
        });
        for rows in [rows, {
            let mut rows = right(0.5, 12);
            let wrong = 0.6 * rows[0].get(column);
            rows[0].set(column, wrong);
            rows
        }] {
            let check = checked(&sheet(&rows, Some(0.5)));
            assert_eq!(check.lesson, Lesson::CLASSIC, "{column:?}");
            assert_eq!(check.groups[0].columns, [column], "{:?}", check.groups);
        }
    }
}

#[test]
fn a_formula_that_is_wrong_in_all_rows_is_no_typing_mistake() {
    // w7 is used wherever w6 belongs.
    let rows = worked_out(0.5, 12, &|index, column, values, right| {
        let mut here = *values.here.values();
        here[Column::W6.index()] = here[Column::W7.index()];
        let here = Row::from_values(here);
        let values = Values { here: &here, ..*values };
        match formula(column, index == 0) {
            Some(expr) if column == Column::O1 || column.is_gradient() => expr.evaluate(&values),
            _ => right,
        }
    });
    let check = checked(&sheet(&rows, Some(0.5)));
    assert!(check.groups.iter().all(|group| !group.cause.contains("typing mistake")), "{:?}", check.groups);
}

/// Returns the rows of a student who learns samples, each with its targets and inputs, in an order.
fn learned(samples: &[[f64; 4]], order: &[usize]) -> Vec<Row> {
    let mut weights = Lesson::CLASSIC.constants.weights;
    let row = |&index: &usize| {
        let [t1, t2, i1, i2] = samples[index];
        let row = crate::sheet::network::row([t1, t2], [i1, i2], &weights);
        crate::sheet::network::descend([t1, t2], [i1, i2], &mut weights, 0.5);
        row
    };
    order.iter().map(row).collect()
}

const SAMPLES: [[f64; 4]; 3] = [[0.01, 0.99, 0.05, 0.1], [0.8, 0.2, 0.9, 0.3], [0.5, 0.5, 0.2, 0.7]];

#[test]
fn a_table_that_learns_several_samples_is_checked_with_each_rows_own() {
    let orders: [(&[usize], &str); 5] = [
        (&[0, 1].repeat(20), "learns 2 samples in turn"),
        (&[0, 1, 2].repeat(7), "learns 3 samples in turn"),
        (&[0, 0, 1, 1].repeat(5), "learns 2 samples in turn"),
        (&[0, 1, 1, 2, 0, 0, 1, 2, 2, 0, 1], "learns 3 samples."),
        (&[0, 1, 2], "learns 3 samples."),
    ];
    for (order, note) in orders {
        let check = checked(&sheet(&learned(&SAMPLES, order), Some(0.5)));
        assert_eq!(check.wrong, 0, "{order:?}: {:?}", check.groups);
        assert!(check.notes.join(" ").contains(note), "{order:?}: {:?}", check.notes);
    }
    // Without a stated learning rate, and with few digits.
    let shown = |value: f64| format!("{value:.4}").parse::<f64>().expect("a number");
    let rows = learned(&SAMPLES, &[0, 1].repeat(20));
    let rows: Vec<Row> = rows.iter().map(|row| Row::from_values(row.values().map(shown))).collect();
    let check = checked(&sheet(&rows, None));
    assert_eq!((check.wrong, check.lesson.learning_rate), (0, 0.5), "{:?}", check.groups);
}

#[test]
fn mistakes_in_a_table_of_several_samples_are_found() {
    let rows = learned(&SAMPLES, &[0, 1].repeat(10));
    let mut wrong = sheet(&rows, Some(0.5));
    put(&mut wrong, Some(5), Column::O1, Cell::Number(7.0));
    put(&mut wrong, Some(7), Column::T1, Cell::Number(0.3));
    let addresses: Vec<String> = mistakes_at(&checked(&wrong)).into_iter().map(|(address, _)| address).collect();
    assert_eq!(addresses, ["Q38", "A40"]);
    let mut wrong = sheet(&rows, Some(0.5));
    put(&mut wrong, Some(0), Column::I2, Cell::Number(0.2));
    let found = mistakes_at(&checked(&wrong));
    assert_eq!((found.len(), found[0].0.as_str()), (1, "D33"), "{found:?}");
    // A number that is typed wrongly in one row, or dragged down, makes no samples.
    for wrong in [[0.1, 0.99, 0.05, 0.1], [1.01, 1.99, 1.05, 1.1]] {
        let mut rows = right(0.5, 12);
        for (column, value) in [Column::T1, Column::T2, Column::I1, Column::I2].into_iter().zip(wrong) {
            rows[4].set(column, value);
        }
        let check = checked(&sheet(&rows, Some(0.5)));
        assert!(check.wrong > 0 && check.notes.is_empty(), "{:?}", check.notes);
    }
}

#[test]
fn steps_after_several_samples_are_said_not_to_be_checked() {
    let mut weights = Lesson::CLASSIC.constants.weights;
    let mut rows = Vec::new();
    for _ in 0..8 {
        let both =
            [SAMPLES[0], SAMPLES[1]].map(|[t1, t2, i1, i2]| crate::sheet::network::row([t1, t2], [i1, i2], &weights));
        for (index, weight) in weights.iter_mut().enumerate() {
            *weight -= 0.5 * both.iter().map(|row| row.gradients()[index]).sum::<f64>();
        }
        rows.extend(both);
    }
    let sheet = sheet(&rows, Some(0.5));
    let error = check(&Table::find(&sheet).expect("a table"));
    assert!(error.is_err_and(|message| message.contains("with the gradients of several samples together")));
}
