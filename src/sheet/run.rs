//! A run: gradient descent from the constants, with one update for each row.

use super::network::{self, Constants, Row};
use super::verdict::Verdict;

/// The distance in rows between two sets of weights that are kept.
const STRIDE: usize = 64;

/// The rows of one learning rate.
///
/// A run keeps the total error of each row and the weights of each 64th row. These are 9 bytes for each row, so seven
/// runs of a million rows fit into the memory of a phone. [`Run::row`] computes the rest again, with the same code and
/// so to the same bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    constants: Constants,
    learning_rate: f64,
    /// The weights of rows 0, 64, 128 and so on.
    checkpoints: Vec<[f64; 8]>,
    /// The total error of each row.
    errors: Vec<f64>,
    /// The weights of the row after the last one.
    next: [f64; 8],
}

impl Run {
    /// Computes a run with `updates` steps of gradient descent, `w ← w − η·∂E_t/∂w`. All eight weights change at once,
    /// from the values of the row above. The run has `updates + 1` rows; row 0 holds the starting weights.
    pub fn new(constants: Constants, learning_rate: f64, updates: usize) -> Self {
        let mut run = Self {
            constants,
            learning_rate,
            checkpoints: Vec::with_capacity(updates / STRIDE + 1),
            errors: Vec::with_capacity(updates + 1),
            next: constants.weights,
        };
        run.extend(updates);
        run
    }

    /// Makes this a run with row 0 alone. The memory is used again.
    pub fn restart(&mut self, constants: Constants, learning_rate: f64) {
        self.constants = constants;
        self.learning_rate = learning_rate;
        self.checkpoints.clear();
        self.errors.clear();
        self.next = constants.weights;
        self.extend(0);
    }

    /// Computes the rows that are missing up to row `last`. Later rows stay.
    pub fn extend(&mut self, last: usize) {
        let Constants { targets, inputs, .. } = self.constants;
        let mut weights = self.next;
        for index in self.errors.len()..=last {
            if index % STRIDE == 0 {
                self.checkpoints.push(weights);
            }
            self.errors.push(network::descend(targets, inputs, &mut weights, self.learning_rate));
        }
        self.next = weights;
    }

    /// Drops the rows after `last`.
    pub fn truncate(&mut self, last: usize) {
        if last < self.last() {
            self.next = self.weights(last + 1);
            self.errors.truncate(last + 1);
            self.checkpoints.truncate(last / STRIDE + 1);
        }
    }

    /// The weights of a row of the run.
    fn weights(&self, index: usize) -> [f64; 8] {
        let Constants { targets, inputs, .. } = self.constants;
        let mut weights = self.checkpoints[index / STRIDE];
        for _ in 0..index % STRIDE {
            network::descend(targets, inputs, &mut weights, self.learning_rate);
        }
        weights
    }

    /// Targets, inputs and starting weights.
    pub fn constants(&self) -> Constants {
        self.constants
    }

    /// The learning rate η.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// The index of the last row.
    pub fn last(&self) -> usize {
        self.errors.len() - 1
    }

    /// Row `index`, or the last row if `index` is larger.
    pub fn row(&self, index: usize) -> Row {
        let Constants { targets, inputs, .. } = self.constants;
        network::row(targets, inputs, &self.weights(index.min(self.last())))
    }

    /// The total error of every row.
    pub fn errors(&self) -> &[f64] {
        &self.errors
    }

    /// The first row in which a number is not finite.
    pub fn overflow(&self) -> Option<usize> {
        // A weight that is infinite or NaN never becomes finite again, and the weights that lead to an infinite sum change
        // no more, because σ is flat there. So a search by halving finds the row.
        let finite = |row: &Row| row.values().iter().all(|value| value.is_finite());
        if finite(&self.row(self.last())) {
            return None;
        }
        let Constants { targets, inputs, .. } = self.constants;
        let from = self.checkpoints.partition_point(|weights| finite(&network::row(targets, inputs, weights)));
        (from.saturating_sub(1) * STRIDE..=self.last()).take(STRIDE + 1).find(|&index| !finite(&self.row(index)))
    }

    /// The bits of everything that decides the rows, and the number of rows. Two runs with the same identity are equal
    /// to the bit.
    pub fn identity(&self) -> ([u64; 13], usize) {
        (bits(&self.constants, self.learning_rate), self.errors.len())
    }

    /// The verdict on the rows that are computed so far; an error below `good_enough` is learned.
    pub fn verdict(&self, good_enough: f64) -> Verdict {
        Verdict::of(&self.errors, self.overflow(), good_enough)
    }
}

/// All rows from row 0 on, without end, for code that reads each of them once.
pub fn rows(constants: Constants, learning_rate: f64) -> impl Iterator<Item = Row> {
    let Constants { targets, inputs, weights } = constants;
    let first = network::row(targets, inputs, &weights);
    std::iter::successors(Some(first), move |row| {
        let weights = network::step(&row.weights(), row.gradients(), learning_rate);
        Some(network::row(targets, inputs, &weights))
    })
}

/// The bits of everything that decides a run. Unlike the numbers, they can be compared even where one is NaN.
pub(super) fn bits(constants: &Constants, learning_rate: f64) -> [u64; 13] {
    let Constants { targets, inputs, weights } = constants;
    let mut values = targets.iter().chain(inputs).chain(weights).chain(std::iter::once(&learning_rate));
    std::array::from_fn(|_| values.next().map_or(0, |value| value.to_bits()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Column;
    use crate::sheet::verdict::GOOD_ENOUGH;

    #[test]
    fn the_error_after_100_updates_is_the_published_one() {
        for (learning_rate, expected) in
            [(0.1, 0.13351060733462522), (0.5, 0.029166680235883584), (2.0, 0.005160108602350808)]
        {
            let run = Run::new(Constants::CLASSIC, learning_rate, 100);
            assert_eq!(run.last(), 100);
            assert!((run.errors()[0] - 0.24251985734837728).abs() <= 1e-16);
            assert!((run.errors()[100] - expected).abs() <= 1e-15, "η = {learning_rate}: {}", run.errors()[100]);
        }
    }

    #[test]
    fn all_weights_are_updated_from_the_row_above() {
        let run = Run::new(Constants::CLASSIC, 0.5, 200);
        for index in 0..200 {
            let (before, after) = (run.row(index), run.row(index + 1));
            for (weight, gradient) in Column::WEIGHTS.into_iter().zip(before.gradients()) {
                assert_eq!(after.get(weight), before.get(weight) - 0.5 * gradient, "{} in {index}", weight.name());
            }
            assert_eq!(before.total_error(), run.errors()[index]);
        }
    }

    #[test]
    fn a_run_computed_in_pieces_is_the_same() {
        let whole = Run::new(Constants::CLASSIC, 0.8, 500);
        let mut pieces = Run::new(Constants::CLASSIC, 0.8, 0);
        for last in [0, 3, 63, 64, 65, 200, 10, 500] {
            pieces.extend(last);
        }
        assert_eq!(pieces, whole);
        for last in [499, 320, 129, 128, 64, 1, 0] {
            let mut cut = whole.clone();
            cut.truncate(last);
            assert_eq!(cut, Run::new(Constants::CLASSIC, 0.8, last), "cut after {last}");
            cut.extend(500);
            assert_eq!(cut, whole, "cut after {last} and grown again");
        }
        pieces.restart(Constants::CLASSIC, 2.0);
        assert_eq!(pieces, Run::new(Constants::CLASSIC, 2.0, 0));
    }

    #[test]
    fn the_iterator_gives_the_rows_of_the_run() {
        let run = Run::new(Constants::CLASSIC, 0.5, 150);
        for (index, row) in rows(Constants::CLASSIC, 0.5).take(151).enumerate() {
            assert_eq!(row, run.row(index));
        }
    }

    #[test]
    fn a_learning_rate_of_zero_learns_nothing() {
        let run = Run::new(Constants::CLASSIC, 0.0, 5);
        assert_eq!(run.row(5), run.row(0));
    }

    #[test]
    fn inputs_that_are_not_finite_do_not_panic() {
        let absurd = Constants { inputs: [f64::INFINITY, f64::NAN], ..Constants::CLASSIC };
        assert!(Run::new(absurd, 0.5, 3).errors()[3].is_nan());
    }

    #[test]
    fn the_first_row_with_a_number_that_is_not_finite_is_found() {
        // Both hidden neurons begin with an activation of 0.5 and a gradient of about 1e307. Later they are saturated:
        // the weights do not change any more, and the error is finite.
        let absurd = Constants {
            targets: [100.0, 0.99],
            inputs: [1e307, 0.0],
            weights: [0.0, 0.0, 0.0, 0.0, 0.4, 0.45, 0.5, 0.55],
        };
        for updates in [1, 2, 63, 64, 65, 500] {
            let run = Run::new(absurd, 100.0, updates);
            assert!(run.errors().iter().all(|error| error.is_finite()));
            assert_eq!(run.overflow(), Some(1), "{updates} updates");
            assert_eq!(run.verdict(GOOD_ENOUGH), Verdict::NotFinite { row: 1 });
        }
        assert_eq!(Run::new(absurd, 100.0, 0).overflow(), None);

        // The same at a row whose weights are kept.
        let mut slow = Run::new(Constants::CLASSIC, 0.5, 1000);
        for first in [64, 128, 640] {
            slow.truncate(first - 1);
            slow.next[3] = f64::INFINITY;
            slow.extend(1000);
            assert_eq!(slow.overflow(), Some(first));
            slow = Run::new(Constants::CLASSIC, 0.5, 1000);
        }
        assert_eq!(slow.overflow(), None);
    }
}
