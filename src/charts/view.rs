//! The window on a chart, in the values of its axes.

use super::scale::Span;

/// The part of each axis that is shown; `None` for the whole axis. What lies beyond the whole axis is never shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// From the left end to the right end.
    pub x: Option<(f64, f64)>,
    /// From the lower end to the upper end. With a part of the x axis, `None` fits the curves in sight.
    pub y: Option<(f64, f64)>,
}

impl View {
    /// Everything.
    pub const WHOLE: Self = Self { x: None, y: None };
}

/// The part of an axis that a view shows: the whole, if the part is none.
pub(super) fn part(whole: Span, part: Option<(f64, f64)>) -> Span {
    let Some((lo, hi)) = part else { return whole };
    let (lo, hi) = (lo.max(whole.lo), hi.min(whole.hi));
    let large_enough = || whole.fraction(hi) - whole.fraction(lo) >= CLOSEST / 2.0;
    if whole.scale.parts(lo, hi) && large_enough() { Span { lo, hi, ..whole } } else { whole }
}

/// No more than this share of an axis fills the plot: a single row of a million.
pub(super) const CLOSEST: f64 = 1e-6;
