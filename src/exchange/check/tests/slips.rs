//! Tests of the slips that have a name.

use super::*;

#[test]
fn mistakes_beyond_the_classic_bugs_are_named() {
    type Change<'a> = &'a dyn Fn(usize, Column, &Values<'_>, f64) -> f64;
    use Column::*;
    let cases: [(&[Column], &str, Change<'_>); 10] = [
        (&[AH1], "the sigmoid σ is left out", &|_, column, values, right| match column {
            AH1 => values.here.get(H1),
            _ => right,
        }),
        (&[AO2], "the minus sign in e⁻ˣ is left out", &|_, column, values, right| match column {
            AO2 => crate::sheet::network::sigmoid(-values.here.get(O2)),
            _ => right,
        }),
        (&[G5], "(1 − a_o1) is left out", &|_, column, values, right| match column {
            G5 => right / (1.0 - values.here.get(AO1)),
            _ => right,
        }),
        (&[G1], "the slopes a_o1·(1 − a_o1) and a_o2·(1 − a_o2) are left out", &|_, column, values, right| {
            let here = |column| values.here.get(column);
            match column {
                G1 => {
                    let sum = (here(AO1) - here(T1)) * here(W5) + (here(AO2) - here(T2)) * here(W7);
                    sum * here(AH1) * (1.0 - here(AH1)) * here(I1)
                }
                _ => right,
            }
        }),
        (&[W3], "the weight is not updated", &|index, column, values, right| match column {
            W3 if index > 0 => values.above.get(W3),
            _ => right,
        }),
        (&[W2, W8], "every step starts from row 0, not from the row above", &|_, column, values, right| match column {
            W2 => 0.2 - values.learning_rate * values.above.get(G2),
            W8 => 0.55 - values.learning_rate * values.above.get(G8),
            _ => right,
        }),
        (&Column::WEIGHTS, "the step uses η = 0.1, but the sheet says η = 0.4", &|_, column, values, right| {
            match Column::WEIGHTS.iter().position(|&weight| weight == column) {
                Some(index) => values.above.get(column) - 0.1 * values.above.gradients()[index],
                None => right,
            }
        }),
        (&[G3], "w5 to w8 are used after their update, not before it", &|_, column, values, right| match column {
            G3 => {
                let mut here = *values.here.values();
                let (delta_1, delta_2) = (
                    (here[AO1.index()] - 0.01) * here[AO1.index()] * (1.0 - here[AO1.index()]),
                    (here[AO2.index()] - 0.99) * here[AO2.index()] * (1.0 - here[AO2.index()]),
                );
                here[W6.index()] -= values.learning_rate * delta_1 * here[AH2.index()];
                here[W8.index()] -= values.learning_rate * delta_2 * here[AH2.index()];
                let slope = here[AH2.index()] * (1.0 - here[AH2.index()]);
                (delta_1 * here[W6.index()] + delta_2 * here[W8.index()]) * slope * 0.05
            }
            _ => right,
        }),
        (
            &[E1, E2],
            "the difference is neither squared nor multiplied by ½",
            &|_, column, values, right| match column {
                E1 => values.here.get(T1) - values.here.get(AO1),
                E2 => (values.here.get(T2) - values.here.get(AO2)).abs(),
                _ => right,
            },
        ),
        (&[ETotal], "the mean of E1 and E2 is taken, not their sum", &|_, column, _, right| match column {
            ETotal => right / 2.0,
            _ => right,
        }),
    ];
    for (columns, clause, change) in cases {
        let check = checked(&sheet(&worked_out(0.4, 12, change), Some(0.4)));
        let expected: Vec<_> = columns.iter().map(|&column| (column, format!("Likely mistake: {clause}."))).collect();
        let mut found = mistakes(&check);
        found.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn brackets_that_are_left_out_are_named_once_for_all_gradients() {
    let rows = worked_out(0.5, 12, &|_, column, values, right| {
        let here = |column| values.here.get(column);
        let delta_1 = (here(Column::AO1) - here(Column::T1)) * here(Column::AO1) * (1.0 - here(Column::AO1));
        let delta_2 = (here(Column::AO2) - here(Column::T2)) * here(Column::AO2) * (1.0 - here(Column::AO2));
        let slope = |activation| here(activation) * (1.0 - here(activation));
        match column {
            Column::G1 => {
                delta_1 * here(Column::W5) + delta_2 * here(Column::W7) * slope(Column::AH1) * here(Column::I1)
            }
            Column::G2 => {
                delta_1 * here(Column::W5) + delta_2 * here(Column::W7) * slope(Column::AH1) * here(Column::I2)
            }
            Column::G3 => {
                delta_1 * here(Column::W6) + delta_2 * here(Column::W8) * slope(Column::AH2) * here(Column::I1)
            }
            Column::G4 => {
                delta_1 * here(Column::W6) + delta_2 * here(Column::W8) * slope(Column::AH2) * here(Column::I2)
            }
            _ => right,
        }
    });
    let (columns, cause) = only_mistake(&checked(&sheet(&rows, Some(0.5))));
    assert_eq!(columns, "∂E_t/∂w1 ∂E_t/∂w2 ∂E_t/∂w3 ∂E_t/∂w4");
    assert_eq!(cause, "Likely mistake: the brackets around the sum are left out, so not all of it is multiplied.");
}

#[test]
fn an_error_without_its_half_is_named_once_for_the_errors_and_the_gradients() {
    let rows = worked_out(0.5, 12, &|_, column, _, right| match column {
        Column::E1 | Column::E2 => 2.0 * right,
        _ if column.is_gradient() => 2.0 * right,
        _ => right,
    });
    let (columns, cause) = only_mistake(&checked(&sheet(&rows, Some(0.5))));
    assert!(columns.starts_with("E1 E2 ∂E_t/∂w1") && columns.ends_with("∂E_t/∂w8"), "{columns}");
    assert!(cause.starts_with("Likely mistake: the error is E = (t − a)², without the ½"), "{cause}");
}

#[test]
fn the_example_with_biases_is_recognised() {
    let constant = worked_out(0.5, 12, &|_, column, _, right| match column {
        Column::H1 | Column::H2 => right + 0.35,
        Column::O1 | Column::O2 => right + 0.6,
        _ => right,
    });
    let expected = "Likely mistake: biases are added (0.35 in h1 and h2, 0.6 in o1 and o2), \
                    but the network on this page has none.";
    assert_eq!(only_mistake(&checked(&sheet(&constant, Some(0.5)))), ("h1 h2 o1 o2".into(), expected.into()));
    // In this one, only the bias of o1 is there, and it is learned.
    let bias = std::cell::Cell::new(0.6);
    let learned = worked_out(0.5, 12, &|_, column, values, right| {
        let here = |column| values.here.get(column);
        match column {
            Column::O1 => right + bias.get(),
            Column::G5 => {
                bias.set(bias.get() - 0.5 * right / here(Column::AH1));
                right
            }
            _ => right,
        }
    });
    let (columns, cause) = only_mistake(&checked(&sheet(&learned, Some(0.5))));
    assert_eq!((columns.as_str(), cause.contains("a bias is added (0.6 in o1)")), ("o1", true), "{cause}");
}

#[test]
fn references_that_are_fixed_or_slide_are_named() {
    let start = right(0.4, 0)[0];
    let all_weights = "w1 w2 w3 w4 w5 w6 w7 w8";
    let step = |values: &Values<'_>, weight: Column, rate: f64, gradients: &Row| {
        let index = weight.weight_index().expect("a weight");
        values.above.get(weight) - rate * gradients.gradients()[index]
    };
    let anchored = worked_out(0.4, 12, &|index, column, values, right| match column.weight_index() {
        Some(_) if index > 1 => {
            let first = worked_out(0.4, 0, &|_, _, _, right| right)[0];
            step(values, column, 0.4, &first)
        }
        _ => right,
    });
    let (columns, cause) = only_mistake(&checked(&sheet(&anchored, Some(0.4))));
    assert_eq!(columns, all_weights);
    assert!(cause.contains("uses the gradient of row 0"), "{cause}");

    // η is in G31, above the column of w3 in rows 33 and below.
    let third_weights = std::cell::RefCell::new(vec![start.get(Column::W3)]);
    let sliding = worked_out(0.4, 12, &|index, column, values, right| {
        let mut third_weights = third_weights.borrow_mut();
        let value = match column.weight_index() {
            Some(_) if index > 1 => step(values, column, third_weights[index - 2], values.above),
            _ => right,
        };
        if column == Column::W3 && index > 0 {
            third_weights.push(value);
        }
        value
    });
    let check = checked(&sheet(&sliding, Some(0.4)));
    let (columns, cause) = only_mistake(&check);
    assert_eq!(columns, all_weights);
    assert!(cause.contains("slides down to the column of w3 (write $G$31, with dollar signs)"), "{cause}");

    let from_row_0 = worked_out(0.4, 12, &|_, column, values, right| match column {
        Column::O1 => {
            start.get(Column::W5) * values.here.get(Column::AH1) + start.get(Column::W6) * values.here.get(Column::AH2)
        }
        _ => right,
    });
    let (_, cause) = only_mistake(&checked(&sheet(&from_row_0, Some(0.4))));
    assert!(cause.contains("w5 and w6 are taken from row 0"), "{cause}");

    let slid = worked_out(0.4, 12, &|_, column, values, right| {
        let here = |column| values.here.get(column);
        match column {
            Column::H2 => here(Column::W3) * here(Column::W1) + here(Column::W4) * here(Column::W2),
            _ => right,
        }
    });
    let (_, cause) = only_mistake(&checked(&sheet(&slid, Some(0.4))));
    assert!(cause.contains("the formula of h1 was copied without dollar signs"), "{cause}");
}

#[test]
fn a_sum_that_holds_its_activation_is_named() {
    let rows = worked_out(0.5, 12, &|_, column, values, right| match column {
        Column::H1 => crate::sheet::network::sigmoid(right),
        Column::AH1 => values.here.get(Column::H1),
        _ => right,
    });
    let (columns, cause) = only_mistake(&checked(&sheet(&rows, Some(0.5))));
    assert_eq!((columns.as_str(), cause.contains("holds the activation")), ("h1", true), "{cause}");
}

#[test]
fn where_two_mistakes_give_the_same_numbers_both_are_named() {
    // With η = 0.5 and i2 = 2·i1, a step with the gradient of w2 is a step without η.
    let rows = worked_out(0.5, 12, &|_, column, values, right| match column {
        Column::W1 => values.above.get(Column::W1) - values.above.get(Column::G1),
        _ => right,
    });
    let (_, cause) = only_mistake(&checked(&sheet(&rows, Some(0.5))));
    assert_eq!(
        cause,
        "Likely mistake: the learning rate η is left out, or ∂E_t/∂w2 is used instead of ∂E_t/∂w1. \
         Both give the same numbers here."
    );
}

#[test]
fn a_single_typing_mistake_among_numbers_with_few_digits_gets_no_invented_cause() {
    let mut said = Vec::new();
    for (place, column) in
        [Column::O1, Column::AO2, Column::E1, Column::G1, Column::G6, Column::H2].into_iter().enumerate()
    {
        for by in [-0.007, -0.003, 0.004, 0.009] {
            let row = 3 + place;
            let mut rows: Vec<[f64; 31]> =
                right(0.5, 12).iter().map(|row| row.values().map(|value| (value * 1e3).round() / 1e3)).collect();
            rows[row][column.index()] += by;
            let rows: Vec<Row> = rows.into_iter().map(Row::from_values).collect();
            let check = checked(&sheet(&rows, Some(0.5)));
            said.extend(
                check.groups.iter().filter(|group| group.kind == Kind::Mistake).map(|group| group.cause.clone()),
            );
        }
    }
    assert!(said.len() >= 12, "most of them show: {said:?}");
    let invented: Vec<&String> = said.iter().filter(|cause| !cause.starts_with("This is not the result of")).collect();
    assert!(invented.is_empty(), "{invented:?}");
}
