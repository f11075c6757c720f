//! Says what is wrong with numbers that are right to the digits that they show.

use super::comparison::{Comparison, Place, near};
use super::{Group, Kind};
use crate::sheet::Column;

/// What is said of a number that has fewer digits than those around it.
const TOO_FEW: &str = "Right, but with too few digits. Copy the formula, not its result.";
/// What is said of a number that may end with a 0 that a workbook does not store.
const HIDDEN_ZERO: &str =
    "Right only if it is rounded to fewer digits than the cells around it. If a 0 is hidden at its end, it is wrong.";
/// What is said of a column of zeros.
const ZEROS: &str = "Only 0 stands here. The right numbers are nearly 0, but nobody can tell a rounded number from a missing one: \
                     show more digits.";

impl Comparison<'_> {
    /// Returns the groups of a column's numbers that are right as far as they go.
    pub(super) fn short_groups(&self, places: Vec<Place>) -> impl Iterator<Item = Group> {
        let is_zero = |place: &Place| self.digits.has_only_zeros(place.column);
        let may_hide_zeros = |place: &Place| self.digits.may_hide_zeros(place.row, place.column, self.found(*place));
        let (zeros, others): (Vec<Place>, Vec<Place>) = places.into_iter().partition(is_zero);
        let (hiding, others): (Vec<Place>, Vec<Place>) = others.into_iter().partition(may_hide_zeros);
        let all = [(ZEROS, zeros), (HIDDEN_ZERO, hiding), (TOO_FEW, others)];
        all.into_iter().filter_map(|(cause, places)| self.group(Kind::Rounded, cause.to_owned(), places))
    }

    /// Whether more cells were computed from the zeros that stand in a column than from the right numbers.
    pub(super) fn go_on_from_zeros(&self, zeros: Column) -> bool {
        let (mut from_zeros, mut from_others) = (0_usize, 0_usize);
        for row in 0..self.table.rows() {
            for column in Column::ALL.into_iter().filter(|&column| self.table.is_filled(row, column)) {
                let place = Place { row, column };
                let Some(value) = self.recomputed(place) else { continue };
                if !self.precedents(place).any(|precedent| precedent.column == zeros) {
                    continue;
                }
                let follows = near(self.found(place), value, self.tolerance(place, value));
                match (follows, self.has_engines_value(place)) {
                    (true, false) => from_zeros += 1,
                    (false, true) => from_others += 1,
                    _ => {}
                }
            }
        }
        from_zeros > from_others
    }
}
