//! Reading a decimal number, by whatever the place has for it.

/// The `f64` nearest to a decimal such as `-12.5e-3`; `None` for any other text. There are no words: neither `inf` nor
/// `NaN` is a decimal.
pub(crate) fn read(text: &str) -> Option<f64> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    if is_decimal && text.bytes().any(|byte| byte.is_ascii_digit()) { nearest(text) } else { None }
}

/// The page asks the browser, which reads decimals as exactly as Rust does: Rust's tables for it would be 5 % of the
/// page's wasm.
#[cfg(all(target_arch = "wasm32", feature = "ui"))]
fn nearest(text: &str) -> Option<f64> {
    let value = wasm_bindgen::JsValue::from_str(text).unchecked_into_f64();
    // JavaScript's word for text that is no number.
    (!value.is_nan()).then_some(value)
}

#[cfg(not(all(target_arch = "wasm32", feature = "ui")))]
fn nearest(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn decimals_are_read_to_the_bit() {
        for (text, value) in [("0.1", 0.1), ("-2", -2.0), ("+.5", 0.5), ("5.", 5.0), ("1e-3", 1e-3), ("2.5E2", 250.0)] {
            assert_eq!(read(text), Some(value), "{text}");
        }
        assert_eq!(read("1e999"), Some(f64::INFINITY));
        assert_eq!(read("0.24251985734837728").map(f64::to_bits), Some(0.24251985734837728_f64.to_bits()));
    }

    #[test]
    fn other_text_is_none() {
        for text in ["", ".", "e5", "-", "1e", "1.2.3", "1 2", "0x10", "1_000", "inf", "NaN", "--1", "1e5.5", "∞"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
