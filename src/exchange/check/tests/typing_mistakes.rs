//! A property of sheets without a slip: a typing mistake never gets the name of a wrong formula.

use super::*;
use crate::random::{Purpose, Random};

/// Returns a number with a typing mistake in its text: a digit changed, two digits swapped, the sign lost, or the point
/// moved; `None` if the number stays as it is.
fn mistyped(value: f64, text: &str, random: &mut Random) -> Option<f64> {
    let mut symbols: Vec<char> = text.chars().collect();
    let first = symbols.iter().position(|symbol| ('1'..='9').contains(symbol))?;
    let digits: Vec<usize> = (first..symbols.len()).filter(|&at| symbols[at].is_ascii_digit()).take(4).collect();
    let (at, next) = (*digits.get(random.below(digits.len()))?, *digits.last()?);
    let typed: f64 = match random.below(4) {
        0 => {
            let other = (symbols[at].to_digit(10)? + 1 + random.below(9) as u32) % 10;
            symbols[at] = char::from_digit(other, 10)?;
            symbols.into_iter().collect::<String>().parse().ok()?
        }
        1 => {
            symbols.swap(at, next);
            symbols.into_iter().collect::<String>().parse().ok()?
        }
        2 => -text.parse::<f64>().ok()?,
        _ => 10.0 * text.parse::<f64>().ok()?,
    };
    ((typed - value).abs() > 0.02 * value.abs()).then_some(typed)
}

#[test]
fn a_typing_mistake_is_never_taken_for_a_wrong_formula() {
    let mut random = Random::new(4, Purpose::Exercise);
    let mut tried = 0;
    for round in 0..80 {
        let mut constants = Lesson::CLASSIC.constants;
        for weight in &mut constants.weights {
            *weight = (random.below(200) as f64 - 99.5) / 100.0;
        }
        let lesson = Lesson { constants, learning_rate: [0.3, 0.5, 0.9, 1.2][random.below(4)] };
        let digits = [4, 6, 17][round % 3];
        let shown =
            |value: f64| if digits == 17 { value } else { format!("{value:.digits$}").parse().expect("a number") };
        let mut rows: Vec<[f64; 31]> =
            run::rows(lesson.constants, lesson.learning_rate).take(25).map(|row| row.values().map(shown)).collect();
        // Some typing mistakes, not in neighbouring rows.
        for row in (3..24).step_by(4 + random.below(20)) {
            let column = Column::ALL[4 + random.below(27)];
            let value = rows[row][column.index()];
            // What is typed into a sheet of numbers with all their digits has few.
            let text = if digits == 17 { format!("{value:.5}") } else { format!("{value:.digits$}") };
            if let Some(typed) = mistyped(value, &text, &mut random) {
                rows[row][column.index()] = typed;
                tried += 1;
            }
        }
        let rows: Vec<Row> = rows.into_iter().map(Row::from_values).collect();
        let check = checked(&sheet(&rows, Some(lesson.learning_rate)));
        for group in &check.groups {
            assert!(!group.cause.starts_with("Likely mistake"), "{digits} digits, {lesson:?}: {group:?}");
        }
    }
    assert!(tried > 75, "{tried}");
}
