//! The error along the next step: E for each learning rate that the step could have. It shows why a large η overshoots.

use std::fmt::Write as _;

use super::network::{self, Constants};
use super::number::rounded;
use super::run::Run;

/// The learning rates among which the valley is searched: the first one, their ratio, and their number.
const FIRST: f64 = 1e-4;
const RATIO: f64 = 1.06;
const TRIED: i32 = 400;
/// The number of straight pieces of the curve.
const PIECES: u32 = 120;
/// The largest multiple of the own learning rate that a picture shows. A valley that is farther away is left out.
const FARTHEST: f64 = 40.0;
/// The margins of the drawing, in CSS pixels: above, at the sides, and below.
const MARGINS: (f64, f64, f64) = (20.0, 14.0, 20.0);
/// The width that the number of a learning rate needs below the axis, in CSS pixels.
const LABEL: f64 = 44.0;

/// The error after the next step of a row, as a function of the learning rate of this step.
#[derive(Clone, Debug, PartialEq)]
pub struct StepProfile {
    constants: Constants,
    gradients: [f64; 8],
    /// The learning rate of the run.
    rate: f64,
    /// The first learning rate at which the error stops falling; `None` if it falls as far as was tried, or is flat.
    valley: Option<f64>,
    /// The largest learning rate of the picture.
    reach: f64,
}

impl StepProfile {
    /// The profile of the step from row `index` of a run. `None` where a weight or a gradient is not finite.
    pub fn new(run: &Run, index: usize) -> Option<Self> {
        let row = run.row(index);
        let (weights, gradients) = (row.weights(), row.gradients());
        if !weights.iter().chain(&gradients).all(|value| value.is_finite()) {
            return None;
        }
        let rate = run.learning_rate();
        let constants = Constants { weights, ..run.constants() };
        let mut profile = Self { constants, gradients, rate, valley: None, reach: 0.0 };
        profile.valley = profile.first_valley();
        let far = profile.valley.map_or(0.0, |valley| 1.6 * valley).min(FARTHEST * rate);
        profile.reach = round_up(far.max(1.25 * rate));
        Some(profile)
    }

    /// The error after a step with this learning rate.
    pub fn error(&self, rate: f64) -> f64 {
        let Constants { targets, inputs, weights } = self.constants;
        network::row(targets, inputs, &network::step(&weights, self.gradients, rate)).total_error()
    }

    /// The slope of the curve at its start: −|∇E|², because the step goes along the gradient.
    fn slope(&self) -> f64 {
        -self.gradients.iter().map(|gradient| gradient * gradient).sum::<f64>()
    }

    /// The first learning rate at which the error stops falling, among those that are tried; `None` if there is none.
    fn first_valley(&self) -> Option<f64> {
        if self.slope() == 0.0 {
            return None;
        }
        let rates = (0..TRIED).map(|power| FIRST * libm::pow(RATIO, f64::from(power)));
        let mut before = (0.0, self.error(0.0));
        let mut low = 0.0;
        for rate in rates {
            let error = self.error(rate);
            // On flat land the errors differ by rounding alone.
            if error > before.1 * (1.0 + 1e-12) {
                return Some(self.lowest(low, rate));
            }
            low = before.0;
            before = (rate, error);
        }
        None
    }

    /// The learning rate of the lowest error in a range that has one valley, by a ternary search.
    fn lowest(&self, mut low: f64, mut high: f64) -> f64 {
        for _ in 0..40 {
            let third = (high - low) / 3.0;
            if self.error(low + third) < self.error(high - third) {
                high -= third;
            } else {
                low += third;
            }
        }
        f64::midpoint(low, high)
    }

    /// What the curve says about the learning rate.
    pub fn summary(&self) -> String {
        let rate = rounded(self.rate);
        if self.slope() == 0.0 {
            return "Every gradient is 0, so no η changes anything.".to_owned();
        }
        let (before, after) = (self.error(0.0), self.error(self.rate));
        let Some(valley) = self.valley else {
            return "E falls all the way, up to η = 1,000,000.".to_owned();
        };
        let at = rounded(valley);
        if self.rate <= 1.05 * valley {
            let share = libm::round(100.0 * self.rate / valley);
            let share = if share < 1.0 { "less than 1".to_owned() } else { share.to_string() };
            return format!("η = {rate} goes {share} % of the way to the valley at η = {at}.");
        }
        let end = if after > before {
            "and ends higher than it began: too large"
        } else if after > self.error(valley) {
            "and ends on the other side, higher than the valley"
        } else {
            "and ends lower still"
        };
        format!("η = {rate} jumps over the valley at η = {at} {end}.")
    }

    /// The picture as SVG of this width and height in CSS pixels: the curve, its straight continuation from the start,
    /// and the errors before and after the step.
    pub fn svg(&self, (width, height): (f64, f64), summary: &str) -> String {
        let (above, side, below) = MARGINS;
        let rate_at = |piece: u32| self.reach * f64::from(piece) / f64::from(PIECES);
        let errors: Vec<f64> = (0..=PIECES).map(|piece| self.error(rate_at(piece))).collect();
        let highest =
            errors.iter().copied().filter(|error| error.is_finite()).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let x = |rate: f64| side + rate / self.reach * (width - 2.0 * side);
        let y = |error: f64| height - below - error / highest * (height - above - below);
        let mut curve = String::new();
        for (piece, &error) in (0..).zip(&errors).filter(|(_, error)| error.is_finite()) {
            // Writing to a String cannot fail.
            let _ = write!(curve, "{:.1},{:.1} ", x(rate_at(piece)), y(error));
        }
        let (before, after) = (self.error(0.0), self.error(self.rate));
        let (base, label) = (height - below, height - 5.0);
        // The straight line ends where it meets the axis, or at the edge.
        let meets = (before / -self.slope()).min(self.reach);
        let mut svg = format!(
            "<svg width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Line chart of E after this step, for each η. {summary}\">\
             <path class=\"axes\" d=\"M{side} {above}V{base}H{right}\"/><text class=\"title\" x=\"{side}\" y=\"12\">E for each η; dashed: by slope alone</text>\
             <text x=\"{side}\" y=\"{label}\" text-anchor=\"middle\">0</text><text x=\"{width}\" y=\"{label}\" text-anchor=\"end\">η {}</text>\
             <path class=\"predicted\" d=\"M{side} {:.1}L{:.1} {:.1}\"/><polyline points=\"{curve}\"/>",
            rounded(self.reach),
            y(before),
            x(meets),
            y(before + self.slope() * meets),
            right = width - side,
        );
        let mut number = |rate: f64, class: &str| {
            let place = x(rate);
            if place - side > LABEL && width - side - place > LABEL {
                let _ = write!(
                    svg,
                    "<text class=\"{class}\" x=\"{place:.1}\" y=\"{label}\" text-anchor=\"middle\">{}</text>",
                    rounded(rate)
                );
            }
        };
        number(self.rate, "own");
        let valley = self.valley.filter(|&valley| valley <= self.reach);
        if let Some(valley) = valley.filter(|&valley| (x(valley) - x(self.rate)).abs() > LABEL) {
            number(valley, "");
        }
        if let Some(valley) = valley {
            let _ = write!(svg, "<path class=\"guide\" d=\"M{:.1} {:.1}V{base}\"/>", x(valley), y(self.error(valley)));
        }
        let _ = write!(svg, "<circle class=\"now\" cx=\"{side}\" cy=\"{:.1}\" r=\"6\"/>", y(before));
        if after.is_finite() {
            let (left, top) = (x(self.rate), y(after));
            let _ = write!(
                svg,
                "<path class=\"guide own\" d=\"M{left:.1} {top:.1}V{base}\"/><circle class=\"next\" cx=\"{left:.1}\" cy=\"{top:.1}\" r=\"5\"/>"
            );
        }
        svg + "</svg>"
    }
}

/// The next number of the kind 1, 2, 5, 10, 20 … that is not below a positive one.
fn round_up(value: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(value)));
    let share = value / power;
    let nice = [1.0, 2.0, 5.0].into_iter().find(|&nice| share <= nice * (1.0 + 1e-9));
    power * nice.unwrap_or(10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(constants: Constants, rate: f64, index: usize) -> StepProfile {
        StepProfile::new(&Run::new(constants, rate, 100), index).expect("finite")
    }

    #[test]
    fn the_curve_meets_the_run_before_and_after_the_step() {
        for rate in [0.01, 0.5, 10.0, 100.0] {
            let run = Run::new(Constants::CLASSIC, rate, 100);
            let profile = StepProfile::new(&run, 7).expect("finite");
            assert_eq!(profile.error(0.0), run.errors()[7]);
            assert_eq!(profile.error(rate), run.errors()[8]);
        }
    }

    #[test]
    fn the_slope_is_that_of_the_curve() {
        let profile = profile(Constants::CLASSIC, 0.5, 3);
        let measured = (profile.error(1e-4) - profile.error(0.0)) / 1e-4;
        assert!((profile.slope() / measured - 1.0).abs() < 1e-4, "{} {measured}", profile.slope());
    }

    #[test]
    fn the_valley_is_lower_than_its_neighbours_and_the_start() {
        for (constants, index) in
            [(Constants::CLASSIC, 0), (Constants { inputs: [5.0, 10.0], ..Constants::CLASSIC }, 2)]
        {
            let profile = profile(constants, 0.5, index);
            let valley = profile.valley.expect("a valley");
            for other in [0.0, 0.9 * valley, 1.1 * valley] {
                assert!(profile.error(valley) < profile.error(other), "{valley} against {other}");
            }
        }
    }

    #[test]
    fn the_sentence_says_whether_the_step_is_too_large() {
        let touchy = Constants { targets: [0.3, 0.6], inputs: [5.0, 10.0], ..Constants::CLASSIC };
        let small = profile(touchy, 0.5, 0).summary();
        assert!(small.contains("of the way to the valley at η = "), "{small}");
        for rate in [3.0, 10.0, 25.0, 50.0, 100.0] {
            let profile = profile(touchy, rate, 1);
            let (before, after) = (profile.error(0.0), profile.error(rate));
            let says = profile.summary();
            assert_eq!(says.contains("too large"), after > before && says.contains("jumps"), "{rate}: {says}");
        }
        let flat = Constants { targets: [0.5; 2], inputs: [0.0; 2], weights: [0.0; 8] };
        assert!(profile(flat, 0.5, 0).summary().contains("no η changes anything"));
    }

    #[test]
    fn a_picture_stays_the_same_while_a_small_rate_moves() {
        let of = |rate| profile(Constants::CLASSIC, rate, 0);
        let [one, other] = [of(2.0), of(2.1)];
        assert_eq!((one.reach, one.valley), (other.reach, other.valley));
        assert!(of(1000.0).reach >= 1000.0);
    }

    #[test]
    fn rates_are_rounded_up_to_1_2_5() {
        for (value, rounded) in [(0.3, 0.5), (1.0, 1.0), (1.2, 2.0), (5.1, 10.0), (99.0, 100.0), (0.02, 0.02)] {
            assert!((round_up(value) / rounded - 1.0).abs() < 1e-12, "{value}");
        }
    }

    #[test]
    fn absurd_sheets_have_a_picture_or_none_but_do_not_panic() {
        for (inputs, rate) in
            [([f64::NAN, 0.1], 0.5), ([1e300, -1e300], 1e9), ([0.0, 0.0], 1e-9), ([700.0, 9.0], 1e300)]
        {
            let run = Run::new(Constants { inputs, ..Constants::CLASSIC }, rate, 3);
            for index in 0..=3 {
                if let Some(profile) = StepProfile::new(&run, index) {
                    let svg = profile.svg((300.0, 150.0), &profile.summary());
                    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
                }
            }
        }
    }
}
