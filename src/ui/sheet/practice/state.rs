//! An exercise in place of the user's own sheet: how it starts, takes answers and ends.

use leptos::prelude::*;

use super::feedback::{Feedback, Tone};
use super::progress;
use crate::sheet::gradient_check::{Check, gradient_check};
use crate::sheet::practice::{BugHunt, FillIn, Hint, Outcome};
use crate::sheet::selection::Selection;
use crate::sheet::{Cell, Column, Exercise, Practice, network, number};
use crate::ui::kit::memo::effect;
use crate::ui::sheet::state::{Panel, SheetState};

impl SheetState {
    /// Keeps the student's progress over a reload.
    pub(crate) fn keep_progress(self) {
        self.explain_solved_bug();
        effect(move || self.practice.with(|practice| practice.iter().for_each(progress::write)));
    }

    /// Shows an exercise that a link names, with the progress that was kept; `None` shows the user's own sheet. An
    /// exercise in progress goes on if the link is about it.
    pub(crate) fn open_exercise(self, exercise: Option<Exercise>) {
        if exercise != self.exercise.get_untracked() {
            self.exercise.set(exercise);
            self.practice.set(exercise.map(progress::resume));
            self.give_feedback(Tone::Plain, String::new());
            self.explain_solved_bug();
        }
    }

    /// Shows an exercise from its beginning; `None` shows the user's own sheet, with the cell that was selected before.
    fn show_practice(self, exercise: Option<Exercise>) {
        self.playing.set(false);
        self.give_feedback(Tone::Plain, String::new());
        if !untrack(|| self.is_practising()) {
            self.own_cell.set_value(Some(self.cell.get_untracked()));
        }
        self.exercise.set(exercise);
        self.practice.set(exercise.map(Practice::start));
        if exercise.is_some() {
            let first = self.practice.with_untracked(|practice| match practice {
                Some(Practice::Fill(fill)) => fill.open().next(),
                _ => None,
            });
            self.select_cell(first.unwrap_or(Cell { row: 0, column: Column::H1 }));
        } else if let Some(cell) = self.own_cell.try_update_value(Option::take).flatten() {
            self.select_cell(cell);
        }
    }

    /// Whether an exercise is shown in place of the user's own sheet.
    pub(crate) fn is_practising(self) -> bool {
        self.practice.with(Option::is_some)
    }

    /// Whether everything in the exercise was found or shown.
    pub(crate) fn is_exercise_over(self) -> bool {
        self.practice.with(|practice| practice.as_ref().is_some_and(Practice::is_over))
    }

    /// Starts an exercise; the present one starts again from its beginning.
    pub(crate) fn start_exercise(self, exercise: Exercise) {
        self.show_practice(Some(exercise));
    }

    /// Goes back to the user's own sheet, at once: what is selected next is a cell of that sheet.
    pub(crate) fn leave_exercise(self) {
        self.show_practice(None);
    }

    /// Whether a cell is a blank that is still empty.
    pub(crate) fn is_open_blank(self, cell: Cell) -> bool {
        self.practice.with(|practice| practice.as_ref().is_some_and(|practice| practice.is_open(cell)))
    }

    /// Whether the number of a cell is not to be shown: of an empty blank, or while it is to be predicted.
    pub(crate) fn is_unknown(self, cell: Cell) -> bool {
        self.is_open_blank(cell) || self.is_hidden.get() && cell == self.cell.get()
    }

    /// Whether the formula of a cell may be shown with its numbers: for an empty blank only after two hints.
    pub(crate) fn shows_numbers(self, cell: Cell) -> bool {
        self.practice.with(|practice| match practice {
            Some(Practice::Fill(fill)) => !self.is_open_blank(cell) || fill.hinted(cell) == Hint::Numbers,
            _ => true,
        })
    }

    /// Returns the CSS class of a cell that is, or was, a blank of the exercise; empty for other cells.
    pub(crate) fn blank_class(self, cell: Cell) -> &'static str {
        self.practice.with(|practice| match practice {
            Some(Practice::Fill(fill)) => match fill.outcome(cell) {
                Some(Outcome::Open) => "blank",
                Some(Outcome::Found) => "filled",
                Some(Outcome::Shown) => "shown",
                None => "",
            },
            _ => "",
        })
    }

    /// Returns a value with the digits that the user chose. An empty blank, or a number that is to be predicted, is NaN on
    /// the sheet and a question mark here.
    pub(crate) fn write(self, value: f64) -> String {
        if value.is_nan() && self.has_unknowns() {
            "?".to_owned()
        } else {
            number::with_digits(value, self.digits.get())
        }
    }

    /// Whether a number may be unknown: in an exercise, and while one is to be predicted.
    pub(crate) fn has_unknowns(self) -> bool {
        self.is_hidden.get() || self.is_practising()
    }

    /// Returns the next empty blank, in the order of difficulty.
    pub(crate) fn next_blank(self) -> Option<Cell> {
        let after = self.cell.get_untracked();
        self.practice.with_untracked(|practice| match practice {
            Some(Practice::Fill(fill)) => fill.next(after),
            _ => None,
        })
    }

    /// Explains the bug if it is found or shown.
    pub(crate) fn explain_solved_bug(self) {
        let solved = self.practice.with_untracked(|practice| match practice {
            Some(Practice::Bug(hunt)) => {
                let bug = hunt.bug();
                let (tone, beginning) = match hunt.outcome() {
                    Outcome::Open => return None,
                    Outcome::Found => (Tone::Good, "Found!"),
                    Outcome::Shown => (Tone::Plain, "Here is the solution:"),
                };
                Some((tone, format!("{beginning} {} {}", bug.explanation(), bug.proof())))
            }
            _ => None,
        });
        if let Some((tone, text)) = solved {
            self.give_feedback(tone, text);
            self.show_gradient_check();
        }
    }

    /// Returns selected cells as text for a spreadsheet.
    ///
    /// # Errors
    /// A sentence for the user if there are too many.
    pub(crate) fn text_of(self, range: Selection) -> Result<String, String> {
        range.text(|row| untrack(|| self.row_at(row)), |cell| untrack(|| self.is_open_blank(cell)))
    }

    /// Calls `act` with the present bug hunt; returns `None` if there is none.
    pub(crate) fn with_bug_hunt<T>(self, act: impl FnOnce(&mut BugHunt) -> T) -> Option<T> {
        self.practice.try_update(|practice| match practice {
            Some(Practice::Bug(hunt)) => Some(act(hunt)),
            _ => None,
        })?
    }

    /// Calls `act` with the present sheet of blanks; returns `None` if there is none.
    pub(crate) fn with_fill_in<T>(self, act: impl FnOnce(&mut FillIn) -> T) -> Option<T> {
        self.practice.try_update(|practice| match practice {
            Some(Practice::Fill(fill)) => Some(act(fill)),
            _ => None,
        })?
    }

    /// Returns the gradient check of the current row, with the formulas of the sheet that is shown.
    pub(crate) fn gradient_check(self) -> [Check; 8] {
        let row = self.row_at(self.row.get());
        let [t1, t2, i1, i2] = [Column::T1, Column::T2, Column::I1, Column::I2].map(|column| row.get(column));
        self.practice.with(|practice| {
            gradient_check(&row, &|weights| match practice {
                Some(practice) => practice.total_error(weights),
                None => network::row([t1, t2], [i1, i2], weights).total_error(),
            })
        })
    }

    /// Shows a sentence about the student's answer.
    pub(crate) fn give_feedback(self, tone: Tone, text: String) {
        self.feedback.set(Feedback { tone, text });
    }

    /// Shows the gradient check.
    pub(crate) fn show_gradient_check(self) {
        self.panel.set(Panel::GradientCheck);
    }
}
