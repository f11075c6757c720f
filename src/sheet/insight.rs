//! What a cell shows at a glance: size and sign as a colour, and whether a neuron is saturated.

use super::column::Column;
use super::network::Row;

/// The strongest tint.
pub const STRONGEST: i8 = 4;

/// The tint of a value, from −[`STRONGEST`] to [`STRONGEST`]: the sign is that of the value, and the strength is its
/// order of magnitude. From 1 upwards the tint is strongest, and each factor of 10 below takes one step off. Values
/// below 0.0001, zero and NaN have no tint.
pub fn tint(value: f64) -> i8 {
    let steps = f64::from(STRONGEST) + libm::floor(libm::log10(value.abs()));
    // Comparisons with NaN are false.
    let strength = if steps >= 1.0 { steps.min(f64::from(STRONGEST)) as i8 } else { 0 };
    if value < 0.0 { -strength } else { strength }
}

/// A neuron counts as saturated if the slope of σ, `a·(1 − a)`, is smaller than this: a fifth of the largest slope,
/// 0.25.
pub const SATURATED_BELOW: f64 = 0.05;

/// The slope of σ at a neuron's activation `a`, which is `a·(1 − a)`; `None` for columns that are not activations.
pub fn slope(row: &Row, column: Column) -> Option<f64> {
    let activation = row.get(column);
    sum_of(column).map(|_| activation * (1.0 - activation))
}

/// The weighted sum of which a column is the activation; `None` for columns that are not activations.
pub const fn sum_of(column: Column) -> Option<Column> {
    match column {
        Column::AH1 => Some(Column::H1),
        Column::AH2 => Some(Column::H2),
        Column::AO1 => Some(Column::O1),
        Column::AO2 => Some(Column::O2),
        _ => None,
    }
}

/// Whether the neuron with this activation learns slowly because σ is almost flat there.
pub fn is_saturated(row: &Row, column: Column) -> bool {
    slope(row, column).is_some_and(|slope| slope < SATURATED_BELOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Constants, Run};

    #[test]
    fn a_tint_shows_order_of_magnitude_and_sign() {
        assert_eq!([1e300, 1.0, 0.5, 0.01, 1e-3, 1e-4, 0.0].map(tint), [4, 4, 3, 2, 1, 0, 0]);
        assert_eq!([-7.0, -0.1, -1e-9].map(tint), [-4, -3, 0]);
        assert_eq!([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(tint), [0, 4, -4]);
    }

    #[test]
    fn a_neuron_with_a_large_weighted_sum_is_saturated() {
        let with = |weight| {
            let constants = Constants { weights: [weight; 8], inputs: [1.0, 1.0], ..Constants::CLASSIC };
            Run::new(constants, 0.5, 0).row(0)
        };
        for column in [Column::AH1, Column::AO2] {
            assert!(!is_saturated(&with(0.5), column));
            assert!(is_saturated(&with(4.0), column));
        }
        assert!(is_saturated(&with(-4.0), Column::AH2));
        assert!(!is_saturated(&with(4.0), Column::H1), "a weighted sum is not an activation");
    }

    #[test]
    fn an_activation_of_nan_is_not_saturated() {
        let constants = Constants { inputs: [f64::NAN; 2], ..Constants::CLASSIC };
        assert!(!is_saturated(&Run::new(constants, 0.5, 0).row(0), Column::AH1));
    }
}
