//! Biases: the well-known worked example of this network has them, the sheet has not.

use super::{Family, Guess, product};
use crate::sheet::rewrite::{rewrite, without};
use crate::sheet::{Column, Expr, Term, formula};

use Column::*;

/// Returns the weighted sum of a column with a bias that starts with a value: a constant one, one that is updated in each
/// step, or one that the neurons of a layer share and update.
pub(in super::super) fn with_bias(column: Column, bias: f64) -> Vec<Guess> {
    let Some(sum) = formula(column, false) else { return Vec::new() };
    let guess = |clause: &str, expr| Guess { family: Family::Bias(bias), ..Guess::new(clause, expr) };
    let mut guesses = vec![guess("a bias is added", Expr::sum(sum.clone(), Expr::Number(bias)))];
    let deltas = match column {
        H1 => [delta(G1, I1), delta(G3, I1)],
        H2 => [delta(G3, I1), delta(G1, I1)],
        O1 => [delta(G5, AH1), delta(G7, AH1)],
        _ => [delta(G7, AH1), delta(G5, AH1)],
    };
    let [Some(own), Some(other)] = deltas else { return guesses };
    let before = Expr::difference(Expr::above(column), above(sum.clone()));
    let updated = |delta| {
        let step = product([Expr::Term(Term::LearningRate), delta]);
        Expr::sum(sum.clone(), Expr::difference(before.clone(), step))
    };
    guesses.push(guess("a bias is added and updated", updated(own.clone())));
    guesses.push(guess("a bias is added and updated by both neurons", updated(Expr::sum(own, other))));
    guesses
}

/// Returns a neuron's δ in the row above: a gradient into the neuron without the neuron's input.
fn delta(gradient: Column, input: Column) -> Option<Expr> {
    match formula(gradient, false)? {
        Expr::Product(factors) => Some(above(without(factors, &[Expr::here(input)]))),
        _ => None,
    }
}

/// Returns an expression with the values of the row above.
fn above(expr: Expr) -> Expr {
    rewrite(expr, &|expr| match expr {
        Expr::Term(Term::Here(column)) => Expr::above(column),
        other => other,
    })
}
