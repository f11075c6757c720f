//! What a net says of an image.

use serde::{Deserialize, Serialize};

use crate::mnist::CLASSES;

/// `Guess` is a net's answer to an image whose digit is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Guess {
    /// The digit with the largest probability.
    pub digit: u8,
    /// The probability of that digit, 0 to 1; NaN if the net overflows.
    pub certainty: f32,
    /// The probability that the net gives to the digit which the image shows, 0 to 1; NaN if the net overflows.
    pub of_label: f32,
}

impl Guess {
    /// Reads a guess from the logits of an image that shows the digit `label`.
    ///
    /// # Panics
    /// If there are not ten logits, or the label is above 9.
    pub fn new(logits: &[f32], label: u8) -> Self {
        let probabilities = probabilities(logits);
        let best = (0..CLASSES).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap_or_default();
        let of = |digit: usize| probabilities[digit] as f32;
        Self { digit: best as u8, certainty: of(best), of_label: of(usize::from(label)) }
    }

    /// Returns the certainty in whole per cent, as there is room for below a small picture; a dash if the net overflows. The
    /// softmax of a net never reaches 100 %.
    pub fn short_certainty(&self) -> String {
        match self.certainty {
            certainty if certainty.is_nan() => "–".to_owned(),
            certainty => format!("{}\u{202f}%", (certainty * 100.0).min(99.0) as u32),
        }
    }

    /// Whether the guess is the digit that the image shows.
    pub fn is(&self, label: u8) -> bool {
        self.digit == label && !self.certainty.is_nan()
    }
}

/// Returns a sentence about a picture of the digit `label`: what it is, and what the net makes of it, if it has been asked.
pub fn in_words(label: u8, guess: Option<&Guess>) -> String {
    match guess {
        None => format!("A {label}. No guess yet."),
        Some(guess) if guess.certainty.is_nan() => format!("A {label}. The net’s numbers have overflowed."),
        Some(guess) => {
            let certainty = match f64::from(guess.certainty) * 100.0 {
                high if high >= 99.9 => "over 99.9 %".to_owned(),
                other => format!("{other:.1} %"),
            };
            let verdict = if guess.is(label) { "Right" } else { "Wrong" };
            format!("A {label}. {verdict}: the net says {}, {certainty} sure.", guess.digit)
        }
    }
}

/// Returns how many of the guesses are right; before the first, `None`.
pub fn score(labels: &[u8], guesses: &[Guess]) -> Option<String> {
    let right = guesses.iter().zip(labels).filter(|(guess, label)| guess.is(**label)).count();
    (!guesses.is_empty()).then(|| format!("{right} of {} right", labels.len()))
}

/// Returns the probability of each class, softmax of the logits. The largest logit is subtracted first, so that no
/// exponential overflows.
pub fn probabilities(logits: &[f32]) -> Vec<f64> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits.iter().map(|&logit| libm::exp(f64::from(logit) - f64::from(most))).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_the_largest_logit_with_its_share_of_the_exponentials() {
        let mut logits = [0.0; 10];
        logits[4] = 9_f32.ln();
        let guess = Guess::new(&logits, 7);
        assert_eq!((guess.digit, guess.certainty, guess.of_label), (4, 0.5, 1.0 / 18.0));
        assert!(guess.is(4) && !guess.is(7));
        assert_eq!(in_words(7, Some(&guess)), "A 7. Wrong: the net says 4, 50.0 % sure.");
        assert_eq!(in_words(4, Some(&guess)), "A 4. Right: the net says 4, 50.0 % sure.");
        assert_eq!((in_words(4, None), score(&[4], &[])), ("A 4. No guess yet.".to_owned(), None));
        assert_eq!(score(&[4, 7], &[guess, guess]).as_deref(), Some("1 of 2 right"));
    }

    #[test]
    fn logits_that_are_far_apart_or_no_numbers_do_no_harm() {
        let mut logits = [-200.0; 10];
        logits[9] = 300.0;
        assert_eq!(Guess::new(&logits, 0), Guess { digit: 9, certainty: 1.0, of_label: 0.0 });
        let overflown = Guess::new(&[f32::NAN; 10], 9);
        assert_eq!(Guess::new(&logits, 0).short_certainty(), "99\u{202f}%");
        assert_eq!(in_words(9, Some(&Guess::new(&logits, 9))), "A 9. Right: the net says 9, over 99.9 % sure.");
        assert_eq!(overflown.short_certainty(), "–");
        assert!(overflown.certainty.is_nan() && overflown.of_label.is_nan() && !overflown.is(overflown.digit));
    }
}
