//! The verdict on a run's error curve, by definitions that the page shows and the tests check.

use std::fmt;

use super::number::full;

/// How the error of a run behaves. [`Verdict::definition`] says what each verdict means. The definitions are tried in
/// the order of [`Verdict::ALL`], and the first that fits is the verdict.
///
/// A swing is judged by the *tail*: the last fifth of the rows, but at least ten of them. A fall is judged by the last
/// tenth of the rows. With a fixed share of the rows, a verdict means the same for a hundred rows and for a million: an
/// error that falls like 1/row falls by a tenth over the last tenth, however long the run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// A number became infinite or NaN.
    NotFinite {
        /// The first row with a number that is not finite.
        row: usize,
    },
    /// The error is small enough at the end.
    Learned,
    /// The run is too short to be judged.
    TooShort,
    /// The error goes up and down again and again.
    Oscillates,
    /// The error is larger than at the beginning, or it rises.
    Diverges,
    /// The error is not small yet, but it still falls.
    StillFalling {
        /// The part of the error that was lost over the last tenth of the rows.
        share: f64,
    },
    /// The error neither falls notably nor rises, but it is not small.
    Stuck {
        /// The part of the error that was lost over the last tenth of the rows; negative if the error rose.
        share: f64,
    },
}

/// The total error below which a run counts as learned, unless the user says otherwise.
pub const GOOD_ENOUGH: f64 = 0.01;
/// A run with fewer updates is not judged, except for numbers that are not finite and for a small error.
const FEWEST_UPDATES: usize = 10;
/// The smallest number of rows in the tail.
const SHORTEST_TAIL: usize = 10;
/// The tail is one in this many rows.
const TAIL: usize = 5;
/// A fall is judged over one in this many rows.
const LAST_PART: usize = 10;
/// The smallest change that counts, as a share: of the error in row 0 for a swing, of the error itself for a rise.
const NOTABLE: f64 = 0.01;
/// The smallest fall that counts, as a share of the error.
const FALLING: f64 = 0.001;
/// The smallest rise that counts, as a share of the error in row 0. A smaller one is rounding, or can be seen by nobody.
const SEEN: f64 = 1e-6;
/// The smallest number of turns, from up to down or back, of an error that oscillates.
const FEWEST_TURNS: usize = 4;

impl Verdict {
    /// All verdicts, in the order in which their definitions are tried.
    pub const ALL: [Self; 7] = [
        Self::NotFinite { row: 0 },
        Self::Learned,
        Self::TooShort,
        Self::Oscillates,
        Self::Diverges,
        Self::StillFalling { share: 0.0 },
        Self::Stuck { share: 0.0 },
    ];

    /// What the definitions call the end of a run.
    pub const END: &str = "The end of a run is its last fifth, at least 10 rows.";

    /// Judges a run by the total errors of its rows. `overflow` is the first row in which another number is not finite, if
    /// there is one; errors that are not finite are found without it. An error below `good_enough` is learned.
    pub fn of(errors: &[f64], overflow: Option<usize>, good_enough: f64) -> Self {
        let not_finite = errors.iter().position(|error| !error.is_finite());
        if let Some(row) = not_finite.into_iter().chain(overflow).min() {
            return Self::NotFinite { row };
        }
        let Some((&first, &last)) = errors.first().zip(errors.last()) else { return Self::TooShort };
        let tail = tail(errors);
        // An error that jumps about is not learned because it happens to be small in the last row.
        if tail.unwrap_or(&[last]).iter().all(|&error| error < good_enough) {
            return Self::Learned;
        }
        let Some(tail) = tail else { return Self::TooShort };
        let before = errors[errors.len() - 1 - (errors.len() - 1) / LAST_PART];
        let share = (before - last) / before;
        // A swing that is small compared with the error in row 0 cannot be seen in a chart, and an error that falls in
        // ever smaller swings settles.
        if turns(tail, NOTABLE * first) >= FEWEST_TURNS {
            Self::Oscillates
        } else if tail.iter().all(|&error| error > (1.0 + NOTABLE) * first)
            || last >= (1.0 + NOTABLE) * tail[0] && last - tail[0] > SEEN * first
        {
            Self::Diverges
        } else if share >= FALLING {
            Self::StillFalling { share }
        } else {
            Self::Stuck { share }
        }
    }

    /// The number of rows that count as the end of a run with this many rows.
    pub fn end_of(rows: usize) -> usize {
        (rows / TAIL).max(SHORTEST_TAIL).min(rows)
    }

    /// The verdict in a word or two.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotFinite { .. } => "not finite",
            Self::Learned => "learned",
            Self::TooShort => "too short",
            Self::Oscillates => "oscillates",
            Self::Diverges => "diverges",
            Self::StillFalling { .. } => "still falling",
            Self::Stuck { .. } => "stuck",
        }
    }

    /// The meaning of the verdict in one or two sentences; an error below `good_enough` is learned.
    pub fn definition(self, good_enough: f64) -> String {
        let limit = full(good_enough);
        match self {
            Self::NotFinite { .. } => "From this row on, the table has numbers that are infinite or cannot be computed.".to_owned(),
            Self::Learned => format!("In all rows of the end, the error is below {limit}, which is called good enough."),
            Self::TooShort => "The run has fewer than 10 updates, which is too few to judge.".to_owned(),
            Self::Oscillates => {
                "At the end the error changes direction at least 4 times, by more than 1\u{a0}% of the error in row 0 each time."
                    .to_owned()
            }
            Self::Diverges => {
                "At the end the error is always more than 1\u{a0}% larger than in row 0, or it rises by 1\u{a0}% or more."
                    .to_owned()
            }
            Self::StillFalling { .. } => format!(
                "The error is not below {limit} yet, but it fell by 0.1\u{a0}% or more in the last tenth of the rows. More rows \
                 would help."
            ),
            Self::Stuck { .. } => format!(
                "The error is not below {limit}, and in the last tenth of the rows it fell by less than 0.1\u{a0}%, or not at all."
            ),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())?;
        match self {
            Self::NotFinite { row } => write!(formatter, " from row {row}"),
            Self::StillFalling { share } | Self::Stuck { share } => {
                write!(formatter, ", {} in the last tenth", percent(*share))
            }
            _ => Ok(()),
        }
    }
}

/// Writes what a lost share does to the error, in per cent with two significant digits: `−5.6 %`.
fn percent(share: f64) -> String {
    let hundredths = 100.0 * share.abs();
    let sign = if share < 0.0 { '+' } else { '−' };
    // A drawn line shows no less, and rounding moves the last digits of an error that stands still.
    if hundredths.is_nan() || hundredths < 0.005 {
        return "under 0.01\u{a0}%".to_owned();
    }
    let decimals = match hundredths {
        9.95.. => 0,
        0.095.. => 1,
        _ => 2,
    };
    format!("{sign}{hundredths:.decimals$}\u{a0}%")
}

/// The first row whose error is below `x`.
pub fn first_below(errors: &[f64], x: f64) -> Option<usize> {
    errors.iter().position(|&error| error < x)
}

/// The last fifth of the rows, but at least ten rows; `None` for a run with too few updates.
fn tail(errors: &[f64]) -> Option<&[f64]> {
    (errors.len() > FEWEST_UPDATES).then(|| &errors[errors.len() - Verdict::end_of(errors.len())..])
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
        // A threshold that no error reaches, so that the other definitions are tried.
        Verdict::of(errors, None, 0.0)
    }

    /// The errors of a run with this many rows.
    fn errors(rows: usize, error: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..rows).map(|row| error(row as f64)).collect()
    }

    fn run(constants: Constants, rate: f64, updates: usize) -> Verdict {
        Run::new(constants, rate, updates).verdict(GOOD_ENOUGH)
    }

    fn falls(verdict: Verdict) -> f64 {
        let Verdict::StillFalling { share } = verdict else { panic!("{verdict}") };
        share
    }

    #[test]
    fn the_classic_exercise_is_learned_sooner_with_a_larger_rate() {
        assert_eq!(run(Constants::CLASSIC, 0.01, 100).to_string(), "still falling, −0.6\u{a0}% in the last tenth");
        assert_eq!(run(Constants::CLASSIC, 0.5, 100).to_string(), "still falling, −12\u{a0}% in the last tenth");
        for (rate, updates) in [(0.5, 1000), (2.0, 100), (10.0, 100), (100.0, 100), (0.1, 10_000), (0.5, 1_000_000)] {
            assert_eq!(run(Constants::CLASSIC, rate, updates), Verdict::Learned, "η = {rate}, {updates} updates");
        }
    }

    #[test]
    fn a_rate_of_zero_or_almost_zero_is_stuck() {
        assert_eq!(run(Constants::CLASSIC, 0.0, 100).name(), "stuck");
        assert_eq!(run(Constants::CLASSIC, 1e-4, 100).name(), "stuck");
    }

    #[test]
    fn saturated_neurons_and_targets_out_of_reach_are_stuck() {
        let saturated =
            Constants { weights: Constants::CLASSIC.weights.map(|weight| 20.0 * weight), ..Constants::CLASSIC };
        assert_eq!(run(saturated, 0.5, 10_000).name(), "stuck");
        // No output is above 1, so the error stays above ½(2 − 1)².
        let out_of_reach = Constants { targets: [2.0, -1.0], ..Constants::CLASSIC };
        assert_eq!(run(out_of_reach, 2.0, 1000).name(), "stuck");
    }

    /// With targets in the middle and large inputs, a large rate overshoots.
    const TOUCHY: Constants = Constants { targets: [0.3, 0.6], inputs: [5.0, 10.0], ..Constants::CLASSIC };

    #[test]
    fn the_same_exercise_is_learned_oscillates_and_gets_stuck_as_the_rate_grows() {
        assert_eq!(run(TOUCHY, 0.5, 200), Verdict::Learned);
        assert_eq!(run(TOUCHY, 10.0, 200), Verdict::Learned);
        assert_eq!(run(TOUCHY, 30.0, 200).name(), "stuck");
        assert_eq!(run(TOUCHY, 100.0, 200), Verdict::Oscillates);
    }

    #[test]
    fn a_step_too_far_into_saturation_diverges() {
        // The outputs are nearly right in row 0, but the first update is so large that they are saturated for ever.
        let nearly = Constants { targets: [0.78, 0.62], inputs: [0.05, 10.0], ..Constants::CLASSIC };
        assert_eq!(run(nearly, 100.0, 200), Verdict::Diverges);
        assert_eq!(run(nearly, 0.5, 200), Verdict::Learned);
    }

    #[test]
    fn extreme_constants_are_not_finite_in_the_right_row() {
        let absurd = |inputs, targets| run(Constants { inputs, targets, ..Constants::CLASSIC }, 0.5, 100);
        assert_eq!(absurd([f64::NAN, 0.1], [0.01, 0.99]), Verdict::NotFinite { row: 0 });
        assert_eq!(absurd([0.05, 0.1], [1e200, 0.99]), Verdict::NotFinite { row: 0 });
        // The error and the weights of row 0 are finite, but the gradient of w1 is infinite.
        let balanced = Constants {
            targets: [1e153, 0.99],
            inputs: [1.0, 0.0],
            weights: [0.0, 0.0, 0.0, 0.0, 1e160, -1e160, 0.0, 0.0],
        };
        assert_eq!(run(balanced, 0.5, 100), Verdict::NotFinite { row: 0 });
        assert_eq!(run(balanced, 0.5, 0), Verdict::NotFinite { row: 0 });
        // The sum h1 is infinite, its activation is 1, and nothing else shows it.
        for large in [1e308, -1e308] {
            let sum = Constants {
                inputs: [10.0, 10.0],
                weights: [large, large, 0.25, 0.3, 0.4, 0.45, 0.5, 0.55],
                ..Constants::CLASSIC
            };
            for updates in [0, 1, 64, 100, 1000] {
                assert_eq!(run(sum, 0.5, updates), Verdict::NotFinite { row: 0 }, "{updates} updates");
            }
        }
    }

    #[test]
    fn weights_may_overflow_before_the_error_does() {
        assert_eq!(Verdict::of(&errors(50, |_| 0.5), Some(7), 1.0), Verdict::NotFinite { row: 7 });
        let mut broken = errors(50, |_| 0.5);
        broken[3] = f64::INFINITY;
        broken[4] = f64::NAN;
        assert_eq!(Verdict::of(&broken, Some(7), 1.0), Verdict::NotFinite { row: 3 });
        assert_eq!(of(&broken[..3]), Verdict::TooShort);
    }

    #[test]
    fn a_run_of_a_few_rows_is_too_short() {
        assert_eq!(of(&[]), Verdict::TooShort);
        for rows in 1..=10 {
            assert_eq!(of(&errors(rows, |row| 100.0 - row)), Verdict::TooShort, "{rows} rows");
        }
        assert!(falls(of(&errors(11, |row| 1.0 / (row + 1.0)))) > 0.09);
        assert_eq!(of(&errors(11, |_| 1.0)).name(), "stuck");
        assert_eq!(of(&errors(11, |row| 1.0 + row)), Verdict::Diverges);
        assert_eq!(of(&errors(11, |row| 1.0 + row % 2.0)), Verdict::Oscillates);
    }

    #[test]
    fn a_power_law_falls_by_a_tenth_in_the_last_tenth_however_long_the_run_is() {
        for rows in [101, 10_001, 1_000_001] {
            let share = falls(of(&errors(rows, |row| 0.25 / (row + 1.0))));
            assert!((share - 0.1).abs() < 0.002, "{rows} rows: {share}");
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
        falls(of(&errors(101, |row| 0.25 * (-row / 20.0).exp() * (1.0 + 0.2 * row.cos()))));
        assert_eq!(of(&errors(101, |row| 0.25 + 0.0001 * row.cos())).name(), "stuck");
        assert_eq!(of(&errors(101, |row| 0.25 + 0.01 * row.cos())), Verdict::Oscillates);
    }

    #[test]
    fn an_error_that_stands_still_says_how_far_it_moved_and_rounding_is_no_rise() {
        let told = |last: f64| of(&errors(101, |row| if row < 95.0 { 0.25 } else { last })).to_string();
        assert_eq!(told(0.25), "stuck, under 0.01\u{a0}% in the last tenth");
        assert_eq!(told(0.25 + 1e-13), told(0.25));
        assert_eq!(told(0.2499), "stuck, −0.04\u{a0}% in the last tenth");
        assert_eq!(told(0.251), "stuck, +0.4\u{a0}% in the last tenth");
        // An error that has fallen to a billionth moves by rounding alone.
        let tiny = |row: f64| if row < 50.0 { 0.25 } else { 1e-13 + 1e-15 * row };
        assert_eq!(of(&errors(101, tiny)).name(), "stuck");
    }

    #[test]
    fn a_definition_states_what_is_good_enough() {
        assert!(Verdict::Learned.definition(GOOD_ENOUGH).contains("below 0.01,"));
        assert!(Verdict::Stuck { share: 0.0 }.definition(0.25).contains("below 0.25,"));
    }

    #[test]
    fn one_spike_is_neither_an_oscillation_nor_learned() {
        let mut spiky = errors(101, |_| 0.2);
        spiky[85] = 0.4;
        assert_eq!(of(&spiky).name(), "stuck");
        assert_eq!(Verdict::of(&spiky, None, 0.3).name(), "stuck");
        assert_eq!(Verdict::of(&spiky, None, 0.5), Verdict::Learned);
    }

    #[test]
    fn an_error_of_zero_is_learned() {
        assert_eq!(Verdict::of(&errors(50, |_| 0.0), None, GOOD_ENOUGH), Verdict::Learned);
        assert_eq!(Verdict::of(&[0.0], None, GOOD_ENOUGH), Verdict::Learned);
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
        assert_eq!(Verdict::NotFinite { row: 12 }.to_string(), "not finite from row 12");
        assert_eq!(Verdict::Learned.to_string(), "learned");
        for (index, verdict) in Verdict::ALL.iter().enumerate() {
            assert!(verdict.definition(0.25).ends_with('.'));
            assert!(Verdict::ALL[..index].iter().all(|other| other.name() != verdict.name()));
        }
    }

    proptest! {
        #[test]
        fn all_errors_get_a_verdict(errors in proptest::collection::vec(any::<f64>(), 0..200), row in proptest::option::of(0..200usize)) {
            let verdict = Verdict::of(&errors, row, GOOD_ENOUGH);
            let broken = errors.iter().any(|error| !error.is_finite()) || row.is_some();
            prop_assert_eq!(matches!(verdict, Verdict::NotFinite { .. }), broken);
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
