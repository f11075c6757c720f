//! Intervals of numbers that are known up to a few digits, and the plainest number of one: that with the fewest digits.

/// Rounds a number to this many significant digits, at least one.
fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// Returns the number with the fewest significant digits in an interval, which must not contain 0, and the number of its
/// digits. Of several with as few digits, the one nearest to the middle is returned.
pub(super) fn plainest(low: f64, high: f64) -> (f64, usize) {
    let middle = 0.5 * (low + high);
    for digits in 1..17 {
        let step = 10_f64.powi(middle.abs().log10().floor() as i32 + 1 - digits as i32);
        for value in [rounded(middle, digits), rounded((low / step).ceil() * step, digits)] {
            if (low..=high).contains(&value) && value != 0.0 {
                return (value, digits);
            }
        }
    }
    (middle, 17)
}

/// Returns the interval of the quotient of two numbers, each given with its slack; `None` if it is wide or around zero, so
/// that it tells little.
pub(super) fn quotient((top, top_slack): (f64, f64), (bottom, bottom_slack): (f64, f64)) -> Option<(f64, f64)> {
    if !top.is_finite() || !bottom.is_finite() || bottom.abs() <= 2.0 * bottom_slack {
        return None;
    }
    let mut ends =
        [-1.0, 1.0].map(|side| [-1.0, 1.0].map(|other| (top + side * top_slack) / (bottom + other * bottom_slack)));
    let ends = ends.as_flattened_mut();
    ends.sort_by(f64::total_cmp);
    let (low, high) = (*ends.first()?, *ends.last()?);
    (high - low < 0.5 * low.abs().min(high.abs()) && low * high > 0.0).then_some((low, high))
}

#[cfg(test)]
mod tests {
    use super::plainest;

    #[test]
    fn the_plainest_number_of_an_interval_has_the_fewest_digits() {
        assert_eq!(plainest(0.499_97, 0.500_04), (0.5, 1));
        assert_eq!(plainest(0.499_97, 0.499_99), (0.49998, 5));
        assert_eq!(plainest(0.51, 0.68), (0.6, 1));
        assert_eq!(plainest(1.91, 2.9), (2.0, 1));
        assert_eq!(plainest(-0.2505, -0.2495), (-0.25, 2));
    }
}
