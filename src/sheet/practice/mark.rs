//! Marks for what a student types into a blank, and the likely reason for a wrong value.

use super::blanks::Blanks;
use super::digits::{DIGITS, Typed, unit};
use crate::sheet::bug::{Bug, likely_mistake};
use crate::sheet::formula::Values;
use crate::sheet::phase::Cell;

/// The mark for a typed value.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// The value is right to one unit of the fourth significant digit.
    Right,
    /// The typed digits are right, but there are fewer than four.
    FewDigits,
    /// The value is off by at most one per cent.
    Close,
    /// The value is wrong.
    Wrong(Reason),
}

/// The likely reason for a wrong value.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The text is not a number. The sentence for the user says why.
    NoNumber(String),
    /// The value is the result of a classic mistake.
    Mistake(Bug),
    /// The value has the wrong sign.
    Sign,
    /// The digits are right, but the decimal point is in the wrong place.
    Point,
    /// No reason was recognised.
    Unknown,
}

impl Mark {
    /// One sentence or two for the student.
    pub fn message(&self) -> String {
        match self {
            Self::Right => "Right.".to_owned(),
            Self::FewDigits => "Almost: type four significant digits.".to_owned(),
            Self::Close => "Almost: this is a little off. Keep more digits while you compute.".to_owned(),
            Self::Wrong(Reason::NoNumber(why)) => why.clone(),
            Self::Wrong(Reason::Mistake(bug)) => format!("Not yet. You get this value when {}.", bug.mistake()),
            Self::Wrong(Reason::Sign) => "Not yet: the sign is wrong.".to_owned(),
            Self::Wrong(Reason::Point) => {
                "Not yet: the digits are right, but the decimal point is in the wrong place.".to_owned()
            }
            Self::Wrong(Reason::Unknown) => "Not yet. A hint shows the formula.".to_owned(),
        }
    }
}

impl Blanks {
    /// Marks the text that was typed for a cell. A decimal comma counts as a point.
    pub fn check(&self, cell: Cell, text: &str) -> Mark {
        let typed = match Typed::parse(text) {
            Ok(typed) => typed,
            Err(why) => return Mark::Wrong(Reason::NoNumber(why)),
        };
        let right = self.value(cell);
        let off = (typed.value - right).abs();
        if off <= unit(right) {
            Mark::Right
        } else if typed.digits >= 2 && typed.digits < DIGITS && off <= typed.half_unit * (1.0 + 1e-9) {
            Mark::FewDigits
        } else if let Some(reason) = self.reason(cell, typed.value) {
            Mark::Wrong(reason)
        } else if off <= 0.01 * right.abs() {
            Mark::Close
        } else {
            Mark::Wrong(Reason::Unknown)
        }
    }

    /// The likely reason for a wrong value, if one is recognised.
    fn reason(&self, cell: Cell, typed: f64) -> Option<Reason> {
        let (here, above) = (self.row(cell.row), self.row(cell.row.saturating_sub(1)));
        let values = Values { here: &here, above: &above, learning_rate: self.lesson().learning_rate };
        let right = here.get(cell.column);
        let near = |value: f64| (typed - value).abs() <= unit(value);
        if let Some(bug) = likely_mistake(cell.column, cell.row == 0, &values, typed, 5e-4) {
            Some(Reason::Mistake(bug))
        } else if near(-right) {
            Some(Reason::Sign)
        } else if [0.001, 0.01, 0.1, 10.0, 100.0, 1000.0].iter().any(|shift| near(right * shift)) {
            Some(Reason::Point)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::column::Column::{self, *};
    use crate::sheet::number;

    /// The blank of a task in one of these columns.
    fn blank(blanks: &Blanks, columns: &[Column]) -> Cell {
        let found = blanks.cells().iter().find(|cell| columns.contains(&cell.column));
        *found.unwrap_or(&blanks.cells()[0])
    }

    #[test]
    fn four_digits_are_right_and_fewer_are_not_enough() {
        for seed in 0..50 {
            let blanks = Blanks::from_seed(seed);
            for &cell in blanks.cells() {
                let value = blanks.value(cell);
                assert_eq!(blanks.check(cell, &number::full(value)), Mark::Right);
                assert_eq!(blanks.check(cell, &format!("{value:.3e}")), Mark::Right, "{value}");
                assert_eq!(blanks.check(cell, &format!("{value:.3e}").replace('.', ",")), Mark::Right, "{value}");
                let coarse = format!("{value:.1e}");
                let mark = blanks.check(cell, &coarse);
                let exact = coarse.parse::<f64>().is_ok_and(|coarse| (coarse - value).abs() <= unit(value));
                assert_eq!(mark, if exact { Mark::Right } else { Mark::FewDigits }, "{coarse} for {value}");
                assert_ne!(blanks.check(cell, "0"), Mark::Right);
                assert_ne!(blanks.check(cell, "0"), Mark::FewDigits);
            }
        }
    }

    #[test]
    fn a_value_off_by_less_than_a_per_cent_is_close() {
        let blanks = Blanks::from_seed(1);
        let cell = blank(&blanks, &[H1, H2]);
        let off = blanks.value(cell) * 1.004;
        assert_eq!(blanks.check(cell, &format!("{off:.5}")), Mark::Close);
        assert_eq!(blanks.check(cell, &format!("{:.5}", off * 1.1)), Mark::Wrong(Reason::Unknown));
    }

    #[test]
    fn classic_mistakes_are_recognised() {
        let blanks = Blanks::from_seed(1);
        let mut named = 0;
        for &cell in blanks.cells() {
            let (here, above) = (blanks.row(cell.row), blanks.row(cell.row.saturating_sub(1)));
            let learning_rate = blanks.lesson().learning_rate;
            let values = Values { here: &here, above: &above, learning_rate };
            for bug in Bug::all().filter(|bug| bug.columns().contains(&cell.column)) {
                let Some(wrong) = bug.formula(cell.column, cell.row == 0).map(|expr| expr.evaluate(&values)) else {
                    continue;
                };
                match blanks.check(cell, &format!("{wrong:.5e}")) {
                    Mark::Wrong(Reason::Mistake(found)) => {
                        assert!(found.columns().contains(&cell.column));
                        named += 1;
                    }
                    // Output weights that are updated too early change the value by less than four digits show.
                    mark => assert!((wrong - here.get(cell.column)).abs() < 1e-3, "{bug:?}: {mark:?}"),
                }
            }
        }
        assert!(named >= 12, "{named}");
    }

    #[test]
    fn a_wrong_sign_and_a_misplaced_point_are_recognised() {
        let blanks = Blanks::from_seed(1);
        let cell = blank(&blanks, &[E1, E2]);
        let value = blanks.value(cell);
        assert_eq!(blanks.check(cell, &format!("{:.5e}", -value)), Mark::Wrong(Reason::Sign));
        assert_eq!(blanks.check(cell, &format!("{:.5e}", value * 10.0)), Mark::Wrong(Reason::Point));
        assert_eq!(blanks.check(cell, &format!("{:.5e}", value / 100.0)), Mark::Wrong(Reason::Point));
    }

    #[test]
    fn text_that_is_not_a_number_is_wrong() {
        let blanks = Blanks::from_seed(1);
        let cell = blanks.cells()[0];
        for text in ["", "abc", "1.2.3", "NaN", "inf", "1e999", "--1"] {
            assert!(matches!(blanks.check(cell, text), Mark::Wrong(Reason::NoNumber(_))), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_a_mark(text in "\\PC*", index in 0..10usize) {
            let blanks = Blanks::from_seed(5);
            let mark = blanks.check(blanks.cells()[index], &text);
            prop_assert!(!mark.message().is_empty());
        }
    }
}
