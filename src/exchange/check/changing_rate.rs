//! Recognises a learning rate that changes from step to step, because it is made smaller on purpose or slides along a column.

use super::comparison::{Comparison, Judgement, Place};
use super::plainest::plainest;
use crate::exchange::mistakes::Guess;
use crate::sheet::Column;

/// The number of weights that must tell the learning rate of their row.
const ENOUGH_WEIGHTS: usize = 4;
/// The number of learning rates that are named.
const NAMED: usize = 3;
/// The relative difference from which on learning rates are different ones.
const DIFFERENT: f64 = 1e-3;

impl Comparison<'_> {
    /// Returns the guess that the learning rate changes, for each weight; none if it is the same in all rows whose weights are
    /// wrong.
    pub(super) fn changing_rate(&self, weight: Column) -> Option<Guess> {
        weight.weight_index()?;
        let is_wrong = |&row: &u32| {
            let judgement = |&column: &Column| self.judgement(Place { row, column }) == Judgement::Wrong;
            Column::WEIGHTS.iter().filter(|column| judgement(column)).count() >= ENOUGH_WEIGHTS
        };
        let rates: Vec<Option<f64>> =
            (1..self.table.rows()).filter(is_wrong).map(|row| self.rate_of_row(row)).collect();
        let mut different: Vec<f64> = Vec::new();
        for &rate in rates.iter().flatten() {
            if different.iter().all(|known| (known - rate).abs() > DIFFERENT * known.abs()) {
                different.push(rate);
            }
        }
        // Rates that cannot be told in most rows say nothing.
        let are_known = 2 * rates.iter().flatten().count() > rates.len();
        let named: Vec<String> = different.iter().take(NAMED).map(ToString::to_string).collect();
        let more = if different.len() > NAMED { " …" } else { "" };
        let is_changing = are_known && different.len() > 1;
        if is_changing { Guess::changing_rate(weight, &format!("{}{more}", named.join(", "))) } else { None }
    }

    /// The learning rate that explains the weights of a row, if most of them agree on one.
    pub(super) fn rate_of_row(&self, row: u32) -> Option<f64> {
        let (low, high) = self.rates_of_row(row, ENOUGH_WEIGHTS)?;
        Some(plainest(low, high).0).filter(|&rate| rate > 0.0)
    }
}
