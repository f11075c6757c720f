//! Places ticks at round numbers: at multiples of 1, 2 or 5 on a linear axis, at powers of ten on a logarithmic one,
//! and at 90 %, 99 %, 99.9 % on a scale of nines.

use super::format::{Format, Labels};
use super::round_numbers::{Step, round};
use super::scale::{Scale, Span};

/// A gridline, with or without a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// The position on the axis.
    pub value: f64,
    /// The text of the label; `None` for the fainter lines between powers of ten.
    pub label: Option<String>,
}

/// Returns the ticks of a span that has room for about `count` labels.
pub fn ticks(span: &Span, format: Format, count: f64) -> Vec<Tick> {
    match span.scale {
        Scale::Linear => linear(span, format, count),
        Scale::Log => marked(span, format, count, log(span, count)),
        Scale::Nines => {
            let missing = Span { lo: 1.0 - span.hi, hi: 1.0 - span.lo, scale: Scale::Log };
            let mut marks = log(&missing, count);
            marks.iter_mut().for_each(|(value, _)| *value = 1.0 - *value);
            marks.reverse();
            marked(span, format, count, marks)
        }
    }
}

/// Returns the ticks of a linear axis.
fn linear(span: &Span, format: Format, count: f64) -> Vec<Tick> {
    let mut step = Step::at_least((span.hi - span.lo) / count.max(1.0));
    if format == Format::Count && step.exponent < 0 {
        step = Step { mantissa: 1, exponent: 0 };
    }
    let size = step.times(1.0);
    let (first, last) = ((span.lo / size - 1e-9).ceil(), (span.hi / size + 1e-9).floor());
    let values: Vec<f64> =
        (0..=((last - first).clamp(-1.0, 100.0) as i32)).map(|n| step.times(first + f64::from(n))).collect();
    let labels = Labels::new(format, Scale::Linear, &values, step.decimals());
    values.into_iter().map(|value| Tick { value, label: Some(labels.label(value)) }).collect()
}

/// Returns the positions of the ticks on a logarithmic axis, and whether each has a label.
fn log(span: &Span, count: f64) -> Vec<(f64, bool)> {
    let decades = (span.hi / span.lo).log10();
    let every = ((decades / count.max(1.0)) - 1e-9).ceil().max(1.0) as i32;
    let labelled: &[i32] = if decades * 3.0 <= count + 1.0 { &[1, 2, 5] } else { &[1] };
    let (first, last) = (span.lo.log10().floor() as i32, span.hi.log10().ceil() as i32);
    let inside = |value: f64| value >= span.lo * (1.0 - 1e-9) && value <= span.hi * (1.0 + 1e-9);

    // Lines between powers of ten show at a glance that the axis is logarithmic. They need room, because 9 is close to
    // 10.
    let unlabelled: &[i32] = match count / decades {
        room if room >= 2.1 => &[2, 3, 4, 5, 6, 7, 8, 9],
        room if room >= 1.0 => &[2, 5],
        _ => &[],
    };
    let mut marks = Vec::new();
    for exponent in first..=last {
        for mantissa in 1..=9 {
            let value = round(mantissa, exponent);
            let has_label = labelled.contains(&mantissa) && exponent.rem_euclid(every) == 0;
            if inside(value) && (has_label || unlabelled.contains(&mantissa)) {
                marks.push((value, has_label));
            }
        }
    }
    marks
}

/// Writes the labels of these positions. If fewer than two have a label, returns the ticks of a linear axis instead.
fn marked(span: &Span, format: Format, count: f64, marks: Vec<(f64, bool)>) -> Vec<Tick> {
    let values: Vec<f64> = marks.iter().filter(|mark| mark.1).map(|mark| mark.0).collect();
    if values.len() < 2 {
        return linear(span, format, count);
    }
    let labels = Labels::new(format, span.scale, &values, 0);
    marks.into_iter().map(|(value, has_label)| Tick { value, label: has_label.then(|| labels.label(value)) }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::round_numbers::{round_linear, round_log};
    use super::*;

    fn labels(lo: f64, hi: f64, scale: Scale, format: Format, count: f64) -> Vec<String> {
        ticks(&Span { lo, hi, scale }, format, count).into_iter().filter_map(|tick| tick.label).collect()
    }

    #[test]
    fn steps_are_1_2_or_5_times_a_power_of_ten() {
        let cases =
            [(0.9, 1.0), (1.0, 1.0), (1.1, 2.0), (2.1, 5.0), (5.1, 10.0), (0.03, 0.05), (1e-7, 1e-7), (7e8, 1e9)];
        for (size, step) in cases {
            assert_eq!(Step::at_least(size).times(1.0), step, "{size}");
        }
    }

    #[test]
    fn multiples_of_a_step_are_the_nearest_doubles() {
        assert_eq!(Step::at_least(0.1).times(3.0), 0.3);
        assert_eq!(Step::at_least(0.05).times(7.0), 0.35);
        assert_eq!(Step::at_least(5000.0).times(3.0), 15000.0);
    }

    #[test]
    fn linear_labels_have_just_enough_decimals() {
        assert_eq!(labels(0.0, 0.25, Scale::Linear, Format::Plain, 6.0), ["0", "0.05", "0.10", "0.15", "0.20", "0.25"]);
        assert_eq!(labels(-1.0, 1.0, Scale::Linear, Format::Plain, 4.0), ["−1.0", "−0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(0.0, 10_000.0, Scale::Linear, Format::Count, 2.0), ["0", "5,000", "10,000"]);
        assert_eq!(
            labels(0.97, 1.0, Scale::Linear, Format::Percent, 3.0),
            ["97\u{a0}%", "98\u{a0}%", "99\u{a0}%", "100\u{a0}%"]
        );
        assert_eq!(
            labels(0.98, 0.99, Scale::Linear, Format::Percent, 2.0),
            ["98.0\u{a0}%", "98.5\u{a0}%", "99.0\u{a0}%"]
        );
    }

    #[test]
    fn counts_have_no_decimals() {
        assert_eq!(labels(0.0, 2.0, Scale::Linear, Format::Count, 8.0), ["0", "1", "2"]);
    }

    #[test]
    fn labels_have_exponents_for_many_decades_and_decimals_for_few() {
        assert_eq!(labels(1e-5, 1.0, Scale::Log, Format::Plain, 6.0), ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1"]);
        assert_eq!(labels(0.01, 0.5, Scale::Log, Format::Plain, 6.0), ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]);
        assert_eq!(labels(1e-12, 1.0, Scale::Log, Format::Plain, 4.0), ["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "1"]);
    }

    #[test]
    fn logarithmic_axes_have_lines_between_the_decades() {
        let all = |count| ticks(&Span { lo: 0.001, hi: 1.0, scale: Scale::Log }, Format::Plain, count);
        assert_eq!(all(7.0).len(), 28);
        assert_eq!(all(7.0).iter().filter(|tick| tick.label.is_some()).count(), 4);
        // With less room, only the lines at 2 and 5 are left, and then none.
        assert_eq!(all(4.0).len(), 10);
        assert_eq!(all(2.0).len(), 2);
    }

    #[test]
    fn labels_of_nines_have_as_many_decimals_as_they_need() {
        assert_eq!(
            labels(0.97, 0.998, Scale::Nines, Format::Percent, 6.0),
            ["98\u{a0}%", "99\u{a0}%", "99.5\u{a0}%", "99.8\u{a0}%"]
        );
        assert_eq!(
            labels(0.0, 0.9995, Scale::Nines, Format::Percent, 5.0),
            ["0\u{a0}%", "90\u{a0}%", "99\u{a0}%", "99.9\u{a0}%"]
        );
        let all = ticks(&Span { lo: 0.97, hi: 0.998, scale: Scale::Nines }, Format::Percent, 6.0);
        assert!(all.windows(2).all(|pair| pair[0].value < pair[1].value));
    }

    #[test]
    fn less_than_a_decade_gets_linear_ticks() {
        assert_eq!(labels(0.3, 0.4, Scale::Log, Format::Plain, 2.0), ["0.30", "0.35", "0.40"]);
    }

    #[test]
    fn ranges_are_rounded_unless_they_are_round() {
        assert_eq!(round_linear(0.0004, 0.2425, 5.0), (0.0, 0.25));
        assert_eq!(round_linear(0.0, 0.3, 3.0), (0.0, 0.3));
        assert_eq!(round_linear(-3.0, 17.0, 5.0), (-5.0, 20.0));
        assert_eq!(round_log(0.00041, 0.2425), (0.0002, 0.5));
        assert_eq!(round_log(0.001, 1.0), (0.001, 1.0));
        assert_eq!(round_log(0.06, 70.0), (0.05, 100.0));
    }
}
