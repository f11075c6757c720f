//! Wrong gradients whose mistake is in a part that they share: the δ of an output neuron, the slope of a neuron, or the path
//! through an output neuron. One mistake has one clause in all of them.

use super::edits::edits;
use super::{Guess, gradient_of, product};
use crate::sheet::rewrite::rewrite;
use crate::sheet::{Column, Expr, Term, formula};

use Column::*;

/// Returns wrong versions of a gradient in which a path from the error is left out: an expression that is the sum of both
/// paths holds only one.
pub(super) fn single_paths(right: &Expr) -> Vec<Guess> {
    let only = |clause: &str, path: fn(Box<Expr>, Box<Expr>) -> Box<Expr>| {
        let expr = rewrite(right.clone(), &|expr| match expr {
            Expr::Sum(left, right) => *path(left, right),
            other => other,
        });
        (expr != *right).then(|| Guess::new(clause, expr))
    };
    let clauses = [
        only("only the path through o1 is counted, and the one through o2 is left out", |left, _| left),
        only("only the path through o2 is counted, and the one through o1 is left out", |_, right| right),
    ];
    clauses.into_iter().flatten().collect()
}

/// Returns wrong versions of a gradient with a change at one place of the δ of an output neuron or of the slope of a hidden
/// one: in the part of the first neuron, of the second one, or of both.
pub(super) fn edited_parts(right: &Expr) -> Vec<Guess> {
    let mut guesses = Vec::new();
    for [first, second] in [[delta(DO1), delta(DO2)], [slope(AH1), slope(AH2)], [slope(AO1), slope(AO2)]] {
        let changes = wrong_parts(&first).into_iter().zip(wrong_parts(&second));
        for ((clause, one), (other_clause, other)) in changes {
            let with_one = with_part(right.clone(), &first, &one);
            let with_other = with_part(right.clone(), &second, &other);
            let with_both = with_part(with_one.clone(), &second, &other);
            let both = format!("{clause}, and {other_clause}");
            for (clause, expr) in [(clause, with_one), (other_clause, with_other), (both, with_both)] {
                if expr != *right {
                    guesses.push(Guess::new(clause, expr));
                }
            }
        }
    }
    guesses
}

/// Returns wrong versions of a gradient in which the slope of σ is that of tanh, in the hidden layer, the output layer, or
/// both.
pub(super) fn slopes_of_tanh(right: &Expr) -> Vec<Guess> {
    let with_tanh = |neurons: &[Column]| {
        neurons.iter().fold(right.clone(), |expr, &neuron| {
            let square = Expr::Square(Box::new(Expr::here(neuron)));
            with_part(expr, &slope(neuron), &Expr::difference(Expr::Number(1.0), square))
        })
    };
    let layers: [&[Column]; 3] = [&[AH1, AH2], &[AO1, AO2], &[AH1, AH2, AO1, AO2]];
    let exprs = layers.into_iter().map(with_tanh).filter(|expr| expr != right);
    exprs.map(|expr| Guess { family: super::Family::Tanh, ..Guess::new(super::TANH, expr) }).collect()
}

/// Returns wrong versions of a gradient in which some of the output weights are those after their update.
pub(super) fn new_weights(right: &Expr) -> Vec<Guess> {
    let with_new = |(weights, clause): (&[Column], &str)| {
        let expr = rewrite(right.clone(), &|expr| match expr {
            Expr::Term(Term::Here(weight)) if weights.contains(&weight) => match gradient_of(weight) {
                Some(gradient) => Expr::difference(
                    Expr::here(weight),
                    product([Expr::Term(Term::LearningRate), Expr::here(gradient)]),
                ),
                None => expr,
            },
            other => other,
        });
        (expr != *right).then(|| Guess::new(clause, expr))
    };
    let sets: [(&[Column], &str); 7] = [
        (&[W5, W6, W7, W8], "w5 to w8 are used after their update, not before it"),
        (&[W5], "w5 is used after its update, not before it"),
        (&[W6], "w6 is used after its update, not before it"),
        (&[W7], "w7 is used after its update, not before it"),
        (&[W8], "w8 is used after its update, not before it"),
        (&[W5, W6], "w5 and w6 are used after their update, not before it"),
        (&[W7, W8], "w7 and w8 are used after their update, not before it"),
    ];
    sets.into_iter().filter_map(with_new).collect()
}

/// Returns everything that may be wrong in a part of a product, with clauses.
fn wrong_parts(part: &[Expr]) -> Vec<(String, Expr)> {
    let whole = Expr::Product(part.to_vec());
    let mut wrong = edits(&whole);
    // A neuron's weighted sum may be taken for its activation.
    let activations = part.iter().filter_map(|factor| match factor {
        Expr::Term(Term::Here(activation)) => Some(*activation),
        _ => None,
    });
    wrong.extend(activations.map(|activation| {
        let sum = Column::ALL[activation.index() - 1];
        let with_sum = |factor: &Expr| match factor {
            Expr::Difference(_, right) if matches!(**right, Expr::Term(Term::Here(T1 | T2))) => factor.clone(),
            other => {
                rewrite(other.clone(), &|expr| if expr == Expr::here(activation) { Expr::here(sum) } else { expr })
            }
        };
        let clause = format!("the slope is {0}·(1 − {0}) instead of {1}·(1 − {1})", sum.name(), activation.name());
        (clause, product(part.iter().map(with_sum)))
    }));
    wrong
}

/// The factors of an output neuron's δ.
fn delta(delta: Column) -> Vec<Expr> {
    match formula(delta, false) {
        Some(Expr::Product(factors)) => factors,
        _ => Vec::new(),
    }
}

/// The factors of a neuron's slope.
fn slope(activation: Column) -> Vec<Expr> {
    vec![Expr::here(activation), Expr::one_minus(activation)]
}

/// Returns an expression with some neighbouring factors of its products replaced by one.
fn with_part(expr: Expr, part: &[Expr], new: &Expr) -> Expr {
    rewrite(expr, &|expr| match expr {
        Expr::Product(mut factors) => {
            if let Some(at) = factors.windows(part.len().max(1)).position(|window| window == part) {
                factors.splice(at..at + part.len(), [new.clone()]);
            }
            Expr::Product(factors)
        }
        other => other,
    })
}
