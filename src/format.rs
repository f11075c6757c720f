//! Numbers as people read them: shares, counts, durations and sizes.

/// A share as a percentage with two decimals.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// A whole number with thousands separators.
pub fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds in words: `8.4 s`, `3 min 05 s`, `1 h 02 min`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..=9 => format!("{seconds:.1} s"),
        10..=59 => format!("{whole} s"),
        60..=3599 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([999, 1_000, 60_000, 1_234_567].map(thousands), ["999", "1,000", "60,000", "1,234,567"]);
        assert_eq!(
            [0.0, 8.44, 59.0, 185.0, 3_725.0].map(duration),
            ["0.0 s", "8.4 s", "59 s", "3 min 05 s", "1 h 02 min"]
        );
        assert_eq!(percent(0.9946), "99.46 %");
    }
}
