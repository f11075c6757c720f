//! Recognises weights that are several steps away from those in the row above, because rows of the table are missing, and
//! rows that are there twice.

use std::collections::BTreeMap;

use super::comparison::{Comparison, Place, near};
use super::{Group, Kind};
use crate::sheet::{Column, Constants, run};

/// The largest number of rows that are missing in one place.
const MOST_MISSING: usize = 10;

impl Comparison<'_> {
    /// Returns the weights, all eight of a row, that several steps from the row above explain, or that are those of the row
    /// above as all else is, and takes them from the cells that are not explained yet.
    pub(super) fn uneven_rows(&self, unexplained: &mut BTreeMap<Column, Vec<Place>>) -> Vec<Group> {
        let line = |row: u32| self.table.position(row, Column::W1).map_or(0, |(row, _)| row + 1);
        let missing = self.take_rows(unexplained, &|row| self.is_several_steps(row), |first| {
            format!(
                "These weights are several steps away from those in the row above. Below row {} of the sheet, a row or more of \
                 the table seems to be missing.",
                line(first - 1)
            )
        });
        // If many rows are the same, weights are not updated.
        let repeated = (1..self.table.rows()).filter(|&row| self.is_repeated(row)).count();
        let are_few = repeated > 0 && 4 * repeated <= self.table.rows() as usize;
        let is_repeated = |row| are_few && self.is_repeated(row);
        let repeated = self.take_rows(unexplained, &is_repeated, |first| {
            format!(
                "Row {} of the sheet is the same as the row above: it was copied, or the step was forgotten.",
                line(first)
            )
        });
        missing.into_iter().chain(repeated).collect()
    }

    /// Takes the weights of the rows of which all eight are not explained yet and `is_such` says yes; `cause` says why, from
    /// the first of these rows.
    fn take_rows(
        &self,
        unexplained: &mut BTreeMap<Column, Vec<Place>>,
        is_such: &dyn Fn(u32) -> bool,
        cause: impl Fn(u32) -> String,
    ) -> Option<Group> {
        let is_unexplained = |row: u32, column: Column| {
            let places = unexplained.get(&column);
            places.is_some_and(|places| places.binary_search(&Place { row, column }).is_ok())
        };
        let rows: Vec<u32> = (1..self.table.rows())
            .filter(|&row| Column::WEIGHTS.into_iter().all(|column| is_unexplained(row, column)))
            .filter(|&row| is_such(row))
            .collect();
        let first = *rows.first()?;
        let mut taken = Vec::new();
        for column in Column::WEIGHTS {
            let Some(places) = unexplained.get_mut(&column) else { continue };
            taken.extend(places.extract_if(.., |place| rows.binary_search(&place.row).is_ok()));
        }
        unexplained.retain(|_, places| !places.is_empty());
        self.group(Kind::Mistake, cause(first), taken)
    }

    /// Whether all numbers of a row are those of the row above.
    fn is_repeated(&self, row: u32) -> bool {
        let is_same = |column: Column| {
            let number = |row: u32| self.found(Place { row, column });
            number(row) == number(row - 1)
        };
        Column::ALL.into_iter().filter(|&column| self.table.is_filled(row, column)).all(is_same)
    }

    /// Whether several steps lead from the weights of the row above to those of a row.
    fn is_several_steps(&self, row: u32) -> bool {
        let rows = self.surroundings(Place { row, column: Column::W1 });
        let number = |column| rows.above.get(column);
        let constants = Constants {
            targets: [Column::T1, Column::T2].map(number),
            inputs: [Column::I1, Column::I2].map(number),
            weights: Column::WEIGHTS.map(number),
        };
        run::rows(constants, self.learning_rate()).skip(2).take(MOST_MISSING).any(|later| {
            Column::WEIGHTS.into_iter().all(|column| {
                let (place, value) = (Place { row, column }, later.get(column));
                near(self.found(place), value, self.tolerance(place, value))
            })
        })
    }
}
