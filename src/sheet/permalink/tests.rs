use proptest::prelude::*;

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

/// A reading without a problem.
fn read(text: &str) -> Option<Permalink> {
    Permalink::read(text).ok().filter(|reading| reading.problem.is_none()).map(|reading| reading.link)
}

/// What the page says about a link, whether a part of it can be used or not.
fn problem(text: &str) -> String {
    Permalink::read(text).map_or_else(|reason| reason, |reading| reading.problem.unwrap_or_default())
}

#[test]
fn the_initial_sheet_has_the_shortest_link() {
    assert_eq!(Permalink::DEFAULT.to_string(), "sheet");
    assert_eq!(read("sheet"), Some(Permalink::DEFAULT));
    assert_eq!(read(""), Some(Permalink::DEFAULT));
}

#[test]
fn the_format_is_stable() {
    let text = "sheet?t=0.3,0.3333333333333333&i=-0,5e-324\
        &w=0.30000000000000004,-0.2,1.7976931348623157e308,1e-7,0.4,1e16,0.5,123456.75\
        &eta=0.8&rows=1000&at=12.g5&mode=bug-123&digits=full&tint=on&v=1";
    assert_eq!(changed().to_string(), text);
    assert!(read(text).is_some_and(|read| same(&read, &changed())));
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
    for column in Column::WITH_DELTAS {
        let link = Permalink { column, row: 3, ..Permalink::DEFAULT };
        assert_eq!(read(&link.to_string()), Some(link));
    }
}

#[test]
fn a_column_is_read_by_its_name_too_and_an_exercise_has_no_deltas() {
    let at = |text: &str| read(text).map(|link| (link.row, link.column));
    assert_eq!(at("sheet?at=0.δ_h1&v=1"), Some((0, Column::DH1)), "as earlier pages wrote it");
    assert_eq!(at("sheet?at=2.%CE%B4_o2&v=1"), Some((2, Column::DO2)));
    assert_eq!(at("sheet?at=2.D_O2&v=1"), Some((2, Column::DO2)));
    assert_eq!(at("sheet?at=2.∂E/∂w3&v=1"), Some((2, Column::G3)));
    let reading = Permalink::read("sheet?at=1.d_h1&mode=fill-7&v=1").expect("readable");
    assert_eq!((reading.link.row, reading.link.column), (1, Permalink::DEFAULT.column));
    assert!(reading.problem.is_some_and(|problem| problem.contains("δ_h1, which an exercise does not show")));
}

#[test]
fn a_link_that_lost_its_end_says_so_wherever_it_was_cut_and_its_whole_pairs_are_used() {
    let (text, whole) = (changed().to_string(), changed());
    for end in "sheet?".len()..text.len() {
        let cut = &text[..end];
        assert!(problem(cut).contains("its end is missing"), "{cut}");
        let used = Permalink::read(cut).map_or(Permalink::DEFAULT, |reading| reading.link);
        assert!(
            [whole.updates, 100].contains(&used.updates)
                && [whole.lesson.learning_rate, 0.5].contains(&used.lesson.learning_rate),
            "{cut}"
        );
        assert!(
            [whole.lesson.constants, Constants::CLASSIC]
                .iter()
                .any(|known| known.weights == used.lesson.constants.weights),
            "{cut}"
        );
    }
    let reading = Permalink::read("sheet?eta=0.8&rows=5").expect("a part is readable");
    assert_eq!((reading.link.lesson.learning_rate, reading.link.updates), (0.8, 100), "5 may be the beginning of 50");
    assert!(reading.problem.is_some_and(|problem| problem.ends_with("“rows=5” may be cut off, so it is not used.")));
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
        assert_eq!(read(text), Some(expected), "{text}");
    }
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let link = |text: &str| read(text).unwrap_or(Permalink::DEFAULT);
    assert_eq!(link("sheet?eta=0,8&v=1").lesson.learning_rate, 0.8);
    assert_eq!(link("sheet?eta=.8&v=1").lesson.learning_rate, 0.8);
    assert_eq!(
        ["10,000", "10.000", "10%20000", "1e4"].map(|rows| link(&format!("sheet?rows={rows}&v=1")).updates),
        [10_000; 4]
    );
    assert_eq!(link("sheet?t=0,3;0,75&v=1").lesson.constants.targets, [0.3, 0.75]);
    assert_eq!(link("sheet?t=0.3;0.75&v=1").lesson.constants.targets, [0.3, 0.75]);
}

#[test]
fn a_row_beyond_the_end_becomes_the_last_row_when_a_link_is_written_and_when_it_is_read() {
    let link = Permalink { updates: 50, row: 80, ..Permalink::DEFAULT };
    assert_eq!(link.to_string(), "sheet?rows=50&at=50.h1&v=1");
    let reading = Permalink::read("sheet?rows=50&at=80.h1&v=1").expect("readable");
    assert_eq!(reading.link, Permalink { row: 50, ..link });
    assert!(reading.problem.is_some_and(|problem| problem.contains("names row 80, but the last row is 50")));
    assert!(problem("sheet?at=99999999.w1&v=1").contains("names row 99999999, but the last row is 100"));
    // The rows of an exercise are its own.
    let link = Permalink { updates: 1, row: 2, exercise: changed().exercise, ..Permalink::DEFAULT };
    assert_eq!(read(&link.to_string()), Some(link));
    let beyond = Permalink { updates: 500, row: 400, ..link };
    assert_eq!(read(&beyond.to_string()), Some(Permalink { row: 100, ..beyond }));
    assert!(problem("sheet?rows=500&at=400.h1&mode=bug-123&v=1").contains("the last row is 100"));
}

#[test]
fn what_can_be_read_of_a_damaged_link_is_used() {
    let reading = Permalink::read("sheet?eta=fast&rows=50&w=1,2&at=7.w5&v=1").expect("a part is readable");
    assert_eq!(reading.link, Permalink { updates: 50, row: 7, column: Column::W5, ..Permalink::DEFAULT });
    assert_eq!(
        reading.problem.as_deref(),
        Some(
            "The link is damaged: “fast” is not a learning rate from 0 to 100. \
             The link is damaged: it has 2 values for w, not 8."
        )
    );
    assert!(Permalink::read("sheet?eta=fast&v=1").is_err(), "nothing is readable");
}

#[test]
fn a_link_that_chats_have_mangled_is_read() {
    let expected = changed();
    let text = expected.to_string();
    let escaped = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    for mangled in [
        format!("{text}."),
        format!("<{text}>"),
        text.replace('&', "&amp;"),
        text.to_ascii_uppercase(),
        escaped(&text),
        escaped(&escaped(&text)),
        format!("{text}&utm_source=moodle&utm_medium=e-mail."),
        text.replace('&', "\n&"),
        text.replace('-', "−"),
    ] {
        assert!(read(&mangled).is_some_and(|read| same(&read, &expected)), "{mangled}");
    }
    assert_eq!(read("sheet?utm_source=moodle"), Some(Permalink::DEFAULT));
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
        ("sheet?rows=1.5&v=1".to_owned(), "1,000,000"),
        ("sheet?rows=10,00&v=1".to_owned(), "10 or 1000"),
        ("sheet?eta=1,000&v=1".to_owned(), "1 or 1000"),
        ("sheet?at=-1.w5&v=1".to_owned(), "“-1.w5”"),
        ("sheet?at=5.w9&v=1".to_owned(), "“5.w9”"),
        ("sheet?at=w5&v=1".to_owned(), "“w5”"),
        ("sheet?mode=nap-1&v=1".to_owned(), "exercise"),
        ("sheet?digits=5&v=1".to_owned(), "digits"),
        ("sheet?tint=1&v=1".to_owned(), "on or off"),
        ("sheet?eta=0.5&v=2".to_owned(), "another version"),
        ("sheet?eta=0.5".to_owned(), "end is missing"),
        ("sheep".to_owned(), "“sheep”"),
        (format!("sheet?x={}&v=1", "9".repeat(9000)), "too long"),
    ];
    for (text, part) in cases {
        let message = problem(&text);
        assert!(message.contains(part) && message.ends_with('.'), "{text}: {message}");
    }
    assert!(problem(&weights(&"y".repeat(900))).chars().count() < 100, "long values are shown in part");
}

fn finite() -> impl Strategy<Value = f64> {
    any::<u64>().prop_map(f64::from_bits).prop_filter("links have finite numbers", |value| value.is_finite())
}

/// Any state that the page can be in. The selected row may be beyond the end of a sheet that has become shorter.
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
    let cell = (0.0..=1.0, 0..Column::WITH_DELTAS.len());
    let looks = (prop::sample::select(Digits::ALL.as_slice()), any::<bool>());
    (lesson, 1..=MOST_UPDATES, cell, exercise, looks).prop_map(
        |(lesson, updates, (row, column), exercise, (digits, tint))| {
            let column = Column::WITH_DELTAS[column];
            let column = if exercise.is_some() && column.is_delta() { Column::H1 } else { column };
            Permalink { lesson, updates, row: (row * MOST_UPDATES as f64) as usize, column, exercise, digits, tint }
        },
    )
}

proptest! {
    #[test]
    fn every_state_is_read_back_to_the_bit(link in any_link()) {
        let text = link.to_string();
        prop_assert!(text.len() <= 1000, "{text}");
        prop_assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"?=&,.-_".contains(&byte)), "{text}");
        let shown = Permalink { row: link.row.min(link.last()), ..link };
        prop_assert!(read(&text).is_some_and(|read| same(&read, &shown)), "{text}");
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        let _ = Permalink::read(&text);
        let _ = Permalink::read(&format!("sheet?{text}&v=1"));
    }

    /// A link with one of its characters replaced is either refused or read as a valid state.
    #[test]
    fn a_mutated_link_is_refused_or_valid(link in any_link(), place in 0.0..1.0, put in "[0-9a-zäη%&=,.?+eE-]{0,3}") {
        let text = link.to_string();
        let place = (place * text.len() as f64) as usize;
        let mutated = format!("{}{put}{}", &text[..place], &text[place + 1..]);
        if let Ok(Reading { link, .. }) = Permalink::read(&mutated) {
            prop_assert!((1..=MOST_UPDATES).contains(&link.updates) && link.row <= link.last());
            prop_assert!((0.0..=learning_rate::LARGEST).contains(&link.lesson.learning_rate));
            prop_assert_eq!(read(&link.to_string()), Some(link));
        }
    }
}
