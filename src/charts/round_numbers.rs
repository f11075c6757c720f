//! Round numbers: 1, 2 and 5 times powers of ten.

/// The distance between linear ticks: 1, 2 or 5 times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) mantissa: i32,
    pub(super) exponent: i32,
}

impl Step {
    /// The smallest round step that is no smaller than `size`, which must be positive and finite.
    pub(super) fn at_least(size: f64) -> Self {
        let exponent = size.log10().floor() as i32;
        // The logarithm may be off by a rounding error, and then so is the power; a little tolerance mends both.
        let ratio = size / power_of_ten(exponent) * (1.0 - 1e-9);
        let (mantissa, exponent) = match ratio {
            r if r <= 1.0 => (1, exponent),
            r if r <= 2.0 => (2, exponent),
            r if r <= 5.0 => (5, exponent),
            _ => (1, exponent + 1),
        };
        Self { mantissa, exponent }
    }

    /// The `n`-th multiple, as the nearest `f64` to the decimal number it stands for.
    pub(super) fn times(self, n: f64) -> f64 {
        let whole = n * f64::from(self.mantissa);
        // Dividing by an exact power of ten rounds once; multiplying by an inexact negative power would round twice.
        if self.exponent < 0 { whole / power_of_ten(-self.exponent) } else { whole * power_of_ten(self.exponent) }
    }

    /// How many decimals tell its multiples apart.
    pub(super) fn decimals(self) -> usize {
        usize::try_from(-self.exponent).unwrap_or(0)
    }
}

/// The linear range around `lo..hi` that ends at multiples of the step which makes about `count` ticks.
pub(super) fn round_linear(lo: f64, hi: f64, count: f64) -> (f64, f64) {
    let step = Step::at_least((hi - lo) / count.max(1.0));
    let size = step.times(1.0);
    (step.times((lo / size + 1e-9).floor()), step.times((hi / size - 1e-9).ceil()))
}

/// The logarithmic range around `lo..hi` that ends at 1, 2 or 5 times a power of ten.
pub(super) fn round_log(lo: f64, hi: f64) -> (f64, f64) {
    let decade = |value: f64| (value.log10() + 1e-9).floor() as i32;
    let (below, above) = (decade(lo), decade(hi));
    let start = [5, 2, 1].into_iter().map(|m| round(m, below)).find(|&v| v <= lo * (1.0 + 1e-9));
    let end = [(1, above), (2, above), (5, above), (1, above + 1)];
    let end = end.into_iter().map(|(m, e)| round(m, e)).find(|&v| v >= hi * (1.0 - 1e-9));
    (start.unwrap_or(lo), end.unwrap_or(hi))
}

pub(super) fn round(mantissa: i32, exponent: i32) -> f64 {
    Step { mantissa, exponent }.times(1.0)
}

fn power_of_ten(exponent: i32) -> f64 {
    10f64.powi(exponent)
}
