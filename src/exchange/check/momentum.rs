//! Recognises momentum and weight decay: a student who adds a share of the step before to each step, or subtracts one of the
//! weight.

use super::comparison::{Comparison, Place};
use super::fitting::samples;
use super::plainest::{plainest, quotient};
use crate::exchange::mistakes::{Guess, gradient_of, with_decay, with_momentum};
use crate::sheet::Column;

/// The number of steps that must have the same share of the step before.
const ENOUGH_STEPS: usize = 3;
/// The share of steps that must agree.
const AGREEING: f64 = 0.6;
/// The share of steps that must agree on weight decay.
const NEARLY_ALL: f64 = 0.9;
/// The largest number of digits of a share that a student chooses.
const MOST_DIGITS: usize = 2;

impl Comparison<'_> {
    /// Returns the guesses that the wrong numbers of a weight come from momentum.
    pub(super) fn momentum(&self, weight: Column, places: &[Place]) -> Vec<Guess> {
        let Some(gradient) = gradient_of(weight) else { return Vec::new() };
        let guess = |is_averaged: bool| {
            let shares = samples(places).filter_map(|place| self.share(place, gradient, is_averaged)).collect();
            let share = chosen_share(shares).filter(|&(share, _)| share > 0.0 && share < 1.0);
            share.and_then(|(share, _)| with_momentum(weight, share, is_averaged))
        };
        [false, true].into_iter().filter_map(guess).collect()
    }

    /// Returns the guess that the wrong numbers of a weight come from weight decay.
    pub(super) fn weight_decay(&self, weight: Column, places: &[Place]) -> Option<Guess> {
        weight.weight_index()?;
        let share = |place: Place| {
            let above = place.row.checked_sub(1)?;
            let slack = self.student().slack(above, weight);
            self.added_in_terms_of(place, (-self.student().get(above, weight), slack))
        };
        // A weight hardly changes, so that any wrong step is some share of it: the share must be the same in all.
        let (share, agreeing) = chosen_share(samples(places).filter_map(share).collect())?;
        let is_likely = share > 0.0 && share < 0.5 && agreeing as f64 >= NEARLY_ALL * samples(places).count() as f64;
        if is_likely { with_decay(weight, share) } else { None }
    }

    /// Returns the shares of the step before that may have been added in a cell; `None` if nothing can be told.
    fn share(&self, place: Place, gradient: Column, is_averaged: bool) -> Option<(f64, f64)> {
        let Place { row, column } = place;
        let before = [row.checked_sub(1)?, row.saturating_sub(2)];
        let [above, two_above] = before.map(|row| self.student().get(row, column));
        let step = self.learning_rate() * self.student().get(before[0], gradient);
        let whole = above - two_above + if is_averaged { step } else { 0.0 };
        let whole_slack: f64 = before.map(|row| self.student().slack(row, column)).iter().sum();
        self.added_in_terms_of(place, (whole, whole_slack))
    }

    /// Returns the shares of a number, given with its slack, that may have been added to the right value in a cell.
    fn added_in_terms_of(&self, place: Place, whole: (f64, f64)) -> Option<(f64, f64)> {
        let added = self.found(place) - self.recomputed(place)?;
        quotient((added, self.tolerance(place, added) + self.spread(place)), whole)
    }
}

/// Returns the plainest share on which most agree, with the number of those that do.
fn chosen_share(shares: Vec<(f64, f64)>) -> Option<(f64, usize)> {
    let &(low, high) = shares.iter().min_by(|one, other| (one.1 - one.0).total_cmp(&(other.1 - other.0)))?;
    let (share, digits) = plainest(low, high);
    let agreeing = shares.iter().filter(|&&(low, high)| (low..=high).contains(&share)).count();
    let is_enough = agreeing >= ENOUGH_STEPS && agreeing as f64 >= AGREEING * shares.len() as f64;
    (is_enough && digits <= MOST_DIGITS).then_some((share, agreeing))
}
