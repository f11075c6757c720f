//! Finds the row of a sheet that names the columns, and the columns that it names.

use super::{GIVEN, Places};
use crate::exchange::cells::{Cell, Sheet};
use crate::exchange::column_names::column_named;
use crate::sheet::Column;

/// The number of rows, from the top of a sheet, in which the header is searched.
const WITHIN: u32 = 500;
/// The number of rows below the header that are looked at.
const LOOK_BELOW: u32 = 12;
/// The number of given columns with a number that a row needs to be one of the table.
pub(super) const FEWEST_GIVEN: usize = 6;

/// A row that names columns.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) row: u32,
    pub(super) places: Places,
}

impl Header {
    /// Finds the row that names the most columns with numbers below; `None` if no row names a given column.
    pub(super) fn find(sheet: &Sheet) -> Option<Self> {
        let rows = 0..sheet.rows().min(WITHIN);
        let headers = rows.map(|row| Self { row, places: places(sheet, row) }).filter(|header| header.named() > 0);
        // Of equally good rows the first one counts, but `max_by_key` returns the last one, hence `rev`.
        let headers: Vec<Self> = headers.collect();
        let mut best = headers.into_iter().rev().max_by_key(|header| header.score(sheet))?;
        best.add_second_line(sheet);
        Some(best)
    }

    /// The number of given columns that the row names.
    pub(super) fn named(&self) -> usize {
        GIVEN.into_iter().filter(|column| self.places[column.index()].is_some()).count()
    }

    /// How good the header is: a list of constants names fewer columns than the table, and has a single row.
    fn score(&self, sheet: &Sheet) -> usize {
        let named = self.places.iter().flatten().count();
        if named < FEWEST_GIVEN {
            return named;
        }
        let rows = (self.row + 1..=self.row + LOOK_BELOW).filter(|&row| has_given_numbers(sheet, row, &self.places));
        named + 8 * rows.take(2).count()
    }

    /// Adds the columns that are named in the row below or above only, as in a header of two lines.
    fn add_second_line(&mut self, sheet: &Sheet) {
        for row in [Some(self.row + 1), self.row.checked_sub(1)].into_iter().flatten() {
            for (place, column) in named_in(sheet, row) {
                let is_taken = self.places.contains(&Some(place));
                let heading = sheet.get(self.row, place);
                if !is_taken && self.places[column.index()].is_none() && *heading == Cell::Blank {
                    self.places[column.index()] = Some(place);
                }
            }
        }
    }
}

/// Whether a row has numbers, or formulas without results, in enough of the given columns.
pub(super) fn has_given_numbers(sheet: &Sheet, row: u32, places: &Places) -> bool {
    let is_number = |column: &Column| {
        let cell = places[column.index()].map_or(&Cell::Blank, |place| sheet.get(row, place));
        cell.number().is_some() || *cell == Cell::NoResult
    };
    GIVEN.iter().filter(|column| is_number(column)).count() >= FEWEST_GIVEN
}

/// Returns the positions of a row that name columns.
fn named_in(sheet: &Sheet, row: u32) -> impl Iterator<Item = (u32, Column)> {
    let cells = (0..).zip(sheet.row(row));
    cells.filter_map(|(place, cell)| Some((place, cell.text().and_then(column_named)?)))
}

/// Returns the column of the sheet in which the names of columns stand below each other; `None` if there is none.
pub(super) fn transposed(sheet: &Sheet) -> Option<u32> {
    let rows = sheet.rows().min(WITHIN);
    let width = (0..rows).map(|row| sheet.row(row).len()).max().unwrap_or(0) as u32;
    (0..width).find(|&place| {
        let named = (0..rows).filter_map(|row| sheet.get(row, place).text().and_then(column_named));
        let given: std::collections::BTreeSet<Column> = named.filter(|column| GIVEN.contains(column)).collect();
        given.len() > FEWEST_GIVEN
    })
}

/// Returns the number of columns that a row names.
pub(super) fn names_in(sheet: &Sheet, row: u32) -> usize {
    named_in(sheet, row).count()
}

/// Returns the positions at which a row names the columns. If a name occurs twice, the position with numbers below
/// counts, and among those the one that keeps the usual order.
fn places(sheet: &Sheet, row: u32) -> Places {
    let named: Vec<(u32, Column)> = named_in(sheet, row).collect();
    let mut places = [None; Column::COUNT];
    let shift = |&(place, column): &(u32, Column)| i64::from(place) - column.index() as i64;
    let is_usual = |one: i64| named.iter().filter(|other| shift(other) == one).count();
    let usual = named.iter().map(shift).rev().max_by_key(|&shift| is_usual(shift)).unwrap_or(0);
    for column in Column::ALL {
        let candidates = named.iter().filter(|(_, name)| *name == column);
        let numbers_below = |place: u32| {
            (row + 1..=row + LOOK_BELOW).filter(|&row| sheet.get(row, place).number().is_some()).take(2).count()
        };
        let best = candidates
            .rev()
            .max_by_key(|&named| (numbers_below(named.0), std::cmp::Reverse((shift(named) - usual).abs())));
        places[column.index()] = best.map(|&(place, _)| place);
    }
    places
}
