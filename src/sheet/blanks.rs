//! "Fill the cells": a sheet with blanks, and what a typed value is worth.

use super::bug::{Bug, likely_mistake};
use super::column::Column;
use super::formula::Values;
use super::lesson::Lesson;
use super::network::Row;
use super::number;
use super::phase::Cell;
use super::run::Run;
use crate::random::{Purpose, Random};

use Column::*;

/// Significant digits to which a value is to be given.
pub const DIGITS: i32 = 4;

/// The blanks, from the easiest to the hardest: a row, and the columns of which one is drawn. Some need the result of
/// an earlier one.
const SLOTS: [(usize, &[Column]); 10] = [
    (0, &[H1, H2]),
    (0, &[AH1, AH2]),
    (0, &[O1, O2]),
    (0, &[AO1, AO2]),
    (0, &[E1, E2]),
    (0, &[G5, G6, G7, G8]),
    (1, &[W5, W6, W7, W8]),
    (0, &[G1, G2, G3, G4]),
    (1, &[AO1, AO2]),
    (2, &[W1, W2, W3, W4]),
];

/// A task: a lesson, and the cells of its sheet that are blank.
///
/// The total error is never blank, so that its curve gives nothing away.
#[derive(Clone, Debug, PartialEq)]
pub struct Blanks {
    lesson: Lesson,
    run: Run,
    cells: Vec<Cell>,
}

/// What a typed value is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Mark {
    /// Right to one unit of the fourth significant digit.
    Right,
    /// Right as far as it goes, but fewer than four digits were typed.
    FewDigits,
    /// Within a per cent of the right value.
    Close,
    /// Anything else, and why, where that can be told.
    Wrong(Reason),
}

/// What is likely to have gone wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The text is no number; what there is to say about it.
    NoNumber(String),
    /// It is what a classic mistake gives.
    Mistake(Bug),
    /// It is the right value with the other sign.
    Sign,
    /// It has the right digits with the decimal point elsewhere.
    Point,
    /// Nothing that can be recognised.
    Unknown,
}

impl Mark {
    /// One sentence or two for the student.
    pub fn message(&self) -> String {
        match self {
            Self::Right => "Right.".to_owned(),
            Self::FewDigits => "Almost: give four significant digits.".to_owned(),
            Self::Close => "Almost: a little off. Keep more digits on the way.".to_owned(),
            Self::Wrong(Reason::NoNumber(why)) => why.clone(),
            Self::Wrong(Reason::Mistake(bug)) => format!("Not yet. This comes out when {}.", bug.mistake()),
            Self::Wrong(Reason::Sign) => "Not yet: the size is right, the sign is not.".to_owned(),
            Self::Wrong(Reason::Point) => "Not yet: the digits are right, the decimal point is not.".to_owned(),
            Self::Wrong(Reason::Unknown) => "Not yet. A hint shows the formula.".to_owned(),
        }
    }
}

impl Blanks {
    /// Updates after row 0.
    pub const UPDATES: usize = 100;

    /// The task of a number, which decides the lesson and the cells.
    pub fn from_seed(seed: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Exercise);
        loop {
            let lesson = Lesson::draw(&mut random);
            let cells = SLOTS.map(|(row, columns)| Cell { row, column: columns[random.below(columns.len())] }).to_vec();
            let blanks = Self { lesson, run: Run::new(lesson.constants, lesson.learning_rate, Self::UPDATES), cells };
            if blanks.is_fair() {
                return blanks;
            }
        }
    }

    /// Constants and learning rate.
    pub fn lesson(&self) -> Lesson {
        self.lesson
    }

    /// The blank cells, from the easiest to the hardest.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Row `index` with nothing left out; the last one where there is no such row.
    pub fn row(&self, index: usize) -> Row {
        self.run.row(index)
    }

    /// E_t of every row.
    pub fn errors(&self) -> &[f64] {
        self.run.errors()
    }

    /// The right value of a cell.
    pub fn value(&self, cell: Cell) -> f64 {
        self.row(cell.row).get(cell.column)
    }

    /// Marks what was typed for a cell; a decimal comma is a point.
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

    /// What is likely to have gone wrong, if it can be recognised.
    fn reason(&self, cell: Cell, typed: f64) -> Option<Reason> {
        let (here, above) = (self.row(cell.row), self.row(cell.row.saturating_sub(1)));
        let values = Values { here: &here, above: &above, learning_rate: self.lesson.learning_rate };
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

    /// Whether four digits are enough to tell an updated weight from the old one.
    fn is_fair(&self) -> bool {
        self.cells.iter().filter(|cell| Column::WEIGHTS.contains(&cell.column)).all(|&cell| {
            let (new, old) = (self.value(cell), self.value(Cell { row: cell.row - 1, ..cell }));
            (new - old).abs() >= 10.0 * unit(new)
        })
    }
}

/// One unit of the fourth significant digit.
fn unit(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { libm::pow(10.0, libm::floor(libm::log10(value.abs())) - f64::from(DIGITS - 1)) }
}

/// A number, and how exactly it was typed.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Typed {
    value: f64,
    /// Significant digits; leading zeros are none.
    digits: i32,
    /// Half a unit of the last digit typed.
    half_unit: f64,
}

impl Typed {
    fn parse(text: &str) -> Result<Self, String> {
        let value = super::lesson::parse_constant(text)?;
        let text = text.trim();
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let fraction = mantissa.split_once(['.', ',']).map_or("", |(_, fraction)| fraction);
        let all = mantissa.chars().filter(char::is_ascii_digit);
        let digits = all.skip_while(|&digit| digit == '0').count();
        // `number::parse` takes a real minus sign, too.
        let exponent = number::parse(exponent)? - fraction.len() as f64;
        Ok(Self { value, digits: digits.try_into().unwrap_or(i32::MAX), half_unit: 0.5 * libm::pow(10.0, exponent) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::sheet::formula;

    /// A task's blank in a column of these.
    fn blank(blanks: &Blanks, columns: &[Column]) -> Cell {
        let found = blanks.cells().iter().find(|cell| columns.contains(&cell.column));
        *found.unwrap_or(&blanks.cells()[0])
    }

    #[test]
    fn a_seed_is_a_task_forever() {
        let task = |seed| {
            let blanks = Blanks::from_seed(seed);
            let columns: Vec<String> = blanks.cells().iter().map(|cell| cell.column.name()).collect();
            (columns.join(" "), blanks.lesson().constants.weights[0], blanks.lesson().learning_rate)
        };
        let pinned = |cells: &str, weight, rate| (cells.to_owned(), weight, rate);
        assert_eq!(task(1), pinned("h2 a_h2 o2 a_o2 E2 ∂E_t/∂w7 w8 ∂E_t/∂w4 a_o1 w3", 0.75, 2.0));
        assert_eq!(task(123), pinned("h2 a_h1 o2 a_o1 E1 ∂E_t/∂w8 w8 ∂E_t/∂w3 a_o1 w1", 0.1, 0.2));
    }

    #[test]
    fn tasks_are_fair() {
        let mut columns = HashSet::new();
        for seed in 0..1000 {
            let blanks = Blanks::from_seed(seed);
            let cells: HashSet<Cell> = blanks.cells().iter().copied().collect();
            assert_eq!(cells.len(), SLOTS.len(), "seed {seed} has a cell twice");
            assert!(cells.iter().all(|cell| cell.column != ETotal), "the curve would give it away");
            for &cell in blanks.cells() {
                assert!(formula(cell.column, cell.row == 0).is_some(), "seed {seed}: {cell:?} is given");
                let value = blanks.value(cell);
                assert!(value.is_finite() && value != 0.0, "seed {seed}: {cell:?}");
                // The value that was there before must not pass for the new one.
                if cell.row > 0 {
                    let old = blanks.value(Cell { row: cell.row - 1, ..cell });
                    assert_ne!(blanks.check(cell, &number::full(old)), Mark::Right, "seed {seed}: {cell:?}");
                }
            }
            columns.extend(blanks.cells().iter().map(|cell| cell.column));
        }
        assert_eq!(columns.len(), 4 + 4 + 2 + 8 + 8, "every column has its turn");
    }

    #[test]
    fn four_digits_are_right_and_fewer_are_almost() {
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
    fn what_is_a_little_off_is_close() {
        let blanks = Blanks::from_seed(1);
        let cell = blank(&blanks, &[H1, H2]);
        let off = blanks.value(cell) * 1.004;
        assert_eq!(blanks.check(cell, &format!("{off:.5}")), Mark::Close);
        assert_eq!(blanks.check(cell, &format!("{:.5}", off * 1.1)), Mark::Wrong(Reason::Unknown));
    }

    #[test]
    fn classic_mistakes_are_named() {
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
                    // Output weights that were updated too early change less than four digits show.
                    mark => assert!((wrong - here.get(cell.column)).abs() < 1e-3, "{bug:?}: {mark:?}"),
                }
            }
        }
        assert!(named >= 12, "{named}");
    }

    #[test]
    fn sign_and_point_are_named() {
        let blanks = Blanks::from_seed(1);
        let cell = blank(&blanks, &[E1, E2]);
        let value = blanks.value(cell);
        assert_eq!(blanks.check(cell, &format!("{:.5e}", -value)), Mark::Wrong(Reason::Sign));
        assert_eq!(blanks.check(cell, &format!("{:.5e}", value * 10.0)), Mark::Wrong(Reason::Point));
        assert_eq!(blanks.check(cell, &format!("{:.5e}", value / 100.0)), Mark::Wrong(Reason::Point));
    }

    #[test]
    fn what_is_no_number_is_told_so() {
        let blanks = Blanks::from_seed(1);
        let cell = blanks.cells()[0];
        for text in ["", "abc", "1.2.3", "NaN", "inf", "1e999", "--1"] {
            assert!(matches!(blanks.check(cell, text), Mark::Wrong(Reason::NoNumber(_))), "{text}");
        }
    }

    #[test]
    fn digits_typed_are_counted() {
        let typed = |text| Typed::parse(text).map(|typed| (typed.digits, typed.half_unit));
        assert_eq!(typed("0,0140"), Ok((3, 0.5e-4)));
        assert_eq!(typed("−12"), Ok((2, 0.5)));
        assert_eq!(typed("1.25e-3").map(|(digits, _)| digits), Ok(3));
    }

    proptest! {
        #[test]
        fn any_text_gets_a_mark(text in "\\PC*", index in 0..SLOTS.len()) {
            let blanks = Blanks::from_seed(5);
            let mark = blanks.check(blanks.cells()[index], &text);
            prop_assert!(!mark.message().is_empty());
        }
    }
}
