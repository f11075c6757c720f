//! The error curves as a chart, for the page, for paper and for reports.

use std::sync::Arc;

use crate::charts::{Axis, Chart, Colour, Dash, Emphasis, Format, Mark, Range, Scale, Series, sample};
use crate::sheet::learning_rate::COMPARED;
use crate::sheet::{Run, number};

/// The number of parts of the plot in each of which a curve keeps its extremes: the pixels of a large screen.
pub const BUCKETS: usize = 1024;

/// The colour token and the dash of each compared rate.
pub const RATE_STYLES: [(&str, Dash); COMPARED.len()] = [
    ("--rate-1", Dash::Dotted),
    ("--rate-2", Dash::Short),
    ("--rate-3", Dash::Dashed),
    ("--rate-4", Dash::DashDotDot),
    ("--rate-5", Dash::DashDot),
    ("--rate-6", Dash::Long),
];

/// Returns an empty chart for the rows of runs with this number of updates.
pub fn empty(updates: usize, rows: Scale, errors: Scale) -> Chart {
    let last = updates as f64;
    let across = match rows {
        // A logarithmic axis has no place for row 0.
        Scale::Log => {
            Axis::new("Row").note(" (log scale, starts at 1)").range(Range::Fixed(1.0, last.max(2.0))).scale(Scale::Log)
        }
        _ => Axis::new("Row").range(Range::Fixed(0.0, last)),
    };
    let up = Axis::new("Total error E").note(if errors == Scale::Log { " (log scale)" } else { "" });
    // An axis that begins at 0 makes an error that hardly changes look so. A logarithmic one has no place for 0.
    let up = if errors == Scale::Log { up } else { up.range(Range::Including(0.0, 0.0)) };
    Chart::new(across.format(Format::Count), up.scale(errors))
        .empty("Nothing to draw here: the errors are infinite, not numbers, or too small for a log scale.")
}

/// Returns the curve of the compared learning rate with this index; `None` if there is no such rate.
pub fn compared(index: usize, points: impl Into<Arc<[(f64, f64)]>>) -> Option<Series> {
    let (&(token, dash), &rate) = RATE_STYLES.get(index).zip(COMPARED.get(index))?;
    Some(Series::new(format!("η = {}", number::full(rate)), points).colour(Colour::Token(token)).dash(dash))
}

/// Returns the curve of the user's own learning rate, and a mark where it leaves the range of numbers.
pub fn own(rate: f64, points: impl Into<Arc<[(f64, f64)]>>) -> (Series, Option<Mark>) {
    let series =
        Series::new(format!("yours, η = {}", number::full(rate)), points).emphasis(Emphasis::Strong).width(2.5);
    let broken = series.points.iter().find(|point| !point.1.is_finite());
    let mark = broken.map(|&(row, _)| Mark::vertical(row, format!("yours: too large from row {row}")));
    (series, mark)
}

/// Returns the points of the whole curve of a run, on a linear axis of rows.
pub fn points(run: &Run) -> Vec<(f64, f64)> {
    sample(run.errors(), (0.0, run.last() as f64), BUCKETS, Scale::Linear)
}
