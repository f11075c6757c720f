//! Finds the rows of a table: where it ends, what lies between its rows, and what lies below it.

use super::header::names_in;
use super::sums::sums_up;
use super::{Places, number};
use crate::exchange::cells::{Cell, Sheet};
use crate::sheet::Column;

/// The number of names of columns that make a row a header.
const HEADER_NAMES: usize = 6;
/// The number of empty lines after which rows must continue the table to belong to it.
const LONG_GAP: u32 = 3;
/// The number of rows of other content after which no more rows of the table are expected.
const MOST_BETWEEN: usize = 1000;
/// The distance below the table in which rows that do not belong to it are named.
const NAMED_BELOW: u32 = 5;

/// The largest number of rows at the end that may sum up the rows above.
const MOST_SUMS: usize = 10;

/// The largest relative distance of learning rates that count as the same.
const STEPS_AGREE: f64 = 0.1;

/// The rows of a table.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The row of the sheet for each row of the table.
    pub(super) lines: Vec<u32>,
    /// What the user should know about the rows: sentences.
    pub(super) notes: Vec<String>,
    /// The row of the sheet below the table in which another table begins.
    pub(super) next: Option<u32>,
}

impl Rows {
    /// Finds the rows of a table whose row 0 is row `first` of the sheet.
    pub(super) fn find(sheet: &Sheet, places: &Places, first: u32) -> Self {
        let mut rows = Self { lines: vec![first], ..Self::default() };
        let mut between = Vec::new();
        for row in first + 1..sheet.rows() {
            let Some(&last) = rows.lines.last() else { break };
            // A label alone says little: it may belong to a list beside the table.
            let is_sum = || {
                is_labelled_as_sum(sheet, places, row)
                    && (has_label_for_target(sheet, places, row) || !continues(sheet, places, last, row))
            };
            match kind(sheet, places, row) {
                Kind::Blank => {}
                Kind::Row if is_sum() => between.push(row),
                // What is far below the table is no part of it.
                Kind::Other if between.len() > MOST_BETWEEN => break,
                Kind::Other if names_in(sheet, row) >= HEADER_NAMES => {}
                Kind::Other => between.push(row),
                Kind::Row => {
                    let is_restart = row > last + 1 && has_same_weights(sheet, places, row, first);
                    let is_other = row > last + LONG_GAP && !continues(sheet, places, last, row);
                    if is_restart || is_other {
                        rows.next = Some(row);
                        break;
                    }
                    rows.lines.push(row);
                }
            }
        }
        rows.note_gaps(sheet, places);
        rows.split_off_sums(sheet, places, &between);
        rows
    }

    /// Notes the rows that interrupt the table.
    fn note_gaps(&mut self, sheet: &Sheet, places: &Places) {
        let gaps = self.lines.windows(2).flat_map(|pair| match pair {
            [before, after] => before + 1..*after,
            _ => 0..0,
        });
        let gaps: Vec<u32> = gaps.collect();
        let is_blank = |row: &&u32| matches!(kind(sheet, places, **row), Kind::Blank);
        let empty: Vec<u32> = gaps.iter().filter(is_blank).copied().collect();
        let others: Vec<u32> = gaps.iter().filter(|row| !is_blank(row)).copied().collect();
        if let Some(rows) = listed(&empty) {
            let verb = if empty.len() == 1 { "is" } else { "are" };
            self.notes.push(format!("{rows} {verb} empty. The table goes on below."));
        }
        if let Some(rows) = listed(&others) {
            let verb = if others.len() == 1 { "does" } else { "do" };
            self.notes.push(format!("{rows} {verb} not belong to the table and {} left out.", was(others.len())));
        }
    }

    /// Removes the rows at the end that sum up the rows above, such as their smallest numbers, and notes them together
    /// with other rows right below the table.
    fn split_off_sums(&mut self, sheet: &Sheet, places: &Places, others: &[u32]) {
        // Several such rows may follow each other, each a sum of the table alone.
        let fewest = self.lines.len().saturating_sub(MOST_SUMS).max(2);
        let is_sum = |&at: &usize| {
            let (above, row) = (&self.lines[..at], self.lines[at]);
            !continues(sheet, places, self.lines[at - 1], row) && sums_up(sheet, places, above, row)
        };
        let end = (fewest..self.lines.len()).find(is_sum).unwrap_or(self.lines.len());
        let mut below = self.lines.split_off(end);
        let Some(&last) = self.lines.last() else { return };
        let is_like_a_row = |row: u32| {
            let cells = || places.iter().flatten().map(|&place| sheet.get(row, place));
            let filled = cells().filter(|cell| **cell != Cell::Blank).count();
            2 * filled >= cells().count() || cells().any(|cell| cell.number().is_some())
        };
        below.extend(others.iter().filter(|&&row| row > last && row <= last + NAMED_BELOW && is_like_a_row(row)));
        below.sort_unstable();
        if let Some(rows) = listed(&below) {
            self.notes.push(format!("{rows} below the table {} not checked.", was(below.len())));
        }
    }
}

fn was(count: usize) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

/// Names rows for the user: `Row 40`, `Rows 40 and 41`, `Rows 40 to 45`, `Rows 40, 52 and 60`.
fn listed(rows: &[u32]) -> Option<String> {
    let name = |row: &u32| (row + 1).to_string();
    Some(match rows {
        [] => return None,
        [one] => format!("Row {}", name(one)),
        [one, other] => format!("Rows {} and {}", name(one), name(other)),
        [first, .., last] if (last - first) as usize + 1 == rows.len() => {
            format!("Rows {} to {}", name(first), name(last))
        }
        [first @ .., last] if rows.len() <= 6 => {
            format!("Rows {} and {}", first.iter().map(name).collect::<Vec<_>>().join(", "), name(last))
        }
        [first, ..] => format!("{} rows, the first of them row {},", rows.len(), name(first)),
    })
}

/// What a row of the sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The row is blank in all columns of the table.
    Blank,
    /// The row has the numbers of a row of the table.
    Row,
    /// The row has something else.
    Other,
}

fn kind(sheet: &Sheet, places: &Places, row: u32) -> Kind {
    let is_solid = |column: &Column| {
        let cell = places[column.index()].map_or(&Cell::Blank, |place| sheet.get(row, place));
        !matches!(cell, Cell::Blank) && (cell.text().is_none() || cell.number().is_some())
    };
    let count = |columns: &[Column]| columns.iter().filter(|column| is_solid(column)).count();
    let there = |columns: &[Column]| columns.iter().filter(|column| places[column.index()].is_some()).count();
    let cells = || places.iter().flatten().map(|&place| sheet.get(row, place));
    if cells().all(|cell| *cell == Cell::Blank) {
        return Kind::Blank;
    }
    // Targets and inputs may be copied further down than the rest.
    let (weights, all) = (&Column::WEIGHTS[..], &Column::ALL[Column::W1.index()..]);
    let is_row = 2 * count(weights) >= there(weights) || 2 * count(all) >= there(all);
    if is_row { Kind::Row } else { Kind::Other }
}

/// Whether a text stands where the row's first target would be. In a row that is labelled as a sum, it is the label, so
/// that the row is no row of the table even if its numbers look like one.
fn has_label_for_target(sheet: &Sheet, places: &Places, row: u32) -> bool {
    let target = places[Column::T1.index()].map(|place| sheet.get(row, place));
    target.is_some_and(|cell| cell.text().is_some() && cell.number().is_none())
}

/// Whether a text before the weights, or right before the table, says that the row sums up others.
fn is_labelled_as_sum(sheet: &Sheet, places: &Places, row: u32) -> bool {
    const LABELS: [&str; 30] = [
        "min",
        "minimum",
        "minimal",
        "kleinster",
        "max",
        "maximum",
        "maximal",
        "größter",
        "sum",
        "summe",
        "somme",
        "suma",
        "total",
        "gesamt",
        "average",
        "avg",
        "mean",
        "mittel",
        "mittelwert",
        "durchschnitt",
        "moyenne",
        "promedio",
        "media",
        "median",
        "count",
        "anzahl",
        "std",
        "stdev",
        "stddev",
        "range",
    ];
    let start = places.iter().flatten().min().map_or(0, |start| start.saturating_sub(1));
    let weights = places[Column::W1.index()].unwrap_or(start);
    let texts = (start..=weights).filter_map(|place| sheet.get(row, place).text());
    texts.map(str::to_lowercase).any(|text| {
        let mut words = text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty());
        words.next().is_some_and(|word| LABELS.contains(&word)) && words.count() <= 2
    })
}

fn has_same_weights(sheet: &Sheet, places: &Places, row: u32, other: u32) -> bool {
    let weight = |row: u32, weight: Column| number(sheet, places, row, weight);
    Column::WEIGHTS.iter().all(|&column| weight(row, column).is_some() && weight(row, column) == weight(other, column))
}

/// Whether the weights of a row are those of the row before, or most that differ are less by the same multiple of their
/// gradients.
fn continues(sheet: &Sheet, places: &Places, before: u32, row: u32) -> bool {
    let number = |row: u32, column: Column| number(sheet, places, row, column);
    let steps = Column::WEIGHTS.into_iter().zip(Column::GRADIENTS).filter_map(|(weight, gradient)| {
        let step = number(before, weight)? - number(row, weight)?;
        (step != 0.0).then_some(step / number(before, gradient)?)
    });
    let steps: Vec<f64> = steps.collect();
    // A learning rate is positive, and in a sheet of few digits the steps are not exact.
    let agree = |step: f64| steps.iter().filter(|&&other| (other - step).abs() <= STEPS_AGREE * step).count();
    steps.is_empty() || steps.iter().any(|&step| 2 * agree(step) > steps.len())
}
