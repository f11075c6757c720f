//! Recognises weights that are several steps away from those in the row above, because rows of the table are missing.

use std::collections::BTreeMap;

use super::comparison::{Comparison, Place, near};
use super::{Group, Kind};
use crate::sheet::{Column, Constants, run};

/// The largest number of rows that are missing in one place.
const MOST_MISSING: usize = 10;

impl Comparison<'_> {
    /// Returns the weights, all eight of a row, that several steps from the row above explain, and takes them from the
    /// cells that are not explained yet.
    pub(super) fn missing_rows(&self, unexplained: &mut BTreeMap<Column, Vec<Place>>) -> Option<Group> {
        let is_unexplained = |row: u32, column: Column| {
            let places = unexplained.get(&column);
            places.is_some_and(|places| places.binary_search(&Place { row, column }).is_ok())
        };
        let rows: Vec<u32> = (1..self.table.rows())
            .filter(|&row| Column::WEIGHTS.into_iter().all(|column| is_unexplained(row, column)))
            .filter(|&row| self.is_several_steps(row))
            .collect();
        let first = *rows.first()?;
        let mut taken = Vec::new();
        for column in Column::WEIGHTS {
            let Some(places) = unexplained.get_mut(&column) else { continue };
            taken.extend(places.extract_if(.., |place| rows.binary_search(&place.row).is_ok()));
        }
        unexplained.retain(|_, places| !places.is_empty());
        let above = self.table.position(first - 1, Column::W1).map_or(0, |(row, _)| row + 1);
        let cause = format!(
            "These weights are several steps away from those in the row above. Below row {above} of the sheet, a row or more \
             of the table seems to be missing."
        );
        self.group(Kind::Mistake, cause, taken)
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
