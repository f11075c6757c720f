//! "Fill the cells": the student computes the blanks, with hints if needed.

use super::Outcome;
use super::blanks::Blanks;
use super::mark::Mark;
use crate::sheet::formula::{Term, formula};
use crate::sheet::insight::sum_of;
use crate::sheet::phase::Cell;

/// A sheet with blanks, and how far the student has come.
#[derive(Clone, Debug, PartialEq)]
pub struct FillIn {
    seed: u64,
    blanks: Blanks,
    /// One entry for each of [`Blanks::cells`].
    entries: Vec<Entry>,
}

/// The state of one blank.
#[derive(Clone, Debug, Default, PartialEq)]
struct Entry {
    outcome: Outcome,
    hint: Hint,
}

/// How much of a blank's formula was shown as a hint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hint {
    /// Nothing.
    #[default]
    None,
    /// The formula in symbols.
    Symbols,
    /// The formula with its numbers, except for those in open blanks.
    Numbers,
}

impl Hint {
    const ALL: [Self; 3] = [Self::None, Self::Symbols, Self::Numbers];
}

/// The student's result so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// The number of blanks that the student solved.
    pub right: usize,
    /// The number of blanks that the student solved without a hint.
    pub unaided: usize,
    /// The number of blanks whose answer was shown.
    pub shown: usize,
    /// The number of all blanks.
    pub of: usize,
}

impl FillIn {
    pub(super) fn new(seed: u64) -> Self {
        let blanks = Blanks::from_seed(seed);
        let entries = vec![Entry::default(); blanks.cells().len()];
        Self { seed, blanks, entries }
    }

    /// The task with the progress that [`FillIn::progress_code`] has written; `None` for any other text.
    pub(super) fn resume(seed: u64, code: &str) -> Option<Self> {
        let mut fill = Self::new(seed);
        if code.len() != fill.entries.len() {
            return None;
        }
        for (entry, digit) in fill.entries.iter_mut().zip(code.chars()) {
            let digit = digit.to_digit(9)? as usize;
            *entry = Entry { outcome: Outcome::ALL[digit / 3], hint: Hint::ALL[digit % 3] };
        }
        Some(fill)
    }

    /// How far the student has come, as a short text: a digit for the outcome and the hint of each blank.
    pub(super) fn progress_code(&self) -> String {
        self.entries.iter().map(|entry| (entry.outcome as usize * 3 + entry.hint as usize).to_string()).collect()
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    /// The task: its blanks and their right values.
    pub fn blanks(&self) -> &Blanks {
        &self.blanks
    }

    /// The blanks that are still open, the easiest first.
    pub fn open(&self) -> impl Iterator<Item = Cell> {
        let entries = self.blanks.cells().iter().zip(&self.entries);
        entries.filter(|(_, entry)| entry.outcome == Outcome::Open).map(|(&cell, _)| cell)
    }

    /// The open blank that follows `after` in the order of difficulty. After the last one, and where `after` is not a
    /// blank, the first open blank is returned.
    pub fn next(&self, after: Cell) -> Option<Cell> {
        let after = self.index(after);
        self.open().find(|&cell| self.index(cell) > after).or_else(|| self.open().next())
    }

    fn index(&self, cell: Cell) -> Option<usize> {
        self.blanks.cells().iter().position(|&blank| blank == cell)
    }

    /// Whether a blank is open, solved or shown; `None` for cells that never were blank.
    pub fn outcome(&self, cell: Cell) -> Option<Outcome> {
        self.index(cell).map(|index| self.entries[index].outcome)
    }

    /// How much of a blank's formula was shown.
    pub fn hinted(&self, cell: Cell) -> Hint {
        self.index(cell).map_or(Hint::None, |index| self.entries[index].hint)
    }

    /// Takes the text that the student typed into a blank, and marks it; `None` for cells that are not open.
    pub fn enter(&mut self, cell: Cell, text: &str) -> Option<Mark> {
        let index = self.index(cell).filter(|&index| self.entries[index].outcome == Outcome::Open)?;
        let mark = self.blanks.check(cell, text);
        if mark == Mark::Right {
            self.entries[index].outcome = Outcome::Found;
        }
        Some(mark)
    }

    /// Shows more of a blank's formula, and returns a sentence about it.
    pub fn hint(&mut self, cell: Cell) -> String {
        let name = cell.column.name();
        let Some(index) = self.index(cell) else { return String::new() };
        let needs_another = self.needs_another(cell);
        let hint = &mut self.entries[index].hint;
        *hint = if *hint == Hint::None { Hint::Symbols } else { Hint::Numbers };
        match (sum_of(cell.column), *hint) {
            (Some(sum), Hint::Symbols) => format!(
                "{name} = σ({}). σ squeezes any number to one between 0 and 1: σ(x) = 1 / (1 + e⁻ˣ), where e ≈ 2.718.",
                sum.name()
            ),
            (None, Hint::Symbols) => format!("The formula of {name} is below now."),
            _ if needs_another => format!(
                "The formula of {name} is below now, with its numbers. A ? is another blank: fill that one first."
            ),
            _ => format!("The formula of {name} is below now, with its numbers."),
        }
    }

    /// Whether the formula of a blank refers to another one that is still open.
    fn needs_another(&self, cell: Cell) -> bool {
        let terms = formula(cell.column, cell.row == 0).map(|expr| expr.precedents()).unwrap_or_default();
        terms.into_iter().any(|term| {
            let needed = match term {
                Term::Here(column) => Cell { column, ..cell },
                Term::Above(column) => Cell { row: cell.row.saturating_sub(1), column },
                Term::LearningRate => return false,
            };
            self.outcome(needed) == Some(Outcome::Open)
        })
    }

    /// Gives a blank up: its value is shown.
    pub fn show(&mut self, cell: Cell) {
        if let Some(index) = self.index(cell)
            && self.entries[index].outcome == Outcome::Open
        {
            self.entries[index].outcome = Outcome::Shown;
        }
    }

    /// The student's result so far.
    pub fn score(&self) -> Score {
        let right = self.entries.iter().filter(|entry| entry.outcome == Outcome::Found);
        let shown = self.entries.iter().filter(|entry| entry.outcome == Outcome::Shown);
        Score {
            right: right.clone().count(),
            unaided: right.filter(|entry| entry.hint == Hint::None).count(),
            shown: shown.count(),
            of: self.entries.len(),
        }
    }

    pub(super) fn progress(&self) -> String {
        let Score { right, unaided, shown, of } = self.score();
        let help = match right {
            0 => String::new(),
            _ if right == unaided && shown == 0 => ", all without help".to_owned(),
            _ => format!(", {unaided} without help"),
        };
        let answers = match shown {
            0 => String::new(),
            1 => ", 1 answer shown".to_owned(),
            _ => format!(", {shown} answers shown"),
        };
        format!("{right} of {of} right{help}{answers}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::column::Column;
    use crate::sheet::number;
    use crate::sheet::practice::Practice;

    #[test]
    fn the_rows_hide_the_values_of_open_blanks() {
        let mut fill = FillIn::new(3);
        let cells = fill.blanks().cells().to_vec();
        for &cell in &cells {
            let practice = Practice::Fill(fill.clone());
            assert!(practice.is_open(cell));
            assert!(practice.row(cell.row).get(cell.column).is_nan());
            let value = fill.blanks().value(cell);
            assert_eq!(fill.enter(cell, &number::full(value)), Some(Mark::Right));
            let practice = Practice::Fill(fill.clone());
            assert!(!practice.is_open(cell));
            assert_eq!(practice.row(cell.row).get(cell.column), value);
        }
        assert_eq!(fill.progress(), "10 of 10 right, all without help");
        assert!(Practice::Fill(fill).is_over());
    }

    #[test]
    fn a_wrong_value_leaves_the_blank_open() {
        let mut fill = FillIn::new(3);
        let cell = fill.blanks().cells()[0];
        assert!(fill.enter(cell, "123").is_some_and(|mark| mark != Mark::Right));
        assert!(fill.enter(cell, "abc").is_some_and(|mark| mark != Mark::Right));
        assert_eq!(fill.outcome(cell), Some(Outcome::Open));
        assert_eq!(fill.enter(Cell { row: 7, column: Column::T1 }, "1"), None);
    }

    #[test]
    fn the_score_counts_blanks_with_hints_apart() {
        let mut fill = FillIn::new(3);
        let cells = fill.blanks().cells().to_vec();
        fill.hint(cells[0]);
        assert_eq!(fill.hinted(cells[0]), Hint::Symbols);
        fill.hint(cells[0]);
        fill.hint(cells[0]);
        assert_eq!(fill.hinted(cells[0]), Hint::Numbers);
        for &cell in &cells[..2] {
            fill.enter(cell, &number::full(fill.blanks().value(cell)));
        }
        fill.show(cells[2]);
        assert_eq!(fill.score(), Score { right: 2, unaided: 1, shown: 1, of: 10 });
        assert_eq!(fill.progress(), "2 of 10 right, 1 without help, 1 answer shown");
        assert_eq!(fill.enter(cells[2], "1"), None, "a cell that was shown is no longer open");
    }

    #[test]
    fn the_hint_for_an_activation_says_what_sigma_is() {
        for seed in 0..30 {
            let mut fill = FillIn::new(seed);
            for cell in fill.blanks().cells().to_vec() {
                let hint = fill.hint(cell);
                assert!(hint.contains(&cell.column.name()), "{hint}");
                assert_eq!(hint.contains("σ(x) = 1 / (1 + e⁻ˣ)"), sum_of(cell.column).is_some(), "{hint}");
                assert!(fill.hint(cell).contains("with its numbers"));
            }
        }
    }

    #[test]
    fn a_shown_answer_is_never_without_help() {
        let mut fill = FillIn::new(3);
        let cells = fill.blanks().cells().to_vec();
        cells[1..].iter().for_each(|&cell| fill.show(cell));
        assert_eq!(fill.progress(), "0 of 10 right, 9 answers shown");
        fill.enter(cells[0], &number::full(fill.blanks().value(cells[0])));
        assert_eq!(fill.progress(), "1 of 10 right, 1 without help, 9 answers shown");
    }

    #[test]
    fn after_the_last_blank_comes_the_first_open_one() {
        let mut fill = FillIn::new(3);
        let cells = fill.blanks().cells().to_vec();
        assert_eq!(fill.next(Cell { row: 9, column: Column::T1 }), Some(cells[0]));
        assert_eq!(fill.next(cells[0]), Some(cells[1]));
        assert_eq!(fill.next(cells[9]), Some(cells[0]));
        fill.show(cells[1]);
        assert_eq!(fill.next(cells[0]), Some(cells[2]));
        cells.iter().for_each(|&cell| fill.show(cell));
        assert_eq!(fill.next(cells[0]), None);
    }
}
