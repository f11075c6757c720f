//! Wrong versions of the formulas that are no updates.

use super::edits::edits;
use super::{Family, Guess, TANH, listed, parts, product, references, similar_columns, used_instead};
use crate::sheet::network::sigmoid;
use crate::sheet::rewrite::{rewrite, without};
use crate::sheet::{Column, Expr, Term};

use Column::*;

/// Returns wrong versions of a formula that is no update.
pub(super) fn wrong_formulas(column: Column, right: &Expr) -> Vec<Guess> {
    let mut guesses = wrong_endings(column, right);
    let mut everywhere = |clause: String, change: &dyn Fn(Expr) -> Expr| {
        let expr = rewrite(right.clone(), change);
        if expr != *right {
            guesses.push(Guess::new(clause, expr));
        }
    };
    // The slopes of one neuron, of the output layer, or of both layers are left out.
    for neurons in [&[AH1][..], &[AH2], &[AO1], &[AO2], &[AH1, AH2], &[AO1, AO2], &[AH1, AO1, AO2], &[AH2, AO1, AO2]] {
        let names: Vec<String> = neurons.iter().map(|neuron| format!("{0}·(1 − {0})", neuron.name())).collect();
        let (names, verb) = match names.as_slice() {
            [one] => (format!("the slope {one}"), "is"),
            all => (format!("the slopes {}", all.join(" and ")), "are"),
        };
        let slope: Vec<Expr> =
            neurons.iter().flat_map(|&neuron| [Expr::here(neuron), Expr::one_minus(neuron)]).collect();
        everywhere(format!("{names} {verb} left out"), &|expr| match expr {
            Expr::Product(factors)
                if factors.iter().any(|factor| neurons.iter().any(|&neuron| *factor == Expr::one_minus(neuron))) =>
            {
                without(factors, &slope)
            }
            other => other,
        });
    }
    if column.is_gradient() {
        everywhere("the difference is the wrong way round, t − a instead of a − t".to_owned(), &|expr| match expr {
            Expr::Difference(left, right) if matches!(*right, Expr::Term(Term::Here(T1 | T2))) => {
                Expr::Difference(right, left)
            }
            other => other,
        });
    }
    everywhere("weighted sums are used instead of activations".to_owned(), &|expr| match expr {
        Expr::Term(Term::Here(activation @ (AH1 | AH2 | AO1 | AO2))) => Expr::here(Column::ALL[activation.index() - 1]),
        other => other,
    });
    if column.is_gradient() {
        guesses.extend(parts::single_paths(right));
        guesses.extend(parts::new_weights(right));
        guesses.extend(parts::slopes_of_tanh(right));
    }
    // First one change at one place, then one symbol instead of another everywhere.
    guesses.extend(edits(right).into_iter().map(|(clause, expr)| Guess::new(clause, expr)));
    if column.is_gradient() {
        guesses.extend(parts::edited_parts(right));
    }
    for term in right.precedents() {
        let Term::Here(own) = term else { continue };
        for other in similar_columns(own) {
            let expr = rewrite(right.clone(), &|expr| if expr == Expr::here(own) { Expr::here(other) } else { expr });
            guesses.push(Guess::new(used_instead(other, own), expr));
        }
    }
    guesses.extend(swapped(column, right));
    guesses.extend(references::wrong_rows(right));
    guesses.extend(references::copied(column));
    let times = |factor: Expr| product([factor, right.clone()]);
    if column == ETotal {
        guesses.push(Guess::new("the mean of E1 and E2 is taken, not their sum", times(Expr::Number(0.5))));
    }
    if column.is_gradient() {
        guesses.push(Guess::new("η is already multiplied in", times(Expr::Term(Term::LearningRate))));
    }
    let vague = |family, clause: &str, factor| Guess { family, ..Guess::new(clause, times(Expr::Number(factor))) };
    guesses.push(vague(Family::Sign, "the sign is wrong", -1.0));
    guesses.push(vague(Family::Twice, "the value is twice what it should be", 2.0));
    guesses.push(vague(Family::Half, "the value is half of what it should be", 0.5));
    guesses
}

/// Returns versions of a formula with two columns in each other's place, or with what belongs to
/// one output neuron taken for the other.
fn swapped(column: Column, right: &Expr) -> Vec<Guess> {
    let weights = (0..8).flat_map(|one| (one + 1..8).map(move |other| [Column::WEIGHTS[one], Column::WEIGHTS[other]]));
    let pairs = weights.chain([[I1, I2], [T1, T2], [AH1, AH2], [AO1, AO2]]);
    let swap = |[one, other]: [Column; 2]| {
        let expr = rewrite(right.clone(), &|expr| match expr {
            Expr::Term(Term::Here(column)) if column == one => Expr::here(other),
            Expr::Term(Term::Here(column)) if column == other => Expr::here(one),
            expr => expr,
        });
        (expr != *right).then(|| Guess::new(format!("{} and {} are swapped", one.name(), other.name()), expr))
    };
    let mut guesses: Vec<Guess> = pairs.filter_map(swap).collect();
    for [own, other] in [[[AO1, T1], [AO2, T2]], [[AO2, T2], [AO1, T1]]] {
        let expr = rewrite(right.clone(), &|expr| match expr {
            Expr::Term(Term::Here(column)) if column == own[0] => Expr::here(other[0]),
            Expr::Term(Term::Here(column)) if column == own[1] => Expr::here(other[1]),
            expr => expr,
        });
        if expr != *right && column.is_gradient() {
            let clause = format!("{} are used instead of {}", listed(&other), listed(&own));
            guesses.push(Guess::new(clause, expr));
        }
    }
    guesses
}

/// Returns formulas with something else done last: wrong versions of the sigmoid, a weighted sum to which it belongs not, and
/// an error that is not squared.
fn wrong_endings(column: Column, right: &Expr) -> Vec<Guess> {
    let finished =
        |clause: &str, expr: &Expr, finish: fn(f64) -> f64| Guess { finish, ..Guess::new(clause, expr.clone()) };
    match right {
        Expr::Product(factors) if matches!(column, E1 | E2) => factors
            .iter()
            .filter_map(|factor| if let Expr::Square(difference) = factor { Some(difference) } else { None })
            .flat_map(|difference| {
                let only = "the difference is neither squared nor multiplied by ½";
                let halved = "the difference is not squared";
                [
                    finished(only, difference, |difference| difference),
                    finished(only, difference, |difference| -difference),
                    finished(only, difference, f64::abs),
                    finished(halved, difference, |difference| -0.5 * difference),
                    finished(halved, difference, |difference| 0.5 * difference.abs()),
                ]
            })
            .collect(),
        Expr::Sigmoid(sum) => vec![
            finished("the brackets in 1/(1 + e⁻ˣ) are left out", sum, |sum| 1.0 + (-sum).exp()),
            finished("σ is used twice", right, sigmoid),
            finished(TANH, sum, f64::tanh),
            finished("the sign in 1 + e⁻ˣ is wrong", sum, |sum| 1.0 / (1.0 - (-sum).exp())),
            finished("only e⁻ˣ is in the cell", sum, |sum| (-sum).exp()),
        ],
        _ if matches!(column, H1 | H2 | O1 | O2) => {
            vec![finished("the cell holds the activation σ(x), not the weighted sum x", right, sigmoid)]
        }
        _ => Vec::new(),
    }
}
