//! The learning rates with which a student's steps were taken.

use super::comparison::{Comparison, Place, near};
use super::digits::rounded;
use crate::exchange::stated_rate::Rate;
use crate::exchange::table::Table;
use crate::sheet::{Column, Constants, run};

/// The number of weights, of eight, that must agree on a learning rate.
const ENOUGH_WEIGHTS: usize = 5;

/// Returns the learning rate of the step from row 0 to row 1: the median over the weights, if most of them agree.
pub(super) fn of_first_step(table: &Table<'_>, constants: &Constants) -> Option<Rate> {
    let first = run::rows(*constants, 0.0).next()?;
    let rate_of = |(weight, gradient): (Column, f64)| {
        let step = table.cell(0, weight).number()? - table.cell(1, weight).number()?;
        Some(step / gradient).filter(|rate| rate.is_finite())
    };
    let mut rates: Vec<f64> = Column::WEIGHTS.into_iter().zip(first.gradients()).filter_map(rate_of).collect();
    rates.sort_by(f64::total_cmp);
    let median = *rates.get(rates.len() / 2)?;
    let agree = rates.iter().filter(|&&rate| (rate - median).abs() <= 0.01 * median.abs()).count();
    // Students choose learning rates with few digits; the digits after those are rounding errors.
    let value = rounded(median, 6);
    (agree >= ENOUGH_WEIGHTS && value > 0.0).then(|| Rate { value, source: "computed from the first step".to_owned() })
}

impl Comparison<'_> {
    /// Returns the learning rate of the first wrong step of most weights, if that rate is not the sheet's own.
    ///
    /// `first_wrong` returns the first wrong cell of a weight.
    pub(super) fn common_rate(&self, first_wrong: impl Fn(Column) -> Option<Place>) -> Option<f64> {
        let rates: Vec<f64> =
            Column::WEIGHTS.into_iter().filter_map(|weight| self.rate_of_step(first_wrong(weight)?)).collect();
        rates.iter().copied().find(|rate| rates.iter().filter(|&other| other == rate).count() >= ENOUGH_WEIGHTS)
    }

    /// Returns the learning rate that gives the student's weight in this cell, if it has at most three digits and is
    /// not the sheet's own.
    pub(super) fn rate_of_step(&self, place: Place) -> Option<f64> {
        let index = place.column.weight_index()?;
        let above = self.surroundings(place).above;
        let rate = (above.get(place.column) - self.cell(place).number()?) / above.gradients()[index];
        let plain = rounded(rate, 3);
        (plain > 0.0 && near(rate, plain, 1e-6 * plain) && plain != self.learning_rate()).then_some(plain)
    }
}
