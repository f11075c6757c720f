//! The learning rates with which a student's steps were taken.

use std::ops::Range;

use super::comparison::{Comparison, Judgement, Place};
use super::plainest::{plainest, quotient};
use super::student::Student;
use crate::exchange::stated_rate::Rate;
use crate::exchange::table::Table;
use crate::sheet::{Column, Constants};

/// The number of rows whose steps are looked at.
const MOST_ROWS: u32 = 200;
/// The number of steps that must tell the learning rate.
const ENOUGH_STEPS: usize = 8;
/// The share of steps that must agree on a learning rate.
const AGREEING: f64 = 0.6;
/// The share of the most agreeing steps that is enough for a plainer learning rate, but for one step.
const NEARLY_ALL: f64 = 0.98;
/// The largest number of digits of a learning rate that somebody chooses. One with more comes from the rounding of the steps.
const PLAIN_DIGITS: usize = 6;
/// The number of steps that must agree on a wrong learning rate if one alone may fit by chance.
const MORE_THAN_CHANCE: usize = 4;

/// The learning rates that some steps of a weight can have been taken with.
#[derive(Clone, Copy)]
struct Step {
    low: f64,
    high: f64,
}

impl Step {
    /// Returns the learning rates with which a weight may have got its value in a row, in `steps` steps; `None` if nothing
    /// can be told.
    fn new(student: &Student, row: u32, steps: u32, weight: Column) -> Option<Self> {
        let first = row.checked_sub(steps)?;
        Self::between(student, (first, row), first..row, weight)
    }

    /// Returns the learning rates with which a weight may have got its value in a row from the row below.
    fn upwards(student: &Student, row: u32, weight: Column) -> Option<Self> {
        Self::between(student, (row + 1, row), row + 1..row + 2, weight)
    }

    /// Returns the learning rates with which a weight may have got from the first row to the last one, with the gradients of
    /// some rows.
    fn between(student: &Student, (first, last): (u32, u32), rows: Range<u32>, weight: Column) -> Option<Self> {
        let gradient = Column::GRADIENTS[weight.weight_index()?];
        // Even numbers with all their digits are rounded.
        let slack = |row: u32, column: Column| student.slack(row, column).max(1e-15 * student.get(row, column).abs());
        // The weights between the first and the last one are rounded, too, if the student computed with rounded numbers.
        let step_slack = (rows.len() as f64).sqrt() * (slack(first, weight) + slack(last, weight));
        let gradients: f64 = rows.clone().map(|row| student.get(row, gradient)).sum();
        let gradient_slack: f64 = rows.map(|row| slack(row, gradient)).sum();
        let step = student.get(first, weight) - student.get(last, weight);
        let (low, high) = quotient((step, step_slack), (gradients, gradient_slack))?;
        Some(Self { low, high }.widened(1e-9))
    }

    fn widened(self, share: f64) -> Self {
        let by = share * self.low.abs().max(self.high.abs());
        Self { low: self.low - by, high: self.high + by }
    }

    fn contains(&self, rate: f64) -> bool {
        (self.low..=self.high).contains(&rate)
    }

    fn width(&self) -> f64 {
        (self.high - self.low) / self.low.abs().max(self.high.abs())
    }
}

/// Returns the plainest learning rate that explains the steps of the weights, if most of them agree on one.
pub(super) fn of_steps(table: &Table<'_>, constants: &Constants) -> Option<Rate> {
    let (student, _) = Student::new(table, constants, None);
    let last = table.rows().min(MOST_ROWS) - 1;
    // Where single steps are smaller than the digits that the weights show, several together still tell something.
    let mut steps = Vec::new();
    let mut together = 1;
    while together <= last && steps.len() < ENOUGH_STEPS {
        let rows = (together..=last).step_by(together as usize);
        let ends = rows.flat_map(|row| Column::WEIGHTS.map(|weight| (row, weight)));
        let filled = ends.filter(|&(row, weight)| table.is_filled(row, weight));
        let found: Vec<Step> = filled.filter_map(|(row, weight)| Step::new(&student, row, together, weight)).collect();
        steps = if found.len() > steps.len() { found } else { steps };
        together *= 2;
    }
    // A plainer learning rate that does not explain all steps is only worth naming where no plain one does.
    let of_all =
        all_agreeing(&steps).map(|(low, high)| plainest(low, high)).filter(|&(_, digits)| digits <= PLAIN_DIGITS);
    let (rate, _) = match of_all {
        Some(plain) => plain,
        None => most_agreeing(&steps).map(|(low, high)| plainest(low, high))?,
    };
    // Steps uphill are a mistake, but not one of the learning rate.
    Some(Rate { value: rate.abs(), source: "computed from the steps".to_owned(), cell: None, is_from_name: false })
}

/// Returns the interval of the learning rates with which all steps can have been taken; `None` if there is none.
fn all_agreeing(steps: &[Step]) -> Option<(f64, f64)> {
    let low = steps.iter().map(|step| step.low).reduce(f64::max)?;
    let high = steps.iter().map(|step| step.high).reduce(f64::min)?;
    (low <= high).then_some((low, high))
}

/// Returns the interval of the learning rates on which nearly as many steps agree as on any other; `None` if they are too
/// few.
fn most_agreeing(steps: &[Step]) -> Option<(f64, f64)> {
    let mut ends: Vec<(f64, bool)> = steps.iter().flat_map(|step| [(step.low, false), (step.high, true)]).collect();
    // Of equal ends, those that begin an interval come first.
    ends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let mut agreeing = 0_usize;
    let counts: Vec<usize> = ends
        .iter()
        .map(|&(_, is_end)| {
            agreeing = if is_end { agreeing - 1 } else { agreeing + 1 };
            agreeing
        })
        .collect();
    let most = *counts.iter().max()?;
    if (most as f64) < AGREEING * steps.len() as f64 {
        return None;
    }
    let is_enough = |count: usize| (count + 1) as f64 >= NEARLY_ALL * most as f64;
    let at = counts.iter().position(|&count| count == most)?;
    let first = (0..=at).rev().take_while(|&index| is_enough(counts[index])).last()?;
    let end = (at..counts.len()).find(|&index| !is_enough(counts[index]))?;
    Some((ends[first].0, ends[end].0))
}

impl Comparison<'_> {
    /// Whether the rows run from the last step up to the first one: most weights are wrong, but follow from those of the row
    /// below.
    pub(super) fn runs_upwards(&self) -> bool {
        let last = self.table.rows().min(MOST_ROWS) - 1;
        let places = (0..last).flat_map(|row| Column::WEIGHTS.map(|weight| (row, weight)));
        let is_filled = |&(row, weight): &(u32, Column)| (row..row + 2).all(|row| self.table.is_filled(row, weight));
        let places: Vec<(u32, Column)> = places.filter(is_filled).collect();
        let is_wrong =
            |&&(row, column): &&(u32, Column)| self.judgement(Place { row: row + 1, column }) == Judgement::Wrong;
        if 2 * places.iter().filter(is_wrong).count() < places.len() {
            return false;
        }
        // The learning rate on which most steps agree, and the share that does.
        let of = |step: &dyn Fn(u32, Column) -> Option<Step>| {
            let steps: Vec<Step> = places.iter().filter_map(|&(row, weight)| step(row, weight)).collect();
            let (low, high) = most_agreeing(&steps).filter(|_| steps.len() >= ENOUGH_STEPS)?;
            let rate = 0.5 * (low + high);
            Some((rate, steps.iter().filter(|step| step.contains(rate)).count() as f64 / steps.len() as f64))
        };
        let upwards = of(&|row, weight| Step::upwards(self.student(), row, weight));
        let downwards = of(&|row, weight| Step::new(self.student(), row + 1, 1, weight));
        match (upwards, downwards) {
            (Some((rate, _)), None) => rate > 0.0,
            // Where the gradients hardly change, steps downhill look like steps uphill in the other direction.
            (Some((rate, share)), Some((other, other_share))) => rate > 0.0 && other < 0.0 && share > other_share,
            (None, _) => false,
        }
    }

    /// Returns a learning rate of few digits, other than the sheet's own, that explains the wrong weights in these cells
    /// better than chance would.
    pub(super) fn rate_of_steps(&self, places: &[Place]) -> Option<f64> {
        let steps: Vec<Step> = places.iter().filter_map(|&place| self.step(place)).collect();
        let tightest = steps.iter().min_by(|one, other| one.width().total_cmp(&other.width()))?;
        let (rate, digits) = plainest(tightest.low, tightest.high);
        let is_chance = tightest.width() * 10_f64.powi(digits as i32) > 0.1;
        let agreeing = steps.iter().filter(|step| step.contains(rate)).count();
        let is_enough = if is_chance { agreeing >= MORE_THAN_CHANCE && agreeing == steps.len() } else { true };
        (is_enough && rate > 0.0 && digits <= 3 && rate != self.learning_rate()).then_some(rate)
    }

    /// Returns the learning rate, other than the sheet's own, that explains the steps of all weights. Numbers with so few
    /// digits that a single step tells nothing tell it together.
    pub(super) fn rate_of_all_steps(&self) -> Option<f64> {
        let rate = of_steps(self.table, &self.lesson().constants)?.value;
        (rate != self.learning_rate()).then_some(rate)
    }

    /// Returns the learning rates that explain the steps of most weights of a row, of which at least `enough` must tell.
    pub(super) fn rates_of_row(&self, row: u32, enough: usize) -> Option<(f64, f64)> {
        let steps: Vec<Step> =
            Column::WEIGHTS.into_iter().filter_map(|column| self.step(Place { row, column })).collect();
        most_agreeing(&steps).filter(|_| steps.len() >= enough)
    }

    fn step(&self, Place { row, column }: Place) -> Option<Step> {
        column.weight_index()?;
        // A spreadsheet computes with 16 digits, but some programs write fewer.
        Some(Step::new(self.student(), row, 1, column)?.widened(1e-6))
    }
}
