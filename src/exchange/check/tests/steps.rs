//! Tests of steps that are not those of the stated learning rate.

use super::*;

fn shown(rows: &[Row], decimals: usize) -> Vec<Row> {
    let shown = |value: f64| format!("{value:.decimals$}").parse::<f64>().expect("a number");
    rows.iter().map(|row| Row::from_values(row.values().map(shown))).collect()
}

#[test]
fn a_learning_rate_other_than_the_stated_one_is_named_even_if_single_steps_hardly_show() {
    for (used, decimals) in [(0.1, 3), (0.1, 4), (0.1, 17), (0.2, 3), (0.05, 4), (2.0, 3)] {
        let check = checked(&sheet(&shown(&right(used, 39), decimals), Some(0.5)));
        assert_eq!(check.lesson.learning_rate, 0.5);
        let found = mistakes(&check);
        let sentence = format!("Likely mistake: the step uses η = {used}, but the sheet says η = 0.5.");
        assert!(found.len() >= 4 && found.iter().all(|(_, cause)| *cause == sentence), "{used} {decimals}: {found:?}");
    }
}

#[test]
fn a_learning_rate_that_is_not_stated_explains_all_steps_of_a_right_sheet() {
    for (used, decimals) in
        [(1.0 / 3.0, 4), (1.0 / 3.0, 5), (2.0 / 3.0, 4), (0.333, 6), (0.123, 5), (0.275, 5), (0.5, 4)]
    {
        let check = checked(&sheet(&shown(&right(used, 39), decimals), None));
        assert_eq!(mistakes(&check), [], "{used} {decimals}: η = {}", check.lesson.learning_rate);
    }
}

/// Returns the rows of a student who uses momentum: a share of the step before, and of the new step all or the rest.
fn with_momentum(share: f64, is_averaged: bool) -> Vec<Row> {
    let mut weights = Lesson::CLASSIC.constants.weights;
    let mut step = [0.0; 8];
    let Lesson { constants, learning_rate } = Lesson::CLASSIC;
    let mut rows = Vec::new();
    for _ in 0..30 {
        let row = crate::sheet::network::row(constants.targets, constants.inputs, &weights);
        for ((weight, step), gradient) in weights.iter_mut().zip(&mut step).zip(row.gradients()) {
            *step = share * *step + if is_averaged { 1.0 - share } else { 1.0 } * learning_rate * gradient;
            *weight -= *step;
        }
        rows.push(row);
    }
    rows
}

#[test]
fn momentum_is_named_for_all_weights() {
    let rest = ", and the new step counts only for the rest";
    for (share, is_averaged, decimals) in
        [(0.9, false, 17), (0.5, false, 17), (0.95, false, 17), (0.9, true, 17), (0.9, false, 8), (0.9, false, 6)]
    {
        let rows = shown(&with_momentum(share, is_averaged), decimals);
        let (columns, cause) = only_mistake(&checked(&sheet(&rows, Some(Lesson::CLASSIC.learning_rate))));
        assert_eq!(columns, "w1 w2 w3 w4 w5 w6 w7 w8", "{share} {is_averaged} {decimals}");
        let rest = if is_averaged { rest } else { "" };
        let expected = format!(
            "Likely mistake: the update is not −η·∂E_t/∂w alone: {share} times the step before is added{rest}, which is \
             called momentum."
        );
        assert_eq!(cause, expected, "{share} {is_averaged} {decimals}");
    }
}

#[test]
fn weight_decay_and_a_learning_rate_that_changes_are_named_for_all_weights() {
    let all = "w1 w2 w3 w4 w5 w6 w7 w8";
    for decimals in [17, 7] {
        let decay = worked_out(0.5, 30, &|_, column, values, right| match column.weight_index() {
            Some(_) => right - 0.005 * values.above.get(column),
            None => right,
        });
        let (columns, cause) = only_mistake(&checked(&sheet(&shown(&decay, decimals), Some(0.5))));
        assert!(columns == all && cause.contains("0.005 times the weight is subtracted, too"), "{decimals}: {cause}");
        let smaller = worked_out(0.5, 30, &|index, column, values, right| {
            let part = 1.0 / (1.0 + index.saturating_sub(1) as f64);
            let above = values.above.get(column);
            if column.weight_index().is_some() { above + part * (right - above) } else { right }
        });
        let (columns, cause) = only_mistake(&checked(&sheet(&shown(&smaller, decimals), Some(0.5))));
        assert!(columns == all && cause.contains("η changes from step to step (0.25, "), "{decimals}: {cause}");
    }
}

#[test]
fn rows_that_run_upwards_are_said_to() {
    for (digits, rate) in [(17, Some(0.5)), (5, Some(0.5)), (17, None)] {
        let mut rows = shown(&right(0.5, 30), digits);
        let downwards = sheet(&rows, rate);
        assert_eq!(checked(&downwards).wrong, 0, "{digits} digits");
        rows.reverse();
        let upwards = sheet(&rows, rate);
        let error = check(&Table::find(&upwards).expect("a table")).expect_err("upwards");
        assert!(error.starts_with("The rows of “Homework” run from the last step up"), "{digits} digits: {error}");
    }
    // Steps uphill are another mistake.
    let rows = worked_out(0.5, 30, &|_, column, values, right| match column.weight_index() {
        Some(_) => 2.0 * values.above.get(column) - right,
        None => right,
    });
    let (_, cause) = only_mistake(&checked(&sheet(&rows, Some(0.5))));
    assert_eq!(cause, "Likely mistake: the step goes uphill: + instead of −.");
}

#[test]
fn a_row_that_is_there_twice_is_named() {
    let mut rows = right(0.5, 12);
    rows.insert(7, rows[6]);
    let (columns, cause) = only_mistake(&checked(&sheet(&rows, Some(0.5))));
    assert_eq!(columns, "w1 w2 w3 w4 w5 w6 w7 w8");
    assert_eq!(cause, "Row 40 of the sheet is the same as the row above: it was copied, or the step was forgotten.");
}
