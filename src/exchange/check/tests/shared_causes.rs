//! Tests of one mistake in several columns of a sheet that shows few digits.

use super::*;

/// Returns the mistakes of a sheet that shows this number of decimals of changed values.
fn causes(decimals: usize, change: &dyn Fn(usize, Column, &Values<'_>, f64) -> f64) -> Vec<String> {
    let shown = |value: f64| format!("{value:.decimals$}").parse::<f64>().expect("a number");
    let rows = worked_out(0.5, 39, change);
    let rows: Vec<Row> = rows.iter().map(|row| Row::from_values(row.values().map(shown))).collect();
    let check = checked(&sheet(&rows, Some(0.5)));
    let mistakes = check.groups.iter().filter(|group| group.kind == Kind::Mistake);
    mistakes.map(|group| format!("{} columns: {}", group.columns.len(), group.cause)).collect()
}

#[test]
fn one_cause_is_not_split_although_the_numbers_show_few_digits() {
    for decimals in [3, 4] {
        let found = causes(decimals, &|_, column, _, right| match column {
            Column::E1 | Column::E2 => 2.0 * right,
            _ if column.is_gradient() => 2.0 * right,
            _ => right,
        });
        assert!(found[0].contains("the error is E = (t − a)², without the ½"), "{decimals}: {found:?}");
        assert_eq!(found.len(), 1, "{decimals}: {found:?}");
    }
    let found = causes(4, &|_, column, values, right| match column {
        Column::G1 => right / values.here.get(Column::I1) * values.here.get(Column::I2),
        _ => right,
    });
    let both = "i2 is used instead of i1, or the value is twice what it should be. Both give the same numbers here.";
    assert_eq!(found, [format!("1 columns: Likely mistake: {both}")]);
}
