//! Recognises a row that sums up the rows above, such as their smallest or their average numbers.

use super::{Places, number};
use crate::exchange::cells::Sheet;
use crate::sheet::Column;

/// The share of a row's numbers that must be the same kind of sum.
const MOST: f64 = 0.8;
/// The fewest columns that tell.
const FEWEST: usize = 4;

/// Whether a row holds, in most columns, the same kind of sum of the rows above.
pub(super) fn sums_up(sheet: &Sheet, places: &Places, above: &[u32], row: u32) -> bool {
    let mut same = [0_usize; KINDS];
    let mut columns = 0;
    for column in Column::ALL {
        let Some(found) = number(sheet, places, row, column) else { continue };
        let mut numbers: Vec<f64> = above.iter().filter_map(|&row| number(sheet, places, row, column)).collect();
        numbers.sort_by(f64::total_cmp);
        // A column with a single number says nothing: its smallest and its average number are the same.
        if numbers.first() == numbers.last() {
            continue;
        }
        columns += 1;
        for (count, sum) in same.iter_mut().zip(sums(&numbers)) {
            *count += usize::from((found - sum).abs() <= 1e-6 * sum.abs());
        }
    }
    columns >= FEWEST && same.iter().any(|&count| count as f64 >= MOST * columns as f64)
}

const KINDS: usize = 9;

/// Returns the sums of numbers in order that a spreadsheet offers: the smallest, the largest, their distance, the sum,
/// the average, the median, the number, and both standard deviations.
fn sums(numbers: &[f64]) -> [f64; KINDS] {
    let count = numbers.len() as f64;
    let (least, most) = (numbers.first().copied().unwrap_or(0.0), numbers.last().copied().unwrap_or(0.0));
    let sum: f64 = numbers.iter().sum();
    let average = sum / count;
    let middle = |at: usize| numbers.get(at).copied().unwrap_or(0.0);
    let median = 0.5 * (middle((numbers.len() - 1) / 2) + middle(numbers.len() / 2));
    let squares: f64 = numbers.iter().map(|number| (number - average).powi(2)).sum();
    [least, most, most - least, sum, average, median, count, (squares / (count - 1.0)).sqrt(), (squares / count).sqrt()]
}
