//! Reads numbers as people and programs write them: with a decimal point or comma, thousands, percent, or another minus
//! sign.

/// The sign that separates the whole part of a number from its decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DecimalSign {
    Point,
    Comma,
}

impl DecimalSign {
    /// The sign that a text shows without doubt; `None` if the text is no number, or could be read either way.
    pub(super) fn shown_by(text: &str) -> Option<Self> {
        let parts = Parts::of(text)?;
        let (points, commas) = (parts.count('.'), parts.count(','));
        let point_is_decimal = match (points, commas) {
            (0, 0) => return None,
            (1, 0) | (0, 1) if parts.may_be_thousands() => return None,
            (1, 0) => true,
            (0, 1) => false,
            (0, _) => true,
            (_, 0) => false,
            _ => parts.mantissa.rfind('.') > parts.mantissa.rfind(','),
        };
        Some(if point_is_decimal { Self::Point } else { Self::Comma })
    }
}

/// Reads a number; `None` for any other text, also for words such as `nan`.
///
/// `sign` decides what `1,234` means. Without it, the only separator of a number is its decimal sign.
pub(super) fn read(text: &str, sign: Option<DecimalSign>) -> Option<f64> {
    read_written(text, sign).map(|(value, _)| value)
}

/// Reads a number and the number of decimals with which it is written, if zeros at its end show them: 5 for `0.15000`.
pub(super) fn read_written(text: &str, sign: Option<DecimalSign>) -> Option<(f64, Option<i32>)> {
    let parts = Parts::of(text)?;
    let (points, commas) = (parts.count('.'), parts.count(','));
    let decimal = match (points, commas, sign) {
        (0, 0, _) => None,
        (1, 0, Some(DecimalSign::Comma)) | (0, 1, Some(DecimalSign::Point)) if parts.may_be_thousands() => None,
        (1, 0, _) => Some('.'),
        (0, 1, _) => Some(','),
        (0, _, _) | (_, 0, _) => None,
        _ if parts.mantissa.rfind('.') > parts.mantissa.rfind(',') => Some('.'),
        _ => Some(','),
    };
    let (whole, decimals) = match decimal {
        Some(sign) => parts.mantissa.rsplit_once(sign)?,
        None => (parts.mantissa.as_str(), ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',', ' ']).collect();
    let [first, others @ ..] = groups.as_slice() else { return None };
    let are_thousands =
        others.is_empty() || ((1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3));
    let digits = groups.concat();
    let is_decimal =
        are_thousands && [&digits, decimals].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_decimal || (digits.is_empty() && decimals.is_empty()) {
        return None;
    }
    let sign = if parts.negative { "-" } else { "" };
    let value = format!("{sign}{digits}.{decimals}e{}", parts.exponent).parse().ok()?;
    let written = i32::try_from(decimals.len()).ok()?.saturating_sub(parts.exponent);
    Some((value, decimals.ends_with('0').then_some(written.max(0))))
}

/// The parts of a text that may be a number.
struct Parts {
    negative: bool,
    /// The digits with their separators; a blank or an apostrophe between thousands is a space.
    mantissa: String,
    exponent: i32,
}

impl Parts {
    fn of(text: &str) -> Option<Self> {
        let text: String = text.trim_matches(is_space).chars().map(plain).collect();
        // An apostrophe, by now a space, makes a number text in a spreadsheet.
        let text = text.trim();
        let (text, in_brackets) = match text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            Some(inner) => (inner.trim(), true),
            None => (text, false),
        };
        let (text, percent) = match text.strip_suffix('%') {
            Some(text) => (text.trim_end(), true),
            None => (text, false),
        };
        let (text, minus) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (rest.trim_start(), text.starts_with('-')),
            None => (text, false),
        };
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
            None => match ["·10^", "×10^", "*10^", "x10^"].iter().find_map(|sign| text.split_once(sign)) {
                Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
                None => (text, 0),
            },
        };
        let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',' | ' ');
        let is_number = mantissa.chars().all(is_part) && mantissa.chars().any(|letter| letter.is_ascii_digit());
        is_number.then(|| Self {
            negative: minus || in_brackets,
            mantissa: mantissa.trim().to_owned(),
            exponent: exponent.saturating_sub(if percent { 2 } else { 0 }),
        })
    }

    fn count(&self, sign: char) -> usize {
        self.mantissa.matches(sign).count()
    }

    /// Whether the only separator may stand between thousands, as in `1,234`.
    fn may_be_thousands(&self) -> bool {
        self.mantissa.split_once(['.', ',']).is_some_and(|(whole, rest)| {
            (1..=3).contains(&whole.len()) && !whole.starts_with('0') && rest.len() == 3 && self.exponent == 0
        })
    }
}

fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
}

/// Returns the usual form of a sign: many characters look like a minus sign, a space or an apostrophe.
fn plain(letter: char) -> char {
    match letter {
        // U+0096 is an en dash in a Western text that is read as Latin-1.
        '−' | '–' | '‐' | '‑' | '‒' | '﹣' | '－' | '\u{96}' => '-',
        '\'' | '’' | '‘' | '`' | '´' | '\u{92}' => ' ',
        '．' => '.',
        '，' | '٫' => ',',
        '％' => '%',
        '０'..='９' => char::from(b'0' + (letter as u32 - '０' as u32) as u8),
        letter if is_space(letter) => ' ',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_their_usual_notations() {
        for (text, value) in [
            (" 0.25 ", 0.25),
            ("−1.5e-3", -1.5e-3),
            ("0,25", 0.25),
            ("-,5", -0.5),
            ("+3.", 3.0),
            ("1.88E−04", 1.88e-4),
            ("1,88·10^-4", 1.88e-4),
            ("5 %", 0.05),
            ("99%", 0.99),
            ("1.234,5", 1234.5),
            ("1,234.5", 1234.5),
            ("1’234’567", 1_234_567.0),
            ("1\u{202f}234,5", 1234.5),
            ("12,345,678", 12_345_678.0),
            ("(0.5)", -0.5),
            ("'0.5", 0.5),
            ("\u{200e}0.5", 0.5),
            ("0.24251985734837728", 0.242_519_857_348_377_28),
        ] {
            assert_eq!(read(text, None), Some(value), "{text}");
        }
        for text in
            ["", "-", ".", "%", "1,2,3", "1,23,456", "nan", "inf", "w1", "1 2", "0x10", "1e", "e5", "1.2.3", "--1"]
        {
            assert_eq!(read(text, None), None, "{text}");
        }
    }

    #[test]
    fn zeros_at_the_end_tell_how_many_decimals_are_written() {
        for (text, decimals) in [
            ("0.15000", Some(5)),
            ("-0,1500", Some(4)),
            ("1.50E-05", Some(7)),
            ("15.00 %", Some(4)),
            ("0.000", Some(3)),
            ("1.0", Some(1)),
            ("1.50e3", Some(0)),
            ("0.15", None),
            ("100", None),
            ("0", None),
        ] {
            assert_eq!(read_written(text, None).and_then(|(_, decimals)| decimals), decimals, "{text}");
        }
    }

    #[test]
    fn the_other_numbers_of_a_sheet_decide_what_a_comma_means() {
        assert_eq!(DecimalSign::shown_by("0,123"), Some(DecimalSign::Comma));
        assert_eq!(DecimalSign::shown_by("1,234"), None);
        assert_eq!(DecimalSign::shown_by("1,234.5"), Some(DecimalSign::Point));
        assert_eq!(DecimalSign::shown_by("1.234.567"), Some(DecimalSign::Comma));
        assert_eq!(read("1,234", Some(DecimalSign::Point)), Some(1234.0));
        assert_eq!(read("1,234", Some(DecimalSign::Comma)), Some(1.234));
        assert_eq!(read("1.234", Some(DecimalSign::Comma)), Some(1234.0));
        assert_eq!(read("0,123", Some(DecimalSign::Point)), Some(0.123));
        assert_eq!(read("1,234", None), Some(1.234));
    }
}
