//! What the user can change about the sheet, with undo and redo.

use serde::{Deserialize, Serialize};

use super::column::Column;
use super::network::Constants;
use super::{learning_rate, number};

/// Everything that decides the sheet's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// Targets, inputs and starting weights.
    pub constants: Constants,
    /// η
    pub learning_rate: f64,
}

impl Lesson {
    /// The classic exercise.
    pub const CLASSIC: Self = Self { constants: Constants::CLASSIC, learning_rate: learning_rate::DEFAULT };
}

impl Constants {
    /// The place of a constant; `None` for columns that are computed.
    pub fn get_mut(&mut self, column: Column) -> Option<&mut f64> {
        use Column::*;
        match column {
            T1 => Some(&mut self.targets[0]),
            T2 => Some(&mut self.targets[1]),
            I1 => Some(&mut self.inputs[0]),
            I2 => Some(&mut self.inputs[1]),
            _ => Some(&mut self.weights[column.weight_index()?]),
        }
    }
}

/// Reads a constant that the user typed; a decimal comma is a point.
///
/// # Errors
/// A sentence for the user where it is no finite number.
pub fn parse_constant(text: &str) -> Result<f64, String> {
    let value = number::parse(text)?;
    if value.is_finite() { Ok(value) } else { Err("Type a finite number.".to_owned()) }
}

/// What can be undone: the lesson, and for how many updates it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// Constants and learning rate.
    pub lesson: Lesson,
    /// Updates after row 0.
    pub updates: usize,
}

/// The present setup, those before it, and those that were undone.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    past: Vec<Setup>,
    present: Setup,
    future: Vec<Setup>,
    /// What the last change was about; changes of one thing in a row, such as a drag, are undone together.
    last: Option<Change>,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The learning rate.
    LearningRate,
    /// The number of updates.
    Updates,
    /// A constant of row 0.
    Constant(Column),
    /// Everything, back to the classic exercise.
    Everything,
}

impl History {
    /// More setups than anyone will step back through.
    const LONGEST: usize = 1000;

    /// Begins with a setup.
    pub fn new(present: Setup) -> Self {
        Self { past: Vec::new(), present, future: Vec::new(), last: None }
    }

    /// The setup that is shown.
    pub fn present(&self) -> Setup {
        self.present
    }

    /// Makes another setup the present one.
    pub fn change(&mut self, change: Change, setup: Setup) {
        if setup == self.present {
            return;
        }
        if self.last != Some(change) {
            self.past.push(self.present);
            if self.past.len() > Self::LONGEST {
                self.past.remove(0);
            }
        }
        self.present = setup;
        self.future.clear();
        self.last = Some(change);
    }

    /// Ends a series of changes: the next one is undone by itself.
    pub fn settle(&mut self) {
        self.last = None;
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Goes back to the setup before the last change.
    pub fn undo(&mut self) {
        if let Some(setup) = self.past.pop() {
            self.future.push(std::mem::replace(&mut self.present, setup));
            self.last = None;
        }
    }

    /// Goes forward to the setup that was undone last.
    pub fn redo(&mut self) {
        if let Some(setup) = self.future.pop() {
            self.past.push(std::mem::replace(&mut self.present, setup));
            self.last = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLASSIC: Setup = Setup { lesson: Lesson::CLASSIC, updates: 100 };

    fn rate(learning_rate: f64) -> Setup {
        Setup { lesson: Lesson { learning_rate, ..Lesson::CLASSIC }, ..CLASSIC }
    }

    fn with(column: Column, value: f64) -> Setup {
        let mut lesson = Lesson::CLASSIC;
        if let Some(place) = lesson.constants.get_mut(column) {
            *place = value;
        }
        Setup { lesson, ..CLASSIC }
    }

    #[test]
    fn a_drag_is_undone_as_one_change() {
        let mut history = History::new(rate(0.5));
        for step in 1..=9 {
            history.change(Change::LearningRate, rate(f64::from(step)));
        }
        history.settle();
        history.change(Change::LearningRate, rate(0.1));
        history.undo();
        assert_eq!(history.present(), rate(9.0));
        history.undo();
        assert_eq!(history.present(), rate(0.5));
        assert!(!history.can_undo());
    }

    #[test]
    fn what_was_undone_comes_back_until_something_else_is_done() {
        let mut history = History::new(CLASSIC);
        history.change(Change::Constant(Column::W1), with(Column::W1, 7.0));
        history.change(Change::Constant(Column::T2), with(Column::T2, 0.5));
        history.undo();
        assert_eq!(history.present(), with(Column::W1, 7.0));
        history.redo();
        assert_eq!(history.present(), with(Column::T2, 0.5));
        history.undo();
        history.change(Change::LearningRate, rate(2.0));
        assert!(!history.can_redo());
    }

    #[test]
    fn the_number_of_updates_is_undone_too() {
        let mut history = History::new(CLASSIC);
        history.change(Change::Updates, Setup { updates: 1000, ..CLASSIC });
        history.change(Change::Constant(Column::W1), Setup { updates: 1000, ..with(Column::W1, 7.0) });
        history.undo();
        history.undo();
        assert_eq!(history.present(), CLASSIC);
    }

    #[test]
    fn nothing_changed_is_nothing_to_undo() {
        let mut history = History::new(CLASSIC);
        history.change(Change::LearningRate, CLASSIC);
        history.undo();
        history.redo();
        assert_eq!(history, History::new(CLASSIC));
    }

    #[test]
    fn every_given_column_has_its_own_place_and_no_other_has_one() {
        let mut constants = Constants::CLASSIC;
        for column in Column::ALL {
            let given = crate::sheet::formula(column, true).is_none();
            assert_eq!(constants.get_mut(column).is_some(), given, "{}", column.name());
            if let Some(place) = constants.get_mut(column) {
                *place = column.index() as f64;
            }
        }
        let row = crate::sheet::Run::new(constants, 0.5, 0).row(0);
        for column in Column::ALL.into_iter().filter(|&column| crate::sheet::formula(column, true).is_none()) {
            assert_eq!(row.get(column), column.index() as f64);
        }
    }

    #[test]
    fn constants_are_any_finite_number() {
        assert_eq!(parse_constant("−0,25"), Ok(-0.25));
        assert_eq!(parse_constant("1e300"), Ok(1e300));
        for text in ["", "one", "NaN", "inf", "1e999"] {
            assert!(parse_constant(text).is_err(), "{text}");
        }
    }
}
