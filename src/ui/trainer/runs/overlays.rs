//! Kept runs that are drawn on the charts with the current run: thin, dashed, and under their names.

use crate::charts::{Colour, Dash, Emphasis, Series};
use crate::trainer::run::record::RunRecord;

/// The colours and dashes of kept runs. None is solid, so that the current run stands out.
const LOOKS: [(&str, Dash); 6] = [
    ("--rate-6", Dash::Long),
    ("--rate-4", Dash::DashDot),
    ("--rate-2", Dash::Dashed),
    ("--rate-5", Dash::DashDotDot),
    ("--rate-1", Dash::Short),
    ("--rate-3", Dash::Dotted),
];

/// The curve of the kept run with this number among those that are drawn.
pub(crate) fn overlay(index: usize, run: &RunRecord, points: Vec<(f64, f64)>) -> Series {
    let (token, dash) = LOOKS[index % LOOKS.len()];
    Series::new(run.title(), points).colour(Colour::Token(token)).dash(dash).width(1.5).emphasis(Emphasis::Quiet)
}
