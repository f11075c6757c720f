//! Finds the columns whose headings could not be read: by their position between other columns, or by their numbers; and
//! those that are none of the table's.

use super::{GIVEN, Places};
use crate::exchange::cells::{self, Cell, Sheet};
use crate::sheet::{Column, network};

/// The number of rows that are looked at.
const SAMPLES: u32 = 16;
/// The largest relative distance of a column's numbers from those that the network gives.
const NEAR: f64 = 0.01;
/// The largest number of characters of a heading that is repeated to the user.
const LONGEST_HEADING: usize = 30;

/// The numbers of a sheet below the header, as far as they tell what the columns are.
struct Numbers<'a> {
    sheet: &'a Sheet,
    first: u32,
    /// The network's values in some rows, from the sheet's own constants and weights.
    expected: Vec<(u32, network::Row)>,
}

/// Adds the columns whose headings could not be read.
///
/// `first` is the row of the sheet with the table's row 0. `constants` are targets and inputs, for a sheet that holds
/// them elsewhere.
pub(super) fn complete(sheet: &Sheet, first: u32, places: &mut Places, constants: [Option<f64>; 4]) {
    let mut numbers = Numbers { sheet, first, expected: Vec::new() };
    numbers.expect(places, constants);
    if numbers.expected.is_empty() {
        // Once the weights are known, the numbers tell the other columns.
        fill_gaps(&numbers, places, |column| GIVEN.contains(&column));
        numbers.expect(places, constants);
    }
    fill_gaps(&numbers, places, |_| true);
    fill_by_numbers(&numbers, places);
    fill_gaps(&numbers, places, |_| true);
}

/// A column of the sheet that holds numbers but is none of the table's, or could not be read.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    pub(super) place: u32,
    /// The column for the user: `X “Edw1”`.
    pub(super) name: String,
}

/// Returns the columns beside the table's that hold numbers and do not count rows. `lines` are the rows of the sheet that
/// belong to the table.
pub(super) fn unread(sheet: &Sheet, header: u32, lines: &[u32], places: &Places) -> Vec<Unread> {
    let known = || places.iter().flatten().copied();
    let (Some(start), Some(end), Some(&first)) = (known().min(), known().max(), lines.first()) else {
        return Vec::new();
    };
    let numbers = Numbers { sheet, first, expected: Vec::new() };
    let is_missing = places.iter().any(Option::is_none);
    let samples = &lines[..lines.len().min(SAMPLES as usize)];
    let holds_numbers = |place: u32| {
        // A list beside the table has numbers in some rows only.
        let cells = samples.iter().map(|&row| sheet.get(row, place));
        let filled = cells.filter(|cell| cell.number().is_some() || **cell == Cell::NoResult).count();
        2 * filled > samples.len() || (is_missing && place >= start && numbers.are_at(place))
    };
    let candidates = (0..=end.saturating_add(Column::COUNT as u32)).filter(|place| !places.contains(&Some(*place)));
    let unread = candidates.filter(|&place| holds_numbers(place) && !numbers.count_rows(place));
    unread.map(|place| Unread { place, name: describe(sheet, header, place) }).collect()
}

/// Names a column for the user: `X “Edw1”`.
fn describe(sheet: &Sheet, header: u32, place: u32) -> String {
    let letters = cells::address(0, place);
    let letters = letters.trim_end_matches('1');
    match sheet.get(header, place).text() {
        Some(text) => format!("{letters} “{}”", text.trim().chars().take(LONGEST_HEADING).collect::<String>()),
        None => letters.to_owned(),
    }
}

impl Numbers<'_> {
    /// Computes the network's values in the first rows that have all constants and weights.
    fn expect(&mut self, places: &Places, constants: [Option<f64>; 4]) {
        let mut constants = constants;
        for row in self.first..self.sheet.rows().min(self.first + SAMPLES) {
            let number = |column: Column| places[column.index()].and_then(|place| self.sheet.get(row, place).number());
            for (constant, column) in constants.iter_mut().zip([Column::T1, Column::T2, Column::I1, Column::I2]) {
                *constant = number(column).or(*constant);
            }
            let weights = Column::WEIGHTS.map(number);
            if let ([Some(t1), Some(t2), Some(i1), Some(i2)], true) = (constants, weights.iter().all(Option::is_some)) {
                let weights = weights.map(|weight| weight.unwrap_or(0.0));
                self.expected.push((row, network::row([t1, t2], [i1, i2], &weights)));
            }
        }
    }

    /// Whether a column of the sheet holds numbers, errors or formulas.
    fn are_at(&self, place: u32) -> bool {
        let rows = self.first..self.sheet.rows().min(self.first + SAMPLES);
        let (mut numbers, mut others) = (0, 0);
        for cell in rows.map(|row| self.sheet.get(row, place)) {
            match cell {
                Cell::Blank => {}
                Cell::Text(_) if cell.number().is_none() => others += 1,
                _ => numbers += 1,
            }
        }
        numbers > others
    }

    /// Whether a column of the sheet counts its rows: 0, 1, 2 and so on.
    fn count_rows(&self, place: u32) -> bool {
        let rows = (0..SAMPLES).filter_map(|row| Some((row, self.sheet.get(self.first + row, place).number()?)));
        let counts: Vec<(u32, f64)> = rows.collect();
        let [(start, first), ..] = counts[..] else { return false };
        // Lines between the rows may be counted or not.
        let is_next = |pair: &[(u32, f64)]| match pair {
            [(_, before), (row, value)] => *value == before + 1.0 || *value == first + f64::from(row - start),
            _ => true,
        };
        first.fract() == 0.0 && counts.len() > 1 && counts.windows(2).all(is_next)
    }

    /// How far the numbers at a place are from a column's values: the median of their relative distances; `None` if they
    /// are too far away, or there are none.
    fn distance(&self, place: u32, column: Column) -> Option<f64> {
        let distances = self.expected.iter().filter_map(|(row, expected)| {
            let (found, expected) = (self.sheet.get(*row, place).number()?, expected.get(column));
            Some(if found == expected { 0.0 } else { (found - expected).abs() / expected.abs() })
        });
        let mut distances: Vec<f64> = distances.collect();
        distances.sort_by(f64::total_cmp);
        distances.get(distances.len() / 2).copied().filter(|&distance| distance <= NEAR)
    }
}

/// Fills runs of columns without a known heading that lie between known ones, are as many as are missing there, and have
/// one that is `wanted`.
fn fill_gaps(numbers: &Numbers<'_>, places: &mut Places, wanted: impl Fn(Column) -> bool) {
    let known: Vec<(i64, i64)> =
        (0..).zip(places.iter()).filter_map(|(index, place)| Some((i64::from((*place)?), index))).collect();
    let (Some(&(_, first)), Some(&(_, last))) = (known.first(), known.last()) else { return };
    let gaps = known.windows(2).filter_map(|pair| match pair {
        [(start, before), (end, after)] if end - start == after - before => Some((*start + 1, before + 1..*after)),
        _ => None,
    });
    let end = Column::COUNT as i64;
    let start_of_head = known.first().map_or(0, |(place, _)| place - first);
    let start_of_tail = known.last().map_or(0, |(place, _)| place + 1);
    let edges = [(start_of_head, 0..first), (start_of_tail, last + 1..end)];
    let gaps: Vec<_> = gaps.chain(edges).filter(|(start, columns)| *start >= 0 && !columns.is_empty()).collect();
    for (start, columns) in gaps {
        let filled: Vec<(usize, u32)> = columns
            .zip(start..)
            .filter_map(|(index, place)| Some((usize::try_from(index).ok()?, u32::try_from(place).ok()?)))
            .collect();
        let is_free =
            |place: u32| !places.contains(&Some(place)) && numbers.are_at(place) && !numbers.count_rows(place);
        // At the edge of the table, one column more leaves open which of them are meant.
        let around = [start - 1, start + filled.len() as i64].into_iter().filter_map(|place| u32::try_from(place).ok());
        let is_exact = filled.iter().all(|&(_, place)| is_free(place)) && !around.into_iter().any(is_free);
        let is_wanted = filled.iter().any(|&(index, _)| wanted(Column::ALL[index]));
        if is_wanted && is_exact && keep_order(numbers, &filled) {
            for (index, place) in filled {
                places[index] = Some(place);
            }
        }
    }
}

/// Whether the numbers of a run of columns do not speak for another order than the usual one: no two columns fit each
/// other's places better than their own.
fn keep_order(numbers: &Numbers<'_>, run: &[(usize, u32)]) -> bool {
    let fits = |index: usize, place: u32| numbers.distance(place, Column::ALL[index]).is_some();
    !run.iter().any(|&(own, place)| {
        let fits_better =
            |&(other, its_place): &(usize, u32)| other != own && fits(other, place) && !fits(other, its_place);
        !fits(own, place) && run.iter().any(fits_better)
    })
}

/// Fills columns whose numbers are those of the network, the most similar ones first.
fn fill_by_numbers(numbers: &Numbers<'_>, places: &mut Places) {
    let width = (0..SAMPLES).map(|row| numbers.sheet.row(numbers.first + row).len() as u32).max().unwrap_or(0);
    let free: Vec<u32> = (0..width).filter(|place| !places.contains(&Some(*place)) && numbers.are_at(*place)).collect();
    let mut pairs: Vec<(f64, usize, u32)> = Vec::new();
    for column in Column::ALL.into_iter().filter(|column| places[column.index()].is_none()) {
        let near = free.iter().filter_map(|&place| Some((numbers.distance(place, column)?, column.index(), place)));
        pairs.extend(near);
    }
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    for (_, index, place) in pairs {
        if places[index].is_none() && !places.contains(&Some(place)) {
            places[index] = Some(place);
        }
    }
}

/// Finds a table without any known heading: 31 columns of numbers in the usual order. Returns the row of the sheet with
/// the table's row 0, and the columns.
pub(super) fn without_header(sheet: &Sheet, within: u32) -> Option<(u32, Places)> {
    let width = Column::COUNT as u32;
    for row in 0..sheet.rows().min(within) {
        let cells = sheet.row(row);
        let is_number = |place: u32| cells.get(place as usize).is_some_and(|cell| cell.number().is_some());
        for start in (0..(cells.len() as u32).saturating_sub(width - 1)).filter(|&start| is_number(start)) {
            if !(start..start + width).all(is_number) {
                continue;
            }
            let mut places = [None; Column::COUNT];
            for (place, index) in (start..).zip(&mut places) {
                *index = Some(place);
            }
            let mut numbers = Numbers { sheet, first: row, expected: Vec::new() };
            numbers.expect(&places, [None; 4]);
            let computed = Column::ALL.into_iter().filter(|column| !GIVEN.contains(column));
            let fits =
                |column: &Column| places[column.index()].and_then(|place| numbers.distance(place, *column)).is_some();
            if computed.filter(fits).count() >= 10 {
                return Some((row, places));
            }
        }
    }
    None
}
