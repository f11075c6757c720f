//! Each column's formula as an expression, which the page shows, highlights and explains.
//!
//! The rows themselves are not computed with these expressions but by [`network`](super::network), which has the same
//! formulas as plain Rust and is fast. The test `every_formula_gives_the_bits_that_network_computes` proves for every
//! column that both give the same bits.

use std::fmt::Write as _;

use super::column::Column;
use super::network::{Row, sigmoid};
use super::number::{self, Digits};
use super::phase::Cell;

/// A named value in a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// A column's value in the same row.
    Here(Column),
    /// A column's value in the row above.
    Above(Column),
    /// The learning rate η.
    LearningRate,
}

/// An arithmetic expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A literal.
    Number(f64),
    /// A named value.
    Term(Term),
    /// The sum `left + right`.
    Sum(Box<Self>, Box<Self>),
    /// The difference `left − right`.
    Difference(Box<Self>, Box<Self>),
    /// The product of the factors, multiplied from left to right.
    Product(Vec<Self>),
    /// The square of an expression.
    Square(Box<Self>),
    /// The logistic function σ of an expression.
    Sigmoid(Box<Self>),
}

/// The formula of a column. In row 0 (`first`) the constants have no formula; in later rows the weights are updated,
/// and targets and inputs are copied from the row above.
pub fn formula(column: Column, first: bool) -> Option<Expr> {
    use Column::*;
    let weighted_sum = |w: Column, x: Column, v: Column, y: Column| {
        Expr::sum(Expr::Product(vec![Expr::here(w), Expr::here(x)]), Expr::Product(vec![Expr::here(v), Expr::here(y)]))
    };
    let error = |target, activation| {
        let distance = Expr::difference(Expr::here(target), Expr::here(activation));
        Expr::Product(vec![Expr::Number(0.5), Expr::Square(Box::new(distance))])
    };
    // The δ of an output neuron is (a − t)·a·(1 − a).
    let delta = |activation, target| {
        vec![
            Expr::difference(Expr::here(activation), Expr::here(target)),
            Expr::here(activation),
            Expr::one_minus(activation),
        ]
    };
    let (delta_o1, delta_o2) = (|| delta(AO1, T1), || delta(AO2, T2));
    let to_output = |mut delta: Vec<Expr>, hidden| {
        delta.push(Expr::here(hidden));
        Expr::Product(delta)
    };
    let to_hidden = |w, v, hidden, input| {
        let (mut left, mut right) = (delta_o1(), delta_o2());
        left.push(Expr::here(w));
        right.push(Expr::here(v));
        let from_outputs = Expr::sum(Expr::Product(left), Expr::Product(right));
        Expr::Product(vec![from_outputs, Expr::here(hidden), Expr::one_minus(hidden), Expr::here(input)])
    };
    // The δ of a hidden neuron is (δ_o1·w + δ_o2·v)·a·(1 − a).
    let to_sum = |w, v, hidden| {
        let passed = |delta, weight| Expr::Product(vec![Expr::here(delta), Expr::here(weight)]);
        let from_outputs = Expr::sum(passed(DO1, w), passed(DO2, v));
        Expr::Product(vec![from_outputs, Expr::here(hidden), Expr::one_minus(hidden)])
    };
    let expr = match column {
        T1 | T2 | I1 | I2 | W1 | W2 | W3 | W4 | W5 | W6 | W7 | W8 if first => return None,
        T1 | T2 | I1 | I2 => Expr::above(column),
        W1 | W2 | W3 | W4 | W5 | W6 | W7 | W8 => {
            let gradient = gradient_of(column);
            Expr::difference(
                Expr::above(column),
                Expr::Product(vec![Expr::Term(Term::LearningRate), Expr::above(gradient)]),
            )
        }
        H1 => weighted_sum(W1, I1, W2, I2),
        H2 => weighted_sum(W3, I1, W4, I2),
        O1 => weighted_sum(W5, AH1, W6, AH2),
        O2 => weighted_sum(W7, AH1, W8, AH2),
        AH1 => Expr::Sigmoid(Box::new(Expr::here(H1))),
        AH2 => Expr::Sigmoid(Box::new(Expr::here(H2))),
        AO1 => Expr::Sigmoid(Box::new(Expr::here(O1))),
        AO2 => Expr::Sigmoid(Box::new(Expr::here(O2))),
        E1 => error(T1, AO1),
        E2 => error(T2, AO2),
        ETotal => Expr::sum(Expr::here(E1), Expr::here(E2)),
        G1 => to_hidden(W5, W7, AH1, I1),
        G2 => to_hidden(W5, W7, AH1, I2),
        G3 => to_hidden(W6, W8, AH2, I1),
        G4 => to_hidden(W6, W8, AH2, I2),
        G5 => to_output(delta_o1(), AH1),
        G6 => to_output(delta_o1(), AH2),
        G7 => to_output(delta_o2(), AH1),
        G8 => to_output(delta_o2(), AH2),
        DO1 => Expr::Product(delta_o1()),
        DO2 => Expr::Product(delta_o2()),
        DH1 => to_sum(W5, W7, AH1),
        DH2 => to_sum(W6, W8, AH2),
    };
    Some(expr)
}

/// The gradient of a weight. Any other column is returned unchanged.
fn gradient_of(weight: Column) -> Column {
    weight.weight_index().map_or(weight, |index| Column::GRADIENTS[index])
}

/// The shade in which a precedent of a formula is coloured: its position among the precedents of the same quantity. So
/// two weights in one formula have different shades of the same colour.
pub fn shade(precedents: &[Term], index: usize) -> usize {
    let quantity = |term: &Term| match term {
        Term::Here(column) | Term::Above(column) => Some(column.quantity()),
        Term::LearningRate => None,
    };
    let own = precedents.get(index).map(quantity);
    precedents.iter().take(index).filter(|term| Some(quantity(term)) == own).count()
}

/// The columns that are computed with a δ. The formulas of the gradients write it out, so they do not name it.
const fn users(delta: Column) -> &'static [Column] {
    use Column::*;
    match delta {
        DO1 => &[DH1, DH2, G5, G6],
        DO2 => &[DH1, DH2, G7, G8],
        DH1 => &[G1, G2],
        DH2 => &[G3, G4],
        _ => &[],
    }
}

/// The cells whose formulas refer to a cell, in a sheet with the given formulas: first the cells of its own row, then
/// those of the next row, even if the sheet has no next row.
pub fn dependents(cell: Cell, formula: impl Fn(Column, bool) -> Option<Expr>) -> Vec<Cell> {
    let Cell { row, column } = cell;
    let refers = |to: Column, first: bool, term: Term| formula(to, first).is_some_and(|expr| expr.refers_to(term));
    let all = Column::ALL.into_iter().filter(|&to| refers(to, row == 0, Term::Here(column)));
    let here = all.chain(users(column).iter().copied());
    let below = Column::ALL.into_iter().filter(|&to| refers(to, false, Term::Above(column)));
    here.map(|column| Cell { row, column }).chain(below.map(|column| Cell { row: row + 1, column })).collect()
}

/// The values of a formula's terms.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The row that holds the cell.
    pub here: &'a Row,
    /// The row above it. In row 0 no formula uses it.
    pub above: &'a Row,
    /// The learning rate η.
    pub learning_rate: f64,
}

impl Values<'_> {
    /// The value of a term.
    pub fn get(&self, term: Term) -> f64 {
        match term {
            Term::Here(column) => self.here.get(column),
            Term::Above(column) => self.above.get(column),
            Term::LearningRate => self.learning_rate,
        }
    }
}

impl Expr {
    /// A column's value in the same row.
    pub const fn here(column: Column) -> Self {
        Self::Term(Term::Here(column))
    }

    /// A column's value in the row above.
    pub const fn above(column: Column) -> Self {
        Self::Term(Term::Above(column))
    }

    /// The sum `left + right`.
    pub fn sum(left: Self, right: Self) -> Self {
        Self::Sum(Box::new(left), Box::new(right))
    }

    /// The difference `left − right`.
    pub fn difference(left: Self, right: Self) -> Self {
        Self::Difference(Box::new(left), Box::new(right))
    }

    /// The difference `1 − column`, with the column's value in the same row.
    pub fn one_minus(column: Column) -> Self {
        Self::difference(Self::Number(1.0), Self::here(column))
    }

    /// The value of the expression. The operations are done in the order in which they are written.
    pub fn evaluate(&self, values: &Values<'_>) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Term(term) => values.get(*term),
            Self::Sum(left, right) => left.evaluate(values) + right.evaluate(values),
            Self::Difference(left, right) => left.evaluate(values) - right.evaluate(values),
            Self::Product(factors) => factors.iter().map(|factor| factor.evaluate(values)).product(),
            Self::Square(base) => {
                let base = base.evaluate(values);
                base * base
            }
            Self::Sigmoid(argument) => sigmoid(argument.evaluate(values)),
        }
    }

    /// The terms of the expression, each once, in the order in which they occur.
    pub fn precedents(&self) -> Vec<Term> {
        fn visit(expr: &Expr, found: &mut Vec<Term>) {
            match expr {
                Expr::Number(_) => {}
                Expr::Term(term) => {
                    if !found.contains(term) {
                        found.push(*term);
                    }
                }
                Expr::Sum(left, right) | Expr::Difference(left, right) => {
                    visit(left, found);
                    visit(right, found);
                }
                Expr::Product(factors) => factors.iter().for_each(|factor| visit(factor, found)),
                Expr::Square(inner) | Expr::Sigmoid(inner) => visit(inner, found),
            }
        }
        let mut found = Vec::new();
        visit(self, &mut found);
        found
    }

    /// Whether a term occurs in the expression.
    pub fn refers_to(&self, term: Term) -> bool {
        self.precedents().contains(&term)
    }

    /// The formula in one line, with each term written by `write_term`.
    pub fn write(&self, write_term: &dyn Fn(Term) -> String) -> String {
        match self {
            Self::Number(number) if *number == 0.5 => "½".to_owned(),
            Self::Number(number) => number::full(*number),
            Self::Term(term) => write_term(*term),
            Self::Sum(left, right) => format!("{} + {}", left.write(write_term), right.write(write_term)),
            Self::Difference(left, right) => format!("{} − {}", left.write(write_term), right.write(write_term)),
            Self::Product(factors) => {
                let mut text = String::new();
                for (index, factor) in factors.iter().enumerate() {
                    let dot = if index > 0 { "·" } else { "" };
                    let inner = factor.write(write_term);
                    // Writing to a String cannot fail.
                    let _ = match factor {
                        Self::Sum(..) | Self::Difference(..) => write!(text, "{dot}({inner})"),
                        _ => write!(text, "{dot}{inner}"),
                    };
                }
                text
            }
            Self::Square(base) => format!("({})²", base.write(write_term)),
            Self::Sigmoid(argument) => format!("σ({})", argument.write(write_term)),
        }
    }

    /// The formula in symbols: `w5·a_h1 + w6·a_h2`. Values of the row above have an arrow: `w5↑`.
    pub fn symbols(&self) -> String {
        self.write(&|term| match term {
            Term::Here(column) => column.name(),
            Term::Above(column) => format!("{}↑", column.name()),
            Term::LearningRate => "η".to_owned(),
        })
    }

    /// The formula with numbers at full precision in place of symbols. Negative numbers are in parentheses.
    pub fn numbers(&self, values: &Values<'_>) -> String {
        self.write(&|term| number::bracketed(values.get(term), Digits::Full))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Constants, Run};

    #[test]
    fn every_formula_gives_the_bits_that_network_computes() {
        for learning_rate in [0.1, 0.5, 2.0, 7.3] {
            let run = Run::new(Constants::CLASSIC, learning_rate, 50);
            for index in 0..=50 {
                let (here, above) = (run.row(index), run.row(index.saturating_sub(1)));
                let values = Values { here: &here, above: &above, learning_rate };
                for column in Column::ALL {
                    let Some(expr) = formula(column, index == 0) else { continue };
                    assert_eq!(
                        expr.evaluate(&values).to_bits(),
                        here.get(column).to_bits(),
                        "{} in row {index}: {}",
                        column.name(),
                        expr.symbols()
                    );
                }
            }
        }
    }

    #[test]
    fn only_the_constants_of_row_0_have_no_formula() {
        let given = Column::ALL.into_iter().filter(|&column| formula(column, true).is_none()).count();
        assert_eq!(given, 12);
        assert!(Column::ALL.into_iter().all(|column| formula(column, false).is_some()));
    }

    #[test]
    fn formulas_read_as_in_the_textbook() {
        let symbols = |column| formula(column, false).map(|expr| expr.symbols()).unwrap_or_default();
        assert_eq!(symbols(Column::H1), "w1·i1 + w2·i2");
        assert_eq!(symbols(Column::AO2), "σ(o2)");
        assert_eq!(symbols(Column::E1), "½·(t1 − a_o1)²");
        assert_eq!(symbols(Column::W6), "w6↑ − η·∂E_t/∂w6↑");
        assert_eq!(symbols(Column::G8), "(a_o2 − t2)·a_o2·(1 − a_o2)·a_h2");
        assert_eq!(
            symbols(Column::G3),
            "((a_o1 − t1)·a_o1·(1 − a_o1)·w6 + (a_o2 − t2)·a_o2·(1 − a_o2)·w8)·a_h2·(1 − a_h2)·i1"
        );
    }

    #[test]
    fn negative_numbers_in_formulas_are_in_parentheses() {
        let row = Run::new(Constants::CLASSIC, 0.5, 0).row(0);
        let values = Values { here: &row, above: &row, learning_rate: 0.5 };
        let text = formula(Column::H1, true).map(|expr| expr.numbers(&values));
        assert_eq!(text.as_deref(), Some("0.15·0.05 + 0.2·0.1"));
        let text = formula(Column::W7, false).map(|expr| expr.numbers(&values));
        assert_eq!(text.as_deref(), Some("0.5 − 0.5·(−0.04245525009260471)"));
    }

    #[test]
    fn precedents_are_listed_once() {
        let precedents = formula(Column::G5, true).map(|expr| expr.precedents()).unwrap_or_default();
        assert_eq!(precedents, [Column::AO1, Column::T1, Column::AH1].map(Term::Here));
    }

    #[test]
    fn precedents_of_one_quantity_have_different_shades() {
        let precedents = formula(Column::G1, true).map(|expr| expr.precedents()).unwrap_or_default();
        let shades: Vec<_> = (0..precedents.len()).map(|index| shade(&precedents, index)).collect();
        // a_o1, t1, w5, a_o2, t2, w7, a_h1, i1
        assert_eq!(shades, [0, 0, 0, 1, 1, 1, 0, 0]);
        for column in Column::ALL {
            let precedents = formula(column, false).map(|expr| expr.precedents()).unwrap_or_default();
            assert!((0..precedents.len()).all(|index| shade(&precedents, index) < 2), "{}", column.name());
        }
    }

    #[test]
    fn every_dependent_refers_to_the_cell() {
        let names = |row, column| {
            let cells = dependents(Cell { row, column }, formula);
            cells.into_iter().map(|cell| format!("{}@{}", cell.column.name(), cell.row)).collect::<Vec<_>>()
        };
        assert_eq!(names(0, Column::ETotal), Vec::<String>::new());
        assert_eq!(names(3, Column::E1), ["E_Total@3"]);
        assert_eq!(names(3, Column::G6), ["w6@4"]);
        assert_eq!(names(0, Column::W1), ["h1@0", "w1@1"]);
        assert_eq!(names(2, Column::DO1), ["δ_h1@2", "δ_h2@2", "∂E_t/∂w5@2", "∂E_t/∂w6@2"]);
        for row in [0, 2] {
            for column in Column::ALL {
                for cell in dependents(Cell { row, column }, formula) {
                    let expr = formula(cell.column, cell.row == 0).expect("a dependent has a formula");
                    let term = if cell.row == row { Term::Here(column) } else { Term::Above(column) };
                    assert!(expr.refers_to(term));
                }
            }
        }
    }
}
