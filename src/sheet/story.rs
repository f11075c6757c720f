//! Sentences with the row's own numbers: what a cell means, and what an update does to the error.
//!
//! Names in the sentences are those of [`Column::name`]; [`markup::typeset`](super::markup::typeset) sets them as symbols.

use super::column::Column;
use super::insight;
use super::network::Row;
use super::number::{Digits, with_digits};
use crate::decimal;

/// The nudge in "w5 up by 0.01".
const NUDGE: f64 = 0.01;

/// A change of E in words.
fn moves(change: f64, up: &'static str, down: &'static str) -> &'static str {
    if change < 0.0 { down } else { up }
}

/// What a cell's number says, in one or two sentences. `above` is the row above, which an update refers to.
pub fn sentence(column: Column, row: &Row, above: Option<&Row>, learning_rate: f64, digits: Digits) -> String {
    use Column::*;
    let write = |value: f64| with_digits(value, digits);
    let value = row.get(column);
    if !value.is_finite() {
        return format!("{} is not a finite number any more, so nothing can be learned from it.", column.name());
    }
    let squeezed = |sum: Column| {
        let slope = value * (1.0 - value);
        let note = if insight::is_saturated(row, column) {
            " Saturated: the slope multiplies every gradient through this neuron, so learning is slow here."
        } else {
            ""
        };
        format!(
            "σ squeezes {} = {} to {}, between 0 and 1. Its slope there, a(1 − a), is {}.{note}",
            sum.name(),
            write(row.get(sum)),
            write(value),
            write(slope)
        )
    };
    let missed = |activation: Column, target: Column| {
        let gap = row.get(activation) - row.get(target);
        let side = moves(gap, "above", "below");
        format!(
            "The output {} is {} {side} its target {}.",
            write(row.get(activation)),
            write(gap.abs()),
            write(row.get(target))
        )
    };
    match column {
        T1 | T2 => "The output should become this number. Training never changes it.".to_owned(),
        I1 | I2 => "This number goes into the network. Training never changes it.".to_owned(),
        _ if column.weight_index().is_some() => match above {
            Some(above) => updated(column, above, learning_rate, digits),
            None => "A starting value. From the next row on, training changes it.".to_owned(),
        },
        H1 | H2 => format!("Each input times its weight, added up: {}. This network has no biases.", write(value)),
        O1 | O2 => format!("Each hidden activation times its weight, added up: {}.", write(value)),
        AH1 => squeezed(H1),
        AH2 => squeezed(H2),
        AO1 => squeezed(O1),
        AO2 => squeezed(O2),
        E1 => missed(AO1, T1),
        E2 => missed(AO2, T2),
        ETotal => "This one number says how wrong the network is. Training makes it smaller.".to_owned(),
        DO1 | DO2 | DH1 | DH2 => about_delta(column, value, digits),
        _ => about_gradient(column, value, learning_rate, digits),
    }
}

/// What a gradient says about the error, and what the update will do: "w5 up by 0.01 raises E by about 0.00082, so w5 goes
/// down by η · 0.08217 = 0.04108."
fn about_gradient(column: Column, gradient: f64, learning_rate: f64, digits: Digits) -> String {
    let (letter, subscript) = column.symbol();
    let weight = format!("{letter}{subscript}");
    if gradient == 0.0 {
        return format!("A small change of {weight} does not change E, so {weight} stays as it is.");
    }
    let size = gradient.abs();
    format!(
        "{weight} up by {NUDGE} {} E by about {}, so {weight} goes {} by η · {} = {}.",
        moves(gradient, "raises", "lowers"),
        two_digits(NUDGE * size),
        moves(gradient, "down", "up"),
        with_digits(size, digits),
        with_digits(learning_rate * size, digits)
    )
}

/// What a δ says about the error.
fn about_delta(column: Column, delta: f64, digits: Digits) -> String {
    use Column::*;
    let sum = match column {
        DO1 => O1,
        DO2 => O2,
        DH1 => H1,
        _ => H2,
    };
    format!(
        "{} up by {NUDGE} {} E by about {}. All weights into this neuron share the factor {} = {}.",
        sum.name(),
        moves(delta, "raises", "lowers"),
        two_digits(NUDGE * delta.abs()),
        column.name(),
        with_digits(delta, digits)
    )
}

/// What the update has done to a weight: "w5 went down by η · 0.08217 = 0.04108, because a larger w5 would have raised E."
fn updated(weight: Column, above: &Row, learning_rate: f64, digits: Digits) -> String {
    let gradient = weight.weight_index().map_or(0.0, |index| above.gradients()[index]);
    let name = weight.name();
    if gradient == 0.0 || learning_rate == 0.0 {
        return format!("{name} stays as it is: η times the gradient is 0.");
    }
    let size = gradient.abs();
    format!(
        "{name} went {} by η · {} = {}, because a larger {name} would have {} E.",
        moves(gradient, "down", "up"),
        with_digits(size, digits),
        with_digits(learning_rate * size, digits),
        moves(gradient, "raised", "lowered")
    )
}

/// The change of E that a straight line predicts for the update of a row: −η times the sum of the squared gradients.
pub fn predicted_change(row: &Row, learning_rate: f64) -> f64 {
    -learning_rate * row.gradients().iter().map(|gradient| gradient * gradient).sum::<f64>()
}

/// Whether a change of an error may be the work of rounding alone. An error near 0 is half the square of a small difference
/// between numbers near 1, whose last digit is worth 10⁻¹⁶.
fn is_rounding(change: f64, error: f64) -> bool {
    change.abs() <= 1e-12 * error + 1e-15 * libm::sqrt(2.0 * error) + 1e-30
}

/// The predicted change of E beside the actual one, after the update from `above` to `row`.
pub fn step(above: &Row, row: &Row, learning_rate: f64, digits: Digits) -> String {
    let (before, after) = (above.total_error(), row.total_error());
    let (predicted, actual) = (predicted_change(above, learning_rate), after - before);
    if !predicted.is_finite() || !actual.is_finite() {
        return "The numbers have become too large for a prediction.".to_owned();
    }
    let signed = |change: f64| format!("{}{}", if change > 0.0 { "+" } else { "" }, with_digits(change, digits));
    let comment = if is_rounding(predicted, before) || is_rounding(actual, before) {
        " That is too little to tell: numbers are rounded in their last digits."
    } else if actual > 0.0 {
        " The step was too large: it overshot the valley."
    } else if (actual - predicted).abs() <= 0.1 * predicted.abs() {
        " The slope told it well."
    } else {
        " The surface bends."
    };
    if predicted == 0.0 && is_rounding(actual, before) {
        return "The last step changed nothing: η times the gradient is 0, or too small to count.".to_owned();
    }
    format!("Last step: E {}, predicted {}.{comment}", signed(actual), signed(predicted))
}

/// A number whose size alone matters, with at most two significant digits.
fn two_digits(value: f64) -> String {
    // A zero behind the point tells nothing here: 10⁻⁶ and not 1.0·10⁻⁶.
    let rounded = format!("{value:.1e}");
    with_digits(decimal::read(&rounded).unwrap_or(value), Digits::Two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Constants, Run};

    fn said(column: Column, index: usize) -> String {
        let run = Run::new(Constants::CLASSIC, 0.5, 3);
        let above = index.checked_sub(1).map(|above| run.row(above));
        sentence(column, &run.row(index), above.as_ref(), 0.5, Digits::Four)
    }

    #[test]
    fn a_gradient_says_what_it_does_to_the_error_and_to_its_weight() {
        assert_eq!(
            said(Column::G5, 0),
            "w5 up by 0.01 raises E by about 0.00072, so w5 goes down by η · 0.07216 = 0.03608."
        );
        assert_eq!(
            said(Column::G7, 0),
            "w7 up by 0.01 lowers E by about 0.00042, so w7 goes up by η · 0.04246 = 0.02123."
        );
        let still = Constants { inputs: [0.0, 0.1], ..Constants::CLASSIC };
        let row = Run::new(still, 0.5, 0).row(0);
        let text = sentence(Column::G1, &row, None, 0.5, Digits::Four);
        assert_eq!(text, "A small change of w1 does not change E, so w1 stays as it is.");
    }

    #[test]
    fn an_update_says_why_the_weight_moved() {
        assert_eq!(
            said(Column::W5, 1),
            "w5 went down by η · 0.07216 = 0.03608, because a larger w5 would have raised E."
        );
        assert_eq!(said(Column::W5, 0), "A starting value. From the next row on, training changes it.");
    }

    #[test]
    fn the_nudge_changes_the_error_as_the_sentence_says() {
        let row = Run::new(Constants::CLASSIC, 0.5, 0).row(0);
        for (index, gradient) in row.gradients().into_iter().enumerate() {
            let mut nudged = Constants::CLASSIC;
            nudged.weights[index] += NUDGE;
            let change = Run::new(nudged, 0.5, 0).errors()[0] - row.total_error();
            // The rest of the change is of second order in the nudge.
            assert!((change - NUDGE * gradient).abs() < NUDGE * NUDGE, "w{}", index + 1);
        }
    }

    #[test]
    fn the_predicted_change_is_the_actual_one_to_second_order() {
        let gap = |rate: f64| {
            let run = Run::new(Constants::CLASSIC, rate, 1);
            let actual = run.errors()[1] - run.errors()[0];
            (actual - predicted_change(&run.row(0), rate)).abs()
        };
        for rate in [0.4, 0.2, 0.1] {
            let ratio = gap(rate) / gap(rate / 2.0);
            assert!((ratio - 4.0).abs() < 0.2, "half the rate leaves a quarter of the gap, not 1/{ratio}");
        }
    }

    #[test]
    fn a_step_that_overshoots_is_called_so() {
        let told = |constants, rate| {
            let run = Run::new(constants, rate, 3);
            (0..3).map(|index| step(&run.row(index), &run.row(index + 1), rate, Digits::Four)).collect::<Vec<_>>()
        };
        assert_eq!(
            told(Constants::CLASSIC, 0.5)[0],
            "Last step: E −0.007024, predicted −0.007061. The slope told it well."
        );
        let touchy = Constants { targets: [0.3, 0.6], inputs: [5.0, 10.0], ..Constants::CLASSIC };
        assert!(told(touchy, 25.0)[1].ends_with("The step was too large: it overshot the valley."));
    }

    #[test]
    fn a_change_in_the_last_digits_is_not_told_as_a_rise() {
        // Targets in reach: after many updates the error stands still but for rounding.
        let constants = Constants { targets: [0.3, 0.6], inputs: [0.5, 1.0], ..Constants::CLASSIC };
        let run = Run::new(constants, 10.0, 4000);
        let (above, row) = (run.row(3999), run.row(4000));
        assert!(row.total_error() < 1e-25);
        assert!(!step(&above, &row, 10.0, Digits::Four).contains("overshot"));
        assert!(is_rounding(1e-13, 0.3) && is_rounding(-1e-30, 1e-31) && is_rounding(0.0, 0.0));
        assert!(!is_rounding(1e-11, 0.3) && !is_rounding(-1e-21, 1e-20));
        let still = Run::new(Constants::CLASSIC, 0.0, 1);
        let told = step(&still.row(0), &still.row(1), 0.0, Digits::Four);
        assert!(told.starts_with("The last step changed nothing"), "{told}");
    }

    #[test]
    fn every_column_of_every_row_has_a_sentence_and_no_number_is_minus_zero() {
        let absurd = Constants { inputs: [f64::NAN, f64::INFINITY], ..Constants::CLASSIC };
        let zero = Constants { targets: [0.5; 2], inputs: [0.0; 2], weights: [0.0; 8] };
        for constants in [Constants::CLASSIC, absurd, zero] {
            let run = Run::new(constants, 0.5, 2);
            for index in 0..=2usize {
                let above = index.checked_sub(1).map(|above| run.row(above));
                for column in Column::WITH_DELTAS {
                    let text = sentence(column, &run.row(index), above.as_ref(), 0.5, Digits::Four);
                    assert!(text.ends_with('.') && !text.contains("NaN") && !text.contains("−0 "), "{text}");
                }
                if let Some(above) = above {
                    let text = step(&above, &run.row(index), 0.5, Digits::Six);
                    assert!(text.ends_with('.') && !text.contains("NaN"), "{text}");
                }
            }
        }
    }

    #[test]
    fn sizes_have_two_digits() {
        assert_eq!([0.000_729_8, 0.0, 0.1, 12.34, 9.99e-7].map(two_digits), ["0.00073", "0", "0.1", "12", "10⁻⁶"]);
    }
}
