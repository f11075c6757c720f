//! Writes the numbers of a chart: with a real minus sign, thousands separators, percent signs and powers of ten.

use super::scale::Scale;
use crate::format::{group, power_of_ten};

/// The kind of number that an axis shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Any number.
    #[default]
    Plain,
    /// A fraction, written as a percentage: 0.985 is 98.5 %.
    Percent,
    /// A whole number of things, such as rows or steps.
    Count,
    /// Any number, read out with this many significant digits.
    Significant(u8),
}

impl Format {
    /// Writes a value for a read-out: with its number of significant digits, which is five for plain numbers, as a whole
    /// number, or as a percentage with two decimals.
    pub fn exact(self, value: f64) -> String {
        match self {
            _ if !value.is_finite() => "–".to_owned(),
            Self::Percent => percent(value, 2),
            Self::Count => grouped(value, 0),
            Self::Plain => significant(value, 5),
            Self::Significant(digits) => significant(value, digits),
        }
    }
}

/// Writes a number with this many significant digits.
fn significant(value: f64, digits: u8) -> String {
    let after_first = i32::from(digits.max(1)) - 1;
    if value != 0.0 && !(1e-4..1e7).contains(&value.abs()) {
        return scientific(value, after_first as usize);
    }
    let magnitude = if value == 0.0 { 0 } else { value.abs().log10().floor() as i32 };
    grouped(value, usize::try_from(after_first - magnitude).unwrap_or(0))
}

/// Writes the tick labels of one axis, all in the same style.
pub struct Labels {
    format: Format,
    style: Style,
}

enum Style {
    /// A fixed number of decimals.
    Decimals(usize),
    /// As many decimals as the value needs.
    Shortest,
    /// As many decimals as the difference to 1 needs.
    Nines,
    /// A factor with this number of decimals, times a power of ten.
    Exponents(usize),
}

impl Labels {
    /// Chooses the style for these tick values. `decimals` is the first decimal in which neighbours differ; it matters
    /// on linear axes only.
    pub fn new(format: Format, scale: Scale, values: &[f64], decimals: usize) -> Self {
        let fits = |&value: &f64| value == 0.0 || (1e-3..1e7).contains(&value.abs());
        let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
        let style = match (format, scale) {
            (Format::Count, _) => Style::Decimals(0),
            (_, Scale::Nines) => Style::Nines,
            (Format::Percent, Scale::Linear) => Style::Decimals(decimals.saturating_sub(2)),
            (Format::Plain | Format::Significant(_), Scale::Log) if !values.iter().all(fits) => Style::Exponents(0),
            (Format::Percent | Format::Plain | Format::Significant(_), Scale::Log) => Style::Shortest,
            (Format::Plain | Format::Significant(_), Scale::Linear) if decimals <= 6 && largest < 1e7 => {
                Style::Decimals(decimals)
            }
            (Format::Plain | Format::Significant(_), Scale::Linear) => {
                let magnitude = if largest > 0.0 { largest.log10().floor() as i32 } else { 0 };
                let digits = i32::try_from(decimals).unwrap_or(0) + magnitude;
                Style::Exponents(usize::try_from(digits).unwrap_or(0).min(6))
            }
        };
        Self { format, style }
    }

    /// Writes the label of a tick.
    pub fn label(&self, value: f64) -> String {
        // A tick value is 1, 2 or 5 times a power of ten, so it has one digit; this is the position of that digit.
        let digit = |value: f64| {
            let shown = if self.format == Format::Percent { value * 100.0 } else { value };
            usize::try_from(-(shown.log10() + 1e-9).floor() as i32).unwrap_or(0)
        };
        let decimals = match self.style {
            Style::Exponents(digits) => return scientific(value, digits),
            Style::Decimals(decimals) => decimals,
            Style::Shortest => digit(value),
            Style::Nines => digit(1.0 - value),
        };
        match self.format {
            Format::Percent => percent(value, decimals),
            Format::Plain | Format::Significant(_) if value == 0.0 => "0".to_owned(),
            Format::Plain | Format::Significant(_) | Format::Count => grouped(value, decimals),
        }
    }
}

fn percent(value: f64, decimals: usize) -> String {
    // The no-break space keeps number and sign together.
    grouped(value * 100.0, decimals) + "\u{a0}%"
}

/// Writes a number with a fixed number of decimals, a real minus sign, and commas between thousands.
fn grouped(value: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let point = plain.find('.').unwrap_or(plain.len());
    let (whole, rest) = plain.split_at_checked(point).unwrap_or((&plain, ""));
    let is_negative = value < 0.0 && plain.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let sign = if is_negative { "−" } else { "" };
    [sign, &group(whole), rest].concat()
}

/// Writes a factor with `digits` decimals times a power of ten. A factor of 1 without decimals is left out.
fn scientific(value: f64, digits: usize) -> String {
    if value == 0.0 { "0".to_owned() } else { power_of_ten(&format!("{value:.digits$e}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_outs_have_five_significant_digits() {
        assert_eq!(Format::Plain.exact(0.242_519_857), "0.24252");
        assert_eq!(Format::Plain.exact(-1.5), "−1.5000");
        assert_eq!(Format::Plain.exact(12_345.67), "12,346");
        assert_eq!(Format::Plain.exact(0.0), "0.0000");
        assert_eq!(Format::Plain.exact(0.000_051_234), "5.1234·10⁻⁵");
        assert_eq!(Format::Plain.exact(f64::NAN), "–");
    }

    #[test]
    fn counts_are_whole_numbers_and_percentages_have_two_decimals() {
        assert_eq!(Format::Count.exact(18_738.0), "18,738");
        assert_eq!(Format::Count.exact(1_000_000.0), "1,000,000");
        assert_eq!(Format::Count.exact(100.0), "100");
        assert_eq!(Format::Percent.exact(0.9947), "99.47\u{a0}%");
    }

    #[test]
    fn a_number_that_rounds_to_zero_has_no_sign() {
        assert_eq!(grouped(-0.001, 2), "0.00");
        assert_eq!(grouped(-0.0, 0), "0");
    }

    #[test]
    fn very_small_and_very_large_linear_ticks_have_powers_of_ten() {
        let labels = Labels::new(Format::Plain, Scale::Linear, &[0.0, 2e-8, 4e-8], 8);
        assert_eq!(labels.label(0.0), "0");
        assert_eq!(labels.label(2e-8), "2·10⁻⁸");
        let labels = Labels::new(Format::Plain, Scale::Linear, &[0.0, 5e8, 1e9], 0);
        assert_eq!(labels.label(1e9), "1.000000·10⁹");
    }
}
