//! The wrong formulas: what a bug makes of the right ones.

use super::{Bug, Kind};
use crate::sheet::column::Column;
use crate::sheet::formula::{Expr, Term, formula};
use crate::sheet::rewrite::{replace_term, rewrite, swap_terms, without};

use Column::*;

impl Bug {
    /// The formula of a column in the faulty sheet: that of [`formula`], except for [`Bug::columns`].
    pub fn formula(self, column: Column, first: bool) -> Option<Expr> {
        let right = formula(column, first)?;
        Some(if self.columns().contains(&column) { self.spoil(column, right) } else { right })
    }

    /// Puts the mistake into a column's right formula.
    fn spoil(self, column: Column, right: Expr) -> Expr {
        match self.kind {
            Kind::OutputSlopeMissing | Kind::HiddenSlopeMissing => {
                let activation = activation(column);
                let slope = [Expr::here(activation), Expr::one_minus(activation)];
                match right {
                    Expr::Product(factors) => without(factors, &slope),
                    other => other,
                }
            }
            Kind::SignTurned => rewrite(right, &|expr| match expr {
                Expr::Difference(left, right) if matches!(*right, Expr::Term(Term::Here(T1 | T2))) => {
                    Expr::Difference(right, left)
                }
                other => other,
            }),
            Kind::WeightsSwapped => swap_terms(right, Term::Here(W6), Term::Here(W7)),
            Kind::WrongInput => swap_terms(right, Term::Here(I1), Term::Here(I2)),
            Kind::HalfMissing => match right {
                Expr::Product(factors) => without(factors, &[Expr::Number(0.5)]),
                other => other,
            },
            Kind::SquareMissing => rewrite(right, &|expr| match expr {
                Expr::Square(base) => *base,
                other => other,
            }),
            Kind::ErrorsSubtracted => match right {
                Expr::Sum(left, right) => Expr::Difference(left, right),
                other => other,
            },
            Kind::ErrorCountedTwice => replace_term(right, Term::Here(E2), Term::Here(E1)),
            Kind::WrongWeight => {
                let (own, other) = self.weights();
                replace_term(right, Term::Here(own), Term::Here(other))
            }
            Kind::ActivationMissing => {
                let first = replace_term(right, Term::Here(AH1), Term::Here(H1));
                replace_term(first, Term::Here(AH2), Term::Here(H2))
            }
            Kind::StepUphill => match right {
                Expr::Difference(left, right) => Expr::Sum(left, right),
                other => other,
            },
            Kind::RateMissing => rewrite(right, &|expr| match expr {
                Expr::Product(factors) => without(factors, &[Expr::Term(Term::LearningRate)]),
                other => other,
            }),
            Kind::WrongGradient => {
                let (own, other) = self.gradients();
                replace_term(right, Term::Above(own), Term::Above(other))
            }
            Kind::UpdatedTooEarly => match (right, formula(self.gradients().0, true)) {
                (Expr::Difference(weight, _), Some(Expr::Product(gradient))) => {
                    // The gradient of the row above, but with the output weights of this row.
                    let mut factors = vec![Expr::Term(Term::LearningRate)];
                    factors.extend(gradient.into_iter().map(|factor| {
                        rewrite(factor, &|expr| match expr {
                            Expr::Term(Term::Here(column)) if !matches!(column, W5 | W6 | W7 | W8) => {
                                Expr::Term(Term::Above(column))
                            }
                            other => other,
                        })
                    }));
                    Expr::Difference(weight, Box::new(Expr::Product(factors)))
                }
                (right, _) => right,
            },
        }
    }

    /// For a bug in a weighted sum: the weight that belongs there, and the one that [`Kind::WrongWeight`] takes.
    pub(super) const fn weights(self) -> (Column, Column) {
        match self.at {
            H1 => (W2, W3),
            H2 => (W3, W2),
            O1 => (W6, W7),
            _ => (W7, W6),
        }
    }

    /// For a bug in an update: the weight's own gradient, and that of the other weight into the same neuron.
    pub(super) fn gradients(self) -> (Column, Column) {
        let index = self.at.weight_index().unwrap_or(0);
        (Column::GRADIENTS[index], Column::GRADIENTS[index ^ 1])
    }
}

/// The activation `a` of the neuron that a gradient's weight leads to; its slope `a·(1 − a)` is a factor of the
/// gradient.
pub(super) const fn activation(gradient: Column) -> Column {
    match gradient {
        G1 | G2 => AH1,
        G3 | G4 => AH2,
        G5 | G6 => AO1,
        _ => AO2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_mistake_gives_its_wrong_formula() {
        let written = |kind, at: Column| {
            let bug = Bug { kind, at };
            bug.formula(at, false).map(|expr| expr.symbols()).unwrap_or_default()
        };
        assert_eq!(written(Kind::OutputSlopeMissing, G5), "(a_o1 − t1)·a_h1");
        assert_eq!(written(Kind::SignTurned, G7), "(t2 − a_o2)·a_o2·(1 − a_o2)·a_h1");
        assert_eq!(
            written(Kind::HiddenSlopeMissing, G3),
            "((a_o1 − t1)·a_o1·(1 − a_o1)·w6 + (a_o2 − t2)·a_o2·(1 − a_o2)·w8)·i1"
        );
        assert_eq!(
            written(Kind::WeightsSwapped, G1),
            "((a_o1 − t1)·a_o1·(1 − a_o1)·w5 + (a_o2 − t2)·a_o2·(1 − a_o2)·w6)·a_h1·(1 − a_h1)·i1"
        );
        assert!(written(Kind::WrongInput, G4).ends_with("·a_h2·(1 − a_h2)·i1"));
        assert_eq!(written(Kind::HalfMissing, E1), "(t1 − a_o1)²");
        assert_eq!(written(Kind::SquareMissing, E2), "½·(t2 − a_o2)");
        assert_eq!(written(Kind::ErrorsSubtracted, ETotal), "E1 − E2");
        assert_eq!(written(Kind::ErrorCountedTwice, ETotal), "E1 + E1");
        assert_eq!(written(Kind::WrongWeight, H1), "w1·i1 + w3·i2");
        assert_eq!(written(Kind::WrongWeight, O2), "w6·a_h1 + w8·a_h2");
        assert_eq!(written(Kind::ActivationMissing, O1), "w5·h1 + w6·h2");
        assert_eq!(written(Kind::StepUphill, W6), "w6↑ + η·∂E_t/∂w6↑");
        assert_eq!(written(Kind::RateMissing, W1), "w1↑ − ∂E_t/∂w1↑");
        assert_eq!(written(Kind::WrongGradient, W8), "w8↑ − η·∂E_t/∂w7↑");
        assert_eq!(
            written(Kind::UpdatedTooEarly, W2),
            "w2↑ − η·((a_o1↑ − t1↑)·a_o1↑·(1 − a_o1↑)·w5 + (a_o2↑ − t2↑)·a_o2↑·(1 − a_o2↑)·w7)·a_h1↑·(1 − a_h1↑)·i2↑"
        );
    }
}
