//! Numbers as the sheet writes and reads them, with a real minus sign.

use crate::decimal;
use crate::format::thousands;

/// How many digits the table shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digits {
    /// Four decimals.
    Four,
    /// Six decimals.
    #[default]
    Six,
    /// Ten decimals.
    Ten,
    /// All digits of the number.
    Full,
}

impl Digits {
    /// All choices, from few to many.
    pub const ALL: [Self; 4] = [Self::Four, Self::Six, Self::Ten, Self::Full];

    /// The choice as a short text: `4`, `6`, `10` or `full`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Four => "4",
            Self::Six => "6",
            Self::Ten => "10",
            Self::Full => "full",
        }
    }

    /// The number of digits after the point; `None` for all of them.
    const fn decimals(self) -> Option<usize> {
        match self {
            Self::Four => Some(4),
            Self::Six => Some(6),
            Self::Ten => Some(10),
            Self::Full => None,
        }
    }

    /// The choice with this code; see [`Digits::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|digits| digits.code() == code)
    }
}

/// The shortest text that reads back as the same `f64`; −0 is written as 0, because nobody asks on which side of it a
/// value lies.
pub fn full(value: f64) -> String {
    let value = without_sign_of_zero(value);
    let magnitude = value.abs();
    let text = if magnitude != 0.0 && value.is_finite() && !(1e-6..1e16).contains(&magnitude) {
        format!("{value:e}")
    } else {
        plain(value)
    };
    with_minus_sign(&text)
}

/// Reads a number that the user typed: with a decimal comma or point, with marks between thousands, with a hyphen or a
/// real minus sign.
///
/// # Errors
/// A sentence for the user if the text is not a number, or may mean two numbers.
pub fn parse(text: &str) -> Result<f64, String> {
    decimal::read_typed(text).ok_or_else(|| match (text.trim(), decimal::doubt(text, false)) {
        ("", _) => "Type a number, for example 0.5.".to_owned(),
        (_, Some(doubt)) => doubt,
        (text, None) => format!("“{text}” is not a number."),
    })
}

/// Whether a text typed by one key may be the beginning of a number.
pub fn begins_number(typed: &str) -> bool {
    let mut typed = typed.chars();
    let first = typed.next().map(decimal::digit);
    typed.next().is_none() && matches!(first, Some('0'..='9' | '.' | ',' | '-' | '−' | '٫'))
}

/// Reads a whole number from `least` to `most`, in which a comma or point may separate thousands.
///
/// # Errors
/// A sentence for the user if the text is not such a number.
pub fn parse_count(text: &str, least: usize, most: usize) -> Result<f64, String> {
    let count = decimal::read_typed_whole(text).map(|count| count as f64);
    count.filter(|count| (least as f64..=most as f64).contains(count)).ok_or_else(|| {
        let range = || format!("Type a whole number from {} to {}.", thousands(least as u32), thousands(most as u32));
        decimal::doubt(text, true).unwrap_or_else(range)
    })
}

/// Writes a number like [`with_digits`]; a negative one is put in parentheses, so that it can be part of a formula.
pub fn bracketed(value: f64, digits: Digits) -> String {
    let text = with_digits(value, digits);
    if text.starts_with('−') { format!("({text})") } else { text }
}

/// Writes a number with a fixed number of decimals, so that a column of numbers is aligned at the point. A number that
/// would round to zero or be too wide is in scientific notation.
pub fn with_digits(value: f64, digits: Digits) -> String {
    let value = without_sign_of_zero(value);
    let Some(decimals) = digits.decimals() else { return full(value) };
    let magnitude = value.abs();
    let text = if !value.is_finite() {
        plain(value)
    } else if magnitude >= 1e4 || magnitude != 0.0 && magnitude < 0.5 * libm::pow(10.0, -(decimals as f64)) {
        format!("{value:.*e}", decimals - 2)
    } else {
        format!("{value:.decimals$}")
    };
    with_minus_sign(&text)
}

/// Writes a number with six decimals; see [`with_digits`].
pub fn rounded(value: f64) -> String {
    with_digits(value, Digits::Six)
}

/// Writes a number whose size alone matters: with two decimals, or with two significant digits and a power of ten.
pub fn brief(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || !value.is_finite() {
        full(value)
    } else if (0.01..1000.0).contains(&magnitude) {
        with_minus_sign(&format!("{value:.2}"))
    } else {
        with_minus_sign(&format!("{value:.1e}"))
    }
}

/// The value, or 0 for −0.
pub(super) fn without_sign_of_zero(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value }
}

fn plain(value: f64) -> String {
    if value.is_infinite() { if value > 0.0 { "∞".to_owned() } else { "-∞".to_owned() } } else { value.to_string() }
}

fn with_minus_sign(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_precision_reads_back_as_the_same_number() {
        for value in [0.24251985734837728, -0.04245525009260471, 1.0 / 3.0, 5e-324, f64::MAX, 1e-7, 123456.789] {
            let read: Result<f64, _> = full(value).replace('−', "-").parse();
            assert_eq!(read, Ok(value), "{}", full(value));
        }
    }

    #[test]
    fn full_precision_is_short_where_the_number_is() {
        assert_eq!(full(0.15), "0.15");
        assert_eq!(full(-2.0), "−2");
        assert_eq!(full(2.932306962436555e-7), "2.932306962436555e−7");
    }

    #[test]
    fn the_table_shows_six_decimals_and_never_rounds_to_zero() {
        assert_eq!(rounded(0.24251985734837728), "0.242520");
        assert_eq!(rounded(-0.04245525009260471), "−0.042455");
        assert_eq!(rounded(2.9e-8), "2.9000e−8");
        assert_eq!(rounded(123456.0), "1.2346e5");
        assert_eq!([rounded(0.0), rounded(-0.0), full(-0.0), brief(-0.0)], ["0.000000", "0.000000", "0", "0"]);
        assert_eq!(bracketed(-0.0, Digits::Six), "0.000000");
    }

    #[test]
    fn numbers_have_the_chosen_digits() {
        let shown = |value| Digits::ALL.map(|digits| with_digits(value, digits));
        assert_eq!(shown(0.24251985734837728), ["0.2425", "0.242520", "0.2425198573", "0.24251985734837728"]);
        assert_eq!(shown(-2.5e-5), ["−2.50e−5", "−0.000025", "−0.0000250000", "−0.000025"]);
        assert_eq!(shown(f64::NAN), ["NaN"; 4]);
        assert_eq!(shown(1e300), ["1.00e300", "1.0000e300", "1.00000000e300", "1e300"]);
    }

    #[test]
    fn a_number_begins_with_a_digit_of_any_script_a_sign_or_a_decimal_mark() {
        assert!(["0", "٣", "７", ".", ",", "-", "−"].into_iter().all(begins_number));
        assert!(!["", "a", "Enter", "F2", "12", " "].into_iter().any(begins_number));
    }

    #[test]
    fn a_count_is_a_whole_number_within_limits() {
        assert_eq!(parse_count(" 12 ", 1, 100), Ok(12.0));
        assert_eq!(parse_count("10,000", 1, 1_000_000), Ok(10_000.0));
        assert_eq!(parse_count("10.000", 1, 1_000_000), Ok(10_000.0));
        assert_eq!(parse_count("0", 1, 1_000_000), Err("Type a whole number from 1 to 1,000,000.".to_owned()));
        assert_eq!(parse_count("10,00", 1, 100).map_err(|error| error.contains("10 or 1000")), Err(true));
        assert_eq!(parse("1,000").map_err(|error| error.contains("1 or 1000")), Err(true));
        for text in ["0", "101", "1.5", "NaN", "inf", "-3", "x", ""] {
            assert!(parse_count(text, 1, 100).is_err(), "{text}");
        }
    }

    #[test]
    fn brief_numbers_have_two_digits() {
        assert_eq!([1.234e-9, 0.251, -2.0, 0.0, f64::NAN].map(brief), ["1.2e−9", "0.25", "−2.00", "0", "NaN"]);
    }

    #[test]
    fn infinity_and_nan_are_written_as_such() {
        assert_eq!([full(f64::NAN), rounded(f64::NAN)], ["NaN", "NaN"]);
        assert_eq!([full(f64::INFINITY), rounded(f64::NEG_INFINITY)], ["∞", "−∞"]);
    }
}
