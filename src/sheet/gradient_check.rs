//! The gradient check: the gradients from the chain rule, compared with the change of the error when a weight changes a
//! little.

use super::column::Column;
use super::network::Row;

/// Two values of a gradient agree if they differ by at most this share of the larger one.
///
/// Right gradients of this network agree to 1e-7 or better, and a bug changes them by some per cent. The course CS231n
/// ("Neural Networks Part 3", gradient checks) calls 1e-7 good and 1e-2 wrong.
pub const TOLERANCE: f64 = 1e-5;

/// For an error up to 1, smaller differences are rounding of the central difference. The relative error of a gradient
/// near zero means nothing, so this absolute limit keeps such a gradient from looking wrong.
pub const NOISE: f64 = 1e-8;

/// The result of comparing the two values of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The values are equal within the tolerance.
    Agrees,
    /// The values differ.
    Differs,
    /// A value is infinite or not a number.
    Undefined,
}

/// One gradient and its check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// The weight that is changed.
    pub weight: Column,
    /// The column that holds the gradient.
    pub gradient: Column,
    /// The sheet's value, which the chain rule gives.
    pub analytic: f64,
    /// The central difference, `(E(w + h) − E(w − h)) / 2h`.
    pub numeric: f64,
    /// The difference of the two values as a share of the larger one, `|a − n| / max(|a|, |n|)`, from 0 to 2. Equal
    /// values give 0, even two zeros.
    pub relative_error: f64,
    /// Whether the two values agree.
    pub agreement: Agreement,
}

/// How much a weight is changed up and down.
///
/// The cube root of the machine epsilon, times the weight if that is larger than 1, balances the rounding error of the
/// central difference against the curvature that it ignores: Press et al., *Numerical Recipes*, 3rd ed., section 5.7.
pub fn step(weight: f64) -> f64 {
    libm::cbrt(f64::EPSILON) * weight.abs().max(1.0)
}

/// Checks the eight gradients of a row. `total_error` returns E_t for other weights, with the row's inputs and targets.
///
/// For a sheet with a bug, `total_error` uses the sheet's own formulas: the check tells whether these gradients are the
/// derivatives of this error.
pub fn gradient_check(row: &Row, total_error: &dyn Fn(&[f64; 8]) -> f64) -> [Check; 8] {
    let weights = row.weights();
    std::array::from_fn(|index| {
        let moved = |by: f64| {
            let mut weights = weights;
            weights[index] += by;
            (weights[index], total_error(&weights))
        };
        let step = step(weights[index]);
        let ((right, error_right), (left, error_left)) = (moved(step), moved(-step));
        // The sums `weight ± step` are rounded, so the real distance of the two weights is the divisor.
        let numeric = (error_right - error_left) / (right - left);
        let analytic = row.gradients()[index];
        let noise = NOISE * error_right.abs().max(error_left.abs()).max(1.0);
        Check {
            weight: Column::WEIGHTS[index],
            gradient: Column::GRADIENTS[index],
            analytic,
            numeric,
            relative_error: relative_error(analytic, numeric),
            agreement: compare(analytic, numeric, noise),
        }
    })
}

fn relative_error(analytic: f64, numeric: f64) -> f64 {
    if analytic == numeric { 0.0 } else { (analytic - numeric).abs() / analytic.abs().max(numeric.abs()) }
}

fn compare(analytic: f64, numeric: f64, noise: f64) -> Agreement {
    if !(analytic.is_finite() && numeric.is_finite()) {
        Agreement::Undefined
    } else if (analytic - numeric).abs() <= noise + TOLERANCE * analytic.abs().max(numeric.abs()) {
        Agreement::Agrees
    } else {
        Agreement::Differs
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::network::{self, Constants};

    fn checks(constants: Constants) -> [Check; 8] {
        let Constants { targets, inputs, weights } = constants;
        let row = network::row(targets, inputs, &weights);
        gradient_check(&row, &|weights| network::row(targets, inputs, weights).total_error())
    }

    #[test]
    fn the_classic_gradients_agree_to_seven_digits() {
        for check in checks(Constants::CLASSIC) {
            assert_eq!(check.agreement, Agreement::Agrees, "{check:?}");
            assert!(check.relative_error < 1e-7, "{check:?}");
        }
    }

    #[test]
    fn gradients_of_zero_agree() {
        // Outputs that equal their targets leave nothing to learn.
        let Constants { targets: _, inputs, weights } = Constants::CLASSIC;
        let row = network::row([0.0, 0.0], inputs, &weights);
        let met = Constants { targets: [Column::AO1, Column::AO2].map(|column| row.get(column)), inputs, weights };
        for check in checks(met) {
            assert_eq!(check.analytic, 0.0);
            assert_eq!(check.agreement, Agreement::Agrees, "{check:?}");
            assert!((0.0..=2.0).contains(&check.relative_error), "{check:?}");
        }
        assert_eq!(relative_error(0.0, 0.0), 0.0);
        assert_eq!(relative_error(-1.0, 1.0), 2.0);
    }

    #[test]
    fn values_that_are_not_finite_are_not_compared() {
        for check in checks(Constants { inputs: [f64::NAN, 1.0], ..Constants::CLASSIC }) {
            assert_eq!(check.agreement, Agreement::Undefined);
        }
    }

    #[test]
    fn a_gradient_that_is_off_by_a_per_mille_differs() {
        let Constants { targets, inputs, weights } = Constants::CLASSIC;
        let mut row = network::row(targets, inputs, &weights);
        row.set(Column::G3, row.get(Column::G3) * 1.001);
        let checks = gradient_check(&row, &|weights| network::row(targets, inputs, weights).total_error());
        for check in checks {
            let expected = if check.gradient == Column::G3 { Agreement::Differs } else { Agreement::Agrees };
            assert_eq!(check.agreement, expected, "{check:?}");
        }
    }

    proptest! {
        #[test]
        fn right_gradients_agree_everywhere(
            targets in prop::array::uniform2(-2.0..2.0),
            inputs in prop::array::uniform2(-5.0..5.0),
            weights in prop::array::uniform8(-5.0..5.0),
        ) {
            for check in checks(Constants { targets, inputs, weights }) {
                prop_assert_eq!(check.agreement, Agreement::Agrees, "{:?}", check);
            }
        }
    }
}
