//! What the net says of a drawing, in words and as bars.

use crate::mnist::CLASSES;
use crate::trainer::run::guess::probabilities;

/// The largest share with which a net is not sure, whatever the other shares are.
const SURE: f64 = 0.5;
/// The share of the first digit that makes the second one as good.
const CLOSE: f64 = 0.5;

/// `Answer` holds the probability of each digit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer {
    shares: [f64; CLASSES],
}

/// `Verdict` is an answer in short.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// One digit, and its share.
    Sure(usize, f64),
    /// The two digits with the largest shares, the larger one first.
    Unsure(usize, usize),
}

impl Answer {
    /// Makes an answer of the net's ten logits. `None` if they are not ten numbers, as when a net has overflowed.
    pub fn from_logits(logits: &[f32]) -> Option<Self> {
        let shares: [f64; CLASSES] = probabilities(logits).try_into().ok()?;
        shares.iter().all(|share| !share.is_nan()).then_some(Self { shares })
    }

    /// Returns the probability of each digit, 0 to 1.
    pub fn shares(&self) -> &[f64; CLASSES] {
        &self.shares
    }

    /// Returns the digit with the largest share, and the next one. Of equal shares the smaller digit comes first.
    fn best(&self) -> (usize, usize) {
        let larger = |best: usize, digit: usize| if self.shares[digit] > self.shares[best] { digit } else { best };
        let first = (1..CLASSES).fold(0, larger);
        let second = (0..CLASSES).filter(|&digit| digit != first).reduce(larger);
        (first, second.unwrap_or(first))
    }

    /// Returns the answer in short. The net is not sure if its first digit has less than half of all, or if the second one
    /// has at least half as much as the first.
    pub fn verdict(&self) -> Verdict {
        let (first, second) = self.best();
        let share = self.shares[first];
        if share < SURE || self.shares[second] >= CLOSE * share {
            Verdict::Unsure(first, second)
        } else {
            Verdict::Sure(first, share)
        }
    }

    /// Returns the digit with the largest share.
    pub fn digit(&self) -> usize {
        self.best().0
    }
}

impl Verdict {
    /// Returns the verdict as a sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::Sure(digit, share) => format!("The net says {digit} ({}).", certainty(share)),
            Self::Unsure(first, second) => format!("Not sure: {first} or {second}."),
        }
    }
}

/// The largest share that is not nearly nothing, and the largest that is not nearly all. A net leaves something to each digit,
/// so no share is 0 or 100 %.
const ROUNDED: std::ops::RangeInclusive<f64> = 0.005..=0.995;

/// Returns a share in whole per cent, beside its bar. A line is not broken before the sign.
pub fn whole_percent(share: f64) -> String {
    match share {
        share if share < *ROUNDED.start() => "<\u{202f}1\u{202f}%".to_owned(),
        share if share > *ROUNDED.end() => ">\u{202f}99\u{202f}%".to_owned(),
        share => format!("{:.0}\u{202f}%", share * 100.0),
    }
}

/// Returns the share of a digit in words, for a sentence.
fn certainty(share: f64) -> String {
    if share > *ROUNDED.end() { "over 99\u{202f}%".to_owned() } else { whole_percent(share) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Makes an answer in which two digits have these shares, and all others the same.
    fn answer(first: (usize, f64), second: (usize, f64)) -> Answer {
        let rest = (1.0 - first.1 - second.1) / 8.0;
        let share = |digit| [first, second].into_iter().find(|given| given.0 == digit).map_or(rest, |given| given.1);
        let logits: [f32; CLASSES] = std::array::from_fn(|digit| share(digit).ln() as f32);
        Answer::from_logits(&logits).expect("ten numbers")
    }

    #[test]
    fn a_clear_answer_is_a_digit_and_a_close_one_is_two() {
        let says = |first, second| answer(first, second).verdict().sentence();
        assert_eq!(says((7, 0.98), (1, 0.01)), "The net says 7 (98\u{202f}%).");
        assert_eq!(says((3, 0.999), (5, 0.0001)), "The net says 3 (over 99\u{202f}%).");
        assert_eq!(says((9, 0.55), (4, 0.4)), "Not sure: 9 or 4.");
        // The second has just less than half as much as the first.
        assert_eq!(says((4, 0.65), (9, 0.32)), "The net says 4 (65\u{202f}%).");
        assert_eq!(says((4, 0.65), (9, 0.33)), "Not sure: 4 or 9.");
        assert_eq!(says((2, 0.49), (8, 0.1)), "Not sure: 2 or 8.");
        assert_eq!(Answer::from_logits(&[0.0; 10]).map(|answer| answer.verdict()), Some(Verdict::Unsure(0, 1)));
        assert_eq!(answer((6, 0.5), (0, 0.4)).digit(), 6);
    }

    #[test]
    fn logits_that_are_no_numbers_are_no_answer() {
        assert_eq!(Answer::from_logits(&[f32::NAN; 10]), None);
        assert_eq!(Answer::from_logits(&[0.0; 9]), None);
        let mut far = [-300.0; 10];
        far[8] = 300.0;
        assert_eq!(Answer::from_logits(&far).map(|answer| answer.verdict()), Some(Verdict::Sure(8, 1.0)));
    }

    #[test]
    fn shares_are_whole_per_cent() {
        let all = [0.0, 0.004, 0.006, 0.5, 0.994, 0.996].map(whole_percent);
        assert_eq!(all.map(|text| text.replace('\u{202f}', " ")), ["< 1 %", "< 1 %", "1 %", "50 %", "99 %", "> 99 %"]);
    }

    proptest! {
        #[test]
        fn shares_add_up_to_one(logits: [f32; 10]) {
            if let Some(answer) = Answer::from_logits(&logits) {
                prop_assert!((answer.shares().iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
        }
    }
}
