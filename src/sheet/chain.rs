//! The chain rule as a product of named factors: what a gradient is made of.
//!
//! The factors are the same arithmetic as the one-line [`formula`](mod@super::formula): multiplied from left to right
//! they give the same bits, which the tests prove.

use super::column::Column;
use super::formula::Expr;

/// A factor of a gradient.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// The name of the factor in words: "slope of σ".
    pub name: &'static str,
    /// The factor itself.
    pub expr: Expr,
}

/// The factors of a gradient or of a δ, from left to right; `None` for other columns.
///
/// The gradient of w5 to w8 is (output error) × (slope of σ) × (activation). The gradient of w1 to w4 is the hidden
/// neuron's δ times the input, where δ is the error that both outputs pass back, times the slope of σ.
pub fn factors(column: Column) -> Option<Vec<Factor>> {
    use Column::*;
    let factor = |name, expr| Factor { name, expr };
    let slope = |a| factor("slope of σ", Expr::Product(vec![Expr::here(a), Expr::one_minus(a)]));
    let output = |a, t| vec![factor("output error", Expr::difference(Expr::here(a), Expr::here(t))), slope(a)];
    let to_output = |a, t, hidden| {
        let mut factors = output(a, t);
        factors.push(factor("activation", Expr::here(hidden)));
        factors
    };
    let hidden = |w, v, a| {
        let passed = |delta, weight| Expr::Product(vec![Expr::here(delta), Expr::here(weight)]);
        vec![factor("error passed back", Expr::sum(passed(DO1, w), passed(DO2, v))), slope(a)]
    };
    let to_hidden =
        |delta, input| vec![factor("δ of the neuron", Expr::here(delta)), factor("input", Expr::here(input))];
    Some(match column {
        G1 => to_hidden(DH1, I1),
        G2 => to_hidden(DH1, I2),
        G3 => to_hidden(DH2, I1),
        G4 => to_hidden(DH2, I2),
        G5 => to_output(AO1, T1, AH1),
        G6 => to_output(AO1, T1, AH2),
        G7 => to_output(AO2, T2, AH1),
        G8 => to_output(AO2, T2, AH2),
        DO1 => output(AO1, T1),
        DO2 => output(AO2, T2),
        DH1 => hidden(W5, W7, AH1),
        DH2 => hidden(W6, W8, AH2),
        _ => return None,
    })
}

/// The product of factors, with the operations in the order in which [`formula`](mod@super::formula) does them: a factor
/// that is itself a product is multiplied in one by one.
pub fn product(factors: Vec<Factor>) -> Expr {
    let mut flat = Vec::new();
    for Factor { expr, .. } in factors {
        match expr {
            Expr::Product(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    Expr::Product(flat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::formula::{Term, Values, dependents, formula};
    use crate::sheet::{Cell, Constants, Run};

    /// Puts the formula of each δ in its place.
    fn expand(expr: &Expr) -> Expr {
        let boxed = |inner: &Expr| Box::new(expand(inner));
        match expr {
            Expr::Term(Term::Here(column)) if column.is_delta() => {
                expand(&formula(*column, false).expect("a δ has a formula"))
            }
            Expr::Sum(left, right) => Expr::Sum(boxed(left), boxed(right)),
            Expr::Difference(left, right) => Expr::Difference(boxed(left), boxed(right)),
            Expr::Product(factors) => {
                let factor = |expr| Factor { name: "", expr: expand(expr) };
                product(factors.iter().map(factor).collect())
            }
            other => other.clone(),
        }
    }

    #[test]
    fn factors_are_the_one_line_formula_in_parts() {
        for column in Column::GRADIENTS.into_iter().chain(Column::DELTAS) {
            let factors = factors(column).expect("a gradient has factors");
            let whole = formula(column, false).expect("a gradient has a formula");
            assert_eq!(expand(&product(factors)), expand(&whole), "{}", column.name());
        }
        assert!(factors(Column::AO1).is_none());
    }

    #[test]
    fn factors_multiplied_give_the_bits_of_the_column() {
        for learning_rate in [0.1, 0.5, 2.0, 7.3] {
            let run = Run::new(Constants::CLASSIC, learning_rate, 50);
            for index in 0..=50 {
                let row = run.row(index);
                let values = Values { here: &row, above: &row, learning_rate };
                for column in Column::GRADIENTS.into_iter().chain(Column::DELTAS) {
                    let product = product(factors(column).expect("a gradient has factors"));
                    let bits = product.evaluate(&values).to_bits();
                    assert_eq!(bits, row.get(column).to_bits(), "{} in row {index}", column.name());
                    let whole = formula(column, index == 0).expect("a gradient has a formula");
                    assert_eq!(bits, whole.evaluate(&values).to_bits(), "{} in row {index}", column.name());
                }
            }
        }
    }

    #[test]
    fn a_delta_times_what_the_weight_multiplies_is_the_gradient() {
        let row = Run::new(Constants::CLASSIC, 0.5, 0).row(0);
        let multiplied =
            [Column::I1, Column::I2, Column::I1, Column::I2, Column::AH1, Column::AH2, Column::AH1, Column::AH2];
        let deltas =
            [Column::DH1, Column::DH1, Column::DH2, Column::DH2, Column::DO1, Column::DO1, Column::DO2, Column::DO2];
        for (index, gradient) in Column::GRADIENTS.into_iter().enumerate() {
            let product = row.get(deltas[index]) * row.get(multiplied[index]);
            assert!((product - row.get(gradient)).abs() < 1e-17, "{}", gradient.name());
        }
    }

    #[test]
    fn a_delta_is_the_derivative_by_the_weighted_sum() {
        // Moving the sum into hidden neuron 1 by i1·h is the same as moving w1 by h.
        let constants = Constants { inputs: [0.7, -1.3], ..Constants::CLASSIC };
        let error = |shift: f64| {
            let mut moved = constants;
            moved.weights[0] += shift / constants.inputs[0];
            Run::new(moved, 0.5, 0).errors()[0]
        };
        let measured = (error(1e-5) - error(-1e-5)) / 2e-5;
        let delta = Run::new(constants, 0.5, 0).row(0).get(Column::DH1);
        assert!((delta - measured).abs() < 1e-10, "{delta} {measured}");
    }

    #[test]
    fn each_user_of_a_delta_names_it_or_is_the_delta_times_its_last_factor() {
        let row = Run::new(Constants::CLASSIC, 0.5, 2).row(2);
        let values = Values { here: &row, above: &row, learning_rate: 0.5 };
        for column in Column::WITH_DELTAS.into_iter().filter(|column| column.is_delta()) {
            let users = dependents(Cell { row: 2, column }, formula);
            assert!(!users.is_empty(), "{}", column.name());
            for user in users {
                let last = factors(user.column).and_then(|factors| Some(factors.last()?.expr.evaluate(&values)));
                let is_factor = last.map(|last| row.get(column) * last) == Some(row.get(user.column));
                let is_named = formula(user.column, false).is_some_and(|expr| expr.refers_to(Term::Here(column)));
                assert!(is_factor || is_named, "{} in {}", column.name(), user.column.name());
            }
        }
    }
}
