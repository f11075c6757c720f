//! Other runs beside the one that is shown: quiet, dashed, by their names.

use crate::charts::{Colour, Dash, Emphasis, Series};
use crate::trainer::run::record::RunRecord;

/// Colours and dashes of the other runs; never solid, so that the run under way stands out.
const LOOKS: [(&str, Dash); 6] = [
    ("--rate-6", Dash::Long),
    ("--rate-4", Dash::DashDot),
    ("--rate-2", Dash::Dashed),
    ("--rate-5", Dash::DashDotDot),
    ("--rate-1", Dash::Short),
    ("--rate-3", Dash::Dotted),
];

/// The curve of another run.
pub(crate) fn overlay(index: usize, run: &RunRecord, points: Vec<(f64, f64)>) -> Series {
    let (token, dash) = LOOKS[index % LOOKS.len()];
    Series::new(run.title(), points).colour(Colour::Token(token)).dash(dash).width(1.5).emphasis(Emphasis::Quiet)
}
