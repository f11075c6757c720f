//! Undo and redo of what the user changes on the sheet.

use super::column::Column;
use super::lesson::Lesson;

/// Everything that can be undone: the lesson, and the number of updates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setup {
    /// The constants and the learning rate.
    pub lesson: Lesson,
    /// The number of updates after row 0.
    pub updates: usize,
}

/// The present setup, the earlier ones, and the undone ones.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    past: Vec<Setup>,
    present: Setup,
    future: Vec<Setup>,
    /// What the last change was about. Several changes of the same thing in a row, such as a drag, are undone together.
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
    /// The largest number of earlier setups that are kept.
    const LONGEST: usize = 1000;

    /// A history that begins with this setup.
    pub fn new(present: Setup) -> Self {
        Self { past: Vec::new(), present, future: Vec::new(), last: None }
    }

    /// The setup that is shown.
    pub fn present(&self) -> Setup {
        self.present
    }

    /// Makes `setup` the present one, and forgets what was undone.
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

    /// Ends a series of changes, so that the next change is undone alone.
    pub fn end_series(&mut self) {
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
        history.end_series();
        history.change(Change::LearningRate, rate(0.1));
        history.undo();
        assert_eq!(history.present(), rate(9.0));
        history.undo();
        assert_eq!(history.present(), rate(0.5));
        assert!(!history.can_undo());
    }

    #[test]
    fn redo_brings_changes_back_until_another_change_is_made() {
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
    fn a_change_to_the_same_setup_is_not_a_change() {
        let mut history = History::new(CLASSIC);
        history.change(Change::LearningRate, CLASSIC);
        history.undo();
        history.redo();
        assert_eq!(history, History::new(CLASSIC));
    }
}
