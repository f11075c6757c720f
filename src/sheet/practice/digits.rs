//! Significant digits: those that a value must have, and those that a student typed.

use crate::decimal;
use crate::sheet::lesson::parse_constant;
use crate::sheet::number;

/// The number of significant digits that a value must have.
pub(super) const DIGITS: i32 = 4;

/// One unit of the fourth significant digit of a value.
pub(super) fn unit(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { libm::pow(10.0, libm::floor(libm::log10(value.abs())) - f64::from(DIGITS - 1)) }
}

/// A number, and how many digits of it were typed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Typed {
    /// The number.
    pub(super) value: f64,
    /// The number of significant digits: leading zeros do not count.
    pub(super) digits: i32,
    /// Half a unit of the last digit typed.
    pub(super) half_unit: f64,
}

impl Typed {
    /// Reads what a student typed.
    ///
    /// # Errors
    /// A sentence for the user if the text is not a finite number.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let value = parse_constant(text)?;
        // A text that is a number has a plain form.
        let text = decimal::plain(text).unwrap_or_default();
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let fraction = mantissa.split_once('.').map_or("", |(_, fraction)| fraction);
        let all = mantissa.chars().filter(char::is_ascii_digit);
        let digits = all.skip_while(|&digit| digit == '0').count();
        let exponent = number::parse(exponent)? - fraction.len() as f64;
        Ok(Self { value, digits: digits.try_into().unwrap_or(i32::MAX), half_unit: 0.5 * libm::pow(10.0, exponent) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits_are_counted() {
        let typed = |text| Typed::parse(text).map(|typed| (typed.digits, typed.half_unit));
        assert_eq!(typed("0,0140"), Ok((3, 0.5e-4)));
        assert_eq!(typed("−12"), Ok((2, 0.5)));
        assert_eq!(typed("٠٫٠١٤٠"), Ok((3, 0.5e-4)));
        assert_eq!(typed("1 234,5"), Ok((5, 0.05)));
        assert_eq!(typed("1.25e-3").map(|(digits, _)| digits), Ok(3));
    }
}
