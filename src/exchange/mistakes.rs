//! Wrong formulas that a student may have used. The one that gives the student's number names the likely mistake.
//!
//! The classic bugs come first, see [`Bug`]; then every change of the right formula at one place.

use crate::sheet::bug::Bug;
use crate::sheet::formula::Values;
use crate::sheet::rewrite::{rewrite, without};
use crate::sheet::{Column, Expr, Quantity, Row, Term, formula};

use Column::*;

/// A wrong formula that a student may have used.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    /// A clause that says what is wrong: "the ½ is left out".
    pub(super) clause: String,
    expr: Expr,
    rows_used: RowsUsed,
}

/// The rows that a wrong formula refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RowsUsed {
    /// The same rows as the right formula.
    Own,
    /// The row above instead of the cell's own row.
    Above,
    /// Row 0 instead of the row above, for this weight only.
    Start(Column),
}

/// The student's rows that the formula of a cell may refer to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'a> {
    /// The cell's own row.
    pub(super) here: &'a Row,
    /// The row above; for row 0, row 0 itself.
    pub(super) above: &'a Row,
    /// Row 0.
    pub(super) start: &'a Row,
    pub(super) learning_rate: f64,
}

impl Surroundings<'_> {
    /// Returns the value of a formula.
    pub(super) fn evaluate(&self, expr: &Expr) -> f64 {
        expr.evaluate(&Values { here: self.here, above: self.above, learning_rate: self.learning_rate })
    }
}

impl Guess {
    fn new(clause: impl Into<String>, expr: Expr) -> Self {
        Self { clause: clause.into(), expr, rows_used: RowsUsed::Own }
    }

    /// Returns the value of the wrong formula.
    pub(super) fn evaluate(&self, rows: &Surroundings<'_>) -> f64 {
        let Surroundings { here, above, start, learning_rate } = *rows;
        match self.rows_used {
            RowsUsed::Own => rows.evaluate(&self.expr),
            RowsUsed::Above => self.expr.evaluate(&Values { here: above, above, learning_rate }),
            RowsUsed::Start(weight) => {
                let mut values = *above.values();
                values[weight.index()] = start.get(weight);
                self.expr.evaluate(&Values { here, above: &Row::from_values(values), learning_rate })
            }
        }
    }

    /// Returns the update of a weight with a learning rate that is not the sheet's own.
    pub(super) fn other_rate(weight: Column, rate: f64) -> Option<Self> {
        let gradient = gradient_of(weight)?;
        let expr = Expr::difference(Expr::above(weight), product([Expr::Number(rate), Expr::above(gradient)]));
        Some(Self::new(format!("the step uses η = {rate}"), expr))
    }
}

/// Returns the wrong formulas for a column, in row 0 (`first`) or in a later row.
pub(super) fn guesses(column: Column, first: bool) -> Vec<Guess> {
    let Some(right) = formula(column, first) else { return Vec::new() };
    let bugs = Bug::all().filter(|bug| bug.columns().contains(&column));
    let classic = bugs.filter_map(|bug| Some(Guess::new(bug.mistake(), bug.formula(column, first)?)));
    let others = match gradient_of(column) {
        Some(gradient) => wrong_updates(column, gradient, &right),
        None if matches!(right, Expr::Term(_)) => Vec::new(),
        None => wrong_formulas(column, first, &right),
    };
    classic.chain(others).collect()
}

/// Returns the column of a weight's gradient; `None` if the column is no weight.
fn gradient_of(column: Column) -> Option<Column> {
    Some(Column::GRADIENTS[column.weight_index()?])
}

/// Returns wrong updates of a weight.
fn wrong_updates(weight: Column, gradient: Column, right: &Expr) -> Vec<Guess> {
    let rate = || Expr::Term(Term::LearningRate);
    let mut guesses = vec![
        Guess::new("+ is used instead of −, and η is left out", Expr::sum(Expr::above(weight), Expr::above(gradient))),
        Guess::new("the weight is not updated", Expr::above(weight)),
    ];
    let anchored = Guess::new("every step starts from row 0, not from the row above", right.clone());
    guesses.push(Guess { rows_used: RowsUsed::Start(weight), ..anchored });
    let others = |own: Column, all: [Column; 8]| {
        all.into_iter().filter(move |&other| other != own).map(move |other| {
            let expr = rewrite(right.clone(), &|expr| if expr == Expr::above(own) { Expr::above(other) } else { expr });
            Guess::new(used_instead(other, own), expr)
        })
    };
    guesses.extend(others(gradient, Column::GRADIENTS));
    guesses.extend(others(weight, Column::WEIGHTS));
    guesses.push(Guess::new(
        "η is multiplied in twice",
        Expr::difference(Expr::above(weight), product([rate(), rate(), Expr::above(gradient)])),
    ));
    guesses
}

/// Returns wrong versions of a formula that is no update.
fn wrong_formulas(column: Column, first: bool, right: &Expr) -> Vec<Guess> {
    let mut guesses = Vec::new();
    let mut everywhere = |clause: String, change: &dyn Fn(Expr) -> Expr| {
        let expr = rewrite(right.clone(), change);
        if expr != *right {
            guesses.push(Guess::new(clause, expr));
        }
    };
    // The slopes of one neuron, of the output layer, or of both layers are left out.
    for neurons in [&[AH1][..], &[AH2], &[AO1], &[AO2], &[AO1, AO2], &[AH1, AO1, AO2], &[AH2, AO1, AO2]] {
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
    for (index, one) in Column::WEIGHTS.into_iter().enumerate() {
        for other in Column::WEIGHTS.into_iter().skip(index + 1) {
            everywhere(format!("{} and {} are swapped", one.name(), other.name()), &|expr| match expr {
                Expr::Term(Term::Here(column)) if column == one => Expr::here(other),
                Expr::Term(Term::Here(column)) if column == other => Expr::here(one),
                expr => expr,
            });
        }
    }
    everywhere("w5 to w8 are used after their update, not before it".to_owned(), &|expr| match expr {
        Expr::Term(Term::Here(weight @ (W5 | W6 | W7 | W8))) => match gradient_of(weight) {
            Some(gradient) => {
                Expr::difference(Expr::here(weight), product([Expr::Term(Term::LearningRate), Expr::here(gradient)]))
            }
            None => expr,
        },
        other => other,
    });
    everywhere("weighted sums are used instead of activations".to_owned(), &|expr| match expr {
        Expr::Term(Term::Here(activation @ (AH1 | AH2 | AO1 | AO2))) => Expr::here(Column::ALL[activation.index() - 1]),
        other => other,
    });
    // First one change at one place, then one symbol instead of another everywhere.
    guesses.extend(edits(right).into_iter().map(|(clause, expr)| Guess::new(clause, expr)));
    for term in right.precedents() {
        let Term::Here(own) = term else { continue };
        for other in similar_columns(own) {
            let expr = rewrite(right.clone(), &|expr| if expr == Expr::here(own) { Expr::here(other) } else { expr });
            guesses.push(Guess::new(used_instead(other, own), expr));
        }
    }
    let times = |factor: Expr| product([factor, right.clone()]);
    guesses.push(Guess::new("the sign is wrong", times(Expr::Number(-1.0))));
    guesses.push(Guess::new("the value is twice what it should be", times(Expr::Number(2.0))));
    guesses.push(Guess::new("the value is half of what it should be", times(Expr::Number(0.5))));
    if column.is_gradient() {
        guesses.push(Guess::new("η is already multiplied in", times(Expr::Term(Term::LearningRate))));
    }
    if !first {
        guesses.push(Guess {
            rows_used: RowsUsed::Above,
            ..Guess::new("the formula refers to the row above", right.clone())
        });
    }
    guesses
}

/// Returns every expression that differs from this one at one place, with a clause that says how.
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

/// Returns the columns that are easily confused with this one.
fn similar_columns(column: Column) -> impl Iterator<Item = Column> {
    let alike = move |other: &Column| match (column.quantity(), other.quantity()) {
        (Quantity::Hidden | Quantity::Input, Quantity::Hidden | Quantity::Input) => true,
        (Quantity::Output | Quantity::Target, Quantity::Output | Quantity::Target) => true,
        (own, other) => own == other,
    };
    Column::ALL.into_iter().filter(move |&other| other != column).filter(alike)
}

/// Says that one column is used instead of another.
fn used_instead(found: Column, right: Column) -> String {
    format!("{} is used instead of {}", found.name(), right.name())
}

fn product(factors: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Product(factors.into_iter().collect())
}
