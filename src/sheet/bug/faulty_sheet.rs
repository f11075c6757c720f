//! The sheet of "Find the bug": rows that are computed with a wrong formula.

use super::Bug;
use crate::random::{Purpose, Random};
use crate::sheet::column::Column;
use crate::sheet::formula::{Expr, Values, formula};
use crate::sheet::lesson::Lesson;
use crate::sheet::network::{self, Row};

use Column::*;

/// A sheet with a bug. All values are computed with its own formulas, so they follow from the bug.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultySheet {
    bug: Bug,
    lesson: Lesson,
    rows: Vec<Row>,
}

/// The order in which a row's columns are computed: each comes after those that its formula refers to in the same row.
/// With [`Kind::UpdatedTooEarly`](super::Kind::UpdatedTooEarly) the weights to the hidden layer need those to the
/// output.
#[rustfmt::skip]
const ORDER: [Column; Column::COUNT] = [
    T1, T2, I1, I2, W5, W6, W7, W8, W1, W2, W3, W4,
    H1, AH1, H2, AH2, O1, AO1, O2, AO2, E1, E2, ETotal,
    G1, G2, G3, G4, G5, G6, G7, G8,
];

impl FaultySheet {
    /// The number of updates after row 0.
    pub const UPDATES: usize = 100;

    /// The smallest change that the bug must make in each of its columns to be seen: a share of the column's value, or
    /// of the step where the column is a weight.
    const VISIBLE: f64 = 0.02;

    /// The sheet of a task. The seed, which is the task's number, decides the bug, its place and the constants.
    pub fn from_seed(seed: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Exercise);
        let bug = Bug::draw(&mut random);
        loop {
            let sheet = Self::new(bug, Lesson::draw(&mut random), Self::UPDATES);
            if sheet.is_visible() {
                return sheet;
            }
        }
    }

    /// A sheet with this bug and lesson, computed for row 0 and `updates` more rows.
    pub fn new(bug: Bug, lesson: Lesson, updates: usize) -> Self {
        let formulas = |first| ORDER.map(|column| (column, bug.formula(column, first)));
        let fill = |formulas: &[(Column, Option<Expr>)], above: &Row| {
            let mut here = *above;
            for (column, expr) in formulas {
                if let Some(expr) = expr {
                    let values = Values { here: &here, above, learning_rate: lesson.learning_rate };
                    here.set(*column, expr.evaluate(&values));
                }
            }
            here
        };
        let constants = lesson.constants;
        // Only the constants of this row matter: row 0 has a formula for everything else.
        let given = network::row(constants.targets, constants.inputs, &constants.weights);
        let mut rows = Vec::with_capacity(updates + 1);
        rows.push(fill(&formulas(true), &given));
        let later = formulas(false);
        for index in 0..updates {
            rows.push(fill(&later, &rows[index]));
        }
        Self { bug, lesson, rows }
    }

    /// The bug.
    pub fn bug(&self) -> Bug {
        self.bug
    }

    /// The sheet's constants and learning rate.
    pub fn lesson(&self) -> Lesson {
        self.lesson
    }

    /// The index of the last row.
    pub fn last(&self) -> usize {
        self.rows.len() - 1
    }

    /// Row `index`, or the last row if `index` is larger.
    pub fn row(&self, index: usize) -> Row {
        self.rows[index.min(self.last())]
    }

    /// The total error that the sheet's own formulas give for these weights.
    pub fn total_error(&self, weights: &[f64; 8]) -> f64 {
        let mut lesson = self.lesson;
        lesson.constants.weights = *weights;
        Self::new(self.bug, lesson, 0).rows[0].total_error()
    }

    /// Whether the error in each wrong column is large enough to be seen, in row 0 or, for a weight, in row 1.
    fn is_visible(&self) -> bool {
        let index = usize::from(self.bug.spoils_an_update());
        let (here, above) = (self.row(index), self.row(0));
        let values = Values { here: &here, above: &above, learning_rate: self.lesson.learning_rate };
        self.bug.columns().iter().all(|&column| {
            let Some(right) = formula(column, index == 0).map(|expr| expr.evaluate(&values)) else { return false };
            let from = if index == 0 { 0.0 } else { above.get(column) };
            (here.get(column) - right).abs() >= Self::VISIBLE * (right - from).abs()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::sheet::Run;
    use crate::sheet::bug::Kind;
    use crate::sheet::gradient_check::{Agreement, gradient_check};

    fn classic(bug: Bug) -> FaultySheet {
        FaultySheet::new(bug, Lesson::CLASSIC, 3)
    }

    #[test]
    fn a_faulty_sheet_is_right_before_the_bug_and_follows_its_own_formulas() {
        let right = Run::new(Lesson::CLASSIC.constants, Lesson::CLASSIC.learning_rate, 3);
        for bug in Bug::all() {
            let sheet = classic(bug);
            for column in ORDER.into_iter().take_while(|column| !bug.columns().contains(column)) {
                assert_eq!(sheet.row(0).get(column), right.row(0).get(column), "{bug:?}, {}", column.name());
            }
            for index in 0..=3 {
                let (here, above) = (sheet.row(index), sheet.row(index.saturating_sub(1)));
                let values = Values { here: &here, above: &above, learning_rate: Lesson::CLASSIC.learning_rate };
                for column in Column::ALL {
                    let Some(expr) = bug.formula(column, index == 0) else { continue };
                    assert_eq!(expr.evaluate(&values), here.get(column), "{bug:?}, {}", column.name());
                }
            }
        }
    }

    #[test]
    fn the_gradient_check_shows_every_bug_except_in_updates() {
        for bug in Bug::all() {
            let sheet = classic(bug);
            for index in 0..=1 {
                // Row 1 has other weights; their total error, too, comes from the sheet's own formulas.
                let checks = gradient_check(&sheet.row(index), &|weights| sheet.total_error(weights));
                let differ: Vec<Column> = checks
                    .iter()
                    .filter(|check| check.agreement == Agreement::Differs)
                    .map(|check| check.gradient)
                    .collect();
                if bug.spoils_an_update() {
                    assert_eq!(differ, [], "{bug:?}");
                } else if bug.at.is_gradient() {
                    assert_eq!(differ, bug.columns(), "{bug:?}");
                } else {
                    assert!(!differ.is_empty(), "{bug:?}");
                }
            }
        }
    }

    #[test]
    fn a_bug_in_an_update_changes_the_step_of_its_weight_only() {
        for bug in Bug::all().filter(|bug| bug.spoils_an_update()) {
            let sheet = classic(bug);
            let (before, after) = (sheet.row(0), sheet.row(1));
            for (weight, gradient) in Column::WEIGHTS.into_iter().zip(before.gradients()) {
                let right = before.get(weight) - Lesson::CLASSIC.learning_rate * gradient;
                assert_eq!(after.get(weight) != right, weight == bug.at, "{bug:?}, {}", weight.name());
            }
        }
    }

    #[test]
    fn a_seed_gives_the_same_task_for_ever() {
        let task = |seed| {
            let sheet = FaultySheet::from_seed(seed);
            let Lesson { constants, learning_rate } = sheet.lesson();
            (sheet.bug(), constants.inputs, constants.weights[0], learning_rate)
        };
        let pinned = |kind, at, inputs, weight, rate| (Bug { kind, at }, inputs, weight, rate);
        assert_eq!(task(1), pinned(Kind::SquareMissing, E2, [0.36, 0.77], 0.55, 0.8));
        assert_eq!(task(2), pinned(Kind::WrongWeight, H2, [0.12, 0.61], 0.45, 0.5));
        assert_eq!(task(123), pinned(Kind::ErrorCountedTwice, ETotal, [0.11, 0.94], 0.35, 0.2));
    }

    #[test]
    fn tasks_have_friendly_numbers_and_a_bug_that_can_be_seen() {
        let mut bugs = HashSet::new();
        for seed in 0..2000 {
            let sheet = FaultySheet::from_seed(seed);
            let Lesson { constants, learning_rate } = sheet.lesson();
            let given = [&constants.targets[..], &constants.inputs, &constants.weights].concat();
            for value in given {
                assert!((0.01..=0.99).contains(&value), "{value}");
                assert_eq!(value, libm::round(value * 100.0) / 100.0);
            }
            for (index, weight) in constants.weights.iter().enumerate() {
                assert!(!constants.weights[..index].contains(weight), "seed {seed}: two weights of {weight}");
            }
            assert_ne!(learning_rate, 1.0, "a missing η would make no difference");
            assert!(sheet.is_visible(), "seed {seed}");
            assert!(sheet.row(FaultySheet::UPDATES).values().iter().all(|value| value.is_finite()), "seed {seed}");
            let checks = gradient_check(&sheet.row(0), &|weights| sheet.total_error(weights));
            let differs = checks.iter().any(|check| check.agreement == Agreement::Differs);
            assert_eq!(differs, !sheet.bug().spoils_an_update(), "seed {seed}: {:?}", sheet.bug());
            bugs.insert(sheet.bug());
        }
        assert_eq!(bugs.len(), Bug::all().count(), "every bug is drawn");
    }
}
