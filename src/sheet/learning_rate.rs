//! The learning rate, as its logarithmic slider and its number field see it.

use super::number;

/// The learning rates that the error curves always compare.
pub const COMPARED: [f64; 6] = [0.1, 0.2, 0.5, 0.8, 1.0, 2.0];
/// The learning rate when the sheet first opens.
pub const DEFAULT: f64 = 0.5;
/// The smallest and the largest learning rate of the slider.
pub const SLIDER: (f64, f64) = (0.01, 10.0);
/// The last stop of the slider, counted from 0. With three decades in 300 steps, a step is a factor of about 1.023.
pub const SLIDER_STOPS: u32 = 300;
/// The largest learning rate that can be typed. The smallest is 0.
pub const LARGEST: f64 = 100.0;

/// The learning rate at a stop of the slider, rounded to three significant digits. Both ends are exact.
pub fn at_stop(stop: u32) -> f64 {
    let (low, high) = SLIDER;
    let share = f64::from(stop.min(SLIDER_STOPS)) / f64::from(SLIDER_STOPS);
    let rate = low * libm::pow(high / low, share);
    let unit = libm::pow(10.0, libm::floor(libm::log10(rate)) - 2.0);
    // Division by a whole power of ten gives the f64 that is nearest to the decimal number.
    (libm::round(rate / unit) / libm::round(1.0 / unit).max(1.0)).clamp(low, high)
}

/// The stop that is nearest to a learning rate. Rates outside the slider's range give its ends.
pub fn stop_of(rate: f64) -> u32 {
    let (low, high) = SLIDER;
    let share = libm::log(rate.clamp(low, high) / low) / libm::log(high / low);
    libm::round(share * f64::from(SLIDER_STOPS)) as u32
}

/// Reads a learning rate that the user typed. A decimal comma counts as a point.
///
/// # Errors
/// A sentence for the user if the text is not a number from 0 to [`LARGEST`].
pub fn parse(text: &str) -> Result<f64, String> {
    let rate = number::parse(text)?;
    if (0.0..=LARGEST).contains(&rate) {
        Ok(rate)
    } else {
        Err(format!("The learning rate must be from 0 to {LARGEST}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stop_has_its_own_rate_and_is_found_again() {
        let mut last = 0.0;
        for stop in 0..=SLIDER_STOPS {
            let rate = at_stop(stop);
            assert!(rate > last, "stop {stop}: {rate} after {last}");
            assert_eq!(stop_of(rate), stop);
            last = rate;
        }
    }

    #[test]
    fn the_slider_has_its_ends_and_decades_exactly() {
        assert_eq!([at_stop(0), at_stop(100), at_stop(200), at_stop(300)], [0.01, 0.1, 1.0, 10.0]);
        assert_eq!(at_stop(999), 10.0);
    }

    #[test]
    fn rates_outside_the_slider_are_at_its_ends() {
        assert_eq!([stop_of(0.0), stop_of(0.001), stop_of(50.0)], [0, 0, 300]);
    }

    #[test]
    fn a_rate_is_read_with_point_or_comma() {
        assert_eq!(parse(" 0.25 "), Ok(0.25));
        assert_eq!(parse("0,25"), Ok(0.25));
        assert_eq!(parse("1e-3"), Ok(0.001));
    }

    #[test]
    fn text_that_is_not_a_rate_is_refused_with_a_reason() {
        for text in ["", "abc", "-1", "101", "NaN", "inf", "1.2.3", "−0.5"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("fast").is_err_and(|message| message.contains("fast")));
    }
}
