//! Numbers as people type them: with a comma or a point, with marks between thousands, with digits of other scripts.

use super::{read, read_whole};
use crate::format::lowered;

/// The zeros of scripts whose digits are read. The other nine digits follow each of them: Arabic, Persian, Devanagari,
/// Bengali, Thai, full-width.
const ZEROS: [char; 6] = ['\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}'];

/// The largest number up to which all whole numbers are exact as `f64`: 2⁵³.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The `f64` that was typed into a field for decimal numbers; `None` for text that is not a number, or may mean two.
pub(crate) fn read_typed(text: &str) -> Option<f64> {
    if readings(text, false).is_some() { None } else { read(&plain(text)?) }
}

/// The sentence for a text that may mean two numbers; `None` for any other text. `whole` says that the field is for whole
/// numbers.
pub(crate) fn doubt(text: &str, whole: bool) -> Option<String> {
    let [one, other] = readings(text, whole)?;
    Some(format!("“{}” may mean {one} or {other}. Type the number that you mean.", text.trim()))
}

/// The two numbers that a typed text may mean. In a field for decimal numbers, the comma of `1,000` may be a decimal comma
/// or stand between thousands. In a field for whole numbers it stands between thousands, but the mark of `10,00` may be in
/// the wrong place. A single point in front of three digits is a decimal point in a field for decimal numbers, because the
/// page writes it so.
fn readings(text: &str, whole: bool) -> Option<[String; 2]> {
    let text = marks(text)?;
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(&text).trim();
    let mark = unsigned.chars().find(|char| !char.is_ascii_digit())?;
    let (before, after) = unsigned.split_once(mark)?;
    let is_doubtful = match (mark, after.len()) {
        (',', 3) => !whole,
        (',', 1 | 2) | ('.', 2) => whole && after.bytes().all(|digit| digit == b'0'),
        _ => false,
    };
    if !(is_doubtful && is_first_group(before) && after.bytes().all(|digit| digit.is_ascii_digit())) {
        return None;
    }
    let sign = if text.starts_with('-') { "−" } else { "" };
    let fraction = after.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some([[sign, before, point, fraction].concat(), [sign, before, after].concat()])
}

/// The whole number that was typed into a field for whole numbers. There `10.000` and `10,000` are ten thousand; `10.0`
/// and `1e4` are read too. `None` for any other text.
pub(crate) fn read_typed_whole(text: &str) -> Option<u64> {
    if readings(text, true).is_some() {
        return None;
    }
    let text = marks(text)?;
    let (number, exponent) = split_exponent(&text)?;
    let Parts { negative, whole, fraction } = parts(number, exponent.is_none())?;
    if negative {
        return None;
    }
    match (fraction, exponent) {
        (None, None) => read_whole(&whole),
        // More zeros, as in 1,0000, may be meant as thousands.
        (Some(zeros), None) if zeros.len() <= 2 && zeros.chars().all(|digit| digit == '0') => read_whole(&whole),
        (_, None) => None,
        (fraction, Some(exponent)) => {
            let value = read(&format!("{whole}.{}e{exponent}", fraction.unwrap_or_default()))?;
            (value.fract() == 0.0 && value <= LARGEST_EXACT).then_some(value as u64)
        }
    }
}

/// The typed decimal number as [`read`] reads it: `−1.234,5` becomes `-1234.5`. `None` for text that is not a number.
pub(crate) fn plain(text: &str) -> Option<String> {
    let text = marks(text)?;
    let (number, exponent) = split_exponent(&text)?;
    let Parts { negative, whole, fraction } = parts(number, false)?;
    let mut plain = if negative { "-".to_owned() } else { String::new() };
    plain.push_str(&whole);
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(&fraction);
    }
    if let Some(exponent) = exponent {
        plain.push('e');
        plain.push_str(&exponent);
    }
    Some(plain)
}

/// A number in front of its exponent.
struct Parts {
    negative: bool,
    /// The digits in front of the decimal mark, without marks between thousands; perhaps none.
    whole: String,
    /// The digits behind the decimal mark, if there is one.
    fraction: Option<String>,
}

/// The ASCII digit that a digit of another script stands for; other characters as they are.
pub(crate) fn digit(char: char) -> char {
    let value =
        ZEROS.into_iter().find_map(|zero| u32::from(char).checked_sub(u32::from(zero)).filter(|value| *value < 10));
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(char)
}

/// Writes a typed text with ASCII digits, `-`, `+`, `.`, `,`, with a space for every kind of space, and `'` for every other
/// mark between thousands. `None` for text with any other character, except those of a power of ten.
fn marks(text: &str) -> Option<String> {
    let mut written = String::new();
    let mut was_raised = false;
    for char in text.trim().chars() {
        let lowered = lowered(char);
        if lowered.is_some() && !was_raised {
            written.push('^');
        }
        was_raised = lowered.is_some();
        written.push(mark(lowered.unwrap_or(char))?);
    }
    Some(written)
}

fn mark(char: char) -> Option<char> {
    match digit(char) {
        digit @ ('0'..='9' | '+' | '.' | ',' | '-' | '^') => Some(digit),
        'e' | 'E' => Some('e'),
        '‐'..='―' | '−' | '﹣' | '－' => Some('-'),
        '＋' => Some('+'),
        '．' | '٫' => Some('.'),
        '，' => Some(','),
        '\'' | '’' | 'ʼ' | '_' | '٬' | '˙' => Some('\''),
        '×' | '·' | '⋅' | '*' | 'x' | 'X' => Some('*'),
        ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => Some(' '),
        _ => None,
    }
}

/// Splits `1.5e-3`, `1.5·10^-3` and `10^-3` into the number and the exponent.
fn split_exponent(text: &str) -> Option<(&str, Option<String>)> {
    let (number, exponent) = match (text.split_once('e'), text.split_once('*')) {
        (Some((number, exponent)), None) => (number, exponent),
        (None, Some((number, power))) => (number.trim(), power.trim().strip_prefix("10")?.strip_prefix('^')?),
        (None, None) => match text.split_once('^') {
            Some((base, exponent)) => (base.strip_suffix('0').filter(|base| matches!(*base, "1" | "-1"))?, exponent),
            None => return Some((text, None)),
        },
        (Some(_), Some(_)) => return None,
    };
    let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| (number, Some(exponent.to_owned())))
}

/// Finds out what the marks of a number mean. In a `whole` number, a single mark in front of three last digits separates
/// thousands.
fn parts(number: &str, whole: bool) -> Option<Parts> {
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number).trim();
    let is_digit = |char: char| char.is_ascii_digit();
    let last = unsigned.chars().rev().find(|&char| !is_digit(char));
    let count = |wanted: Option<char>| unsigned.chars().filter(|&char| Some(char) == wanted).count();
    let kinds_of_marks = unsigned.chars().filter(|&char| !is_digit(char) && Some(char) != last).count();
    let decimal_mark = match last {
        Some(mark @ ('.' | ',')) if count(last) == 1 => {
            let (before, after) = unsigned.split_once(mark)?;
            let is_group = whole && kinds_of_marks == 0 && after.len() == 3 && is_first_group(before);
            (!is_group).then_some(mark)
        }
        _ => None,
    };
    let (grouped, fraction) = match decimal_mark {
        Some(mark) => unsigned.split_once(mark).map(|(grouped, fraction)| (grouped, Some(fraction)))?,
        None => (unsigned, None),
    };
    let digits = ungrouped(grouped)?;
    let fraction = fraction.map(str::to_owned);
    let has_digit = !digits.is_empty() || fraction.as_ref().is_some_and(|fraction| !fraction.is_empty());
    let is_fraction = fraction.as_ref().is_none_or(|fraction| fraction.chars().all(is_digit));
    (has_digit && is_fraction).then(|| Parts { negative: number.starts_with('-'), whole: digits, fraction })
}

/// Removes the marks between thousands, or as in India between two digits, if all of them are equal and in their places.
fn ungrouped(text: &str) -> Option<String> {
    let Some(mark) = text.chars().find(|char| !char.is_ascii_digit()) else { return Some(text.to_owned()) };
    if matches!(mark, '^' | '*') {
        return None;
    }
    let groups: Vec<&str> = text.split(mark).collect();
    let (first, rest) = groups.split_first()?;
    let (last, middle) = rest.split_last()?;
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_grouped = is_first_group(first)
        && middle.iter().all(|group| matches!(group.len(), 2 | 3) && is_number(group))
        && last.len() == 3
        && is_number(last);
    is_grouped.then(|| groups.concat())
}

/// Whether a number with marks between thousands may begin with these digits.
fn is_first_group(digits: &str) -> bool {
    (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ten_thousand_is_read_however_it_is_typed() {
        for text in [
            "10000",
            "10,000",
            "10.000",
            "10 000",
            "10\u{a0}000",
            "10\u{202f}000",
            "10'000",
            "10’000",
            "10_000",
            "1e4",
            "1E4",
            "10e3",
            "1.0e4",
            "1,0e4",
            "1×10^4",
            "10000.0",
            "10000,00",
            "10000.",
            "+10000",
            " 10000 ",
            "١٠٠٠٠",
            "١٠٬٠٠٠",
            "۱۰۰۰۰",
            "１０，０００",
            "10,000.0",
            "10.000,00",
            "10 000,0",
            "010000",
            "१०,०००",
        ] {
            assert_eq!(read_typed_whole(text), Some(10_000), "{text}");
        }
        assert_eq!(read_typed_whole("1,000,000"), Some(1_000_000));
        assert_eq!(read_typed_whole("1.000.000"), Some(1_000_000));
        assert_eq!(read_typed_whole("10,00,000"), Some(1_000_000));
        assert_eq!(read_typed_whole("1.5e3"), Some(1500));
        assert_eq!(read_typed_whole("18446744073709551615"), Some(u64::MAX));
    }

    #[test]
    fn text_that_may_mean_another_whole_number_is_refused() {
        for text in [
            "",
            " ",
            "ten",
            "1,5",
            "1.5",
            "1,0000",
            "1.0000",
            "0,500",
            "10,00,00",
            "10 00",
            "1 2",
            "1,2,3",
            "10,000.000,0",
            "1e",
            "1e-4",
            "1e99",
            "-3",
            "−3",
            "--3",
            "1e4e2",
            "10%",
            "0x10",
            "1,000 000",
            "1/2",
            "½",
            "10k",
            "18446744073709551616",
        ] {
            assert_eq!(read_typed_whole(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_are_read_with_point_or_comma() {
        for (text, value) in [
            ("0.5", 0.5),
            ("0,5", 0.5),
            (",5", 0.5),
            ("5.", 5.0),
            ("−0,25", -0.25),
            ("–0.25", -0.25),
            ("- 3", -3.0),
            ("1.000", 1.0),
            ("0,125", 0.125),
            ("1,0000", 1.0),
            ("1234,500", 1234.5),
            ("1,500e-3", 0.0015),
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1 234,5", 1234.5),
            ("1'234.5", 1234.5),
            ("1,234,567", 1_234_567.0),
            ("2.932e−7", 2.932e-7),
            ("1e+3", 1000.0),
            ("1,5·10^-3", 0.0015),
            ("1.5 × 10^3", 1500.0),
            ("2.9·10⁻⁷", 2.9e-7),
            ("−2,5 × 10¹²", -2.5e12),
            ("10⁻⁷", 1e-7),
            ("-10^3", -1000.0),
            ("٠٫٥", 0.5),
            ("０．５", 0.5),
        ] {
            assert_eq!(read_typed(text), Some(value), "{text}");
        }
        for text in [
            "5²",
            "5^234",
            "10²³⁴e4",
            "20⁴",
            "⁵",
            "10^",
            "",
            ".",
            "-",
            "e5",
            "1.2.3",
            "1,2,3.4",
            "1 2",
            "1.5 5",
            "NaN",
            "inf",
            "--1",
            "1e5.5",
            "5%",
            "1.234.5",
            "x",
        ] {
            assert_eq!(read_typed(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_that_may_mean_two_is_refused_and_both_are_named() {
        for (text, whole, readings) in [
            ("1,000", false, "1 or 1000"),
            (" 10,000", false, "10 or 10000"),
            ("−1,250", false, "−1.25 or −1250"),
            ("١,٢٣٤", false, "1.234 or 1234"),
            ("10,00", true, "10 or 1000"),
            ("10.00", true, "10 or 1000"),
            ("1,0", true, "1 or 10"),
        ] {
            let sentence = doubt(text, whole).unwrap_or_default();
            assert!(sentence.contains(&format!("may mean {readings}.")), "{text}: {sentence}");
            let is_read = if whole { read_typed_whole(text).is_some() } else { read_typed(text).is_some() };
            assert!(!is_read, "{text}");
        }
        for text in ["1.234", "0,500", "1234,567", "1,5", "1,2345", "1 000", "1,000,000", "1,000.0", "x", "", "1,000e3"]
        {
            assert_eq!(doubt(text, false), None, "{text}");
        }
        for text in ["10,000", "10.000", "10000,00", "10.0", "10.", "0,00", "1,5", "10,01"] {
            assert_eq!(doubt(text, true), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(text in "[-+0-9., '_eE×^*x٠-٩٫äη%]{0,12}") {
            let _ = (read_typed(&text), read_typed_whole(&text), doubt(&text, true), doubt(&text, false));
        }

        #[test]
        fn a_written_number_is_read_back(value in any::<f64>().prop_filter("fields hold finite numbers", |value| value.is_finite())) {
            let text = super::super::write(value);
            prop_assert_eq!(read_typed(&text), Some(value));
            let comma = text.replace('.', ",").replace('-', "−");
            prop_assert!(read_typed(&comma) == Some(value) || doubt(&comma, false).is_some(), "{}", comma);
        }

        #[test]
        fn a_count_is_read_back_with_any_mark_between_thousands(first in 1_u64..1000, second in 0_u64..1000, mark in "[., '’]") {
            let text = format!("{first}{mark}{second:03}");
            prop_assert_eq!(read_typed_whole(&text), Some(1000 * first + second), "{}", text);
        }
    }
}
