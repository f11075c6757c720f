//! What a number means at a glance: its size and sign as a tint, and whether a unit is saturated.

use super::column::Column;
use super::network::Row;

/// The strongest tint.
pub const STRONGEST: i8 = 4;

/// A tint from −[`STRONGEST`] to [`STRONGEST`] by sign and order of magnitude: full from 1 upwards, one step less for
/// each factor of 10, and none below 0.0001, for zero and for what is not a number.
pub fn tint(value: f64) -> i8 {
    let steps = f64::from(STRONGEST) + libm::floor(libm::log10(value.abs()));
    // Comparisons with NaN are false.
    let strength = if steps >= 1.0 { steps.min(f64::from(STRONGEST)) as i8 } else { 0 };
    if value < 0.0 { -strength } else { strength }
}

/// Below this `a·(1 − a)`, the slope of σ, a unit counts as saturated: a fifth of the most it can be, 0.25.
pub const SATURATED_BELOW: f64 = 0.05;

/// The slope of σ at a unit's activation `a`, `a·(1 − a)`; `None` for columns that are no activation.
pub fn slope(row: &Row, column: Column) -> Option<f64> {
    let is_activation = matches!(column, Column::AH1 | Column::AH2 | Column::AO1 | Column::AO2);
    let activation = row.get(column);
    is_activation.then_some(activation * (1.0 - activation))
}

/// Whether the unit with this activation learns slowly because σ is nearly flat there.
pub fn is_saturated(row: &Row, column: Column) -> bool {
    slope(row, column).is_some_and(|slope| slope < SATURATED_BELOW)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Constants, Run};

    #[test]
    fn a_tint_says_order_of_magnitude_and_sign() {
        assert_eq!([1e300, 1.0, 0.5, 0.01, 1e-3, 1e-4, 0.0].map(tint), [4, 4, 3, 2, 1, 0, 0]);
        assert_eq!([-7.0, -0.1, -1e-9].map(tint), [-4, -3, 0]);
        assert_eq!([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(tint), [0, 4, -4]);
    }

    #[test]
    fn a_unit_far_out_on_the_sigmoid_is_saturated() {
        let with = |weight| {
            let constants = Constants { weights: [weight; 8], inputs: [1.0, 1.0], ..Constants::CLASSIC };
            Run::new(constants, 0.5, 0).row(0)
        };
        for column in [Column::AH1, Column::AO2] {
            assert!(!is_saturated(&with(0.5), column));
            assert!(is_saturated(&with(4.0), column));
        }
        assert!(is_saturated(&with(-4.0), Column::AH2));
        assert!(!is_saturated(&with(4.0), Column::H1), "a net input is no activation");
    }

    #[test]
    fn what_is_not_a_number_is_not_called_saturated() {
        let constants = Constants { inputs: [f64::NAN; 2], ..Constants::CLASSIC };
        assert!(!is_saturated(&Run::new(constants, 0.5, 0).row(0), Column::AH1));
    }
}
