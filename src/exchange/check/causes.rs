//! Sorts the wrong cells of a sheet into groups, and finds the likely cause of each group.

use std::collections::BTreeMap;

use super::comparison::{Comparison, Place, near};
use super::{Group, Kind, WrongCell};
use crate::exchange::cells::Cell;
use crate::exchange::csv_out;
use crate::exchange::mistakes::{Guess, guesses};
use crate::exchange::no_number::why_no_number;
use crate::sheet::{Column, Expr};

/// The number of a column's cells with which each guess is tried; the guess that fits most of them is applied to all.
const SAMPLES: usize = 16;
/// The largest number of different mistakes that are named in one column.
const MOST_CAUSES: usize = 4;
/// The largest number of characters of a student's text that the report repeats.
const LONGEST_TEXT: usize = 40;

impl Comparison<'_> {
    /// Returns all wrong cells, by column and cause.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut without_number: BTreeMap<(Column, String), Vec<Place>> = BTreeMap::new();
        let mut wrong: BTreeMap<Column, Vec<Place>> = BTreeMap::new();
        let mut consequences: BTreeMap<Column, Vec<Place>> = BTreeMap::new();
        for row in 0..self.table.rows() {
            for column in Column::ALL.into_iter().filter(|&column| self.table.has(column)) {
                let place = Place { row, column };
                if !self.table.is_filled(row, column) || self.is_right(place) {
                    continue;
                }
                if self.inherits_error(place) {
                    consequences.entry(column).or_default().push(place);
                } else if let Some(cause) = why_no_number(self.cell(place)) {
                    without_number.entry((column, cause)).or_default().push(place);
                } else if self.follows(place) {
                    consequences.entry(column).or_default().push(place);
                } else {
                    wrong.entry(column).or_default().push(place);
                }
            }
        }
        let mut groups = Vec::new();
        for ((_, cause), places) in without_number {
            groups.extend(self.group(Kind::Mistake, cause, &places));
        }
        let common_rate = self.common_rate(|weight| wrong.get(&weight)?.first().copied());
        for (column, places) in wrong {
            self.explain(column, places, common_rate, &mut groups);
        }
        for places in consequences.into_values() {
            if let Some(&first) = places.first() {
                groups.extend(self.group(Kind::Consequence, self.consequence_of(first), &places));
            }
        }
        groups
    }

    /// Names the wrong cells that this one was computed from.
    fn consequence_of(&self, place: Place) -> String {
        let wrong: Vec<String> = self
            .precedents(place)
            .filter(|&place| self.table.has(place.column) && !self.is_right(place))
            .map(|place| self.table.address(place.row, place.column))
            .collect();
        match wrong.as_slice() {
            [] => "Small rounding errors have added up.".to_owned(),
            [one] => format!("Computed from the wrong cell {one}."),
            several => format!("Computed from the wrong cells {}.", several.join(", ")),
        }
    }

    /// Adds the groups of a column's mistakes: those that guesses explain, rounded numbers, and all others.
    ///
    /// `common_rate` is the learning rate that most weights were updated with, if it is not the sheet's own.
    fn explain(&self, column: Column, mut places: Vec<Place>, common_rate: Option<f64>, groups: &mut Vec<Group>) {
        for _ in 0..MOST_CAUSES {
            let Some(&first) = places.first() else { return };
            let mut guesses = guesses(column, first.row == 0);
            // A step without a learning rate looks like η = 1; a classic mistake has a better name for it.
            let other_rate = common_rate.filter(|&rate| rate != 1.0).and_then(|rate| Guess::other_rate(column, rate));
            guesses.splice(0..0, other_rate);
            guesses.extend(self.rate_of_step(first).and_then(|rate| Guess::other_rate(column, rate)));

            let samples = &places[..places.len().min(SAMPLES)];
            let score = |guess: &Guess| samples.iter().filter(|&&place| self.explains(guess, place)).count();
            // Of equally good guesses the first one is the likeliest.
            let best = guesses.iter().rev().max_by_key(|guess| score(guess)).filter(|guess| score(guess) > 0);
            let Some(best) = best else { break };
            let (explained, rest): (Vec<_>, Vec<_>) = places.into_iter().partition(|&place| self.explains(best, place));
            groups.extend(self.group(Kind::Mistake, format!("Likely mistake: {}.", best.clause), &explained));
            places = rest;
        }
        let (typed, rest): (Vec<_>, Vec<_>) = places.into_iter().partition(|&place| self.is_rounded(place));
        let too_few_digits = "Right, but with too few digits. Copy the formula, not its result.".to_owned();
        groups.extend(self.group(Kind::Rounded, too_few_digits, &typed));
        if let Some(&first) = rest.first() {
            let formula = self.formula(first).map(Expr::symbols).unwrap_or_default();
            let cause = format!("This is not the result of {} = {formula}.", column.name());
            groups.extend(self.group(Kind::Mistake, cause, &rest));
        }
    }

    /// Whether a wrong formula gives the student's number, and the right formula does not.
    fn explains(&self, guess: &Guess, place: Place) -> bool {
        let (Some(found), Some(right)) = (self.cell(place).number(), self.recomputed(place)) else { return false };
        let wrong = guess.evaluate(&self.surroundings(place));
        let tolerance = self.recomputed_tolerance(place, wrong);
        near(found, wrong, tolerance) && !near(wrong, right, tolerance)
    }

    /// Makes a group of cells of one column; `None` if there are no cells.
    fn group(&self, kind: Kind, cause: String, places: &[Place]) -> Option<Group> {
        let column = places.first()?.column;
        let cells = places.iter().take(Group::LISTED).map(|&place| WrongCell {
            row: place.row,
            address: self.table.address(place.row, place.column),
            found: match self.cell(place) {
                Cell::Blank | Cell::NoResult => String::new(),
                Cell::Number(value) => csv_out::number(*value),
                Cell::Text(text) | Cell::Error(text) => text.chars().take(LONGEST_TEXT).collect(),
            },
            expected: self.expected(place),
        });
        Some(Group { column, kind, cause, count: places.len() as u32, cells: cells.collect() })
    }
}
