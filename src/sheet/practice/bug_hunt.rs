//! "Find the bug": the student guesses which column is wrong.

use super::Outcome;
use crate::decimal;
use crate::sheet::bug::{Bug, FaultySheet};
use crate::sheet::column::Column;
use crate::sheet::phase::{Cell, Phase};

/// A bug hunt and its state.
#[derive(Clone, Debug, PartialEq)]
pub struct BugHunt {
    seed: u64,
    sheet: FaultySheet,
    /// The columns that the student guessed although their formulas are right.
    wrong: Vec<Column>,
    outcome: Outcome,
    /// The number of hints given so far.
    hints: usize,
}

impl BugHunt {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, sheet: FaultySheet::from_seed(seed), wrong: Vec::new(), outcome: Outcome::Open, hints: 0 }
    }

    /// The hunt with the progress that [`BugHunt::progress_code`] has written; `None` for any other text.
    pub(super) fn resume(seed: u64, code: &str) -> Option<Self> {
        let mut numbers = code.split('.').map(decimal::read_whole::<usize>);
        let outcome = *Outcome::ALL.get(numbers.next()??)?;
        let hints = numbers.next()??;
        let wrong = numbers.map(|index| Column::ALL.get(index?).copied()).collect::<Option<Vec<Column>>>()?;
        Some(Self { wrong, outcome, hints, ..Self::new(seed) })
    }

    /// How far the student has come, as a short text: the outcome, the number of hints, and the wrong guesses.
    pub(super) fn progress_code(&self) -> String {
        let numbers =
            [self.outcome as usize, self.hints].into_iter().chain(self.wrong.iter().map(|column| column.index()));
        numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(".")
    }

    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn sheet(&self) -> &FaultySheet {
        &self.sheet
    }

    /// The bug, which must not be shown before the exercise is over.
    pub fn bug(&self) -> Bug {
        self.sheet.bug()
    }

    /// Whether the bug is open, found or shown.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Takes the student's guess that a column's formula is wrong, and returns whether it is. Once the bug is known, a
    /// guess changes nothing.
    pub fn guess(&mut self, column: Column) -> bool {
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

    /// The next hint, or the last one again.
    pub fn hint(&mut self) -> String {
        self.hints += 1;
        let bug = self.bug();
        if self.hints == 1 {
            return "Open the gradient check. Where it disagrees, the mistake is in that gradient or in an earlier phase. If \
                    everything agrees, look at how the weights are updated."
                .to_owned();
        }
        // Row 1, because weights are updated there; in row 0 they are given.
        let phase = Phase::of(Cell { row: 1, column: bug.columns()[0] });
        format!("The mistake is in this phase: {}. {}", phase.name(), comparison(phase))
    }

    /// Gives up: the solution is shown.
    pub fn show(&mut self) {
        if self.outcome == Outcome::Open {
            self.outcome = Outcome::Shown;
        }
    }

    pub(super) fn progress(&self) -> String {
        let help = if self.hints == 0 { "" } else { ", after a hint" };
        match (self.outcome, self.wrong.len()) {
            (Outcome::Found, 0) => format!("Found with the first guess{help}"),
            (Outcome::Found, wrong) => format!("Found with guess {}{help}", wrong + 1),
            (Outcome::Shown, _) => "Solution shown".to_owned(),
            (Outcome::Open, 0) => "No guess yet".to_owned(),
            (Outcome::Open, 1) => "1 wrong guess".to_owned(),
            (Outcome::Open, wrong) => format!("{wrong} wrong guesses"),
        }
    }
}

/// What to compare the formulas of a phase with. Columns beside each other would be a bad choice: they may share the
/// mistake.
const fn comparison(phase: Phase) -> &'static str {
    match phase {
        Phase::Hidden | Phase::Output => {
            "Compare each formula with the network: follow the two lines into the neuron, and see which weights and which \
             numbers they carry."
        }
        Phase::Error => {
            "Compare each formula with its meaning: half of the squared distance between target and output, added for both \
             outputs."
        }
        Phase::OutputGradients => {
            "Compare each formula with the network: walk back from the error through the output to the weight. Each place that \
             you pass is a factor: output minus target, the slope of σ, and the number that the weight multiplies."
        }
        Phase::HiddenGradients => {
            "Compare each formula with the network: walk back from both outputs, through the weights into them, to the hidden \
             neuron and on to the input. Each place that you pass is a factor, the slopes of σ too."
        }
        Phase::Given | Phase::Update => {
            "Compare each formula with the rule: the weight in the row above, minus η times the gradient of this very weight."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunt(seed: u64) -> BugHunt {
        BugHunt::new(seed)
    }

    /// The first column whose formula is right.
    fn innocent(hunt: &BugHunt) -> Column {
        let right = Column::ALL.into_iter().find(|column| !hunt.bug().columns().contains(column));
        right.unwrap_or(Column::T1)
    }

    #[test]
    fn every_wrong_column_counts_as_found() {
        for seed in 0..40 {
            for &column in hunt(seed).bug().columns() {
                let mut hunt = hunt(seed);
                assert!(hunt.guess(column));
                assert_eq!(hunt.outcome(), Outcome::Found);
            }
        }
    }

    #[test]
    fn a_wrong_guess_counts_once_and_the_hunt_goes_on() {
        let mut hunt = hunt(7);
        assert_eq!(hunt.progress(), "No guess yet");
        let innocent = innocent(&hunt);
        assert!(!hunt.guess(innocent));
        assert!(!hunt.guess(innocent));
        assert_eq!(hunt.progress(), "1 wrong guess");
        assert_eq!(hunt.outcome(), Outcome::Open);
        hunt.guess(hunt.bug().columns()[0]);
        assert_eq!(hunt.progress(), "Found with guess 2");
        assert_eq!(hunt.outcome(), Outcome::Found);
    }

    #[test]
    fn after_giving_up_nothing_can_be_found() {
        let mut hunt = hunt(7);
        hunt.show();
        hunt.guess(hunt.bug().columns()[0]);
        assert_eq!(hunt.outcome(), Outcome::Shown);
        assert_eq!(hunt.progress(), "Solution shown");
    }

    #[test]
    fn the_last_hint_compares_with_the_network_and_never_with_a_neighbour() {
        let mut phases = std::collections::HashSet::new();
        for seed in 0..200 {
            let mut hunt = hunt(seed);
            hunt.hint();
            let hint = hunt.hint();
            assert!(!hint.contains("with each other"));
            assert!(["the network", "the rule", "its meaning"].iter().any(|base| hint.contains(base)), "{hint}");
            phases.insert(hint);
        }
        assert_eq!(phases.len(), 6, "{phases:?}");
    }

    #[test]
    fn the_last_hint_names_the_phase() {
        let mut hunt = hunt(2);
        assert_eq!(hunt.bug().columns(), [Column::H2]);
        assert!(hunt.hint().contains("gradient check"));
        assert!(hunt.hint().contains("phase: Hidden layer."));
        assert!(hunt.hint().contains("phase: Hidden layer."));
        hunt.guess(Column::H2);
        assert_eq!(hunt.progress(), "Found with the first guess, after a hint");
    }
}
