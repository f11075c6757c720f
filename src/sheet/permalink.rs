//! The sheet's whole state as a short text for the fragment of an address, and back.
//!
//! `sheet` is the sheet as it opens. Everything that differs from it is a pair, and the version closes the link:
//!
//! ```text
//! sheet?t=0.3,0.7&w=0.15,0.2,0.25,0.3,0.4,0.45,0.5,-0.55&eta=0.8&rows=1000&at=12.a_h1&v=1
//! ```
//!
//! | key | value |
//! | --- | --- |
//! | `t`, `i`, `w` | t1 and t2; i1 and i2; w1 to w8 |
//! | `eta` | η |
//! | `rows` | updates after row 0 |
//! | `at` | the selected cell: its row and its column |
//! | `mode` | the exercise, see [`Exercise`] |
//! | `digits` | digits shown: `4`, `6`, `10` or `full` |
//! | `tint` | `on` where cells are tinted by size and sign |
//! | `v` | the version of this format |
//!
//! A number is the shortest text that reads back as the same bits. The version is the last thing in a link, so that a
//! link which lost its end on the way is noticed wherever it was cut. Unknown keys are left alone: a later page may
//! add some.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use super::column::Column;
use super::exercise::Exercise;
use super::learning_rate;
use super::lesson::Lesson;
use super::number::Digits;
use super::practice::Practice;
use super::race::{DEFAULT_UPDATES, MOST_UPDATES};
use crate::decimal;

/// The version that is written, and the only one that is read.
const VERSION: &str = "1";
/// The longest link that is read, in bytes; the longest that is written has less than half of that.
const LONGEST: usize = 2000;

/// What a link restores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Permalink {
    /// Constants and η.
    pub lesson: Lesson,
    /// Updates after row 0 of the user's sheet, from 1 to [`MOST_UPDATES`].
    pub updates: usize,
    /// The current row.
    pub row: usize,
    /// The selected column.
    pub column: Column,
    /// The exercise that is shown in place of the user's sheet.
    pub exercise: Option<Exercise>,
    /// How many digits the table shows.
    pub digits: Digits,
    /// Whether cells are tinted by size and sign.
    pub tint: bool,
}

impl Permalink {
    /// The sheet as it opens.
    pub const DEFAULT: Self = Self {
        lesson: Lesson::CLASSIC,
        updates: DEFAULT_UPDATES,
        row: 0,
        column: Column::H1,
        exercise: None,
        digits: Digits::Six,
        tint: false,
    };
}

/// The text for the fragment, without `#`. Only letters, digits and characters that need no escape there.
impl fmt::Display for Permalink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lesson, updates, row, column, exercise, digits, tint } = self;
        let default = Self::DEFAULT;
        let (constants, usual) = (&lesson.constants, &default.lesson.constants);
        let mut pairs = String::new();
        let mut pair = |key: &str, value: &dyn fmt::Display| {
            // Writing to a String cannot fail.
            let _ = write!(pairs, "{key}={value}&");
        };
        let lists: [(&str, &[f64], &[f64]); 3] = [
            ("t", &constants.targets, &usual.targets),
            ("i", &constants.inputs, &usual.inputs),
            ("w", &constants.weights, &usual.weights),
        ];
        for (key, numbers, usual) in lists {
            if !numbers.iter().zip(usual).all(|(number, usual)| number.to_bits() == usual.to_bits()) {
                pair(key, &numbers.iter().map(|&number| exact(number)).collect::<Vec<_>>().join(","));
            }
        }
        if lesson.learning_rate.to_bits() != default.lesson.learning_rate.to_bits() {
            pair("eta", &exact(lesson.learning_rate));
        }
        if *updates != default.updates {
            pair("rows", updates);
        }
        if (*row, *column) != (default.row, default.column) {
            pair("at", &format_args!("{row}.{}", code(*column)));
        }
        if let Some(exercise) = exercise {
            pair("mode", exercise);
        }
        if *digits != default.digits {
            pair("digits", &digits.code());
        }
        if *tint != default.tint {
            pair("tint", &switch(*tint));
        }
        formatter.write_str("sheet")?;
        if pairs.is_empty() { Ok(()) } else { write!(formatter, "?{pairs}v={VERSION}") }
    }
}

/// Reads a fragment without its `#`. An empty one is the sheet as it opens.
impl FromStr for Permalink {
    /// A sentence for the user that says what is wrong with the link.
    type Err = String;

    fn from_str(fragment: &str) -> Result<Self, String> {
        if fragment.len() > LONGEST {
            return Err("The link is too long.".to_owned());
        }
        let fragment = unescaped(fragment);
        let (name, pairs) = match fragment.split_once('?') {
            Some((name, pairs)) => (name, Some(pairs)),
            None => (fragment.as_str(), None),
        };
        if !matches!(name, "" | "sheet") {
            return Err(format!("The link names a page that does not exist: {}.", quoted(name)));
        }
        let mut link = Self::DEFAULT;
        let Some(pairs) = pairs else { return Ok(link) };
        let pairs = || pairs.split('&').filter_map(|pair| pair.split_once('='));
        match pairs().find(|(key, _)| *key == "v") {
            Some((_, VERSION)) => {}
            None | Some((_, "")) => return Err("The link is not complete: its end is missing.".to_owned()),
            Some(_) => return Err("The link was made by another version of this page.".to_owned()),
        }
        for (key, value) in pairs() {
            link.set(key, value)?;
        }
        let last = link.last();
        if link.row > last {
            return Err(format!("The link points to row {}, but its sheet ends with row {last}.", link.row));
        }
        Ok(link)
    }
}

impl Permalink {
    /// The last row of the sheet that is shown: that of the exercise, if there is one.
    fn last(&self) -> usize {
        self.exercise.map_or(self.updates, |exercise| Practice::start(exercise).last())
    }

    /// Takes over one pair of a link.
    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let constants = &mut self.lesson.constants;
        match key {
            "t" => list(key, value, &mut constants.targets)?,
            "i" => list(key, value, &mut constants.inputs)?,
            "w" => list(key, value, &mut constants.weights)?,
            "eta" => {
                let rate = decimal::read(value).filter(|rate| (0.0..=learning_rate::LARGEST).contains(rate));
                self.lesson.learning_rate = rate.ok_or_else(|| wrong(value, "a learning rate from 0 to 100"))?;
            }
            "rows" => {
                self.updates = whole(value)
                    .filter(|updates| (1..=MOST_UPDATES).contains(updates))
                    .ok_or_else(|| wrong(value, "a number of rows from 1 to 1,000,000"))?;
            }
            "at" => {
                (self.row, self.column) = cell(value).ok_or_else(|| wrong(value, "a cell of the sheet"))?;
            }
            "mode" => self.exercise = Some(value.parse().map_err(|_| wrong(value, "an exercise"))?),
            "digits" => {
                self.digits = Digits::from_code(value).ok_or_else(|| wrong(value, "4, 6, 10 or full digits"))?;
            }
            "tint" => {
                self.tint = [true, false]
                    .into_iter()
                    .find(|&on| switch(on) == value)
                    .ok_or_else(|| wrong(value, "on or off"))?;
            }
            // The version, and what a later page may add.
            _ => {}
        }
        Ok(())
    }
}

/// Reads as many numbers as there are `places`.
fn list(key: &str, value: &str, places: &mut [f64]) -> Result<(), String> {
    let texts: Vec<&str> = value.split(',').collect();
    if texts.len() != places.len() {
        return Err(format!("The link is damaged: it has {} values for {key}, not {}.", texts.len(), places.len()));
    }
    for (text, place) in texts.into_iter().zip(places) {
        let number = decimal::read(text).filter(|number| number.is_finite());
        *place = number.ok_or_else(|| wrong(text, "a finite number"))?;
    }
    Ok(())
}

/// Reads `12.a_h1`.
fn cell(value: &str) -> Option<(usize, Column)> {
    let (row, column) = value.split_once('.')?;
    Some((whole(row)?, Column::ALL.into_iter().find(|&candidate| code(candidate) == column)?))
}

/// Reads decimal digits; `parse` alone would take a plus sign, which an address may mean as a space.
fn whole(text: &str) -> Option<usize> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

/// The shortest text that reads back as the same bits.
fn exact(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-6..1e16).contains(&magnitude) { value.to_string() } else { format!("{value:e}") }
}

/// A column's name without characters that an address would escape: `w5`, `a_h1`, `E_Total`, `g5` for ∂E_t/∂w5.
fn code(column: Column) -> String {
    if column.is_gradient() { format!("g{}", column.symbol().1) } else { column.name() }
}

const fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

fn wrong(value: &str, expected: &str) -> String {
    format!("The link is damaged: {} is not {expected}.", quoted(value))
}

/// The beginning of what a link says, to be shown.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 20;
    let shown: String = text.chars().take(SHOWN).collect();
    let rest = if shown.len() < text.len() { "…" } else { "" };
    format!("“{shown}{rest}”")
}

/// Undoes the escapes (`%2C`) that some programs put into a link that they pass on. All that a link consists of is
/// ASCII; other escapes stay as they are.
fn unescaped(text: &str) -> String {
    let mut pieces = text.split('%');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let escape = piece.split_at_checked(2).and_then(|(digits, rest)| {
            let code = u8::from_str_radix(digits, 16).ok().filter(u8::is_ascii_graphic)?;
            Some((code, rest))
        });
        match escape {
            Some((code, rest)) => {
                plain.push(char::from(code));
                plain.push_str(rest);
            }
            None => {
                plain.push('%');
                plain.push_str(piece);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::Constants;

    /// A link in which nothing is as the sheet opens.
    fn changed() -> Permalink {
        let constants = Constants {
            targets: [0.3, 1.0 / 3.0],
            inputs: [-0.0, 5e-324],
            weights: [0.1 + 0.2, -0.2, f64::MAX, 1e-7, 0.4, 1e16, 0.5, 123456.75],
        };
        Permalink {
            lesson: Lesson { constants, learning_rate: 0.8 },
            updates: 1000,
            row: 12,
            column: Column::G5,
            exercise: Some(Exercise::FindTheBug { seed: 123 }),
            digits: Digits::Full,
            tint: true,
        }
    }

    /// Equality to the bit, which tells −0 from 0.
    fn same(left: &Permalink, right: &Permalink) -> bool {
        let bits = |link: &Permalink| {
            let Constants { targets, inputs, weights } = link.lesson.constants;
            let numbers = [targets.as_slice(), &inputs, &weights, &[link.lesson.learning_rate]].concat();
            numbers.into_iter().map(f64::to_bits).collect::<Vec<_>>()
        };
        left == right && bits(left) == bits(right)
    }

    fn error(text: &str) -> String {
        text.parse::<Permalink>().expect_err(text)
    }

    #[test]
    fn the_sheet_as_it_opens_has_the_shortest_link() {
        assert_eq!(Permalink::DEFAULT.to_string(), "sheet");
        assert_eq!("sheet".parse(), Ok(Permalink::DEFAULT));
        assert_eq!("".parse(), Ok(Permalink::DEFAULT));
    }

    #[test]
    fn the_format_is_stable() {
        let text = "sheet?t=0.3,0.3333333333333333&i=-0,5e-324\
            &w=0.30000000000000004,-0.2,1.7976931348623157e308,1e-7,0.4,1e16,0.5,123456.75\
            &eta=0.8&rows=1000&at=12.g5&mode=bug-123&digits=full&tint=on&v=1";
        assert_eq!(changed().to_string(), text);
        let read: Permalink = text.parse().expect("a link that this page wrote");
        assert!(same(&read, &changed()), "{read:?}");
    }

    #[test]
    fn only_what_differs_is_written() {
        let link = Permalink { row: 7, ..Permalink::DEFAULT };
        assert_eq!(link.to_string(), "sheet?at=7.h1&v=1");
        let link = Permalink { lesson: Lesson { learning_rate: 2.0, ..Lesson::CLASSIC }, ..Permalink::DEFAULT };
        assert_eq!(link.to_string(), "sheet?eta=2&v=1");
    }

    #[test]
    fn every_column_has_its_own_code() {
        for column in Column::ALL {
            let link = Permalink { column, row: 3, ..Permalink::DEFAULT };
            assert_eq!(link.to_string().parse(), Ok(link));
        }
    }

    #[test]
    fn a_link_that_lost_its_end_is_noticed_wherever_it_was_cut() {
        let text = changed().to_string();
        for end in "sheet?".len()..text.len() {
            assert!(text[..end].parse::<Permalink>().is_err(), "{}", &text[..end]);
        }
    }

    #[test]
    fn keys_in_any_order_escapes_and_unknown_keys_are_read() {
        let expected = Permalink { updates: 50, row: 4, column: Column::ETotal, ..Permalink::DEFAULT };
        for text in [
            "sheet?v=1&at=4.E_Total&rows=50",
            "sheet?colour=blue&rows=50&&x&at=4.E_Total&v=1",
            "sheet%3Frows%3D50%26at%3D4.E_Total&v=1",
            "sheet?note=%C3%A4%&rows=50&at=4%2eE_Total&v=1",
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn the_last_row_is_that_of_the_exercise() {
        let link = Permalink { updates: 1, row: 2, exercise: changed().exercise, ..Permalink::DEFAULT };
        assert_eq!(link.to_string().parse(), Ok(link));
        let link = Permalink { updates: 500, row: 400, ..link };
        assert!(error(&link.to_string()).contains("row 400"));
    }

    #[test]
    fn a_damaged_link_is_refused_with_what_is_wrong_about_it() {
        let weights = |last: &str| format!("sheet?w=1,2,3,4,5,6,7,{last}&v=1");
        let cases = [
            (weights("x"), "“x”"),
            (weights("NaN"), "finite"),
            (weights("inf"), "finite"),
            (weights("1e999"), "finite"),
            (weights(""), "finite"),
            (weights("8,9"), "9 values for w, not 8"),
            ("sheet?t=0.5&v=1".to_owned(), "1 values for t, not 2"),
            ("sheet?eta=-1&v=1".to_owned(), "learning rate"),
            ("sheet?eta=NaN&v=1".to_owned(), "learning rate"),
            ("sheet?eta=fast&v=1".to_owned(), "“fast”"),
            ("sheet?rows=0&v=1".to_owned(), "1,000,000"),
            ("sheet?rows=1000001&v=1".to_owned(), "1,000,000"),
            ("sheet?rows=99999999999999999999999&v=1".to_owned(), "1,000,000"),
            ("sheet?rows=1e3&v=1".to_owned(), "1,000,000"),
            ("sheet?at=101.w5&v=1".to_owned(), "row 101, but its sheet ends with row 100"),
            ("sheet?at=5.w9&v=1".to_owned(), "“5.w9”"),
            ("sheet?at=w5&v=1".to_owned(), "“w5”"),
            ("sheet?mode=nap-1&v=1".to_owned(), "exercise"),
            ("sheet?digits=5&v=1".to_owned(), "digits"),
            ("sheet?tint=1&v=1".to_owned(), "on or off"),
            ("sheet?eta=0.5&v=2".to_owned(), "another version"),
            ("sheet?eta=0.5".to_owned(), "end is missing"),
            ("sheep".to_owned(), "“sheep”"),
            (format!("sheet?x={}&v=1", "9".repeat(3000)), "too long"),
        ];
        for (text, part) in cases {
            let message = error(&text);
            assert!(message.contains(part) && message.ends_with('.'), "{text}: {message}");
        }
        assert!(error(&weights(&"y".repeat(900))).chars().count() < 100, "long values are shown in part");
    }

    fn finite() -> impl Strategy<Value = f64> {
        any::<u64>().prop_map(f64::from_bits).prop_filter("links have finite numbers", |value| value.is_finite())
    }

    /// Any state that the page can be in.
    fn any_link() -> impl Strategy<Value = Permalink> {
        let exercise = prop_oneof![
            Just(None),
            any::<u64>().prop_map(|seed| Some(Exercise::FindTheBug { seed })),
            any::<u64>().prop_map(|seed| Some(Exercise::FillTheCells { seed })),
        ];
        let lesson = (
            proptest::array::uniform2(finite()),
            proptest::array::uniform2(finite()),
            proptest::array::uniform8(finite()),
            0.0..=learning_rate::LARGEST,
        )
            .prop_map(|(targets, inputs, weights, learning_rate)| Lesson {
                constants: Constants { targets, inputs, weights },
                learning_rate,
            });
        let cell = (0.0..=1.0, 0..Column::COUNT);
        let looks = (prop::sample::select(Digits::ALL.as_slice()), any::<bool>());
        (lesson, 1..=MOST_UPDATES, cell, exercise, looks).prop_map(
            |(lesson, updates, (row, column), exercise, (digits, tint))| {
                let column = Column::ALL[column];
                let mut link = Permalink { lesson, updates, row: 0, column, exercise, digits, tint };
                link.row = (row * link.last() as f64) as usize;
                link
            },
        )
    }

    proptest! {
        #[test]
        fn every_state_comes_back_to_the_bit(link in any_link()) {
            let text = link.to_string();
            prop_assert!(text.len() <= LONGEST / 2, "{text}");
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"?=&,.-_".contains(&byte)), "{text}");
            let read: Permalink = text.parse().map_err(TestCaseError::fail)?;
            prop_assert!(same(&read, &link), "{text}");
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,200}") {
            let _ = text.parse::<Permalink>();
            let _ = format!("sheet?{text}&v=1").parse::<Permalink>();
        }

        /// A link with one of its characters replaced is refused or is another valid state, never anything else.
        #[test]
        fn a_mutated_link_is_refused_or_valid(link in any_link(), place in 0.0..1.0, put in "[0-9a-zäη%&=,.?+eE-]{0,3}") {
            let text = link.to_string();
            let place = (place * text.len() as f64) as usize;
            let mutated = format!("{}{put}{}", &text[..place], &text[place + 1..]);
            if let Ok(read) = mutated.parse::<Permalink>() {
                prop_assert!((1..=MOST_UPDATES).contains(&read.updates) && read.row <= read.last());
                prop_assert!((0.0..=learning_rate::LARGEST).contains(&read.lesson.learning_rate));
                prop_assert_eq!(read.to_string().parse(), Ok(read));
            }
        }
    }
}
