//! Tests of slips in what several formulas share: the path through an output neuron, its δ, a slope, an input, a step.

use super::*;

use Column::*;

/// A student's change of a cell: the cell's row, its column, the known values, and the right value.
type Change<'a> = &'a dyn Fn(usize, Column, &Values<'_>, f64) -> f64;

/// Where i2 is not twice i1 and η is not ½, each mistake has numbers of its own.
const PLAIN: Lesson = Lesson {
    constants: crate::sheet::Constants {
        targets: [0.2, 0.7],
        inputs: [0.6, -0.35],
        weights: [-0.3, 0.8, 0.45, -0.62, 1.1, -0.7, 0.35, 0.9],
    },
    learning_rate: 0.9,
};

/// Checks the sheet of a student with one slip.
fn check_of(change: Change<'_>) -> SheetCheck {
    checked(&sheet(&worked_out_from(PLAIN, 20, change), Some(PLAIN.learning_rate)))
}

/// The columns and the clause of the only mistake of a sheet with one slip.
fn slip(change: Change<'_>) -> (String, String) {
    let (columns, cause) = only_mistake(&check_of(change));
    (columns.replace("∂E_t/∂w", "g"), cause.trim_start_matches("Likely mistake: ").to_owned())
}

/// A hidden gradient of which each part may be wrong: the weighted δ of both outputs, the slope, and the input.
fn hidden(
    column: Column,
    here: &dyn Fn(Column) -> f64,
    paths: &dyn Fn(Column, Column) -> f64,
    slope: &dyn Fn(f64) -> f64,
) -> Option<f64> {
    let (weights, activation, input) = match column {
        G1 => ((W5, W7), AH1, I1),
        G2 => ((W5, W7), AH1, I2),
        G3 => ((W6, W8), AH2, I1),
        G4 => ((W6, W8), AH2, I2),
        _ => return None,
    };
    Some(paths(weights.0, weights.1) * slope(here(activation)) * here(input))
}

fn of_sigmoid(a: f64) -> f64 {
    a * (1.0 - a)
}

#[test]
fn a_path_that_is_left_out_everywhere_is_one_mistake() {
    for (o, target, name, other) in [(AO1, T1, "o1", "o2"), (AO2, T2, "o2", "o1")] {
        let found = slip(&|_, column, values, right| {
            let here = |column| values.here.get(column);
            let delta = (here(o) - here(target)) * of_sigmoid(here(o));
            let only = |first, second| delta * here(if o == AO1 { first } else { second });
            hidden(column, &here, &only, &of_sigmoid).unwrap_or(right)
        });
        let clause = format!("only the path through {name} is counted, and the one through {other} is left out.");
        assert_eq!(found, ("g1 g2 g3 g4".into(), clause));
    }
}

#[test]
fn brackets_that_are_left_out_in_a_delta_are_one_mistake_in_all_gradients() {
    type Delta = fn(f64, f64) -> f64;
    let wrong: [(Delta, &str); 2] = [(|a, t| a - t * a * (1.0 - a), "a_o1 − t1"), (|a, t| (a - t) * a - a, "1 − a_o1")];
    for (delta, part) in wrong {
        let found = slip(&|_, column, values, right| {
            let here = |column| values.here.get(column);
            let first = delta(here(AO1), here(T1));
            let second = (here(AO2) - here(T2)) * of_sigmoid(here(AO2));
            let both = |one, other| first * here(one) + second * here(other);
            match column {
                G5 => first * here(AH1),
                G6 => first * here(AH2),
                _ => hidden(column, &here, &both, &of_sigmoid).unwrap_or(right),
            }
        });
        assert_eq!(found, ("g1 g2 g3 g4 g5 g6".into(), format!("the brackets around {part} are left out.")));
    }
}

#[test]
fn tanh_with_its_own_slope_is_one_mistake() {
    let change: Change<'_> = &|_, column, values, right| {
        let here = |column| values.here.get(column);
        let delta = |a, t| (here(a) - here(t)) * of_sigmoid(here(a));
        let both = |one, other| delta(AO1, T1) * here(one) + delta(AO2, T2) * here(other);
        match column {
            AH1 => here(H1).tanh(),
            AH2 => here(H2).tanh(),
            _ => hidden(column, &here, &both, &|a| 1.0 - a * a).unwrap_or(right),
        }
    };
    assert_eq!(slip(change), ("a_h1 a_h2 g1 g2 g3 g4".into(), "tanh is used instead of σ.".into()));
    let (columns, clause) =
        slip(&|index, column, values, right| if column < E1 { right } else { change(index, column, values, right) });
    assert_eq!((columns.as_str(), clause.starts_with("the slope is 1 − a²")), ("g1 g2 g3 g4", true), "{clause}");
}

#[test]
fn one_output_weight_that_is_used_too_late_is_named_alone() {
    let found = slip(&|_, column, values, right| {
        let here = |column| values.here.get(column);
        let delta = |a, t| (here(a) - here(t)) * of_sigmoid(here(a));
        let new = here(W5) - values.learning_rate * delta(AO1, T1) * here(AH1);
        match column {
            G1 => (delta(AO1, T1) * new + delta(AO2, T2) * here(W7)) * of_sigmoid(here(AH1)) * here(I1),
            _ => right,
        }
    });
    assert_eq!(found, ("g1".into(), "w5 is used after its update, not before it.".into()));
}

#[test]
fn every_step_with_another_weights_gradient_is_named_and_not_taken_for_another_learning_rate() {
    // i2 is 1.5 times i1, so that w1 and w3 move as if η were 1.5 times as large.
    let mut lesson = PLAIN;
    lesson.constants.inputs = [0.5, 0.75];
    lesson.learning_rate = 0.4;
    let check_pairs = |pairs: &[(usize, usize)], lesson: Lesson| {
        let rows = worked_out_from(lesson, 20, &|_, column, values, right| {
            let pair = pairs.iter().find(|pair| column.weight_index() == Some(pair.0));
            pair.map_or(right, |pair| {
                values.above.get(column) - values.learning_rate * values.above.gradients()[pair.1]
            })
        });
        only_mistake(&checked(&sheet(&rows, Some(lesson.learning_rate)))).1
    };
    let used = |(own, other): (usize, usize)| format!("∂E_t/∂w{} is used instead of ∂E_t/∂w{}", other + 1, own + 1);
    for own in 0..8 {
        for other in (0..8).filter(|&other| other != own) {
            let cause = check_pairs(&[(own, other)], PLAIN);
            assert_eq!(cause, format!("Likely mistake: {}.", used((own, other))));
        }
    }
    let cause = check_pairs(&[(0, 1), (2, 3)], lesson);
    assert_eq!(cause, format!("Likely mistake: {}, and {}.", used((0, 1)), used((2, 3))));
    // So it is with the classic inputs, where each of the steps alone looks like a step without η or with η twice.
    let pairs = [(0, 1), (1, 0), (2, 3), (3, 2)];
    let cause = check_pairs(&pairs, Lesson::CLASSIC);
    assert_eq!(
        cause,
        format!(
            "Likely mistake: {}, and {}.",
            pairs[..3].iter().map(|&pair| used(pair)).collect::<Vec<_>>().join(", "),
            used(pairs[3])
        )
    );
}

#[test]
fn inputs_that_slide_to_empty_cells_are_one_mistake_in_sums_and_gradients() {
    let rows = worked_out(0.5, 12, &|index, column, _, right| match column {
        H1 | H2 | G1 | G2 | G3 | G4 if index > 0 => 0.0,
        _ => right,
    });
    // Or only the gradients slide.
    let gradients = worked_out(0.5, 12, &|index, column, _, right| match column {
        G1 | G2 | G3 | G4 if index > 0 => 0.0,
        _ => right,
    });
    for (rows, expected) in [(rows, "h1 h2 ∂E_t/∂w1"), (gradients, "∂E_t/∂w1")] {
        let mut empty = sheet(&rows[..1], Some(0.5));
        for (row, values) in (0..).zip(&rows).skip(1) {
            for column in Column::ALL.into_iter().filter(|column| !matches!(column, I1 | I2)) {
                put(&mut empty, Some(row), column, Cell::Number(values.get(column)));
            }
        }
        let (columns, cause) = only_mistake(&checked(&empty));
        assert_eq!(columns, format!("{expected} ∂E_t/∂w2 ∂E_t/∂w3 ∂E_t/∂w4"));
        assert!(cause.contains("the reference to i1 and i2 is not fixed"), "{cause}");
    }
}

#[test]
fn a_learning_rate_that_slides_to_empty_cells_is_named() {
    let rows = worked_out(0.6, 12, &|index, column, values, right| match column.weight_index() {
        Some(_) if index > 1 => values.above.get(column),
        _ => right,
    });
    // To the right of the table, η has nothing but empty cells below.
    let mut far = sheet(&rows, None);
    far.put(30, 39, Cell::Text("η".into())).expect("few cells");
    far.put(30, 40, Cell::Number(0.6)).expect("few cells");
    let (columns, cause) = only_mistake(&checked(&far));
    assert_eq!(columns, "w1 w2 w3 w4 w5 w6 w7 w8");
    assert!(cause.contains("slides down to empty cells (write $AO$31, with dollar signs)"), "{cause}");
    // Above the table, it would slide into a heading.
    let (_, cause) = only_mistake(&checked(&sheet(&rows, Some(0.6))));
    assert!(cause.contains("only the first step is taken"), "{cause}");
}

#[test]
fn a_doubled_gradient_has_two_causes_only_where_the_numbers_allow_both() {
    let twice: Change<'_> = &|_, column, _, right| if column == G1 { 2.0 * right } else { right };
    assert_eq!(slip(twice), ("g1".into(), "the value is twice what it should be.".into()));
    let (_, cause) = only_mistake(&checked(&sheet(&worked_out(0.5, 20, twice), Some(0.5))));
    assert!(cause.contains("i2 is used instead of i1, or the value is twice what it should be"), "{cause}");
}
