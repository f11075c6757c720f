//! Tests of weights that are never updated: a constant column is no column with too few digits.

use super::*;

const NEVER: &str = "Likely mistake: the weight is not updated.";
const HIDDEN: [Column; 4] = [Column::W1, Column::W2, Column::W3, Column::W4];

/// Returns the rows of a student who updates some weights never, and shows the other numbers with `digits` decimals.
fn constant(rate: f64, updates: usize, weights: &[Column], digits: usize) -> Vec<Row> {
    let shown = |value: f64| format!("{value:.digits$}").parse::<f64>().expect("a number");
    let rows = worked_out(rate, updates, &|_, column, values, right| match column {
        _ if weights.contains(&column) => values.above.get(column),
        _ => right,
    });
    rows.iter().map(|row| Row::from_values(row.values().map(shown))).collect()
}

#[test]
fn weights_that_are_never_updated_are_named_once() {
    let hidden_1 = [Column::W1];
    let all = Column::WEIGHTS;
    for weights in [&HIDDEN[..], &hidden_1, &all] {
        for (rate, updates) in [(0.5, 39), (2.0, 5), (0.5, 1), (0.1, 12)] {
            if updates == 1 && weights.len() == 1 {
                continue;
            }
            let check = checked(&sheet(&constant(rate, updates, weights, 17), Some(rate)));
            let (columns, cause) = only_mistake(&check);
            assert_eq!((columns.split(' ').count(), cause.as_str()), (weights.len(), NEVER), "{rate} {updates}");
            assert_eq!(check.groups[0].count as usize, weights.len() * updates, "{rate} {updates}");
        }
    }
}

#[test]
fn weights_that_are_never_updated_are_named_among_rounded_numbers() {
    for digits in [4, 5, 6, 8] {
        let check = checked(&sheet(&constant(0.5, 39, &HIDDEN, digits), Some(0.5)));
        let (columns, cause) = only_mistake(&check);
        assert_eq!((columns.as_str(), cause.as_str()), ("w1 w2 w3 w4", NEVER), "{digits}");
    }
    // With two decimals, the steps of the hidden weights do not show.
    let round = |value: f64| format!("{value:.2}").parse::<f64>().expect("a number");
    let rows = worked_out(0.5, 5, &|_, _, _, right| round(right));
    assert_eq!(checked(&sheet(&rows, Some(0.5))).wrong, 0);
}

#[test]
fn right_weights_that_show_the_same_few_digits_in_each_row_are_only_short() {
    let mut rows = right(0.5, 5);
    for row in &mut rows {
        for column in HIDDEN {
            row.set(column, format!("{:.2}", row.get(column)).parse().expect("a number"));
        }
    }
    let check = checked(&sheet(&rows, Some(0.5)));
    assert!(check.wrong > 0 && check.groups.iter().all(|group| group.kind == Kind::Rounded), "{:?}", check.groups);
}
