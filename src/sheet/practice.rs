//! An exercise while it is worked on: the sheet it shows, and how far the student has come.

use super::blanks::{Blanks, Mark};
use super::bug::{Bug, FaultySheet};
use super::column::Column;
use super::exercise::Exercise;
use super::formula::{Expr, formula};
use super::lesson::Lesson;
use super::network::{self, Row};
use super::phase::{Cell, Phase};

/// An exercise and its state.
#[derive(Clone, Debug, PartialEq)]
pub enum Practice {
    /// Find the bug.
    Bug(BugHunt),
    /// Fill the cells.
    Fill(FillIn),
}

impl Practice {
    /// Begins an exercise.
    pub fn start(exercise: Exercise) -> Self {
        match exercise {
            Exercise::FindTheBug { seed } => Self::Bug(BugHunt::new(seed)),
            Exercise::FillTheCells { seed } => Self::Fill(FillIn::new(seed)),
        }
    }

    /// Which exercise it is.
    pub fn exercise(&self) -> Exercise {
        match self {
            Self::Bug(hunt) => Exercise::FindTheBug { seed: hunt.seed },
            Self::Fill(fill) => Exercise::FillTheCells { seed: fill.seed },
        }
    }

    /// Constants and learning rate of its sheet.
    pub fn lesson(&self) -> Lesson {
        match self {
            Self::Bug(hunt) => hunt.sheet.lesson(),
            Self::Fill(fill) => fill.blanks.lesson(),
        }
    }

    /// The index of the sheet's last row.
    pub fn last(&self) -> usize {
        match self {
            Self::Bug(hunt) => hunt.sheet.last(),
            Self::Fill(_) => Blanks::UPDATES,
        }
    }

    /// Row `index` as the sheet shows it: with the bug in it, or with NaN in open blanks, so that whoever shows it
    /// cannot give them away. Rows beyond the last are the last.
    pub fn row(&self, index: usize) -> Row {
        match self {
            Self::Bug(hunt) => hunt.sheet.row(index),
            Self::Fill(fill) => {
                let mut row = fill.blanks.row(index);
                for cell in fill.open().filter(|cell| cell.row == index) {
                    row.set(cell.column, f64::NAN);
                }
                row
            }
        }
    }

    /// The formula of a column as the sheet has it.
    pub fn formula(&self, column: Column, first: bool) -> Option<Expr> {
        match self {
            Self::Bug(hunt) => hunt.sheet.bug().formula(column, first),
            Self::Fill(_) => formula(column, first),
        }
    }

    /// The formula of a cell as far as it is shown: not for an open blank before a hint.
    pub fn hinted_formula(&self, cell: Cell) -> Option<Expr> {
        match self {
            Self::Fill(fill) if self.is_open(cell) && fill.hinted(cell) == Hint::None => None,
            _ => self.formula(cell.column, cell.row == 0),
        }
    }

    /// E_t of every row of its sheet.
    pub fn errors(&self) -> Vec<f64> {
        match self {
            Self::Bug(hunt) => (0..=hunt.sheet.last()).map(|index| hunt.sheet.row(index).total_error()).collect(),
            Self::Fill(fill) => fill.blanks.errors().to_vec(),
        }
    }

    /// The total error that the sheet's formulas give for these weights.
    pub fn total_error(&self, weights: &[f64; 8]) -> f64 {
        match self {
            Self::Bug(hunt) => hunt.sheet.total_error(weights),
            Self::Fill(fill) => {
                let Lesson { constants, .. } = fill.blanks.lesson();
                network::row(constants.targets, constants.inputs, weights).total_error()
            }
        }
    }

    /// Whether a cell is blank and neither filled rightly nor shown.
    pub fn is_open(&self, cell: Cell) -> bool {
        match self {
            Self::Bug(_) => false,
            Self::Fill(fill) => fill.open().any(|open| open == cell),
        }
    }

    /// Whether the bug is found or shown, or every blank filled or shown.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Bug(hunt) => hunt.outcome != Outcome::Open,
            Self::Fill(fill) => fill.open().next().is_none(),
        }
    }

    /// The task in a sentence or two.
    pub const fn task(&self) -> &'static str {
        match self {
            Self::Bug(_) => "One formula is wrong. Select a cell of its column and mark it.",
            Self::Fill(_) => "Compute the blank cells, to four significant digits.",
        }
    }

    /// How far the student has come, in a few words.
    pub fn progress(&self) -> String {
        match self {
            Self::Bug(hunt) => match (hunt.outcome, hunt.wrong.len()) {
                (Outcome::Found, 0) => "Found at the first try".to_owned(),
                (Outcome::Found, wrong) => format!("Found at try {}", wrong + 1),
                (Outcome::Shown, _) => "Shown".to_owned(),
                (Outcome::Open, 0) => "No column marked yet".to_owned(),
                (Outcome::Open, 1) => "1 wrong mark".to_owned(),
                (Outcome::Open, wrong) => format!("{wrong} wrong marks"),
            },
            Self::Fill(fill) => {
                let Score { right, unaided, of } = fill.score();
                match right {
                    0 => format!("0 of {of} right"),
                    _ if right == unaided => format!("{right} of {of} right, all without help"),
                    _ => format!("{right} of {of} right, {unaided} without help"),
                }
            }
        }
    }
}

/// How an exercise, or a blank, stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is decided.
    #[default]
    Open,
    /// The student has done it.
    Found,
    /// The student has given up and was shown the answer.
    Shown,
}

/// "Find the bug" while it is worked on.
#[derive(Clone, Debug, PartialEq)]
pub struct BugHunt {
    seed: u64,
    sheet: FaultySheet,
    /// The columns that were marked although their formulas are right.
    wrong: Vec<Column>,
    outcome: Outcome,
    hints: usize,
}

impl BugHunt {
    fn new(seed: u64) -> Self {
        Self { seed, sheet: FaultySheet::from_seed(seed), wrong: Vec::new(), outcome: Outcome::Open, hints: 0 }
    }

    /// The bug; not to be told before the exercise is over.
    pub fn bug(&self) -> Bug {
        self.sheet.bug()
    }

    /// How it stands.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The student says that a column's formula is wrong. Returns whether it is. Once the bug is known, nothing changes.
    pub fn mark(&mut self, column: Column) -> bool {
        let found = self.bug().columns().contains(&column);
        if self.outcome == Outcome::Open {
            if found {
                self.outcome = Outcome::Found;
            } else if !self.wrong.contains(&column) {
                self.wrong.push(column);
            }
        }
        found
    }

    /// The next hint; after the last one it is repeated.
    pub fn hint(&mut self) -> String {
        self.hints += 1;
        let bug = self.bug();
        if self.hints == 1 {
            return "Open the gradient check. Where it disagrees, either the gradient is wrong or the error that it \
                    belongs to. Where all agrees, look at what is done with the gradients."
                .to_owned();
        }
        // Row 1, where weights are not given but updated.
        let phase = Phase::of(Cell { row: 1, column: bug.columns()[0] });
        format!("Compare the formulas of this phase with each other: {}.", phase.name())
    }

    /// Gives up.
    pub fn show(&mut self) {
        if self.outcome == Outcome::Open {
            self.outcome = Outcome::Shown;
        }
    }
}

/// "Fill the cells" while it is worked on.
#[derive(Clone, Debug, PartialEq)]
pub struct FillIn {
    seed: u64,
    blanks: Blanks,
    /// One for each of [`Blanks::cells`].
    entries: Vec<Entry>,
}

/// A blank's state.
#[derive(Clone, Debug, Default, PartialEq)]
struct Entry {
    outcome: Outcome,
    /// How much of the formula was shown.
    hint: Hint,
}

/// How much help was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hint {
    /// None.
    #[default]
    None,
    /// The formula in symbols.
    Symbols,
    /// The formula with its numbers, as far as they are known.
    Numbers,
}

/// What was reached so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Score {
    /// Blanks filled rightly.
    pub right: usize,
    /// Of those, without a hint.
    pub unaided: usize,
    /// All blanks.
    pub of: usize,
}

impl FillIn {
    fn new(seed: u64) -> Self {
        let blanks = Blanks::from_seed(seed);
        let entries = vec![Entry::default(); blanks.cells().len()];
        Self { seed, blanks, entries }
    }

    /// The task: its blanks and their right values.
    pub fn blanks(&self) -> &Blanks {
        &self.blanks
    }

    /// The blanks that are still to be filled, the easiest first.
    pub fn open(&self) -> impl Iterator<Item = Cell> {
        let entries = self.blanks.cells().iter().zip(&self.entries);
        entries.filter(|(_, entry)| entry.outcome == Outcome::Open).map(|(&cell, _)| cell)
    }

    /// The next blank after a cell in the order of difficulty; from the last one, or from no blank, the first.
    pub fn next(&self, after: Cell) -> Option<Cell> {
        let order = |cell: Cell| self.blanks.cells().iter().position(|&blank| blank == cell);
        let after = order(after);
        self.open().find(|&cell| order(cell) > after).or_else(|| self.open().next())
    }

    fn index(&self, cell: Cell) -> Option<usize> {
        self.blanks.cells().iter().position(|&blank| blank == cell)
    }

    /// How a blank stands; `None` for cells that never were blank.
    pub fn outcome(&self, cell: Cell) -> Option<Outcome> {
        self.index(cell).map(|index| self.entries[index].outcome)
    }

    /// How much help a blank has had.
    pub fn hinted(&self, cell: Cell) -> Hint {
        self.index(cell).map_or(Hint::None, |index| self.entries[index].hint)
    }

    /// Takes what was typed for a blank. `None` for cells that are not open.
    pub fn enter(&mut self, cell: Cell, text: &str) -> Option<Mark> {
        let index = self.index(cell).filter(|&index| self.entries[index].outcome == Outcome::Open)?;
        let mark = self.blanks.check(cell, text);
        if mark == Mark::Right {
            self.entries[index].outcome = Outcome::Found;
        }
        Some(mark)
    }

    /// Shows more of a blank's formula.
    pub fn hint(&mut self, cell: Cell) {
        if let Some(index) = self.index(cell) {
            let hint = &mut self.entries[index].hint;
            *hint = if *hint == Hint::None { Hint::Symbols } else { Hint::Numbers };
        }
    }

    /// Gives a blank up.
    pub fn show(&mut self, cell: Cell) {
        if let Some(index) = self.index(cell)
            && self.entries[index].outcome == Outcome::Open
        {
            self.entries[index].outcome = Outcome::Shown;
        }
    }

    /// What was reached so far.
    pub fn score(&self) -> Score {
        let right = self.entries.iter().filter(|entry| entry.outcome == Outcome::Found);
        Score {
            right: right.clone().count(),
            unaided: right.filter(|entry| entry.hint == Hint::None).count(),
            of: self.entries.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::number;

    fn hunt(seed: u64) -> BugHunt {
        BugHunt::new(seed)
    }

    /// The first column whose formula is right.
    fn innocent(hunt: &BugHunt) -> Column {
        let right = Column::ALL.into_iter().find(|column| !hunt.bug().columns().contains(column));
        right.unwrap_or(Column::T1)
    }

    #[test]
    fn every_wrong_column_is_a_find() {
        for seed in 0..40 {
            for &column in hunt(seed).bug().columns() {
                let mut hunt = hunt(seed);
                assert!(hunt.mark(column));
                assert_eq!(hunt.outcome(), Outcome::Found);
            }
        }
    }

    #[test]
    fn a_wrong_mark_counts_once_and_the_hunt_goes_on() {
        let mut hunt = hunt(7);
        let innocent = innocent(&hunt);
        assert!(!hunt.mark(innocent));
        assert!(!hunt.mark(innocent));
        assert_eq!(Practice::Bug(hunt.clone()).progress(), "1 wrong mark");
        assert!(!Practice::Bug(hunt.clone()).is_over());
        hunt.mark(hunt.bug().columns()[0]);
        assert_eq!(Practice::Bug(hunt.clone()).progress(), "Found at try 2");
        assert!(Practice::Bug(hunt).is_over());
    }

    #[test]
    fn who_gives_up_cannot_find_any_more() {
        let mut hunt = hunt(7);
        hunt.show();
        hunt.mark(hunt.bug().columns()[0]);
        assert_eq!(hunt.outcome(), Outcome::Shown);
    }

    #[test]
    fn hints_lead_to_the_phase() {
        let mut hunt = hunt(2);
        assert_eq!(hunt.bug().columns(), [Column::H2]);
        assert!(hunt.hint().contains("gradient check"));
        assert!(hunt.hint().ends_with("Hidden layer."));
        assert!(hunt.hint().ends_with("Hidden layer."));
    }

    #[test]
    fn the_hunted_sheet_is_the_faulty_one() {
        let practice = Practice::start(Exercise::FindTheBug { seed: 3 });
        let sheet = FaultySheet::from_seed(3);
        let bug = sheet.bug();
        assert_eq!(practice.row(5), sheet.row(5));
        assert_eq!(practice.lesson(), sheet.lesson());
        assert_eq!(practice.formula(bug.columns()[0], false), bug.formula(bug.columns()[0], false));
        assert_eq!(practice.last(), 100);
        assert_eq!(practice.exercise(), Exercise::FindTheBug { seed: 3 });
    }

    #[test]
    fn open_blanks_are_nowhere_in_the_rows() {
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
        assert!(Practice::Fill(fill.clone()).is_over());
        assert_eq!(Practice::Fill(fill).progress(), "10 of 10 right, all without help");
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
    fn a_wrong_value_leaves_the_blank_open() {
        let mut fill = FillIn::new(3);
        let cell = fill.blanks().cells()[0];
        assert!(fill.enter(cell, "123").is_some_and(|mark| mark != Mark::Right));
        assert!(fill.enter(cell, "abc").is_some_and(|mark| mark != Mark::Right));
        assert_eq!(fill.outcome(cell), Some(Outcome::Open));
        assert_eq!(fill.enter(Cell { row: 7, column: Column::T1 }, "1"), None);
    }

    #[test]
    fn help_shows_in_the_score() {
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
        assert_eq!(fill.score(), Score { right: 2, unaided: 1, of: 10 });
        assert_eq!(Practice::Fill(fill.clone()).progress(), "2 of 10 right, 1 without help");
        assert_eq!(fill.enter(cells[2], "1"), None, "a cell that was shown is no longer open");
    }

    #[test]
    fn the_next_blank_goes_round() {
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
