//! Recognises momentum: a student who adds a share of the step before to each step.

use super::comparison::{Comparison, Place};
use super::fitting::samples;
use super::plainest::{plainest, quotient};
use crate::exchange::mistakes::{Guess, gradient_of, with_momentum};
use crate::sheet::Column;

/// The number of steps that must have the same share of the step before.
const ENOUGH_STEPS: usize = 3;
/// The share of steps that must agree.
const AGREEING: f64 = 0.6;
/// The largest number of digits of a share that a student chooses.
const MOST_DIGITS: usize = 2;

impl Comparison<'_> {
    /// Returns the guesses that the wrong numbers of a weight come from momentum.
    pub(super) fn momentum(&self, weight: Column, places: &[Place]) -> Vec<Guess> {
        let Some(gradient) = gradient_of(weight) else { return Vec::new() };
        let guess = |is_averaged: bool| {
            let shares: Vec<(f64, f64)> =
                samples(places).filter_map(|place| self.share(place, gradient, is_averaged)).collect();
            let &(low, high) = shares.iter().min_by(|one, other| (one.1 - one.0).total_cmp(&(other.1 - other.0)))?;
            let (share, digits) = plainest(low, high);
            let agreeing = shares.iter().filter(|&&(low, high)| (low..=high).contains(&share)).count();
            let is_enough = agreeing >= ENOUGH_STEPS && agreeing as f64 >= AGREEING * shares.len() as f64;
            let is_chosen = is_enough && digits <= MOST_DIGITS && share > 0.0 && share < 1.0;
            if is_chosen { with_momentum(weight, share, is_averaged) } else { None }
        };
        [false, true].into_iter().filter_map(guess).collect()
    }

    /// Returns the shares of the step before that may have been added in a cell; `None` if nothing can be told.
    fn share(&self, place: Place, gradient: Column, is_averaged: bool) -> Option<(f64, f64)> {
        let Place { row, column } = place;
        let before = [row.checked_sub(1)?, row.saturating_sub(2)];
        let [above, two_above] = before.map(|row| self.student().get(row, column));
        let step = self.learning_rate() * self.student().get(before[0], gradient);
        let whole = above - two_above + if is_averaged { step } else { 0.0 };
        let whole_slack: f64 = before.map(|row| self.student().slack(row, column)).iter().sum();
        let added = self.found(place) - self.recomputed(place)?;
        let added_slack = self.tolerance(place, added) + self.spread(place);
        quotient((added, added_slack), (whole, whole_slack))
    }
}
