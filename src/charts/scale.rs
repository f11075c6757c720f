//! From values to places: scales, ranges, and the span an axis shows in the end.

use super::ticks;

/// How values are spread along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal steps have equal lengths.
    #[default]
    Linear,
    /// Equal ratios have equal lengths.
    Log,
}

impl Scale {
    /// Whether `value` has a place: finite, of a size that differences survive, and positive on a logarithmic scale.
    pub fn accepts(self, value: f64) -> bool {
        match self {
            Self::Linear => value.abs() <= 1e300,
            Self::Log => (1e-300..=1e300).contains(&value),
        }
    }

    /// Whether both ends have a place, and enough numbers lie between them for an axis.
    pub(super) fn parts(self, lo: f64, hi: f64) -> bool {
        let apart = match self {
            Self::Linear => hi - lo > (lo.abs().max(hi.abs()) * 1e-12).max(1e-299),
            Self::Log => hi / lo > 1.0 + 1e-12,
        };
        self.accepts(lo) && self.accepts(hi) && apart
    }

    /// The quantity that grows evenly along the axis.
    fn even(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.log10(),
        }
    }
}

/// Which values an axis shows. All but [`Range::Fixed`] end at round numbers, so that a streaming chart stays still
/// until the data outgrow it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Range {
    /// Wide enough for the data.
    #[default]
    Auto,
    /// Exactly these.
    Fixed(f64, f64),
    /// At least these, and wider where the data need it.
    Including(f64, f64),
    /// Wide enough for the data, but never beyond these.
    Within(f64, f64),
}

/// The values an axis shows, from `lo` to `hi`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The lowest value shown.
    pub lo: f64,
    /// The highest value shown; always above `lo`.
    pub hi: f64,
    /// How the values between are spread.
    pub scale: Scale,
}

impl Span {
    /// Settles a range for data that reach over `extent`; an automatic end is a multiple of
    /// a step that divides it into about `parts`.
    pub fn resolve(range: Range, scale: Scale, extent: Option<(f64, f64)>, parts: f64) -> Self {
        let usable = |lo: f64, hi: f64| scale.parts(lo, hi).then_some((lo, hi));
        let fallback = match scale {
            Scale::Linear => (0.0, 1.0),
            Scale::Log => (1e-3, 1.0),
        };
        let nice = |(lo, hi): (f64, f64)| {
            let (lo, hi) = widen(scale, lo, hi);
            match scale {
                Scale::Linear => ticks::round_linear(lo, hi, parts),
                Scale::Log => ticks::round_log(lo, hi),
            }
        };
        let (lo, hi) = match range {
            Range::Fixed(lo, hi) if usable(lo, hi).is_some() => (lo, hi),
            Range::Including(lo, hi) if usable(lo, hi).is_some() => match extent {
                // A bound that the data respect is kept as it is, not rounded.
                Some((from, to)) if from < lo || to > hi => {
                    let rounded = nice((from.min(lo), to.max(hi)));
                    (if from < lo { rounded.0 } else { lo }, if to > hi { rounded.1 } else { hi })
                }
                _ => (lo, hi),
            },
            Range::Within(lo, hi) if usable(lo, hi).is_some() => match extent.map(nice) {
                Some((from, to)) => usable(from.clamp(lo, hi), to.clamp(lo, hi)).unwrap_or((lo, hi)),
                None => (lo, hi),
            },
            _ => extent.map_or(fallback, nice),
        };
        Self { lo, hi, scale }
    }

    /// Where `value` lies: 0 at `lo`, 1 at `hi`.
    pub fn fraction(&self, value: f64) -> f64 {
        let (lo, hi) = (self.scale.even(self.lo), self.scale.even(self.hi));
        (self.scale.even(value) - lo) / (hi - lo)
    }

    /// The value at a fraction of the way from `lo` to `hi`.
    pub fn value(&self, fraction: f64) -> f64 {
        match self.scale {
            Scale::Linear => self.lo + (self.hi - self.lo) * fraction,
            // Not by the ratio of the ends, which may be too large.
            Scale::Log => self.lo.powf(1.0 - fraction) * self.hi.powf(fraction),
        }
    }

    /// Whether `value` is shown.
    pub fn contains(&self, value: f64) -> bool {
        (self.lo..=self.hi).contains(&value)
    }
}

/// Makes a span of no (or hardly any) width wide enough to be divided.
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
    }
}
