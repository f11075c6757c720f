//! The part of a chart's axes that is shown.

use super::scale::Span;

/// The part of each axis that is shown; `None` for the whole axis. A part never extends beyond the whole axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// The values at the left and the right end.
    pub x: Option<(f64, f64)>,
    /// The values at the lower and the upper end. With a part of the x axis, `None` fits the visible points.
    pub y: Option<(f64, f64)>,
}

impl View {
    /// The view that shows both axes as a whole.
    pub const WHOLE: Self = Self { x: None, y: None };
}

/// Returns the values of an axis that are shown: the part, cut to the whole axis, or the whole axis if too little is
/// left.
pub(super) fn shown(whole: Span, part: Option<(f64, f64)>) -> Span {
    let Some((lo, hi)) = part else { return whole };
    let (lo, hi) = (lo.max(whole.lo), hi.min(whole.hi));
    let large_enough = || whole.fraction(hi) - whole.fraction(lo) >= CLOSEST / 2.0;
    if whole.scale.can_span(lo, hi) && large_enough() { Span { lo, hi, ..whole } } else { whole }
}

/// The smallest share of an axis that can fill the plot: one row of a million.
pub(super) const CLOSEST: f64 = 1e-6;
