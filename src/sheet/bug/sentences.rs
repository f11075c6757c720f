//! Bugs in words: the mistake, the right formula, and what the gradient check says about them.

use super::formulas::activation;
use super::{Bug, Kind};
use crate::sheet::column::Column;
use crate::sheet::formula::formula;

use Column::*;

impl Bug {
    /// The mistake as a clause: "the slope a_o1·(1 − a_o1) is left out".
    pub fn mistake(self) -> String {
        let n = if matches!(self.at, E1 | O1 | G5 | G6) { 1 } else { 2 };
        match self.kind {
            Kind::OutputSlopeMissing | Kind::HiddenSlopeMissing => {
                let activation = activation(self.at).name();
                format!("the slope {activation}·(1 − {activation}) is left out")
            }
            Kind::SignTurned => {
                format!("the difference is the wrong way round, t{n} − a_o{n} instead of a_o{n} − t{n}")
            }
            Kind::WeightsSwapped => "w6 and w7 are swapped".to_owned(),
            Kind::WrongInput => match self.at {
                G1 | G3 => "i2 is used instead of i1".to_owned(),
                _ => "i1 is used instead of i2".to_owned(),
            },
            Kind::HalfMissing => "the ½ is left out".to_owned(),
            Kind::SquareMissing => "the difference is not squared".to_owned(),
            Kind::ErrorsSubtracted => "E2 is subtracted instead of added".to_owned(),
            Kind::ErrorCountedTwice => "E1 is counted twice and E2 is left out".to_owned(),
            Kind::WrongWeight => {
                let (own, other) = self.weights();
                format!("{} is used instead of {}", other.name(), own.name())
            }
            Kind::ActivationMissing => {
                "the weighted sums h1 and h2 are used instead of the activations a_h1 and a_h2".to_owned()
            }
            Kind::StepUphill => "the step goes uphill: + instead of −".to_owned(),
            Kind::RateMissing => "the learning rate η is left out".to_owned(),
            Kind::WrongGradient => {
                let (own, other) = self.gradients();
                format!("{} is used instead of {}", other.name(), own.name())
            }
            Kind::UpdatedTooEarly => "the gradient is computed with output weights that are already updated".to_owned(),
        }
    }

    /// Two sentences: the wrong columns with their mistake, and the correct formula.
    pub fn explanation(self) -> String {
        let names: Vec<String> = self.columns().iter().map(|column| column.name()).collect();
        let names = match names.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        };
        let right = formula(self.at, false).map(|expr| expr.symbols()).unwrap_or_default();
        let note = if right.contains('↑') { " (↑ means: from the row above)" } else { "" };
        format!("In {names}, {}. Correct formula: {} = {right}{note}.", self.mistake(), self.at.name())
    }

    /// How the gradient check shows the bug, or why it cannot.
    pub fn proof(self) -> &'static str {
        if self.at.is_gradient() {
            "The gradient check shows it: when the weight changes a little, the error changes by a different amount \
             than the sheet says."
        } else if self.spoils_an_update() {
            "The gradient check agrees, so the gradients are right. Only the step to the next row is wrong: it should \
             be the weight minus η times its own gradient."
        } else {
            "The formulas of the gradients are right, but they do not fit this wrong total error, so the gradient \
             check disagrees."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_explanation_names_the_columns_and_the_right_formula() {
        for bug in Bug::all() {
            let text = bug.explanation();
            for column in bug.columns() {
                assert!(text.contains(&column.name()), "{text}");
            }
            let right = formula(bug.at, false).map(|expr| expr.symbols()).unwrap_or_default();
            assert!(text.contains(&right), "{text}");
        }
        let text = Bug { kind: Kind::OutputSlopeMissing, at: G5 }.explanation();
        assert_eq!(
            text,
            "In ∂E_t/∂w5 and ∂E_t/∂w6, the slope a_o1·(1 − a_o1) is left out. \
             Correct formula: ∂E_t/∂w5 = (a_o1 − t1)·a_o1·(1 − a_o1)·a_h1."
        );
    }
}
