//! Numbers as the sheet writes and reads them, with a real minus sign.

use crate::decimal;
use crate::format::{power_of_ten, thousands};

/// How many significant digits the page shows. A number that has fewer is shown as it is: 0.15, and not 0.150000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digits {
    /// Two significant digits, where the size of a number alone matters. The user cannot choose them.
    Two,
    /// Four significant digits.
    #[default]
    Four,
    /// Six significant digits.
    Six,
    /// Ten significant digits.
    Ten,
    /// All digits of the number.
    Full,
}

impl Digits {
    /// The user's choices, from few to many.
    pub const ALL: [Self; 4] = [Self::Four, Self::Six, Self::Ten, Self::Full];

    /// The choice as a short text: `4`, `6`, `10` or `full`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Two => "2",
            Self::Four => "4",
            Self::Six => "6",
            Self::Ten => "10",
            Self::Full => "full",
        }
    }

    /// The number of significant digits; `None` for all of them.
    pub const fn significant(self) -> Option<usize> {
        match self {
            Self::Two => Some(2),
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
    if is_written_whole(value) { with_minus_sign(&plain(value)) } else { power_of_ten(&format!("{value:e}")) }
}

/// The number as in [`full`], in characters that a keyboard has: with `e−7` for ·10⁻⁷. Fields show numbers so.
pub fn typed(value: f64) -> String {
    let value = without_sign_of_zero(value);
    with_minus_sign(&if is_written_whole(value) { plain(value) } else { format!("{value:e}") })
}

/// Whether a number has few enough zeros to be written without a power of ten.
fn is_written_whole(value: f64) -> bool {
    value == 0.0 || !value.is_finite() || (1e-6..1e16).contains(&value.abs())
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

/// Writes a number with this many significant digits, or with fewer if these are all that it has. A number that is
/// smaller than 0.0001, or so large that digits before the point would be invented, is in scientific notation.
pub fn with_digits(value: f64, digits: Digits) -> String {
    let value = without_sign_of_zero(value);
    let Some(significant) = digits.significant() else { return full(value) };
    if value == 0.0 || !value.is_finite() {
        return full(value);
    }
    // The shortest digits that read back as the same number tell how many it has.
    let shortest = format!("{value:e}");
    let mantissa = shortest.chars().take_while(|&letter| letter != 'e');
    let has = mantissa.filter(char::is_ascii_digit).count();
    let rounded = format!("{value:.*e}", significant.min(has) - 1);
    let exponent = rounded.chars().skip_while(|&letter| letter != 'e').skip(1).collect::<String>();
    // The text after the "e" of a finite number is a whole number.
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (SMALLEST_PLAIN..significant as i32).contains(&exponent) {
        let decimals = usize::try_from(significant.min(has) as i32 - 1 - exponent).unwrap_or_default();
        with_minus_sign(&format!("{value:.decimals$}"))
    } else {
        power_of_ten(&rounded)
    }
}

/// The power of ten from which on numbers are written without one.
const SMALLEST_PLAIN: i32 = -4;

/// Writes a number with four significant digits; see [`with_digits`].
pub fn rounded(value: f64) -> String {
    with_digits(value, Digits::Four)
}

/// Writes a number whose size alone matters: with two decimals, or with two significant digits and a power of ten.
pub fn brief(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || !value.is_finite() {
        full(value)
    } else if (0.01..1000.0).contains(&magnitude) {
        with_minus_sign(&format!("{value:.2}"))
    } else {
        power_of_ten(&format!("{value:.1e}"))
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
            assert_eq!([parse(&full(value)), parse(&typed(value))], [Ok(value), Ok(value)], "{}", full(value));
        }
    }

    #[test]
    fn full_precision_is_short_where_the_number_is() {
        assert_eq!(full(0.15), "0.15");
        assert_eq!(full(-2.0), "−2");
        assert_eq!(full(2.932306962436555e-7), "2.932306962436555·10⁻⁷");
        assert_eq!(typed(2.932306962436555e-7), "2.932306962436555e−7");
    }

    #[test]
    fn rounded_numbers_have_four_significant_digits_and_are_never_zero() {
        assert_eq!(rounded(0.24251985734837728), "0.2425");
        assert_eq!(rounded(-0.04245525009260471), "−0.04246");
        assert_eq!(rounded(2.9e-8), "2.9·10⁻⁸");
        assert_eq!([rounded(123456.0), rounded(1234.56), rounded(9999.96)], ["1.235·10⁵", "1235", "1.000·10⁴"]);
        assert_eq!([rounded(0.0), rounded(-0.0), full(-0.0), brief(-0.0)], ["0"; 4]);
        assert_eq!(bracketed(-0.0, Digits::Six), "0");
    }

    #[test]
    fn numbers_have_the_chosen_digits_and_no_zeros_that_they_do_not_have() {
        let shown = |value| Digits::ALL.map(|digits| with_digits(value, digits));
        assert_eq!(shown(0.24251985734837728), ["0.2425", "0.242520", "0.2425198573", "0.24251985734837728"]);
        assert_eq!(shown(0.41300000000000003), ["0.4130", "0.413000", "0.4130000000", "0.41300000000000003"]);
        assert_eq!(shown(0.15), ["0.15"; 4]);
        assert_eq!(shown(-2.5e-5), ["−2.5·10⁻⁵", "−2.5·10⁻⁵", "−2.5·10⁻⁵", "−0.000025"]);
        assert_eq!(shown(0.00012345678), ["0.0001235", "0.000123457", "0.00012345678", "0.00012345678"]);
        assert_eq!(shown(0.99999999), ["1.000", "1.00000", "0.99999999", "0.99999999"]);
        assert_eq!(shown(f64::NAN), ["NaN"; 4]);
        assert_eq!(shown(1e300), ["10³⁰⁰"; 4]);
        assert_eq!(shown(100.0), ["100"; 4]);
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
        assert_eq!([1.234e-9, 0.251, -2.0, 0.0, f64::NAN].map(brief), ["1.2·10⁻⁹", "0.25", "−2.00", "0", "NaN"]);
    }

    #[test]
    fn infinity_and_nan_are_written_as_such() {
        assert_eq!([full(f64::NAN), rounded(f64::NAN)], ["NaN", "NaN"]);
        assert_eq!([full(f64::INFINITY), rounded(f64::NEG_INFINITY)], ["∞", "−∞"]);
    }
}
