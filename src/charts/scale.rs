//! Maps values to positions on an axis: scales, ranges, and the span of values that an axis shows.

use super::round_numbers::{round_linear, round_log};

/// The way in which values are spread along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal steps have equal lengths.
    #[default]
    Linear,
    /// Equal ratios have equal lengths.
    Log,
    /// Equal ratios of the difference to 1 have equal lengths: from 90 % to 99 % is as far as from 99 % to 99.9 %.
    Nines,
}

impl Scale {
    /// Whether `value` has a position on this scale. It must be finite and not so large that differences overflow; on a
    /// logarithmic scale it must be positive, and on a scale of nines less than 1.
    pub fn accepts(self, value: f64) -> bool {
        match self {
            Self::Linear => value.abs() <= 1e300,
            Self::Log => (1e-300..=1e300).contains(&value),
            Self::Nines => (0.0..=1.0 - 1e-12).contains(&value),
        }
    }

    /// Whether both ends have a position, and enough numbers lie between them for an axis.
    pub(super) fn can_span(self, lo: f64, hi: f64) -> bool {
        let apart = match self {
            Self::Linear => hi - lo > (lo.abs().max(hi.abs()) * 1e-12).max(1e-299),
            Self::Log => hi / lo > 1.0 + 1e-12,
            Self::Nines => (1.0 - lo) / (1.0 - hi) > 1.0 + 1e-12,
        };
        self.accepts(lo) && self.accepts(hi) && apart
    }

    /// Returns the quantity that grows evenly along the axis.
    fn even(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.log10(),
            Self::Nines => -(1.0 - value).log10(),
        }
    }
}

/// The values that an axis shows. All ranges but [`Range::Fixed`] end at round numbers, so that the axis does not
/// change with every new point.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Range {
    /// A range that is wide enough for the data.
    #[default]
    Auto,
    /// Exactly this range.
    Fixed(f64, f64),
    /// At least this range, and wider if the data need it.
    Including(f64, f64),
    /// Wide enough for the data, but never beyond this range.
    Within(f64, f64),
}

/// The values that an axis shows, from `lo` to `hi`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The lowest value shown.
    pub lo: f64,
    /// The highest value shown; always above `lo`.
    pub hi: f64,
    /// The way in which the values between are spread.
    pub scale: Scale,
}

impl Span {
    /// Chooses the span for data from `extent.0` to `extent.1`. A rounded end is a multiple of a step that divides the
    /// span into about `parts` parts.
    pub fn resolve(range: Range, scale: Scale, extent: Option<(f64, f64)>, parts: f64) -> Self {
        let usable = |lo: f64, hi: f64| scale.can_span(lo, hi).then_some((lo, hi));
        let fallback = match scale {
            Scale::Linear => (0.0, 1.0),
            Scale::Log => (1e-3, 1.0),
            Scale::Nines => (0.9, 0.999),
        };
        let rounded = |(lo, hi): (f64, f64)| {
            let (lo, hi) = widen(scale, lo, hi);
            match scale {
                Scale::Linear => round_linear(lo, hi, parts),
                Scale::Log => round_log(lo, hi),
                Scale::Nines => {
                    let (least, most) = round_log(1.0 - hi, 1.0 - lo);
                    ((1.0 - most).max(0.0), 1.0 - least)
                }
            }
        };
        let (lo, hi) = match range {
            Range::Fixed(lo, hi) if usable(lo, hi).is_some() => (lo, hi),
            Range::Including(lo, hi) if usable(lo, hi).is_some() => match extent {
                // An end that is wide enough for the data is not rounded.
                Some((from, to)) if from < lo || to > hi => {
                    let wider = rounded((from.min(lo), to.max(hi)));
                    (if from < lo { wider.0 } else { lo }, if to > hi { wider.1 } else { hi })
                }
                _ => (lo, hi),
            },
            Range::Within(lo, hi) if usable(lo, hi).is_some() => match extent.map(rounded) {
                Some((from, to)) => usable(from.clamp(lo, hi), to.clamp(lo, hi)).unwrap_or((lo, hi)),
                None => (lo, hi),
            },
            _ => extent.map_or(fallback, rounded),
        };
        Self { lo, hi, scale }
    }

    /// Returns the position of `value`: 0 at `lo`, 1 at `hi`.
    pub fn fraction(&self, value: f64) -> f64 {
        let (lo, hi) = (self.scale.even(self.lo), self.scale.even(self.hi));
        (self.scale.even(value) - lo) / (hi - lo)
    }

    /// Returns the value at a fraction of the way from `lo` to `hi`.
    pub fn value(&self, fraction: f64) -> f64 {
        match self.scale {
            Scale::Linear => self.lo + (self.hi - self.lo) * fraction,
            // The ratio of the ends may be too large to compute with.
            Scale::Log => self.lo.powf(1.0 - fraction) * self.hi.powf(fraction),
            Scale::Nines => 1.0 - (1.0 - self.lo).powf(1.0 - fraction) * (1.0 - self.hi).powf(fraction),
        }
    }

    /// Whether the axis shows `value`.
    pub fn contains(&self, value: f64) -> bool {
        (self.lo..=self.hi).contains(&value)
    }
}

/// Widens a span of almost no width, so that it can be divided.
fn widen(scale: Scale, lo: f64, hi: f64) -> (f64, f64) {
    match scale {
        Scale::Linear => {
            let size = lo.abs().max(hi.abs());
            if size < 1e-290 {
                (0.0, 1.0)
            } else if hi - lo > size * 1e-9 {
                (lo, hi)
            } else {
                (lo - size * 0.1, hi + size * 0.1)
            }
        }
        Scale::Log if hi / lo > 1.0 + 1e-9 => (lo, hi),
        Scale::Log => (lo / 2.0, hi * 2.0),
        Scale::Nines if (1.0 - lo) / (1.0 - hi) > 1.0 + 1e-9 => (lo, hi),
        Scale::Nines => ((2.0 * lo - 1.0).max(0.0), f64::midpoint(hi, 1.0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_further_nine_takes_the_same_room() {
        let span = Span { lo: 0.9, hi: 0.9999, scale: Scale::Nines };
        for (value, fraction) in [(0.9, 0.0), (0.99, 1.0 / 3.0), (0.999, 2.0 / 3.0), (0.9999, 1.0)] {
            assert!((span.fraction(value) - fraction).abs() < 1e-9);
            assert!((span.value(fraction) - value).abs() < 1e-12);
        }
        assert!(Scale::Nines.accepts(0.0) && !Scale::Nines.accepts(1.0) && !Scale::Nines.accepts(f64::NAN));
    }

    #[test]
    fn a_range_of_nines_ends_at_round_differences_to_1() {
        let resolve = |extent| Span::resolve(Range::Auto, Scale::Nines, extent, 5.0);
        let near = |span: Span, lo: f64, hi: f64| (span.lo - lo).abs() < 1e-12 && (span.hi - hi).abs() < 1e-12;
        assert!(near(resolve(Some((0.9805, 0.9947))), 0.98, 0.995));
        assert!(near(resolve(Some((0.1, 0.994))), 0.0, 0.995));
        assert!(near(resolve(None), 0.9, 0.999));
        let one = resolve(Some((0.98, 0.98)));
        assert!(one.lo < 0.98 && one.hi > 0.98 && one.hi < 1.0);
    }
}
