//! Finds the guesses that explain wrong cells: one mistake in several columns is likelier than several mistakes.

use std::collections::BTreeMap;

use super::comparison::{Comparison, Judgement, Place, near};
use super::habits::Written;
use super::wording::{self, Explained};
use crate::exchange::mistakes::{Family, Guess};
use crate::sheet::Column;

/// The number of a column's cells with which each guess is tried; the guess that fits most of them is applied to all.
const SAMPLES: usize = 16;
/// The largest number of different mistakes that are named in one column.
const MOST_CAUSES: usize = 4;
/// One in so many numbers with few digits may miss the wrong formula that gave it, because it was rounded.
const ONE_MISSES: usize = 6;
/// How many cells with few digits must agree on a mistake if their column has another one or is mostly right.
const ENOUGH_FOR_ANOTHER: usize = 3;
/// The number of rows from which on a single wrong cell of a column is no mistake of the whole column.
const MANY_ROWS: u32 = 4;
/// The number of wrong weights from which on they have a common cause.
const MANY_WEIGHTS: usize = 4;
/// The number of columns from which on a mistake is looked for in others, too.
const SHARED: usize = 3;
/// How many units of a rounded number a guess may be farther from it than the best one.
const AS_NEAR: f64 = 1.0;

/// The wrong cells of a column whose cause is not known yet.
pub(super) struct Pending {
    pub(super) column: Column,
    pub(super) places: Vec<Place>,
    pub(super) guesses: Vec<Guess>,
}

/// A guess that fits cells of its column.
struct Fit {
    index: usize,
    /// The number of samples that it fits.
    cells: usize,
}

impl Comparison<'_> {
    /// Explains cells by guesses, and leaves the others.
    ///
    /// A mistake that explains several columns is likelier than several mistakes. So of the guesses that fit most of a
    /// column's cells, the one that also fits most columns counts.
    pub(super) fn explain(&self, pending: &mut [Pending]) -> Vec<Explained> {
        let wrong_weights = pending.iter().filter(|pending| pending.column.weight_index().is_some()).count();
        let mut explained: Vec<Explained> = Vec::new();
        for _ in 0..MOST_CAUSES {
            let mut fitting: Vec<Vec<Fit>> = pending.iter().map(|pending| self.fitting(pending, &explained)).collect();
            let mut columns: BTreeMap<String, Vec<Column>> = BTreeMap::new();
            for (pending, fitting) in pending.iter().zip(&fitting) {
                for fit in fitting {
                    let columns = columns.entry(pending.guesses[fit.index].clause.clone()).or_default();
                    if columns.last() != Some(&pending.column) {
                        columns.push(pending.column);
                    }
                }
            }
            for (pending, fitting) in pending.iter().zip(&mut fitting) {
                for (index, guess) in pending.guesses.iter().enumerate() {
                    let Some(columns) = columns.get_mut(&guess.clause) else { continue };
                    if columns.len() >= SHARED && !columns.contains(&pending.column) && self.is_shared(pending, guess) {
                        columns.push(pending.column);
                        fitting.push(Fit { index, cells: 0 });
                    }
                }
            }
            let mut other_gradients: Vec<Column> = Vec::new();
            for (pending, fitting) in pending.iter().zip(&fitting) {
                if fitting.iter().any(|fit| pending.guesses[fit.index].family == Family::OtherGradient) {
                    other_gradients.push(pending.column);
                }
            }
            let mut is_done = true;
            for (pending, fitting) in pending.iter_mut().zip(&fitting) {
                let same = |fit: &Fit| {
                    let guess = &pending.guesses[fit.index];
                    let columns = columns.get(&guess.clause).map_or(&[][..], Vec::as_slice);
                    // A factor says little, unless the error's formula explains it in all gradients.
                    let says_little = guess.family.is_vague() && !wording::is_of_error(columns.iter().copied());
                    if says_little { 0 } else { columns.len() }
                };
                let count = |fit: &Fit| match pending.guesses[fit.index].family {
                    Family::OtherGradient => other_gradients.len(),
                    _ => same(fit),
                };
                // Some number always explains the steps of a few weights.
                let is_plain = |fit: &Fit| {
                    let guess = &pending.guesses[fit.index];
                    !matches!(guess.family, Family::Rate | Family::RateOfRow) || guess.slide.is_some()
                };
                let agrees = |fit: &Fit| self.agrees_with_right_cells(&pending.guesses[fit.index], &pending.places);
                // Of equally good guesses the first one is the likeliest.
                let rank = |fit: &Fit| (count(fit), is_plain(fit), agrees(fit), same(fit), fit.cells);
                let Some((best_rank, best)) =
                    fitting.iter().rev().map(|fit| (rank(fit), fit)).max_by_key(|&(rank, _)| rank)
                else {
                    continue;
                };
                // Where many weights are wrong, one cause for one of them fits its few digits by chance.
                let is_one_of_many = wrong_weights >= MANY_WEIGHTS && pending.column.weight_index().is_some();
                if is_one_of_many && best_rank.0 == 1 && pending.places.iter().all(|&place| self.has_few_digits(place))
                {
                    continue;
                }
                let other = fitting.iter().find(|fit| {
                    let guess = &pending.guesses[fit.index];
                    let is_likely = guess.family != Family::Rate || count(fit) > 1;
                    let is_as_likely = is_likely
                        && are_as_plain(&pending.guesses[best.index], guess)
                        && (count(fit) == best_rank.0 || guess.family.is_vague())
                        && agrees(fit) == best_rank.2
                        && fit.cells == best.cells;
                    fit.index != best.index && is_as_likely && self.is_other_cause(pending, best.index, fit.index)
                });
                let other = other.map(|fit| pending.guesses[fit.index].clause.clone());
                let guess = pending.guesses[best.index].clone();
                let places = std::mem::take(&mut pending.places);
                let is_explained =
                    |&place: &Place| self.misses(&guess, place).is_some() || self.is_nearly(&guess, place);
                let (places, rest) = places.into_iter().partition(is_explained);
                pending.places = rest;
                explained.push(Explained { guess, other, places });
                is_done = false;
            }
            if is_done {
                break;
            }
        }
        explained
    }

    /// Returns the guesses that fit most of a column's cells and are nearly as near to the numbers as the nearest one.
    /// `explained` are the cells that have a cause already.
    fn fitting(&self, pending: &Pending, explained: &[Explained]) -> Vec<Fit> {
        let score = |guess: &Guess| {
            let misses: Vec<f64> = samples(&pending.places).filter_map(|place| self.misses(guess, place)).collect();
            (misses.len(), misses.iter().sum::<f64>() / misses.len().max(1) as f64)
        };
        let scores: Vec<(usize, f64)> = pending.guesses.iter().map(score).collect();
        let most = scores.iter().map(|&(count, _)| count).max().unwrap_or(0);
        // Numbers with few digits agree with a few wrong formulas by chance.
        let few = samples(&pending.places).filter(|&place| self.has_few_digits(place)).count();
        let is_another = explained.iter().flat_map(|known| &known.places).any(|place| place.column == pending.column);
        let is_rare = 2 * pending.places.len() < self.table.rows() as usize;
        let enough =
            (few - few / ONE_MISSES).max(if (is_another || is_rare) && few > 0 { ENOUGH_FOR_ANOTHER } else { 1 });
        // Of a hundred wrong formulas, some give any number of few digits. A 0 is told apart from them.
        let is_short = |place: Place| Written::new(self.found(place)).is_some_and(Written::is_short);
        let is_stray = |place: Place| (self.has_few_digits(place) || is_short(place)) && self.found(place) != 0.0;
        let is_single = matches!(*pending.places, [only] if self.table.rows() >= MANY_ROWS && is_stray(only));
        if most < enough || is_single {
            return Vec::new();
        }
        let best = scores.iter().filter(|&&(count, _)| count == most).map(|&(_, miss)| miss).fold(f64::MAX, f64::min);
        // They also miss the right one by chance, and a mistake that explains other columns, too, may be that one.
        let fewest = most - few.min(most) / ONE_MISSES;
        let fits = scores.into_iter().enumerate().map(|(index, (cells, miss))| (Fit { index, cells }, miss));
        let is_fitting = |(fit, miss): &(Fit, f64)| fit.cells >= fewest && *miss <= 2.0 * best + AS_NEAR;
        fits.filter(is_fitting).map(|(fit, _)| fit).collect()
    }

    /// Whether a guess gives the numbers of the right cells, too, that lie between wrong ones of the same column, or before
    /// them if only the first step is right.
    fn agrees_with_right_cells(&self, guess: &Guess, wrong: &[Place]) -> bool {
        let [Place { row: first, column }, .., Place { row: last, .. }] = *wrong else { return true };
        let right: Vec<Place> = (if first == 2 { 1 } else { first }..last)
            .map(|row| Place { row, column })
            .filter(|&place| self.judgement(place) == Judgement::Right && self.table.is_filled(place.row, column))
            .collect();
        samples(&right).all(|place| self.is_right_by(guess, place))
    }

    /// Whether a number with few digits is that of a wrong formula, but for the digits that it and the cells around it do not
    /// show.
    fn is_nearly(&self, guess: &Guess, place: Place) -> bool {
        let wrong = self.value(guess, place);
        let slack = || 2.0 * self.tolerance(place, wrong) + self.spread_of(guess, place);
        self.has_few_digits(place) && near(self.found(place), wrong, slack())
    }

    /// Whether a guess that explains other columns explains, nearly, most of a column's cells with few digits.
    fn is_shared(&self, pending: &Pending, guess: &Guess) -> bool {
        let all = samples(&pending.places).count();
        let missed = samples(&pending.places).filter(|&place| !self.is_nearly(guess, place)).count();
        all > 0 && missed <= all / ONE_MISSES
    }

    /// Whether a second guess is a different mistake that happens to give the same numbers as the best one.
    fn is_other_cause(&self, pending: &Pending, best: usize, other: usize) -> bool {
        let (best, other) = (&pending.guesses[best], &pending.guesses[other]);
        if best.family.is_vague() || best.is_same(other) || best.clause == other.clause {
            return false;
        }
        samples(&pending.places).all(|place| {
            let (one, two) = (self.value(best, place), self.value(other, place));
            let right = self.recomputed(place).unwrap_or(f64::NAN);
            self.misses(best, place).is_none() || near(one, two, 0.01 * (one - right).abs())
        })
    }
}

/// Whether a second guess is about as plain as the best one, so that both are worth naming: no other learning rate where
/// another one or another weight's gradient explains the step, and no second way in which η slides.
fn are_as_plain(best: &Guess, other: &Guess) -> bool {
    let is_any_rate = |guess: &Guess| guess.family == Family::Rate && guess.slide.is_none();
    let slide_both = best.slide.is_some() && other.slide.is_some();
    other.family != Family::RateOfRow
        && !slide_both
        && !(is_any_rate(other) && (is_any_rate(best) || best.family == Family::OtherGradient))
}

/// Returns some of the cells, evenly spread.
pub(super) fn samples(places: &[Place]) -> impl Iterator<Item = Place> {
    let step = places.len().div_ceil(SAMPLES).max(1);
    places.iter().step_by(step).copied()
}
