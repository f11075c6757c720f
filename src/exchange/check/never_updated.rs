//! Recognises weights that are never updated: they hold the number of row 0 although the student's own steps change it.
//!
//! Such a number has few digits, because it was typed, and looks like a right one that shows too few of them.

use super::digits::Digits;
use super::student::Student;
use crate::exchange::table::Table;
use crate::sheet::{Column, Row};

/// The number of steps that must be too large not to show.
const ENOUGH_STEPS: usize = 2;
/// The largest relative distance of a sum with all its digits from what it was computed from.
const EXACT: f64 = 1e-9;
/// The weights of the hidden and of the output layer.
const LAYERS: [[Column; 4]; 2] =
    [[Column::W1, Column::W2, Column::W3, Column::W4], [Column::W5, Column::W6, Column::W7, Column::W8]];

/// Returns the weights that are never updated.
pub(super) fn weights(table: &Table<'_>, student: &Student, digits: &Digits, engine: &[Row]) -> Vec<Column> {
    let lost = Column::WEIGHTS.map(|weight| lost_steps(table, student, digits, weight));
    let lost_of = |weight: Column| weight.weight_index().map_or(0, |index| lost[index]);
    // A single step of a single weight tells little, but a whole layer does.
    let is_in_layer = |weight: Column| {
        LAYERS.iter().any(|layer| layer.contains(&weight) && layer.iter().all(|&one| lost_of(one) > 0))
    };
    let is_still = |weight: &Column| {
        (lost_of(*weight) >= ENOUGH_STEPS || is_in_layer(*weight))
            && !is_only_short(table, student, digits, engine, *weight)
    };
    Column::WEIGHTS.into_iter().filter(is_still).collect()
}

/// The number of the student's steps that are too large not to show, if a weight is the same in all rows.
fn lost_steps(table: &Table<'_>, student: &Student, digits: &Digits, weight: Column) -> usize {
    let start = student.get(0, weight);
    let mut filled = (1..table.rows()).filter(|&row| table.is_filled(row, weight));
    if !filled.clone().all(|row| student.get(row, weight) == start) {
        return 0;
    }
    let is_lost = |row: &u32| {
        let unit = digits.likely_unit(*row, weight, start);
        let spread = student.spread_of_own(*row, weight);
        let step = student.recomputed(*row, weight).map_or(f64::NAN, |value| value - start);
        step.abs() > unit + spread + EXACT * start.abs()
    };
    filled.by_ref().filter(is_lost).count()
}

/// Whether each number is the engine's with fewer digits, and the sums that contain the weight were computed with more.
fn is_only_short(table: &Table<'_>, student: &Student, digits: &Digits, engine: &[Row], weight: Column) -> bool {
    let sum = match weight {
        Column::W1 | Column::W2 => Column::H1,
        Column::W3 | Column::W4 => Column::H2,
        Column::W5 | Column::W6 => Column::O1,
        _ => Column::O2,
    };
    let mut sums = (1..table.rows()).filter(|&row| table.is_filled(row, sum) && !digits.are_few(row, sum));
    let is_computed_otherwise = |row: u32| {
        let found = student.get(row, sum);
        student.recomputed(row, sum).is_some_and(|value| (found - value).abs() > EXACT * value.abs())
    };
    let is_near_the_engine = |(row, values): (u32, &Row)| {
        let found = student.get(row, weight);
        let slack = digits.stray_slack(row, weight, found).unwrap_or(0.0);
        (found - values.get(weight)).abs() <= slack
    };
    sums.any(is_computed_otherwise) && (0..).zip(engine).all(is_near_the_engine)
}
