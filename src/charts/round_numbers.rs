//! Round numbers: 1, 2 and 5 times powers of ten.

/// The distance between linear ticks: 1, 2 or 5 times a power of ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) mantissa: i32,
    pub(super) exponent: i32,
}

impl Step {
    /// Returns the smallest round step that is not smaller than `size`, which must be positive and finite.
    pub(super) fn at_least(size: f64) -> Self {
        let exponent = size.log10().floor() as i32;
        // The logarithm may have a rounding error, and then the power has one too; a small tolerance corrects both.
        let ratio = size / power_of_ten(exponent) * (1.0 - 1e-9);
        let (mantissa, exponent) = match ratio {
            r if r <= 1.0 => (1, exponent),
            r if r <= 2.0 => (2, exponent),
            r if r <= 5.0 => (5, exponent),
            _ => (1, exponent + 1),
        };
        Self { mantissa, exponent }
    }

    /// Returns the `n`-th multiple of the step, as the `f64` nearest to the decimal number.
    pub(super) fn times(self, n: f64) -> f64 {
        let whole = n * f64::from(self.mantissa);
        // A division by an exact power of ten rounds once; a product with an inexact negative power would round twice.
        if self.exponent < 0 { whole / power_of_ten(-self.exponent) } else { whole * power_of_ten(self.exponent) }
    }

    /// Returns the number of decimals that the multiples of the step need.
    pub(super) fn decimals(self) -> usize {
        usize::try_from(-self.exponent).unwrap_or(0)
    }
}

/// Returns the smallest linear range around `lo..hi` that ends at multiples of a round step, with about `count` steps.
pub(super) fn round_linear(lo: f64, hi: f64, count: f64) -> (f64, f64) {
    let step = Step::at_least((hi - lo) / count.max(1.0));
    let size = step.times(1.0);
    (step.times((lo / size + 1e-9).floor()), step.times((hi / size - 1e-9).ceil()))
}

/// Returns the smallest logarithmic range around `lo..hi` that ends at 1, 2 or 5 times a power of ten.
pub(super) fn round_log(lo: f64, hi: f64) -> (f64, f64) {
    let decade = |value: f64| (value.log10() + 1e-9).floor() as i32;
    let (below, above) = (decade(lo), decade(hi));
    let start = [5, 2, 1].into_iter().map(|m| round(m, below)).find(|&v| v <= lo * (1.0 + 1e-9));
    let end = [(1, above), (2, above), (5, above), (1, above + 1)];
    let end = end.into_iter().map(|(m, e)| round(m, e)).find(|&v| v >= hi * (1.0 - 1e-9));
    (start.unwrap_or(lo), end.unwrap_or(hi))
}

/// Returns a mantissa times a power of ten.
pub(super) fn round(mantissa: i32, exponent: i32) -> f64 {
    Step { mantissa, exponent }.times(1.0)
}

fn power_of_ten(exponent: i32) -> f64 {
    10f64.powi(exponent)
}
