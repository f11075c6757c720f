//! What wrong formulas would give in the cells of a student's sheet.

use super::comparison::{Comparison, Judgement, Place, near};
use super::plainest::plainest;
use crate::exchange::cells::Cell;
use crate::exchange::mistakes::{Family, Guess, Slide, Surroundings};
use crate::sheet::Column;

impl Comparison<'_> {
    /// Returns by how many of its own units the student's number differs from that of a wrong formula; `None` if the
    /// wrong formula does not explain the number.
    pub(super) fn misses(&self, guess: &Guess, place: Place) -> Option<f64> {
        let (found, right) = (self.found(place), self.recomputed(place)?);
        if guess.slide.is_some_and(|slide| self.slid_rate(slide, place).is_none()) {
            return None;
        }
        let wrong = self.value(guess, place);
        let tolerance = self.tolerance(place, wrong);
        if near(wrong, right, tolerance) {
            return None;
        }
        if near(found, wrong, tolerance) {
            // Two infinite numbers have no difference.
            return Some(((found - wrong).abs() / tolerance).max(0.0));
        }
        // Most guesses are far off, and this is slow.
        if (found - wrong).abs() > 0.1 * found.abs() + tolerance {
            return None;
        }
        near(found, wrong, tolerance + self.spread_of(guess, place)).then(|| (found - wrong).abs() / tolerance)
    }

    /// Whether a wrong formula gives the number of a right cell.
    pub(super) fn is_right_by(&self, guess: &Guess, place: Place) -> bool {
        let wrong = self.value(guess, place);
        near(self.found(place), wrong, self.tolerance(place, wrong) + self.spread_of(guess, place))
    }

    /// The number that a wrong formula gives in a cell.
    pub(super) fn value(&self, guess: &Guess, place: Place) -> f64 {
        guess.evaluate(&Surroundings { learning_rate: self.rate_of(guess, place), ..self.surroundings(place) })
    }

    /// How much the number that a wrong formula gives in a cell may change because the cells that it refers to show too few
    /// digits.
    pub(super) fn spread_of(&self, guess: &Guess, place: Place) -> f64 {
        let learning_rate = self.rate_of(guess, place);
        let value = |rows: &Surroundings<'_>| guess.evaluate(&Surroundings { learning_rate, ..*rows });
        self.student.spread(place.row, place.column, &value)
    }

    /// The learning rate of a wrong formula.
    fn rate_of(&self, guess: &Guess, place: Place) -> f64 {
        let of_row = if guess.family == Family::RateOfRow { self.rate_of_row(place.row) } else { None };
        let slid = || guess.slide.and_then(|slide| self.slid_rate(slide, place));
        of_row.or_else(slid).unwrap_or(self.lesson.learning_rate)
    }

    /// Returns the plainest number that must be added to a cell's right value to get the student's, and the number of its
    /// digits.
    pub(super) fn plain_difference(&self, place: Place) -> Option<(f64, usize)> {
        let (found, right) = (self.found(place), self.recomputed(place)?);
        let (difference, slack) = (found - right, self.tolerance(place, found) + self.spread(place));
        let (plain, digits) =
            (difference.abs() > 2.0 * slack).then(|| plainest(difference - slack, difference + slack))?;
        // Within a wide interval there is always a plain number.
        let is_chance = 2.0 * slack / difference.abs() * 10_f64.powi(digits as i32) > 1.0;
        (!is_chance).then_some((plain, digits))
    }

    /// The value of the cell that a reference to η meets when it slides; an empty cell counts as 0.
    pub(super) fn slid_rate(&self, slide: Slide, place: Place) -> Option<f64> {
        let (row, column) = self.slid_cell(slide, place)?;
        match self.table.sheet.get(row, column) {
            // The cell from which the formula was copied is right; otherwise the weight is simply not updated.
            Cell::Blank if slide.down.is_some() => (place.row > 1).then_some(0.0),
            Cell::Blank => {
                let copied = Place { column: Column::W1, ..place };
                (self.judgement(copied) == Judgement::Right).then_some(0.0)
            }
            cell => cell.number(),
        }
    }

    /// The cell that a reference to η meets when it slides.
    pub(super) fn slid_cell(&self, slide: Slide, place: Place) -> Option<(u32, u32)> {
        let (row, column) = self.rate_cell?;
        let line = |row: u32| Some(i64::from(self.table.position(row, Column::W1)?.0));
        let down = slide.down.map_or(Some(0), |down| Some(down + line(place.row)? - line(1)?))?;
        let first = i64::from(self.table.position(place.row, Column::W1)?.1);
        let right = if slide.right { i64::from(self.table.position(place.row, place.column)?.1) - first } else { 0 };
        let moved = |from: u32, by: i64| u32::try_from(i64::from(from) + by).ok();
        Some((moved(row, down)?, moved(column, right)?))
    }
}
