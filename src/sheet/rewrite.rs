//! Changes of formulas: a term replaced, a factor dropped. Mistakes are made of them.

use super::formula::{Expr, Term};

/// The product of the factors that are not in `dropped`, or the factor itself where one is left.
pub(crate) fn without(mut factors: Vec<Expr>, dropped: &[Expr]) -> Expr {
    factors.retain(|factor| !dropped.contains(factor));
    match <[Expr; 1]>::try_from(factors) {
        Ok([only]) => only,
        Err(factors) => Expr::Product(factors),
    }
}

/// The expression with `change` applied to each of its parts, the innermost first.
pub(crate) fn rewrite(expr: Expr, change: &dyn Fn(Expr) -> Expr) -> Expr {
    let inside = |expr: Box<Expr>| Box::new(rewrite(*expr, change));
    change(match expr {
        Expr::Sum(left, right) => Expr::Sum(inside(left), inside(right)),
        Expr::Difference(left, right) => Expr::Difference(inside(left), inside(right)),
        Expr::Product(factors) => Expr::Product(factors.into_iter().map(|factor| rewrite(factor, change)).collect()),
        Expr::Square(base) => Expr::Square(inside(base)),
        Expr::Sigmoid(argument) => Expr::Sigmoid(inside(argument)),
        leaf @ (Expr::Number(_) | Expr::Term(_)) => leaf,
    })
}

/// The expression with the term `old` replaced by `new` everywhere.
pub(super) fn replace_term(expr: Expr, old: Term, new: Term) -> Expr {
    rewrite(expr, &|expr| if expr == Expr::Term(old) { Expr::Term(new) } else { expr })
}

/// The expression with two terms in each other's place.
pub(super) fn swap_terms(expr: Expr, one: Term, other: Term) -> Expr {
    rewrite(expr, &|expr| match expr {
        Expr::Term(term) if term == one => Expr::Term(other),
        Expr::Term(term) if term == other => Expr::Term(one),
        expr => expr,
    })
}
