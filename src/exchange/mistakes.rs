//! What a student may have done to a formula, as formulas: whichever of them gives the student's number names the
//! likely mistake. The classic ones come first, see [`Bug`]; then whatever can go wrong at one place of a formula.

use crate::sheet::bug::{Bug, rewrite, without};
use crate::sheet::formula::Values;
use crate::sheet::{Column, Expr, Quantity, Row, Term, formula};

use Column::*;

/// A wrong formula.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    /// What is wrong with it, as a clause.
    pub(super) clause: String,
    expr: Expr,
    view: View,
}

/// The rows that a wrong formula refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    /// Those of the right formula.
    Own,
    /// The row above in place of its own.
    Above,
    /// Row 0 in place of the row above, for the weight alone.
    Start(Column),
}

/// The rows around a cell, as the student has them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) here: &'a Row,
    pub(super) above: &'a Row,
    pub(super) start: &'a Row,
    pub(super) learning_rate: f64,
}

impl Guess {
    fn new(clause: impl Into<String>, expr: Expr) -> Self {
        Self { clause: clause.into(), expr, view: View::Own }
    }

    /// What the wrong formula gives.
    pub(super) fn evaluate(&self, rows: &Surroundings<'_>) -> f64 {
        let Surroundings { here, above, start, learning_rate } = *rows;
        match self.view {
            View::Own => self.expr.evaluate(&Values { here, above, learning_rate }),
            View::Above => self.expr.evaluate(&Values { here: above, above, learning_rate }),
            View::Start(weight) => {
                let mut values = *above.values();
                values[weight.index()] = start.get(weight);
                self.expr.evaluate(&Values { here, above: &Row::from_values(values), learning_rate })
            }
        }
    }

    /// A step with another learning rate.
    pub(super) fn other_rate(weight: Column, rate: f64) -> Option<Self> {
        let (_, gradient) = update(weight)?;
        let expr = Expr::difference(Expr::above(weight), product([Expr::Number(rate), Expr::above(gradient)]));
        Some(Self::new(format!("the step is taken with η = {rate}"), expr))
    }
}

/// The wrong formulas for a column, in its row 0 (`first`) or a later one.
pub(super) fn guesses(column: Column, first: bool) -> Vec<Guess> {
    let Some(right) = formula(column, first) else { return Vec::new() };
    let bugs = Bug::all().filter(|bug| bug.columns().contains(&column));
    let classic = bugs.filter_map(|bug| Some(Guess::new(bug.mistake(), bug.formula(column, first)?)));
    let others = match update(column) {
        Some((_, gradient)) => of_weight(column, gradient, &right),
        None if matches!(right, Expr::Term(_)) => Vec::new(),
        None => of_formula(column, first, &right),
    };
    classic.chain(others).collect()
}

/// A weight's place among the weights, and its gradient.
fn update(column: Column) -> Option<(usize, Column)> {
    let index = column.weight_index()?;
    Some((index, Column::GRADIENTS[index]))
}

fn of_weight(weight: Column, gradient: Column, right: &Expr) -> Vec<Guess> {
    let rate = || Expr::Term(Term::LearningRate);
    let mut guesses = vec![
        Guess::new(
            "+ stands where − belongs, and η is left out",
            Expr::sum(Expr::above(weight), Expr::above(gradient)),
        ),
        Guess::new("the weight is not updated", Expr::above(weight)),
    ];
    let anchored = Guess::new("every step starts from row 0, not from the row above", right.clone());
    guesses.push(Guess { view: View::Start(weight), ..anchored });
    let others = |own: Column, all: [Column; 8]| {
        all.into_iter().filter(move |&other| other != own).map(move |other| {
            let expr = rewrite(right.clone(), &|expr| if expr == Expr::above(own) { Expr::above(other) } else { expr });
            Guess::new(stands_for(other, own), expr)
        })
    };
    guesses.extend(others(gradient, Column::GRADIENTS));
    guesses.extend(others(weight, Column::WEIGHTS));
    guesses.push(Guess::new(
        "η is multiplied twice",
        Expr::difference(Expr::above(weight), product([rate(), rate(), Expr::above(gradient)])),
    ));
    guesses
}

fn of_formula(column: Column, first: bool, right: &Expr) -> Vec<Guess> {
    let mut guesses = Vec::new();
    let mut everywhere = |clause: String, change: &dyn Fn(Expr) -> Expr| {
        let expr = rewrite(right.clone(), change);
        if expr != *right {
            guesses.push(Guess::new(clause, expr));
        }
    };
    // Slopes: that of one unit, those of a layer, all of them.
    for units in [&[AH1][..], &[AH2], &[AO1], &[AO2], &[AO1, AO2], &[AH1, AO1, AO2], &[AH2, AO1, AO2]] {
        let names: Vec<String> = units.iter().map(|unit| format!("{0}·(1 − {0})", unit.name())).collect();
        let (names, verb) = match names.as_slice() {
            [one] => (format!("the slope {one}"), "is"),
            all => (format!("the slopes {}", all.join(" and ")), "are"),
        };
        let slope: Vec<Expr> = units.iter().flat_map(|&unit| [Expr::here(unit), Expr::one_minus(unit)]).collect();
        everywhere(format!("{names} {verb} left out"), &|expr| match expr {
            Expr::Product(factors)
                if factors.iter().any(|factor| units.iter().any(|&unit| *factor == Expr::one_minus(unit))) =>
            {
                without(factors, &slope)
            }
            other => other,
        });
    }
    // t − a for a − t.
    if column.is_gradient() {
        everywhere("the difference is turned around, t − a for a − t".to_owned(), &|expr| match expr {
            Expr::Difference(left, right) if matches!(*right, Expr::Term(Term::Here(T1 | T2))) => {
                Expr::Difference(right, left)
            }
            other => other,
        });
    }
    for (index, one) in Column::WEIGHTS.into_iter().enumerate() {
        for other in Column::WEIGHTS.into_iter().skip(index + 1) {
            everywhere(format!("{} and {} are swapped", one.name(), other.name()), &|expr| match expr {
                Expr::Term(Term::Here(column)) if column == one => Expr::here(other),
                Expr::Term(Term::Here(column)) if column == other => Expr::here(one),
                expr => expr,
            });
        }
    }
    everywhere("w5 to w8 were already updated".to_owned(), &|expr| match expr {
        Expr::Term(Term::Here(weight @ (W5 | W6 | W7 | W8))) => match update(weight) {
            Some((_, gradient)) => {
                Expr::difference(Expr::here(weight), product([Expr::Term(Term::LearningRate), Expr::here(gradient)]))
            }
            None => expr,
        },
        other => other,
    });
    everywhere("net inputs stand where activations belong".to_owned(), &|expr| match expr {
        Expr::Term(Term::Here(activation @ (AH1 | AH2 | AO1 | AO2))) => Expr::here(Column::ALL[activation.index() - 1]),
        other => other,
    });
    // One thing at one place, then one symbol for another everywhere.
    guesses.extend(edits(right).into_iter().map(|(clause, expr)| Guess::new(clause, expr)));
    for term in right.precedents() {
        let Term::Here(own) = term else { continue };
        for other in relatives(own) {
            let expr = rewrite(right.clone(), &|expr| if expr == Expr::here(own) { Expr::here(other) } else { expr });
            guesses.push(Guess::new(stands_for(other, own), expr));
        }
    }
    let times = |factor: Expr| product([factor, right.clone()]);
    guesses.push(Guess::new("the sign is turned around", times(Expr::Number(-1.0))));
    guesses.push(Guess::new("it is twice what it should be", times(Expr::Number(2.0))));
    guesses.push(Guess::new("it is half of what it should be", times(Expr::Number(0.5))));
    if column.is_gradient() {
        guesses.push(Guess::new("η is already multiplied in", times(Expr::Term(Term::LearningRate))));
    }
    if !first {
        guesses.push(Guess { view: View::Above, ..Guess::new("it refers to the row above", right.clone()) });
    }
    guesses
}

/// Every expression that differs from this one at one place, with what was done there.
fn edits(expr: &Expr) -> Vec<(String, Expr)> {
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
            found.push(("− stands where + belongs".to_owned(), Expr::difference((**left).clone(), (**right).clone())));
            pair(&mut found, left, right, Expr::sum);
        }
        Expr::Difference(left, right) => {
            let turned = Expr::difference((**right).clone(), (**left).clone());
            found.push((format!("{} is turned around", expr.symbols()), turned));
            found.push(("+ stands where − belongs".to_owned(), Expr::sum((**left).clone(), (**right).clone())));
            pair(&mut found, left, right, Expr::difference);
        }
        Expr::Product(factors) => {
            for index in 0..factors.len() {
                let dropped = &factors[index];
                found.push((left_out(dropped), without(factors.clone(), std::slice::from_ref(dropped))));
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

/// Columns that are easily taken for this one.
fn relatives(column: Column) -> impl Iterator<Item = Column> {
    let alike = move |other: &Column| match (column.quantity(), other.quantity()) {
        (Quantity::Hidden | Quantity::Input, Quantity::Hidden | Quantity::Input) => true,
        (Quantity::Output | Quantity::Target, Quantity::Output | Quantity::Target) => true,
        (own, other) => own == other,
    };
    Column::ALL.into_iter().filter(move |&other| other != column).filter(alike)
}

fn stands_for(found: Column, right: Column) -> String {
    format!("{} stands where {} belongs", found.name(), right.name())
}

fn product(factors: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Product(factors.into_iter().collect())
}
