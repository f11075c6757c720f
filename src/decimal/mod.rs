//! Reading and writing of decimal numbers, in WebAssembly with the browser's own function.

mod typed;

pub(crate) use typed::{digit, doubt, plain, read_typed, read_typed_whole};

use std::str::FromStr;

/// The `f64` nearest to a decimal number such as `-12.5e-3`; `None` for any other text. Words are no decimal numbers:
/// neither `inf` nor `NaN` is read.
pub(crate) fn read(text: &str) -> Option<f64> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if is_decimal && text.bytes().any(|byte| byte.is_ascii_digit()) { nearest(text) } else { None }
}

/// The shortest text that [`read`] reads back as the same bits: with an exponent where the number is very small or large.
pub(crate) fn write(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-6..1e16).contains(&magnitude) { value.to_string() } else { format!("{value:e}") }
}

/// The whole number of a text that consists of decimal digits alone; `None` for any other text, and for a number that
/// is too large for the type. A sign is refused, because a `+` in an address may mean a space.
pub(crate) fn read_whole<T: FromStr>(text: &str) -> Option<T> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// Asks the browser, which reads decimal numbers as exactly as Rust does: Rust's tables for it would be 5 % of the page's
/// wasm.
#[cfg(target_arch = "wasm32")]
fn nearest(text: &str) -> Option<f64> {
    let value = wasm_bindgen::JsValue::from_str(text).unchecked_into_f64();
    // JavaScript returns NaN for text that is not a number.
    (!value.is_nan()).then_some(value)
}

#[cfg(not(target_arch = "wasm32"))]
fn nearest(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{read, read_whole, write};

    #[test]
    fn the_shortest_text_has_an_exponent_where_zeros_would_be_long() {
        assert_eq!(
            [0.5, -0.0, 1e-7, 1e300, 5e-324, -2.5e16].map(write),
            ["0.5", "-0", "1e-7", "1e300", "5e-324", "-2.5e16"]
        );
    }

    #[test]
    fn decimals_are_read_to_the_bit() {
        for (text, value) in [("0.1", 0.1), ("-2", -2.0), ("+.5", 0.5), ("5.", 5.0), ("1e-3", 1e-3), ("2.5E2", 250.0)] {
            assert_eq!(read(text), Some(value), "{text}");
        }
        assert_eq!(read("1e999"), Some(f64::INFINITY));
        assert_eq!(read("0.24251985734837728").map(f64::to_bits), Some(0.24251985734837728_f64.to_bits()));
    }

    #[test]
    fn text_that_is_not_a_decimal_number_is_refused() {
        for text in ["", ".", "e5", "-", "1e", "1.2.3", "1 2", "0x10", "1_000", "inf", "NaN", "--1", "1e5.5", "∞"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn whole_numbers_have_only_digits() {
        assert_eq!(read_whole("007"), Some(7_u64));
        assert_eq!(read_whole("18446744073709551615"), Some(u64::MAX));
        for text in ["", "+7", "-7", "7.0", " 7", "18446744073709551616"] {
            assert_eq!(read_whole::<u64>(text), None, "{text}");
        }
    }
}
