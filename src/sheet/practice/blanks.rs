//! The task of "Fill the cells": a sheet with blanks.

use super::digits::unit;
use crate::random::{Purpose, Random};
use crate::sheet::column::Column;
use crate::sheet::lesson::Lesson;
use crate::sheet::network::Row;
use crate::sheet::phase::Cell;
use crate::sheet::run::Run;

use Column::*;

/// The blanks, from the easiest to the hardest: the row of each, and the columns from which its column is drawn. Some
/// blanks need the value of an earlier one.
const SLOTS: [(usize, &[Column]); 10] = [
    (0, &[H1, H2]),
    (0, &[AH1, AH2]),
    (0, &[O1, O2]),
    (0, &[AO1, AO2]),
    (0, &[E1, E2]),
    (0, &[G5, G6, G7, G8]),
    (1, &[W5, W6, W7, W8]),
    (0, &[G1, G2, G3, G4]),
    (1, &[AO1, AO2]),
    (2, &[W1, W2, W3, W4]),
];

/// A lesson, and the cells of its sheet that are blank.
///
/// The total error is never blank, because its curve would show the value.
#[derive(Clone, Debug, PartialEq)]
pub struct Blanks {
    lesson: Lesson,
    run: Run,
    cells: Vec<Cell>,
}

impl Blanks {
    /// The number of updates after row 0.
    pub const UPDATES: usize = 100;

    /// The task with this number. The seed decides the lesson and the cells.
    pub fn from_seed(seed: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Exercise);
        loop {
            let lesson = Lesson::draw(&mut random);
            let cells = SLOTS.map(|(row, columns)| Cell { row, column: columns[random.below(columns.len())] }).to_vec();
            let blanks = Self { lesson, run: Run::new(lesson.constants, lesson.learning_rate, Self::UPDATES), cells };
            if blanks.is_fair() {
                return blanks;
            }
        }
    }

    /// The task's constants and learning rate.
    pub fn lesson(&self) -> Lesson {
        self.lesson
    }

    /// The blank cells, from the easiest to the hardest.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Row `index` without blanks, or the last row if `index` is larger.
    pub fn row(&self, index: usize) -> Row {
        self.run.row(index)
    }

    /// The total error of every row.
    pub fn errors(&self) -> &[f64] {
        self.run.errors()
    }

    /// The right value of a cell.
    pub fn value(&self, cell: Cell) -> f64 {
        self.row(cell.row).get(cell.column)
    }

    /// Whether four digits are enough to tell each blank weight from its value in the row above.
    fn is_fair(&self) -> bool {
        self.cells.iter().filter(|cell| Column::WEIGHTS.contains(&cell.column)).all(|&cell| {
            let (new, old) = (self.value(cell), self.value(Cell { row: cell.row - 1, ..cell }));
            (new - old).abs() >= 10.0 * unit(new)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::sheet::formula;
    use crate::sheet::number;
    use crate::sheet::practice::Mark;

    #[test]
    fn a_seed_gives_the_same_task_for_ever() {
        let task = |seed| {
            let blanks = Blanks::from_seed(seed);
            let columns: Vec<String> = blanks.cells().iter().map(|cell| cell.column.name()).collect();
            (columns.join(" "), blanks.lesson().constants.weights[0], blanks.lesson().learning_rate)
        };
        let pinned = |cells: &str, weight, rate| (cells.to_owned(), weight, rate);
        assert_eq!(task(1), pinned("h2 a_h2 o2 a_o2 E2 ∂E_t/∂w7 w8 ∂E_t/∂w4 a_o1 w3", 0.75, 2.0));
        assert_eq!(task(123), pinned("h2 a_h1 o2 a_o1 E1 ∂E_t/∂w8 w8 ∂E_t/∂w3 a_o1 w1", 0.1, 0.2));
    }

    #[test]
    fn no_task_has_a_cell_twice_or_a_blank_that_is_given_zero_or_unchanged() {
        let mut columns = HashSet::new();
        for seed in 0..1000 {
            let blanks = Blanks::from_seed(seed);
            let cells: HashSet<Cell> = blanks.cells().iter().copied().collect();
            assert_eq!(cells.len(), SLOTS.len(), "seed {seed} has a cell twice");
            assert!(cells.iter().all(|cell| cell.column != ETotal), "the curve would show the value");
            for &cell in blanks.cells() {
                assert!(formula(cell.column, cell.row == 0).is_some(), "seed {seed}: {cell:?} is given");
                let value = blanks.value(cell);
                assert!(value.is_finite() && value != 0.0, "seed {seed}: {cell:?}");
                // The value of the row above must not be accepted as the new one.
                if cell.row > 0 {
                    let old = blanks.value(Cell { row: cell.row - 1, ..cell });
                    assert_ne!(blanks.check(cell, &number::full(old)), Mark::Right, "seed {seed}: {cell:?}");
                }
            }
            columns.extend(blanks.cells().iter().map(|cell| cell.column));
        }
        assert_eq!(columns.len(), 4 + 4 + 2 + 8 + 8, "every column is drawn at some time");
    }
}
