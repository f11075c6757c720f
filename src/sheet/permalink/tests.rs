use proptest::prelude::*;

use super::read::LONGEST;
use super::*;
use crate::sheet::race::MOST_UPDATES;
use crate::sheet::{Constants, learning_rate};

/// A link in which everything differs from the default.
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

/// Whether two links are equal to the bit, so that −0 differs from 0.
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
fn the_initial_sheet_has_the_shortest_link() {
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
fn a_link_that_lost_its_end_is_refused_wherever_it_was_cut() {
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
fn the_row_must_be_one_of_the_exercise() {
    let link = Permalink { updates: 1, row: 2, exercise: changed().exercise, ..Permalink::DEFAULT };
    assert_eq!(link.to_string().parse(), Ok(link));
    let link = Permalink { updates: 500, row: 400, ..link };
    assert!(error(&link.to_string()).contains("row 400"));
}

#[test]
fn a_damaged_link_is_refused_with_a_reason() {
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
    fn every_state_is_read_back_to_the_bit(link in any_link()) {
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

    /// A link with one of its characters replaced is either refused or read as a valid state.
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
