//! Classic mistakes, each put into the sheet's formulas: for "Find the bug", and to name the likely mistake behind a
//! wrong value.

mod faulty_sheet;
mod formulas;
mod sentences;

pub use faulty_sheet::FaultySheet;

use super::column::Column;
use super::formula::Values;
use crate::random::Random;

use Column::*;

/// A kind of mistake. New kinds go to the end, so that a task's number keeps its bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    /// The output gradients lack a_o·(1 − a_o).
    OutputSlopeMissing,
    /// The hidden gradients lack a_h·(1 − a_h).
    HiddenSlopeMissing,
    /// A gradient has t − a instead of a − t.
    SignTurned,
    /// The hidden gradients have w6 and w7 in each other's place.
    WeightsSwapped,
    /// A hidden gradient has the other input.
    WrongInput,
    /// An error lacks its ½.
    HalfMissing,
    /// An error lacks its square.
    SquareMissing,
    /// The total error is E1 − E2.
    ErrorsSubtracted,
    /// The total error is E1 + E1.
    ErrorCountedTwice,
    /// A weighted sum has a weight of another neuron.
    WrongWeight,
    /// The weighted sum into an output neuron is made of h1 and h2 instead of their activations.
    ActivationMissing,
    /// The update is w + η·gradient.
    StepUphill,
    /// The update is w − gradient.
    RateMissing,
    /// The update takes another weight's gradient.
    WrongGradient,
    /// The update takes a gradient that is computed with output weights that are already updated.
    UpdatedTooEarly,
}

/// One mistake at one place of the sheet: in the formula of one column, or of a few columns that share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bug {
    kind: Kind,
    /// The first of [`Bug::columns`].
    at: Column,
}

/// Every kind with the columns where it can be. Where several columns share the bug, only their first is listed.
const PLACES: [(Kind, &[Column]); 15] = [
    (Kind::OutputSlopeMissing, &[G5, G7]),
    (Kind::HiddenSlopeMissing, &[G1, G3]),
    (Kind::SignTurned, &[G5, G7]),
    (Kind::WeightsSwapped, &[G1]),
    (Kind::WrongInput, &[G1, G2, G3, G4]),
    (Kind::HalfMissing, &[E1, E2]),
    (Kind::SquareMissing, &[E1, E2]),
    (Kind::ErrorsSubtracted, &[ETotal]),
    (Kind::ErrorCountedTwice, &[ETotal]),
    (Kind::WrongWeight, &[H1, H2, O1, O2]),
    (Kind::ActivationMissing, &[O1, O2]),
    (Kind::StepUphill, &Column::WEIGHTS),
    (Kind::RateMissing, &Column::WEIGHTS),
    (Kind::WrongGradient, &Column::WEIGHTS),
    (Kind::UpdatedTooEarly, &[W1, W2, W3, W4]),
];

impl Bug {
    /// All bugs, in the order of their kinds.
    pub fn all() -> impl Iterator<Item = Self> {
        PLACES.into_iter().flat_map(|(kind, places)| places.iter().map(move |&at| Self { kind, at }))
    }

    /// Draws a kind, and then a place for it, each with equal chances.
    fn draw(random: &mut Random) -> Self {
        let (kind, places) = PLACES[random.below(PLACES.len())];
        Self { kind, at: places[random.below(places.len())] }
    }

    /// The columns whose formulas are wrong. A student who picks any of them has found the bug.
    pub fn columns(self) -> &'static [Column] {
        const OUTPUT_1: &[Column] = &[G5, G6];
        const OUTPUT_2: &[Column] = &[G7, G8];
        const HIDDEN_1: &[Column] = &[G1, G2];
        const HIDDEN_2: &[Column] = &[G3, G4];
        match (self.kind, self.at) {
            (Kind::OutputSlopeMissing | Kind::SignTurned, G5) => OUTPUT_1,
            (Kind::OutputSlopeMissing | Kind::SignTurned, _) => OUTPUT_2,
            (Kind::HiddenSlopeMissing, G1) => HIDDEN_1,
            (Kind::HiddenSlopeMissing, _) => HIDDEN_2,
            (Kind::WeightsSwapped, _) => &[G1, G2, G3, G4],
            (_, at) => std::slice::from_ref(&Column::ALL[at.index()]),
        }
    }

    /// Whether the bug is in an update, where no gradient shows it.
    pub fn spoils_an_update(self) -> bool {
        Column::WEIGHTS.contains(&self.at)
    }
}

/// The bug that explains the wrong value `found` in a cell of `column`, if there is one. `values` are the right values
/// of the cell's rows, `first` says whether the cell is in row 0, and `tolerance` is relative. Where several bugs
/// explain the value, the likeliest is returned.
pub fn likely_mistake(column: Column, first: bool, values: &Values<'_>, found: f64, tolerance: f64) -> Option<Bug> {
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance * a.abs().max(b.abs());
    let right = values.here.get(column);
    Bug::all().filter(|bug| bug.columns().contains(&column)).find(|bug| {
        let wrong = bug.formula(column, first).map(|expr| expr.evaluate(values));
        wrong.is_some_and(|wrong| near(wrong, found) && !near(wrong, right))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::sheet::Run;
    use crate::sheet::formula::formula;
    use crate::sheet::lesson::Lesson;

    #[test]
    fn every_bug_changes_its_own_formulas_and_no_other() {
        for bug in Bug::all() {
            let first = !bug.spoils_an_update();
            for column in Column::ALL {
                let (wrong, right) = (bug.formula(column, first), formula(column, first));
                assert_eq!(wrong != right, bug.columns().contains(&column), "{bug:?} in {}", column.name());
            }
        }
    }

    #[test]
    fn all_bugs_differ_and_there_are_15_kinds() {
        let all: Vec<Bug> = Bug::all().collect();
        let different: HashSet<String> = all
            .iter()
            .map(|bug| {
                let written = bug.columns().iter().filter_map(|&column| bug.formula(column, false));
                format!("{:?} {}", bug.columns(), written.map(|expr| expr.symbols()).collect::<String>())
            })
            .collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(all.iter().map(|bug| bug.kind).collect::<HashSet<_>>().len(), 15);
    }

    #[test]
    fn the_likely_mistake_is_recognised() {
        // With 0.5 and the classic inputs, η·∂E_t/∂w2 is ∂E_t/∂w1, so two mistakes would give the same value.
        let learning_rate = 0.4;
        let run = Run::new(Lesson::CLASSIC.constants, learning_rate, 1);
        for bug in Bug::all() {
            let index = usize::from(bug.spoils_an_update());
            let (here, above) = (run.row(index), run.row(0));
            let values = Values { here: &here, above: &above, learning_rate };
            for &column in bug.columns() {
                let Some(wrong) = bug.formula(column, index == 0).map(|expr| expr.evaluate(&values)) else { continue };
                assert_eq!(likely_mistake(column, index == 0, &values, wrong, 1e-9), Some(bug), "{}", column.name());
                assert_eq!(likely_mistake(column, index == 0, &values, here.get(column), 1e-9), None);
                assert_eq!(likely_mistake(column, index == 0, &values, 123.0, 1e-9), None);
            }
        }
    }
}
