//! Wrong references: to row 0 because of a dollar sign too many, to the row above, or to columns further to the right
//! because of a dollar sign too few.

use super::{Guess, Origin, listed};
use crate::sheet::rewrite::rewrite;
use crate::sheet::{Column, Expr, Quantity, Term, formula};

/// Returns the formulas of similar columns, as they are or with references that slid along when they were copied.
pub(super) fn copied(column: Column) -> Vec<Guess> {
    let mut guesses = Vec::new();
    let alike = |other: &Column| *other != column && other.quantity() == column.quantity();
    for other in Column::ALL.into_iter().filter(alike) {
        // A sum and an activation are of one quantity, but nobody takes one for the other.
        let Some(expr) = formula(other, false).filter(|expr| is_like(expr, column)) else { continue };
        if other < column {
            let by = column.index() - other.index();
            let slid = |from: Column| Column::ALL.get(from.index() + by).copied().unwrap_or(from);
            let slid = rewrite(expr.clone(), &|expr| match expr {
                Expr::Term(Term::Here(from)) => Expr::here(slid(from)),
                other => other,
            });
            let clause = format!(
                "the formula of {} was copied without dollar signs, so its references slid along",
                other.name()
            );
            guesses.push(Guess::new(clause, slid));
        }
        guesses.push(Guess::new(format!("the formula of {} is used", other.name()), expr));
    }
    guesses
}

/// Whether a formula has the form of a column's formula.
fn is_like(expr: &Expr, column: Column) -> bool {
    formula(column, false).is_some_and(|own| std::mem::discriminant(&own) == std::mem::discriminant(expr))
}

/// Returns versions of a formula that is no update in which some of its references point to other rows.
pub(super) fn wrong_rows(right: &Expr) -> Vec<Guess> {
    let used: Vec<Column> = right
        .precedents()
        .into_iter()
        .filter_map(|term| match term {
            Term::Here(column) => Some(column),
            Term::Above(_) | Term::LearningRate => None,
        })
        .filter(|column| !matches!(column.quantity(), Quantity::Target | Quantity::Input))
        .collect();
    let kinds = [Quantity::Weight, Quantity::Hidden, Quantity::Output, Quantity::Error]
        .map(|quantity| used.iter().copied().filter(|column| column.quantity() == quantity).collect::<Vec<_>>());
    let sets = kinds.into_iter().filter(|kind| kind.len() > 1 && kind.len() < used.len());
    let sets: Vec<Vec<Column>> = sets.chain(used.iter().map(|&column| vec![column])).collect();
    let moved = |columns: &[Column], from, clause: String| {
        Guess::moved(clause, right, columns.iter().map(|&column| Term::Here(column)), from)
    };
    let mut guesses = vec![
        moved(&used, Origin::Above, "the formula refers to the row above".to_owned()),
        moved(&used, Origin::Start, "the value of row 0 is used in every row: the references are fixed".to_owned()),
    ];
    for columns in &sets {
        let (names, verb) = (listed(columns), if columns.len() == 1 { "is" } else { "are" });
        let fixed = format!("{names} {verb} taken from row 0 in every row: the reference is fixed");
        guesses.push(moved(columns, Origin::Start, fixed));
        guesses.push(moved(columns, Origin::Above, format!("{names} {verb} taken from the row above")));
    }
    guesses
}
