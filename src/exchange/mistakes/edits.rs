//! Changes of a formula at one place.

use super::product;
use crate::sheet::Expr;
use crate::sheet::rewrite::without;

/// Returns every expression that differs from this one at one place, with a clause that says how.
pub(super) fn edits(expr: &Expr) -> Vec<(String, Expr)> {
    let mut found = Vec::new();
    let left_out = |part: &Expr| match part {
        Expr::Sum(..) | Expr::Difference(..) => format!("({}) is left out", part.symbols()),
        _ => format!("{} is left out", part.symbols()),
    };
    let pair = |found: &mut Vec<(String, Expr)>, left: &Expr, right: &Expr, join: fn(Expr, Expr) -> Expr| {
        found.extend(edits(left).into_iter().map(|(clause, left)| (clause, join(left, right.clone()))));
        found.extend(edits(right).into_iter().map(|(clause, right)| (clause, join(left.clone(), right))));
    };
    match expr {
        Expr::Number(_) | Expr::Term(_) => {}
        Expr::Sum(left, right) => {
            found.push((left_out(right), (**left).clone()));
            found.push((left_out(left), (**right).clone()));
            found.push(("− is used instead of +".to_owned(), Expr::difference((**left).clone(), (**right).clone())));
            pair(&mut found, left, right, Expr::sum);
        }
        Expr::Difference(left, right) => {
            let turned = Expr::difference((**right).clone(), (**left).clone());
            found.push((format!("{} is the wrong way round", expr.symbols()), turned));
            found.push(("+ is used instead of −".to_owned(), Expr::sum((**left).clone(), (**right).clone())));
            pair(&mut found, left, right, Expr::difference);
        }
        Expr::Product(factors) => {
            for index in 0..factors.len() {
                let dropped = &factors[index];
                found.push((left_out(dropped), without(factors.clone(), std::slice::from_ref(dropped))));
                found.extend(without_brackets(factors, index));
                for (clause, edited) in edits(dropped) {
                    let mut factors = factors.clone();
                    factors[index] = edited;
                    found.push((clause, Expr::Product(factors)));
                }
            }
        }
        Expr::Square(base) => {
            found.push(("the difference is not squared".to_owned(), (**base).clone()));
            let edited = edits(base).into_iter();
            found.extend(edited.map(|(clause, base)| (clause, Expr::Square(Box::new(base)))));
        }
        Expr::Sigmoid(argument) => {
            found.push(("the sigmoid σ is left out".to_owned(), (**argument).clone()));
            let negative = product([Expr::Number(-1.0), (**argument).clone()]);
            found.push(("the minus sign in e⁻ˣ is left out".to_owned(), Expr::Sigmoid(Box::new(negative))));
        }
    }
    found
}

/// Returns a product without the brackets around one of its factors: `a·(b + c)·d` becomes `a·b + c·d`.
fn without_brackets(factors: &[Expr], index: usize) -> Option<(String, Expr)> {
    let (before, after) = (factors.get(..index)?, factors.get(index + 1..)?);
    let flat = |expr: &Expr| match expr {
        Expr::Product(factors) => factors.clone(),
        other => vec![other.clone()],
    };
    let first = |left: &Expr| product(before.iter().cloned().chain(flat(left)));
    let second = |right: &Expr| product(flat(right).into_iter().chain(after.iter().cloned()));
    let around = |part: &Expr| format!("the brackets around {} are left out", part.symbols());
    match factors.get(index)? {
        Expr::Sum(left, right) => {
            let clause = "the brackets around the sum are left out, so not all of it is multiplied".to_owned();
            Some((clause, Expr::sum(first(left), second(right))))
        }
        part @ Expr::Difference(left, right) => Some((around(part), Expr::difference(first(left), second(right)))),
        Expr::Square(base) => match &**base {
            part @ Expr::Difference(left, right) => {
                Some((around(part), Expr::difference(first(left), second(&Expr::Square(right.clone())))))
            }
            _ => None,
        },
        _ => None,
    }
}
