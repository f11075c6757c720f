//! Practice: exercises on the sheet, and how far the student has come with one.

mod blanks;
mod bug_hunt;
mod digits;
mod exercise;
mod fill_in;
mod mark;

pub use blanks::Blanks;
pub use bug_hunt::BugHunt;
pub use exercise::{Exercise, NoExercise, parse_seed};
pub use fill_in::{FillIn, Hint, Score};
pub use mark::{Mark, Reason};

use super::column::Column;
use super::formula::{Expr, formula};
use super::lesson::Lesson;
use super::network::{self, Row};
use super::phase::Cell;

/// An exercise and its state.
#[derive(Clone, Debug, PartialEq)]
pub enum Practice {
    /// "Find the bug".
    Bug(BugHunt),
    /// "Fill the cells".
    Fill(FillIn),
}

/// The state of an exercise, or of one blank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Not yet solved.
    #[default]
    Open,
    /// Solved by the student.
    Found,
    /// Given up: the solution was shown.
    Shown,
}

impl Outcome {
    const ALL: [Self; 3] = [Self::Open, Self::Found, Self::Shown];
}

impl Practice {
    /// Goes on with an exercise from the text that [`Practice::progress_code`] has written. Any other text begins it.
    pub fn resume(exercise: Exercise, code: &str) -> Self {
        let resumed = match exercise {
            Exercise::FindTheBug { seed } => BugHunt::resume(seed, code).map(Self::Bug),
            Exercise::FillTheCells { seed } => FillIn::resume(seed, code).map(Self::Fill),
        };
        resumed.unwrap_or_else(|| Self::start(exercise))
    }

    /// How far the student has come, as a short text.
    pub fn progress_code(&self) -> String {
        match self {
            Self::Bug(hunt) => hunt.progress_code(),
            Self::Fill(fill) => fill.progress_code(),
        }
    }

    /// Begins an exercise.
    pub fn start(exercise: Exercise) -> Self {
        match exercise {
            Exercise::FindTheBug { seed } => Self::Bug(BugHunt::new(seed)),
            Exercise::FillTheCells { seed } => Self::Fill(FillIn::new(seed)),
        }
    }

    /// The exercise that is worked on.
    pub fn exercise(&self) -> Exercise {
        match self {
            Self::Bug(hunt) => Exercise::FindTheBug { seed: hunt.seed() },
            Self::Fill(fill) => Exercise::FillTheCells { seed: fill.seed() },
        }
    }

    /// The constants and the learning rate of its sheet.
    pub fn lesson(&self) -> Lesson {
        match self {
            Self::Bug(hunt) => hunt.sheet().lesson(),
            Self::Fill(fill) => fill.blanks().lesson(),
        }
    }

    /// The index of the sheet's last row.
    pub fn last(&self) -> usize {
        match self {
            Self::Bug(hunt) => hunt.sheet().last(),
            Self::Fill(_) => Blanks::UPDATES,
        }
    }

    /// Row `index` as the sheet shows it, or the last row if `index` is larger. Open blanks are NaN, so that no view
    /// can give their values away.
    pub fn row(&self, index: usize) -> Row {
        match self {
            Self::Bug(hunt) => hunt.sheet().row(index),
            Self::Fill(fill) => {
                let mut row = fill.blanks().row(index);
                for cell in fill.open().filter(|cell| cell.row == index) {
                    row.set(cell.column, f64::NAN);
                }
                row
            }
        }
    }

    /// The formula of a column in its sheet, wrong where the bug is.
    pub fn formula(&self, column: Column, first: bool) -> Option<Expr> {
        match self {
            Self::Bug(hunt) => hunt.bug().formula(column, first),
            Self::Fill(_) => formula(column, first),
        }
    }

    /// The formula of a cell if the student may see it: for an open blank only after a hint.
    pub fn hinted_formula(&self, cell: Cell) -> Option<Expr> {
        match self {
            Self::Fill(fill) if self.is_open(cell) && fill.hinted(cell) == Hint::None => None,
            _ => self.formula(cell.column, cell.row == 0),
        }
    }

    /// The total error of every row of its sheet.
    pub fn errors(&self) -> Vec<f64> {
        match self {
            Self::Bug(hunt) => (0..=hunt.sheet().last()).map(|index| hunt.sheet().row(index).total_error()).collect(),
            Self::Fill(fill) => fill.blanks().errors().to_vec(),
        }
    }

    /// The total error that the sheet's formulas give for these weights.
    pub fn total_error(&self, weights: &[f64; 8]) -> f64 {
        match self {
            Self::Bug(hunt) => hunt.sheet().total_error(weights),
            Self::Fill(fill) => {
                let Lesson { constants, .. } = fill.blanks().lesson();
                network::row(constants.targets, constants.inputs, weights).total_error()
            }
        }
    }

    /// Whether a cell is a blank that is neither solved nor shown.
    pub fn is_open(&self, cell: Cell) -> bool {
        match self {
            Self::Bug(_) => false,
            Self::Fill(fill) => fill.open().any(|open| open == cell),
        }
    }

    /// Whether the bug, or every blank, is solved or shown.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Bug(hunt) => hunt.outcome() != Outcome::Open,
            Self::Fill(fill) => fill.open().next().is_none(),
        }
    }

    /// The task in a sentence or two.
    pub const fn task(&self) -> &'static str {
        match self {
            Self::Bug(_) => "One formula is wrong. Select a cell in its column, then press “This column is wrong”.",
            Self::Fill(_) => "Compute the blank cells to four significant digits.",
        }
    }

    /// How far the student has come, in a few words.
    pub fn progress(&self) -> String {
        match self {
            Self::Bug(hunt) => hunt.progress(),
            Self::Fill(fill) => fill.progress(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::number;

    proptest! {
        #[test]
        fn progress_is_read_back_from_its_text(seed in 0_u64..50, acts in proptest::collection::vec((0..3, 0..31_usize), 0..20)) {
            for exercise in [Exercise::FindTheBug { seed }, Exercise::FillTheCells { seed }] {
                let mut practice = Practice::start(exercise);
                for &(act, index) in &acts {
                    match &mut practice {
                        Practice::Bug(hunt) if act == 0 => drop(hunt.guess(Column::ALL[index])),
                        Practice::Bug(hunt) if act == 1 => drop(hunt.hint()),
                        Practice::Bug(hunt) if index == 0 => hunt.show(),
                        Practice::Bug(_) => {}
                        Practice::Fill(fill) => {
                            let cell = fill.blanks().cells()[index % 10];
                            let value = number::full(fill.blanks().value(cell));
                            match act {
                                0 => drop(fill.enter(cell, &value)),
                                1 => drop(fill.hint(cell)),
                                _ => fill.show(cell),
                            }
                        }
                    }
                }
                prop_assert_eq!(Practice::resume(exercise, &practice.progress_code()), practice);
            }
        }

        #[test]
        fn any_other_text_begins_the_exercise_or_is_a_state_of_it(text in "[0-9.,x-]{0,12}") {
            for exercise in [Exercise::FindTheBug { seed: 1 }, Exercise::FillTheCells { seed: 1 }] {
                let resumed = Practice::resume(exercise, &text);
                prop_assert_eq!(Practice::resume(exercise, &resumed.progress_code()), resumed);
            }
        }
    }

    #[test]
    fn the_sheet_of_a_bug_hunt_is_the_faulty_one() {
        let practice = Practice::start(Exercise::FindTheBug { seed: 3 });
        let sheet = crate::sheet::bug::FaultySheet::from_seed(3);
        let bug = sheet.bug();
        assert_eq!(practice.row(5), sheet.row(5));
        assert_eq!(practice.lesson(), sheet.lesson());
        assert_eq!(practice.formula(bug.columns()[0], false), bug.formula(bug.columns()[0], false));
        assert_eq!(practice.last(), 100);
        assert_eq!(practice.exercise(), Exercise::FindTheBug { seed: 3 });
    }

    #[test]
    fn only_blanks_are_nan() {
        let practice = Practice::start(Exercise::FillTheCells { seed: 3 });
        for index in 0..=3 {
            for column in Column::ALL {
                let open = practice.is_open(Cell { row: index, column });
                assert_eq!(practice.row(index).get(column).is_nan(), open);
            }
        }
    }

    #[test]
    fn the_total_error_belongs_to_the_sheet() {
        for exercise in [Exercise::FindTheBug { seed: 11 }, Exercise::FillTheCells { seed: 11 }] {
            let practice = Practice::start(exercise);
            let row = practice.row(0);
            assert_eq!(practice.total_error(&row.weights()), row.total_error());
            assert_eq!(practice.errors().len(), 101);
            assert_eq!(practice.errors()[2], practice.row(2).total_error());
        }
    }
}
