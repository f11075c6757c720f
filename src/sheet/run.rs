//! A run: gradient descent from the constants, one update a row.

use super::network::{self, Constants, Row};

/// The rows of one learning rate.
///
/// Only the weights and the total error of each row are kept (72 bytes); [`Run::row`] computes the other columns
/// again, by the same code and so to the same bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    constants: Constants,
    learning_rate: f64,
    weights: Vec<[f64; 8]>,
    errors: Vec<f64>,
}

impl Run {
    /// Takes `updates` steps of gradient descent, `w ← w − η·∂E_t/∂w`, all eight weights at once from the values of
    /// the row above. The run has `updates + 1` rows; row 0 holds the starting weights.
    pub fn new(constants: Constants, learning_rate: f64, updates: usize) -> Self {
        let Constants { targets, inputs, mut weights } = constants;
        let mut run = Self {
            constants,
            learning_rate,
            weights: Vec::with_capacity(updates + 1),
            errors: Vec::with_capacity(updates + 1),
        };
        for index in 0..=updates {
            let row = network::row(targets, inputs, &weights);
            run.weights.push(weights);
            run.errors.push(row.total_error());
            if index < updates {
                for (weight, gradient) in weights.iter_mut().zip(row.gradients()) {
                    *weight -= learning_rate * gradient;
                }
            }
        }
        run
    }

    /// η.
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// The index of the last row.
    pub fn last(&self) -> usize {
        self.errors.len() - 1
    }

    /// Row `index`; the last one where there is no such row.
    pub fn row(&self, index: usize) -> Row {
        let weights = &self.weights[index.min(self.last())];
        network::row(self.constants.targets, self.constants.inputs, weights)
    }

    /// E_t of every row.
    pub fn errors(&self) -> &[f64] {
        &self.errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Column;

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
        let run = Run::new(Constants::CLASSIC, 0.5, 3);
        let (before, after) = (run.row(1), run.row(2));
        for (weight, gradient) in Column::WEIGHTS.into_iter().zip(before.gradients()) {
            assert_eq!(after.get(weight), before.get(weight) - 0.5 * gradient, "{}", weight.name());
        }
    }

    #[test]
    fn a_learning_rate_of_zero_learns_nothing() {
        let run = Run::new(Constants::CLASSIC, 0.0, 5);
        assert_eq!(run.row(5), run.row(0));
    }

    #[test]
    fn absurd_inputs_give_numbers_that_are_not_finite_instead_of_a_panic() {
        let absurd = Constants { inputs: [f64::INFINITY, f64::NAN], ..Constants::CLASSIC };
        assert!(Run::new(absurd, 0.5, 3).errors()[3].is_nan());
    }
}
