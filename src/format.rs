//! Numbers as people read them: percentages, counts, durations and sizes.

/// A share, such as 0.9946, as a percentage with two decimals: `99.46 %`.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// A whole number with a comma between thousands: `60,000`.
pub fn thousands(number: u32) -> String {
    group(&number.to_string())
}

/// A whole number with a noun, which gets an s unless there is one: `1 image`, `60,000 images`.
pub fn counted(number: u32, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    [&thousands(number), " ", noun, plural].concat()
}

/// A number as Rust writes it, such as `-1.5e-7`, with its power of ten as people write it: `−1.5·10⁻⁷`. A factor of 1 is
/// left out. The text may also be a number without a power of ten.
pub(crate) fn power_of_ten(number: &str) -> String {
    let mut parts = number.split('e');
    let factor = parts.next().unwrap_or_default().replace('-', "−");
    let Some(power) = parts.next().filter(|&power| power != "0") else { return factor };
    let factor = match factor.as_str() {
        "1" => String::new(),
        "−1" => "−".to_owned(),
        _ => factor + "·",
    };
    format!("{factor}10{}", power.chars().map(superscript).collect::<String>())
}

/// The raised digits.
const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

fn superscript(char: char) -> char {
    match char.to_digit(10).and_then(|digit| SUPERSCRIPTS.get(digit as usize)) {
        Some(&raised) => raised,
        None if char == '-' => '⁻',
        None => char,
    }
}

/// The digit or sign that a raised one stands for; `None` for other characters.
pub(crate) fn lowered(char: char) -> Option<char> {
    let digit = SUPERSCRIPTS.iter().position(|&raised| raised == char);
    match digit.and_then(|digit| char::from_digit(digit as u32, 10)) {
        None if char == '⁻' => Some('-'),
        digit => digit,
    }
}

/// Decimal digits with a comma between thousands: `60000` becomes `60,000`.
pub(crate) fn group(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time in seconds, with the units that suit its length: `8.4 s`, `59 s`, `3 min 05 s`, `1 h 02 min`.
pub fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..=9 => format!("{seconds:.1} s"),
        10..=59 => format!("{whole} s"),
        60..=3599 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// A number of bytes in decimal units: `912 bytes`, `76 KB`, `2.9 MB`, `20 MB`, `1.8 GB`.
pub fn bytes(count: u64) -> String {
    match count {
        0..1000 => format!("{count} bytes"),
        1000..999_500 => format!("{} KB", (count + 500) / 1000),
        999_500..999_950_000 => with_tenths(count, 1_000_000, "MB"),
        _ => with_tenths(count, 1_000_000_000, "GB"),
    }
}

/// A count in a unit of this size, with at most one decimal.
fn with_tenths(count: u64, unit: u64, name: &str) -> String {
    let tenths = (count + unit / 20) / (unit / 10);
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} {name}"),
        (whole, tenth) => format!("{whole}.{tenth} {name}"),
    }
}

/// The sentence for a file that is refused because it is larger than `most` bytes.
pub fn too_large(file: &str, most: u64) -> String {
    format!("“{file}” is larger than {}. That is too large to read.", bytes(most))
}

/// The sentence for a file that the browser could not read.
pub fn unreadable(file: &str) -> String {
    format!("“{file}” could not be read. It may have been moved or changed. Choose it again.")
}

/// How much of a download has arrived, in megabytes with one decimal each: `2.9 of 11.6 MB`.
pub fn bytes_of(loaded: u64, total: u64) -> String {
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    format!("{:.1} of {:.1} MB", megabytes(loaded), megabytes(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_commas_between_thousands() {
        assert_eq!([0, 999, 1_000, 60_000, 1_234_567].map(thousands), ["0", "999", "1,000", "60,000", "1,234,567"]);
    }

    #[test]
    fn durations_have_the_units_that_suit_them() {
        assert_eq!(
            [0.0, 8.44, 59.0, 185.0, 3_725.0].map(duration),
            ["0.0 s", "8.4 s", "59 s", "3 min 05 s", "1 h 02 min"]
        );
    }

    #[test]
    fn percentages_have_two_decimals() {
        assert_eq!(percent(0.9946), "99.46 %");
    }

    #[test]
    fn sizes_have_the_unit_that_suits_them() {
        assert_eq!(
            [0, 999, 1_000, 76_234, 999_499, 999_500, 2_899_999, 20_000_000, 999_950_000, 1_840_000_000].map(bytes),
            ["0 bytes", "999 bytes", "1 KB", "76 KB", "999 KB", "1 MB", "2.9 MB", "20 MB", "1 GB", "1.8 GB"]
        );
        assert_eq!(bytes_of(2_900_000, 11_594_722), "2.9 of 11.6 MB");
    }
}
