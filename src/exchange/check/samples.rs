//! Recognises a table that learns several samples: its targets and inputs change from row to row, and come again.

use std::collections::{BTreeMap, BTreeSet};

use crate::exchange::table::Table;
use crate::sheet::{Column, Row, network};

/// The columns of a sample.
const COLUMNS: [Column; 4] = [Column::T1, Column::T2, Column::I1, Column::I2];
/// The share of rows that must keep to the order of the samples.
const MOST: f64 = 0.9;
/// The share of rows that must have another sample than most.
const LEAST: f64 = 0.2;
/// The largest number of rows after which samples may come again in the same order.
const MOST_IN_TURN: usize = 100;

/// Targets and inputs: t1, t2, i1, i2.
type Sample = [f64; 4];

/// The samples of a table's rows.
pub(super) struct Samples {
    /// The sample of each row.
    rows: Vec<Sample>,
    /// The number of rows after which the samples come again in the same order.
    period: Option<usize>,
}

impl Samples {
    /// Returns the samples of a table that learns more than one.
    pub(super) fn find(table: &Table<'_>) -> Option<Self> {
        let sample = |row: u32| -> Option<Sample> {
            let numbers = COLUMNS.map(|column| table.cell(row, column).number());
            numbers.iter().all(Option::is_some).then(|| numbers.map(|number| number.unwrap_or(0.0)))
        };
        let mut rows = Vec::new();
        for row in 0..table.rows() {
            rows.push(sample(row).or_else(|| rows.last().copied())?);
        }
        // A few typing mistakes make no samples.
        let largest = *counts(&rows).values().max()?;
        if largest as f64 > (1.0 - LEAST) * rows.len() as f64 {
            return None;
        }
        let in_turn = (2..=MOST_IN_TURN.min(rows.len() / 2))
            .find_map(|period| Some(Self { rows: in_turn(&rows, period)?, period: Some(period) }));
        in_turn.or_else(|| are_samples(&rows).then_some(Self { rows, period: None }))
    }

    /// The sample of row 0.
    pub(super) fn first(&self) -> impl Iterator<Item = (Column, f64)> {
        COLUMNS.into_iter().zip(self.rows.first().copied().unwrap_or_default())
    }

    /// Whether the weights stay the same until all samples were seen, so that a step follows from all of them.
    pub(super) fn are_learned_together(&self, table: &Table<'_>) -> bool {
        let Some(period) = self.period else { return false };
        let is_same = |row: u32| {
            let number = |row: u32, column: Column| table.cell(row, column).number();
            Column::WEIGHTS.into_iter().all(|weight| number(row, weight) == number(row - 1, weight))
        };
        let share = |within: bool| {
            let rows = || (1..table.rows()).filter(|&row| (row as usize).is_multiple_of(period) != within);
            rows().filter(|&row| is_same(row)).count() as f64 / rows().count().max(1) as f64
        };
        share(true) >= MOST && share(false) <= 1.0 - MOST
    }

    /// Returns the engine's rows: each step follows from the sample of the row above.
    pub(super) fn engine(&self, mut weights: [f64; 8], learning_rate: f64) -> Vec<Row> {
        let row = |&[t1, t2, i1, i2]: &Sample| {
            let row = network::row([t1, t2], [i1, i2], &weights);
            network::descend([t1, t2], [i1, i2], &mut weights, learning_rate);
            row
        };
        self.rows.iter().map(row).collect()
    }

    /// Says what the table learns.
    pub(super) fn note(&self) -> String {
        let in_turn = if self.period.is_some() { " in turn" } else { "" };
        format!(
            "The table learns {} samples{in_turn}. Each row was checked with its own targets and inputs. The sheet on this page \
             learns one sample.",
            counts(&self.rows).len()
        )
    }
}

/// Returns a sample as a key: equal numbers have equal keys.
fn key(sample: &Sample) -> [u64; COLUMNS.len()] {
    // Adding 0 makes 0 of −0.
    sample.map(|number| (number + 0.0).to_bits())
}

/// Returns the number of rows that have each sample, by its key.
fn counts<'a>(rows: impl IntoIterator<Item = &'a Sample>) -> BTreeMap<[u64; COLUMNS.len()], usize> {
    let mut counts = BTreeMap::new();
    for sample in rows {
        *counts.entry(key(sample)).or_default() += 1;
    }
    counts
}

/// Returns the sample that each row has if they come again after a number of rows: the most frequent one of its place.
fn in_turn(rows: &[Sample], period: usize) -> Option<Vec<Sample>> {
    let of_place = |place: usize| {
        let all = || rows.iter().skip(place).step_by(period);
        let counts = counts(all());
        all().max_by_key(|&sample| counts.get(&key(sample))).copied()
    };
    let turn: Vec<Sample> = (0..period).filter_map(of_place).collect();
    let expected: Vec<Sample> = turn.iter().cycle().take(rows.len()).copied().collect();
    let same = rows.iter().zip(&expected).filter(|(found, expected)| found == expected).count();
    let are_several = turn.iter().any(|sample| sample != &turn[0]);
    (are_several && same as f64 >= MOST * rows.len() as f64).then_some(expected)
}

/// Whether rows without an order have samples: each comes again, or no two are the same, and they differ in more than one
/// number, as a typing mistake does not.
fn are_samples(rows: &[Sample]) -> bool {
    let counts = counts(rows);
    let come_again = counts.values().all(|&count| count > 1);
    let are_different = rows.len() > 2 && counts.len() == rows.len() && !count_up(rows);
    // Samples that differ in one number are the same without it.
    let differ_without = |index: usize| {
        let others = counts.keys().map(|key| {
            let mut key = *key;
            key[index] = 0;
            key
        });
        others.collect::<BTreeSet<_>>().len() == counts.len()
    };
    (come_again || are_different) && (0..COLUMNS.len()).all(differ_without)
}

/// Whether the numbers grow evenly, as a spreadsheet continues them when a cell is dragged down.
fn count_up(rows: &[Sample]) -> bool {
    (0..COLUMNS.len()).all(|index| {
        rows.windows(3).all(|three| {
            let [one, two, three] = [three[0][index], three[1][index], three[2][index]];
            ((three - two) - (two - one)).abs() <= 1e-9 * three.abs().max(1.0)
        })
    })
}
