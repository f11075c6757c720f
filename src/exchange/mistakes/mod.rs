//! Wrong formulas that a student may have used. The one that gives the student's number names the likely mistake.
//!
//! The classic bugs come first, see [`Bug`]; then slips that spreadsheets invite, such as a reference that slides, and
//! every change of the right formula at one place.

mod biases;
mod edits;
mod formulas;
mod parts;
mod references;
mod updates;

pub(super) use self::biases::with_bias;
pub(super) use self::updates::{with_decay, with_momentum};

use crate::sheet::bug::Bug;
use crate::sheet::formula::Values;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Constants, Expr, Quantity, Row, Term, formula, run};

/// The clause for activations and slopes of tanh.
const TANH: &str = "tanh is used instead of σ";

/// A wrong formula that a student may have used.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    /// A clause that says what is wrong: "the ½ is left out". Guesses with the same clause are the same mistake.
    pub(super) clause: String,
    /// What is known of the mistake besides its clause.
    pub(super) family: Family,
    /// The reference to η that moves from cell to cell, if that is the mistake.
    pub(super) slide: Option<Slide>,
    expr: Expr,
    /// Terms whose values come from another row than in the right formula.
    moved: Vec<(Term, Origin)>,
    /// The weight whose step before is added, and which share of that step.
    step_before: Option<(Column, f64)>,
    /// What is done with the value of the expression.
    finish: fn(f64) -> f64,
}

/// Mistakes that are named together when several columns have them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Family {
    /// A mistake with a clause that says all.
    Single,
    /// The value is twice the right one.
    Twice,
    /// The value is half of the right one.
    Half,
    /// The value has the wrong sign.
    Sign,
    /// Another η is used, which is unlikely to be so for a single weight.
    Rate,
    /// Another η is used in each row.
    RateOfRow,
    /// Another weight's gradient is used.
    OtherGradient,
    /// tanh is used instead of σ.
    Tanh,
    /// A bias is added that starts with this number.
    Bias(f64),
}

impl Family {
    /// Whether the clause says what is wrong with the number, but not what is wrong with the formula.
    pub(super) const fn is_vague(self) -> bool {
        matches!(self, Self::Twice | Self::Half | Self::Sign)
    }
}

/// Where the value of a term comes from by mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Row 0, because a reference is fixed.
    Start,
    /// The row above the right one.
    Above,
    /// An empty cell, which counts as 0.
    Nothing,
}

impl Origin {
    /// The value of a column there, where `above` is the row above the right one.
    fn value(self, column: Column, start: &Row, above: &Row) -> f64 {
        match self {
            Self::Start => start.get(column),
            Self::Above => above.get(column),
            Self::Nothing => 0.0,
        }
    }
}

/// How a reference to η moves, because it is not fixed with dollar signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slide {
    /// The number of rows from η's cell to the one that row 1 refers to; `None` if the reference stays in η's row.
    pub(super) down: Option<i64>,
    /// Whether the reference moves with the column of the weight.
    pub(super) right: bool,
}

/// The rows that the formula of a cell may refer to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'a> {
    /// The cell's own row.
    pub(super) here: &'a Row,
    /// The row above; for row 0, row 0 itself.
    pub(super) above: &'a Row,
    /// The row above that one, or row 0.
    pub(super) two_above: &'a Row,
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
        let clause = clause.into();
        let family = Family::Single;
        Self { clause, family, slide: None, expr, moved: Vec::new(), step_before: None, finish: |value| value }
    }

    /// Returns a guess that the right formula takes some terms from elsewhere.
    fn moved(clause: impl Into<String>, right: &Expr, terms: impl IntoIterator<Item = Term>, from: Origin) -> Self {
        let moved = terms.into_iter().map(|term| (term, from)).collect();
        Self { moved, ..Self::new(clause, right.clone()) }
    }

    /// Returns the value of the wrong formula.
    pub(super) fn evaluate(&self, rows: &Surroundings<'_>) -> f64 {
        let Surroundings { mut here, mut above, two_above, start, .. } = *rows;
        let (mut changed_here, mut changed_above) = (*here, *above);
        for &(term, from) in &self.moved {
            match term {
                Term::Here(column) => {
                    changed_here.set(column, from.value(column, start, above));
                    here = &changed_here;
                }
                Term::Above(column) => {
                    changed_above.set(column, from.value(column, start, two_above));
                    above = &changed_above;
                }
                Term::LearningRate => {}
            }
        }
        let before = |(weight, share): (Column, f64)| share * (above.get(weight) - two_above.get(weight));
        let more = self.step_before.map_or(0.0, before);
        (self.finish)(Surroundings { here, above, ..*rows }.evaluate(&self.expr)) + more
    }

    /// Whether two wrong formulas give the same number for any numbers, so that they are the same mistake.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let (one, other) = (self.general_value(), other.general_value());
        (one - other).abs() <= 1e-9 * one.abs()
    }

    /// The value of the wrong formula in a lesson without the coincidences of the classic one, where i2 is twice i1.
    fn general_value(&self) -> f64 {
        let constants = Constants {
            targets: [0.13, 0.71],
            inputs: [0.37, 0.89],
            weights: [0.31, -0.47, 0.59, 0.83, -0.23, 0.67, 0.41, -0.79],
        };
        let lesson = Lesson { constants, learning_rate: 0.43 };
        let rows: Vec<Row> = run::rows(lesson.constants, lesson.learning_rate).take(4).collect();
        let [start, two_above, above, here] = rows.as_slice() else { return f64::NAN };
        let slid = self.slide.map(|slide| match (slide.down, slide.right) {
            (Some(down), right) => 0.71 + 0.13 * down as f64 + if right { 0.05 } else { 0.0 },
            (None, _) => 0.57,
        });
        let learning_rate = slid.unwrap_or(lesson.learning_rate);
        self.evaluate(&Surroundings { here, above, two_above, start, learning_rate })
    }

    /// Returns the update of a weight with a learning rate that is not the sheet's own; `stated` is the one that the sheet
    /// says.
    pub(super) fn other_rate(weight: Column, rate: f64, stated: Option<f64>) -> Option<Self> {
        let gradient = gradient_of(weight)?;
        let expr = Expr::difference(Expr::above(weight), product([Expr::Number(rate), Expr::above(gradient)]));
        let but = stated.map(|stated| format!(", but the sheet says η = {stated}")).unwrap_or_default();
        Some(Self { family: Family::Rate, ..Self::new(format!("the step uses η = {rate}{but}"), expr) })
    }

    /// Returns the update of a weight with a learning rate that changes from row to row; `rates` are the first ones.
    pub(super) fn changing_rate(weight: Column, rates: &str) -> Option<Self> {
        let clause = format!("η changes from step to step ({rates}), but it should be the same in all");
        Some(Self { family: Family::RateOfRow, ..Self::new(clause, formula(weight, false)?) })
    }

    /// Returns the update of a weight with a reference to η that moves, and the words for the cells that it meets.
    pub(super) fn sliding_rate(weight: Column, slide: Slide, meets: &str, fixed: &str) -> Option<Self> {
        let to = if slide.right { "to the right" } else { "down" };
        let clause =
            format!("the reference to η is not fixed, so it slides {to} to {meets} (write {fixed}, with dollar signs)");
        Some(Self { slide: Some(slide), family: Family::Rate, ..Self::new(clause, formula(weight, false)?) })
    }

    /// Returns the guess that a weight keeps the value that the first step gave it.
    pub(super) fn first_step_only(weight: Column) -> Option<Self> {
        let clause = "only the first step is taken: the references to the weight and its gradient are fixed to row 0, or that \
                      to η slides to empty cells";
        let terms = [weight, gradient_of(weight)?].map(Term::Above);
        Some(Self::moved(clause, &formula(weight, false)?, terms, Origin::Start))
    }

    /// Returns the formula of a column where these targets or inputs are empty cells; `None` if it does not refer to them.
    pub(super) fn empty(column: Column, empty: &[Column]) -> Option<Self> {
        let clause = format!(
            "the reference to {} is not fixed, so it slides down to empty cells (write dollar signs)",
            listed(empty)
        );
        let right = formula(column, false)?;
        let terms: Vec<Term> = empty.iter().map(|&column| Term::Here(column)).collect();
        let refers = terms.iter().any(|&term| right.refers_to(term));
        refers.then(|| Self::moved(clause, &right, terms, Origin::Nothing))
    }
}

/// Returns the wrong formulas for a column, the likeliest first.
pub(super) fn guesses(column: Column) -> Vec<Guess> {
    let Some(right) = formula(column, false) else { return Vec::new() };
    let bugs = Bug::all().filter(|bug| bug.columns().contains(&column));
    let classic = bugs.filter_map(|bug| Some(Guess::new(bug.mistake(), bug.formula(column, false)?)));
    let others = match gradient_of(column) {
        Some(gradient) => {
            let classic = classic.map(|guess| updates::in_family(guess, gradient));
            return classic.chain(updates::wrong_updates(column, gradient, &right)).collect();
        }
        None if matches!(right, Expr::Term(_)) => Vec::new(),
        None => formulas::wrong_formulas(column, &right),
    };
    // What is always 0, such as t1 − t1, is no formula that anybody writes: rather, the number is not shown in full.
    classic.chain(others).filter(|guess| guess.general_value() != 0.0).collect()
}

/// Returns the column of a weight's gradient; `None` if the column is no weight.
pub(super) fn gradient_of(column: Column) -> Option<Column> {
    Some(Column::GRADIENTS[column.weight_index()?])
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

/// Returns the names of columns as a list: "w1, w2 and w3".
pub(super) fn listed(columns: &[Column]) -> String {
    let names: Vec<String> = columns.iter().map(|column| column.name()).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn product(factors: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Product(factors.into_iter().collect())
}
