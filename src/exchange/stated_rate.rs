//! Finds the learning rates that a sheet states: beside or below a label, in a text, in their classic place, or in the
//! sheet's name.

use super::cells::{self, Cell, Sheet};

/// A learning rate, and where it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// The learning rate η.
    pub value: f64,
    /// The place, as the end of a sentence: "in G31".
    pub source: String,
    /// The row and column of the cell with the number, counted from 0.
    pub cell: Option<(u32, u32)>,
    /// Whether only the name of the sheet or the file says so, which may be about something else.
    pub is_from_name: bool,
}

/// The cell of η in the classic layout, G31, as row and column counted from 0.
pub(super) const RATE_CELL: (u32, u32) = (30, 6);

/// The short names of the learning rate, which must be words of their own: beta ends with eta.
const SHORT_NAMES: [&str; 7] = ["eta", "alpha", "lr", "η", "ήτα", "α", "rate"];
/// The long names of the learning rate in several languages, without spaces and apostrophes.
const LONG_NAMES: [&str; 24] = [
    "learningrate",
    "stepsize",
    "steplength",
    "lernrate",
    "lernschrittweite",
    "schrittweite",
    "lernfaktor",
    "tauxdapprentissage",
    "pasdapprentissage",
    "tasadeaprendizaje",
    "ritmodeaprendizaje",
    "tassodiapprendimento",
    "taxadeaprendizagem",
    "taxadeaprendizado",
    "leersnelheid",
    "leertempo",
    "współczynnikuczenia",
    "inlärningshastighet",
    "læringsrate",
    "ρυθμόςμάθησης",
    "ρυθμοςμαθησης",
    "скоростьобучения",
    "学习率",
    "学習率",
];
/// Words between a name and its number that say nothing.
const FILLERS: [&str; 16] =
    ["is", "of", "the", "a", "is", "used", "with", "ist", "beträgt", "von", "die", "est", "de", "le", "es", "to"];
/// The largest number of words of a label.
const MOST_WORDS: usize = 6;

/// Finds the learning rates that a sheet states in the place where one is likeliest: usually one, several only if
/// several places are as likely.
///
/// `header` is the row of the column names, and `places` are the positions of the columns.
pub(super) fn find(sheet: &Sheet, header: u32, places: &[Option<u32>]) -> Vec<Rate> {
    let [mut labelled, mut short_texts, mut long_texts] = [const { Vec::<Rate>::new() }; 3];
    for row in 0..sheet.rows() {
        for (column, cell) in (0..).zip(sheet.row(row)) {
            let Some(text) = cell.text() else { continue };
            let is_heading = row == header && places.contains(&Some(column));
            if is_heading || cell.number().is_some() {
                continue;
            }
            let at = |value: f64, row, column| Rate {
                value,
                source: format!("in {}", cells::address(row, column)),
                cell: Some((row, column)),
                is_from_name: false,
            };
            if is_label(text) {
                labelled
                    .extend(numbers_of_label(sheet, row, column).map(|(value, row, column)| at(value, row, column)));
            }
            let numbers = numbers_in(text);
            if let ([(_, value)], true) = (numbers.as_slice(), names_rate(text)) {
                let is_short = after_name(text).is_some() && words(text).count() <= MOST_WORDS;
                let texts = if is_short { &mut short_texts } else { &mut long_texts };
                texts.push(Rate { cell: None, ..at(*value, row, column) });
            }
        }
    }
    // The classic workbook has the learning rate in G31, with or without a name.
    let (row, column) = RATE_CELL;
    let is_named_otherwise = sheet.get(row, column - 1).text().is_some_and(|text| !is_label(text));
    let classic = sheet.get(row, column).number().filter(|_| row < header && !is_named_otherwise).map(|value| Rate {
        value,
        source: format!("in {}", cells::address(row, column)),
        cell: Some(RATE_CELL),
        is_from_name: false,
    });
    let from_name = |name: &String| {
        let source = format!("from the name “{name}”");
        Some(Rate { value: after_name(name)?, source, cell: None, is_from_name: true })
    };
    let named = from_name(&sheet.name).or_else(|| from_name(sheet.file.as_ref()?));
    let likeliest = [labelled, short_texts, Vec::from_iter(classic), Vec::from_iter(named), long_texts];
    let allowed = likeliest.into_iter().map(|mut rates| {
        rates.retain(|rate| rate.value.is_finite() && rate.value >= 0.0);
        rates
    });
    allowed.into_iter().find(|rates| !rates.is_empty()).unwrap_or_default()
}

/// Returns the number that belongs to a label, and its cell, and the numbers that follow it in the same direction: a list of
/// learning rates that are compared.
fn numbers_of_label(sheet: &Sheet, row: u32, column: u32) -> impl Iterator<Item = (f64, u32, u32)> {
    let first = number_of_label(sheet, row, column);
    let (down, right) = first.map_or((0, 0), |(_, r, c)| (u32::from(r > row), u32::from(c > column)));
    let next = move |&(_, row, column): &(f64, u32, u32)| {
        let (row, column) = (row + down, column + right);
        // A number to the left of its label is alone.
        (down + right > 0).then(|| sheet.get(row, column).number()).flatten().map(|number| (number, row, column))
    };
    std::iter::successors(first, next)
}

/// Returns the number that belongs to a label, and its cell: to the right of it, below it, or to the left of it.
fn number_of_label(sheet: &Sheet, row: u32, column: u32) -> Option<(f64, u32, u32)> {
    // A text between a label and its number is a symbol or a sign; any other text begins something else.
    let is_between = |cell: &Cell| match cell {
        Cell::Blank => true,
        _ => cell.text().is_some_and(|text| is_label(text) || !text.chars().any(char::is_alphanumeric)),
    };
    let first_number = |path: &[(u32, u32)]| {
        let (row, column) = path.iter().copied().find(|&(row, column)| !is_between(sheet.get(row, column)))?;
        Some((sheet.get(row, column).number()?, row, column))
    };
    let beside = [1, 2, 3].map(|step| (row, column + step));
    let below = [1, 2].map(|step| (row + step, column));
    let before = Vec::from_iter(column.checked_sub(1).map(|left| (row, left)));
    first_number(&beside).or_else(|| first_number(&below)).or_else(|| first_number(&before))
}

/// The words of a text in lower case, without numbers and signs.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// Whether a text names the learning rate and no number.
fn is_label(text: &str) -> bool {
    let words: Vec<String> = words(text).collect();
    let is = |names: &[&str], word: &String| names.contains(&word.as_str());
    let is_short = words.iter().any(|word| is(&SHORT_NAMES, word))
        && words.iter().all(|word| is(&SHORT_NAMES, word) || is(&FILLERS, word));
    let has_number = text.chars().any(|letter| letter.is_ascii_digit());
    !has_number && words.len() <= MOST_WORDS && (is_short || has_long_name(&words))
}

/// Whether a text names the learning rate among other words.
fn names_rate(text: &str) -> bool {
    let words: Vec<String> = words(text).collect();
    has_long_name(&words) || words.iter().any(|word| SHORT_NAMES.contains(&word.as_str()) && word != "rate")
}

fn has_long_name(words: &[String]) -> bool {
    let joined = words.concat();
    // Learning rates, in the plural, are not the one that is looked for.
    LONG_NAMES.iter().any(|name| {
        joined.find(name).is_some_and(|at| {
            let rest = &joined[at + name.len()..];
            let is_plural = |word: &String| word.ends_with("rates") || word.ends_with("raten");
            !(rest == "s" || rest == "n" || words.iter().any(is_plural))
        })
    })
}

/// Returns the numbers of a text, each with its place: also `.5`, and `50 %`, which is 0.5. Digits that belong to a word, as
/// in w1, are none.
fn numbers_in(text: &str) -> Vec<(usize, f64)> {
    let mut found = Vec::new();
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let mut before = None;
    let mut rest = text.char_indices().peekable();
    while let Some((first, letter)) = rest.next() {
        if letter.is_ascii_digit() {
            let mut end = first + 1;
            let is_bare = |text: &str| !text.ends_with(char::is_alphanumeric);
            let start = match text[..first].strip_suffix(['.', ',']) {
                Some(ahead) if is_bare(ahead) => ahead.len(),
                _ => first,
            };
            while let Some(&(at, next)) = rest.peek() {
                let is_exponent = matches!(next, 'e' | 'E' | '-')
                    && text[at..].trim_start_matches(['e', 'E', '-']).starts_with(|after: char| after.is_ascii_digit());
                if !is_part(next) && !is_exponent {
                    break;
                }
                end = at + next.len_utf8();
                rest.next();
            }
            let word_before: String = text[..start].chars().rev().take_while(|letter| letter.is_alphabetic()).collect();
            let word_before: String = word_before.chars().rev().collect::<String>().to_lowercase();
            let is_in_word = !word_before.is_empty() && !SHORT_NAMES.contains(&word_before.as_str());
            let is_percent = text[end..].trim_start().starts_with('%');
            let number = cells::parse(text[start..end].trim_end_matches(['.', ',']), true);
            let number = number.map(|number| if is_percent { number / 100.0 } else { number });
            if let Some(number) = number.filter(|_| !is_in_word) {
                let is_negative =
                    matches!(before, Some('-' | '−')) && text[..start].trim_end_matches(['-', '−']).ends_with(' ');
                found.push((start, if is_negative { -number } else { number }));
            }
        }
        before = Some(letter);
    }
    found
}

/// Returns the number right after a name of the learning rate, as in `eta 0.5`, `lr_0,1` or `η=2`.
fn after_name(text: &str) -> Option<f64> {
    let is_after_name = |&(at, _): &(usize, f64)| {
        let mut before: Vec<String> = words(&text[..at]).collect();
        while before.last().is_some_and(|word| FILLERS.contains(&word.as_str())) {
            before.pop();
        }
        let joined = before.concat();
        // A rate alone may be one of anything.
        let is_short = before.last().is_some_and(|word| SHORT_NAMES.contains(&word.as_str()) && word != "rate");
        is_short || LONG_NAMES.iter().any(|name| joined.ends_with(name))
    };
    numbers_in(text).into_iter().find(is_after_name).map(|(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(cells: &[(u32, u32, &str)], name: &str) -> Vec<f64> {
        let mut sheet = Sheet::new(name);
        for &(row, column, text) in cells {
            let cell = cells::parse(text, false).map_or_else(|| Cell::Text(text.into()), Cell::Number);
            sheet.put(row, column, cell).expect("few cells");
        }
        find(&sheet, 9, &[]).iter().map(|rate| rate.value).collect()
    }

    #[test]
    fn a_labelled_number_counts_more_than_a_text_with_numbers() {
        let text = "Learning rate 0.1, 0.2, 0.5, 0.8, 1.0 and 2.0 are compared on the next sheets";
        assert_eq!(rates(&[(0, 0, text), (3, 5, "η"), (3, 6, "0.5")], "s"), [0.5]);
        assert!(rates(&[(0, 0, text)], "s").is_empty());
        assert_eq!(
            rates(&[(0, 0, "With a learning rate of 2 it diverges."), (3, 5, "lr:"), (4, 5, "0.5")], "s"),
            [0.5]
        );
        assert_eq!(rates(&[(0, 0, "Exercise 3, alpha = 0.1")], "eta 0.5"), [0.5]);
        // Several numbers after a label are compared with each other.
        assert_eq!(rates(&[(0, 0, "η"), (0, 1, "0.1"), (0, 2, "0.5"), (0, 3, "2")], "s"), [0.1, 0.5, 2.0]);
        assert_eq!(rates(&[(0, 0, "Lernrate"), (1, 0, "0.1"), (2, 0, "0.5"), (4, 0, "7")], "s"), [0.1, 0.5]);
    }

    #[test]
    fn labels_are_understood_in_several_languages() {
        for label in [
            "η",
            "eta:",
            "Learning rate",
            "Ρυθμός μάθησης",
            "ΡΥΘΜΟΣ ΜΑΘΗΣΗΣ",
            "learning rate η",
            "LR (η)",
            "Lernrate",
            "Taux d’apprentissage",
            "alpha =",
            "Our learning rate",
            "Schrittweite",
            "Tasa de aprendizaje",
            "learning_rate",
            "Learning-Rate",
        ] {
            assert_eq!(rates(&[(2, 1, label), (2, 2, "0.3")], "s"), [0.3], "{label}");
            assert_eq!(rates(&[(2, 1, label), (2, 2, "="), (2, 3, "0.3")], "s"), [0.3], "{label}");
            assert_eq!(rates(&[(2, 1, label), (2, 2, "i1"), (3, 1, "0.3"), (3, 2, "0.05")], "s"), [0.3], "{label}");
        }
        for text in ["beta", "Learning rates", "Lernraten", "rate of return", "w − η·∂E", "etage"] {
            assert!(rates(&[(2, 1, text), (2, 2, "0.3")], "s").is_empty(), "{text}");
        }
    }

    #[test]
    fn a_text_with_one_number_states_the_learning_rate() {
        for text in ["η = 0,3", "lr=0.3", "Learning rate (η): 0.3", "Lernrate ist 0,3", "Learning rate of 0.3"] {
            assert_eq!(rates(&[(2, 1, text)], "s"), [0.3], "{text}");
        }
        assert_eq!(
            rates(&[(2, 1, "Here w1 is updated with the learning rate, which is always equal to 0.3.")], "s"),
            [0.3]
        );
        for text in ["η=.3", "η:.3", "learning rate .3", "lr = ,3", "η = 30 %", "η=30%", "eta (30 %)"] {
            assert_eq!(rates(&[(2, 1, text)], "s"), [0.3], "{text}");
        }
        assert_eq!(rates(&[], "eta 0.3 (1).csv"), [0.3]);
        assert_eq!(rates(&[], "Anna lr_1e-3"), [1e-3]);
        assert!(rates(&[], "beta 3").is_empty());
    }
}
