//! The verdict on a run's error curve, by definitions that the page shows and the tests check.

use std::fmt;

/// How the error of a run behaves. [`Verdict::definition`] says what each verdict means. The definitions are tried in
/// the order of [`Verdict::ALL`], and the first that fits is the verdict.
///
/// All verdicts but the first two depend on the *tail*: the last fifth of the rows, but at least ten of them. With a
/// fixed share of the rows, a verdict means the same for a hundred rows and for a million: an error that falls like
/// 1/row falls by a fifth over the tail, however long the run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A number became infinite or NaN.
    Overflows {
        /// The first row whose error or weights are not finite.
        row: usize,
    },
    /// The run is too short to be judged.
    TooShort,
    /// The error goes up and down again and again.
    Oscillates,
    /// The error is small, or it still falls.
    Converges,
    /// The error is large, or it rises.
    Diverges,
    /// The error hardly changes, but it is not small.
    Plateaus,
}

/// A run with fewer updates is not judged, except for an overflow.
const FEWEST_UPDATES: usize = 10;
/// The smallest number of rows in the tail.
const SHORTEST_TAIL: usize = 10;
/// The tail is one in this many rows.
const TAIL: usize = 5;
/// The smallest change that counts, as a share: of the error in row 0 for a swing, of the error itself for a fall or a
/// rise.
const NOTABLE: f64 = 0.01;
/// The smallest number of turns, from up to down or back, of an error that oscillates.
const FEWEST_TURNS: usize = 4;

impl Verdict {
    /// All verdicts, in the order in which their definitions are tried.
    pub const ALL: [Self; 6] =
        [Self::Overflows { row: 0 }, Self::TooShort, Self::Oscillates, Self::Converges, Self::Diverges, Self::Plateaus];

    /// Judges a run by the total errors of its rows. `overflow` is the first row in which a weight is not finite, if
    /// there is one; errors that are not finite are found without it.
    pub fn of(errors: &[f64], overflow: Option<usize>) -> Self {
        let not_finite = errors.iter().position(|error| !error.is_finite());
        if let Some(row) = not_finite.into_iter().chain(overflow).min() {
            return Self::Overflows { row };
        }
        let Some((&first, tail)) = errors.first().zip(tail(errors)) else { return Self::TooShort };
        let (before, last) = (tail[0], tail[tail.len() - 1]);
        // A swing that is small compared with the error in row 0 cannot be seen in a chart, and an error that falls in
        // ever smaller swings converges.
        if turns(tail, NOTABLE * first) >= FEWEST_TURNS {
            Self::Oscillates
        } else if tail.iter().all(|&error| error > (1.0 + NOTABLE) * first) {
            Self::Diverges
        } else if last <= NOTABLE * first || last <= (1.0 - NOTABLE) * before {
            Self::Converges
        } else if last >= (1.0 + NOTABLE) * before {
            Self::Diverges
        } else {
            Self::Plateaus
        }
    }

    /// The verdict in a word or two.
    pub fn name(self) -> &'static str {
        match self {
            Self::Overflows { .. } => "overflows",
            Self::TooShort => "too short",
            Self::Oscillates => "oscillates",
            Self::Converges => "converges",
            Self::Diverges => "diverges",
            Self::Plateaus => "plateaus",
        }
    }

    /// The meaning of the verdict in a sentence, where “the end” is the last fifth of the rows, but at least ten.
    pub fn definition(self) -> &'static str {
        match self {
            Self::Overflows { .. } => "From this row on, the error or a weight is infinite or not a number.",
            Self::TooShort => "The run has fewer than 10 updates, which is too few to judge.",
            Self::Oscillates => {
                "At the end the error changes direction at least 4 times, by more than 1 % of the error in row 0 each time."
            }
            Self::Converges => {
                "At the end the error still falls by 1 % or more, or it is at most 1 % of the error in row 0."
            }
            Self::Diverges => {
                "At the end the error is always more than 1 % larger than in row 0, or it rises by 1 % or more."
            }
            Self::Plateaus => {
                "At the end the error changes by less than 1 %, but it is still larger than 1 % of the error in row 0."
            }
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())?;
        if let Self::Overflows { row } = self { write!(formatter, " at row {row}") } else { Ok(()) }
    }
}

/// The first row whose error is below `x`.
pub fn first_below(errors: &[f64], x: f64) -> Option<usize> {
    errors.iter().position(|&error| error < x)
}

/// The last fifth of the rows, but at least ten rows; `None` for a run with too few updates.
fn tail(errors: &[f64]) -> Option<&[f64]> {
    let length = (errors.len() / TAIL).max(SHORTEST_TAIL);
    (errors.len() > FEWEST_UPDATES).then(|| &errors[errors.len() - length..])
}

/// The number of times that a sequence turns from up to down or from down to up. Movements of at most `least` do not
/// count.
fn turns(values: &[f64], least: f64) -> usize {
    let Some(&first) = values.first() else { return 0 };
    // The extremes since the last turn.
    let (mut low, mut high) = (first, first);
    let mut rising = None;
    let mut turns = 0;
    for &value in values {
        low = low.min(value);
        high = high.max(value);
        if value - low > least && rising != Some(true) {
            turns += usize::from(rising.is_some());
            rising = Some(true);
            high = value;
        } else if high - value > least && rising != Some(false) {
            turns += usize::from(rising.is_some());
            rising = Some(false);
            low = value;
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Constants, Run};
    use proptest::prelude::*;

    fn of(errors: &[f64]) -> Verdict {
        Verdict::of(errors, None)
    }

    /// The errors of a run with this many rows.
    fn errors(rows: usize, error: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..rows).map(|row| error(row as f64)).collect()
    }

    fn run(constants: Constants, rate: f64, updates: usize) -> Verdict {
        of(Run::new(constants, rate, updates).errors())
    }

    #[test]
    fn the_classic_exercise_converges_at_every_compared_rate_and_far_beyond() {
        for rate in [0.01, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0, 10.0, 100.0] {
            for updates in [100, 1000, 10_000] {
                assert_eq!(run(Constants::CLASSIC, rate, updates), Verdict::Converges, "η = {rate}, {updates} updates");
            }
        }
        assert_eq!(run(Constants::CLASSIC, 0.5, 1_000_000), Verdict::Converges);
    }

    #[test]
    fn a_rate_of_zero_or_almost_zero_plateaus() {
        assert_eq!(run(Constants::CLASSIC, 0.0, 100), Verdict::Plateaus);
        assert_eq!(run(Constants::CLASSIC, 1e-4, 100), Verdict::Plateaus);
    }

    #[test]
    fn saturated_neurons_and_targets_out_of_reach_plateau() {
        let saturated =
            Constants { weights: Constants::CLASSIC.weights.map(|weight| 20.0 * weight), ..Constants::CLASSIC };
        assert_eq!(run(saturated, 0.5, 10_000), Verdict::Plateaus);
        // No output is above 1, so the error stays above ½(2 − 1)².
        let out_of_reach = Constants { targets: [2.0, -1.0], ..Constants::CLASSIC };
        assert_eq!(run(out_of_reach, 2.0, 1000), Verdict::Plateaus);
    }

    /// With targets in the middle and large inputs, a large rate overshoots.
    const TOUCHY: Constants = Constants { targets: [0.3, 0.6], inputs: [5.0, 10.0], ..Constants::CLASSIC };

    #[test]
    fn the_same_exercise_converges_oscillates_and_gets_stuck_as_the_rate_grows() {
        assert_eq!(run(TOUCHY, 0.5, 200), Verdict::Converges);
        assert_eq!(run(TOUCHY, 10.0, 200), Verdict::Converges);
        assert_eq!(run(TOUCHY, 30.0, 200), Verdict::Plateaus);
        assert_eq!(run(TOUCHY, 100.0, 200), Verdict::Oscillates);
    }

    #[test]
    fn a_step_too_far_into_saturation_diverges() {
        // The outputs are nearly right in row 0, but the first update is so large that they are saturated for ever.
        let nearly = Constants { targets: [0.78, 0.62], inputs: [0.05, 10.0], ..Constants::CLASSIC };
        assert_eq!(run(nearly, 100.0, 200), Verdict::Diverges);
        assert_eq!(run(nearly, 0.5, 200), Verdict::Converges);
    }

    #[test]
    fn extreme_constants_overflow_in_the_right_row() {
        let absurd = |inputs, targets| run(Constants { inputs, targets, ..Constants::CLASSIC }, 0.5, 100);
        assert_eq!(absurd([f64::NAN, 0.1], [0.01, 0.99]), Verdict::Overflows { row: 0 });
        assert_eq!(absurd([0.05, 0.1], [1e200, 0.99]), Verdict::Overflows { row: 0 });
        // The gradient of w1 is infinite in row 0, so that of w2, whose input is 0, is not a number.
        let balanced = Constants {
            targets: [1e153, 0.99],
            inputs: [1.0, 0.0],
            weights: [0.0, 0.0, 0.0, 0.0, 1e160, -1e160, 0.0, 0.0],
        };
        assert_eq!(run(balanced, 0.5, 100), Verdict::Overflows { row: 1 });
        assert_eq!(run(balanced, 0.5, 0), Verdict::TooShort);
    }

    #[test]
    fn weights_may_overflow_before_the_error_does() {
        assert_eq!(Verdict::of(&errors(50, |_| 0.5), Some(7)), Verdict::Overflows { row: 7 });
        let mut broken = errors(50, |_| 0.5);
        broken[3] = f64::INFINITY;
        broken[4] = f64::NAN;
        assert_eq!(Verdict::of(&broken, Some(7)), Verdict::Overflows { row: 3 });
        assert_eq!(Verdict::of(&broken[..3], None), Verdict::TooShort);
    }

    #[test]
    fn a_run_of_a_few_rows_is_too_short() {
        assert_eq!(of(&[]), Verdict::TooShort);
        for rows in 1..=10 {
            assert_eq!(of(&errors(rows, |row| -row)), Verdict::TooShort, "{rows} rows");
        }
        assert_eq!(of(&errors(11, |row| 1.0 / (row + 1.0))), Verdict::Converges);
        assert_eq!(of(&errors(11, |_| 1.0)), Verdict::Plateaus);
        assert_eq!(of(&errors(11, |row| 1.0 + row)), Verdict::Diverges);
        assert_eq!(of(&errors(11, |row| 1.0 + row % 2.0)), Verdict::Oscillates);
    }

    #[test]
    fn a_power_law_converges_however_long_the_run_is() {
        for rows in [11, 100, 10_000, 1_000_000] {
            assert_eq!(of(&errors(rows, |row| 0.25 / (row + 1.0))), Verdict::Converges, "{rows} rows");
        }
    }

    #[test]
    fn an_error_that_rises_again_diverges() {
        let valley = errors(101, |row| 0.25 + 0.24 * ((row - 60.0) / 60.0).abs().min(1.0) - 0.2);
        assert!(valley[100] < valley[0]);
        assert_eq!(of(&valley), Verdict::Diverges);
    }

    #[test]
    fn swings_that_fade_or_are_tiny_are_not_an_oscillation() {
        assert_eq!(of(&errors(101, |row| 0.25 * (-row / 20.0).exp() * (1.0 + 0.9 * row.cos()))), Verdict::Converges);
        assert_eq!(of(&errors(101, |row| 0.25 + 0.001 * row.cos())), Verdict::Plateaus);
        assert_eq!(of(&errors(101, |row| 0.25 + 0.01 * row.cos())), Verdict::Oscillates);
    }

    #[test]
    fn one_spike_is_not_an_oscillation() {
        let mut spiky = errors(101, |_| 0.2);
        spiky[90] = 0.4;
        assert_eq!(of(&spiky), Verdict::Plateaus);
    }

    #[test]
    fn an_error_of_zero_has_converged() {
        assert_eq!(of(&errors(50, |_| 0.0)), Verdict::Converges);
    }

    #[test]
    fn only_large_turns_are_counted() {
        assert_eq!(turns(&[], 0.0), 0);
        assert_eq!(turns(&[1.0, 2.0, 3.0], 0.5), 0);
        assert_eq!(turns(&[1.0, 2.0, 1.0, 2.0], 0.5), 2);
        assert_eq!(turns(&[1.0, 2.0, 1.8, 3.0, 2.8, 1.0], 0.5), 1);
        assert_eq!(turns(&[3.0, 1.0, 3.0, 1.0], 2.0), 0, "a movement of exactly this size does not count");
    }

    #[test]
    fn the_first_row_below_a_threshold_is_found() {
        let errors = [0.5, 0.2, f64::NAN, 0.01, 0.3, 0.001];
        assert_eq!(first_below(&errors, 1.0), Some(0));
        assert_eq!(first_below(&errors, 0.2), Some(3));
        assert_eq!(first_below(&errors, 0.01), Some(5));
        assert_eq!(first_below(&errors, 0.001), None);
        assert_eq!(first_below(&errors, f64::NAN), None);
        assert_eq!(first_below(&[], 1.0), None);
    }

    #[test]
    fn a_verdict_reads_as_a_sentence_about_the_run() {
        assert_eq!(Verdict::Overflows { row: 12 }.to_string(), "overflows at row 12");
        assert_eq!(Verdict::Converges.to_string(), "converges");
        for (index, verdict) in Verdict::ALL.iter().enumerate() {
            assert!(verdict.definition().ends_with('.'));
            assert!(Verdict::ALL[..index].iter().all(|other| other.name() != verdict.name()));
        }
    }

    proptest! {
        #[test]
        fn all_errors_get_a_verdict(errors in proptest::collection::vec(any::<f64>(), 0..200), row in proptest::option::of(0..200usize)) {
            let verdict = Verdict::of(&errors, row);
            let broken = errors.iter().any(|error| !error.is_finite()) || row.is_some();
            prop_assert_eq!(matches!(verdict, Verdict::Overflows { .. }), broken);
        }

        #[test]
        fn the_scale_of_the_error_does_not_matter(power in -60..60i32, rate in 0.0..3.0f64, wave in 0.0..1.0f64) {
            let unit = 2f64.powi(power);
            let curve = errors(101, |row| (-rate * row / 50.0).exp() + wave * row.sin().abs());
            let scaled: Vec<_> = curve.iter().map(|error| error * unit).collect();
            prop_assert_eq!(of(&curve), of(&scaled));
        }
    }
}
