//! Says why a student's cell has no number, and what to do about it.

use super::cells::Cell;

/// Says why a cell has no number; `None` if it has one.
pub(super) fn why_no_number(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Number(_) => None,
        Cell::Blank => Some("The cell is empty.".to_owned()),
        Cell::NoResult => Some(
            "The file holds a formula without its result. Open the file in a spreadsheet and save it there.".to_owned(),
        ),
        Cell::Text(_) if cell.number().is_some() => None,
        Cell::Text(text) => Some(why_text(text)),
        Cell::Error(error) => Some(format!("{error}: {}", hint(error))),
    }
}

/// Says what a text is instead of a number.
fn why_text(text: &str) -> String {
    let text = text.trim();
    if text.starts_with('=') {
        return "The cell shows its formula instead of the result. Format the cell as General, and enter the formula \
                again."
            .to_owned();
    }
    if is_date(text) {
        return "The spreadsheet has turned the number into a date. Format the cell as a number, and type it again with \
                your spreadsheet’s decimal sign (point or comma)."
            .to_owned();
    }
    "This is not a number.".to_owned()
}

/// The prefix of a cell that holds a date, as the reader of workbooks writes it.
pub(super) const DATE: &str = "date ";

/// Whether a text is a date: `1.5.2024`, `2024-05-01`, `01-May`, `May 5`.
fn is_date(text: &str) -> bool {
    const MONTHS: [&str; 16] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mrz", "mai", "okt", "dez",
    ];
    if text.starts_with(DATE) {
        return true;
    }
    let parts: Vec<&str> = text.split(['.', '-', '/', ' ', 'T']).filter(|part| !part.is_empty()).collect();
    let is_number = |part: &&str| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_month = |part: &&str| {
        let part = part.to_lowercase();
        part.chars().all(char::is_alphabetic) && MONTHS.iter().any(|month| part.starts_with(month))
    };
    let numbers = parts.iter().filter(|part| is_number(part)).count();
    match parts.len() {
        2 => numbers == 1 && parts.iter().any(is_month),
        3.. => parts.iter().take(3).all(|part| is_number(part) || is_month(part)),
        _ => false,
    }
}

/// Whether a text is a spreadsheet's error, in whichever language and of whichever version, or a program's name for a
/// number that is not finite.
pub(super) fn is_error(text: &str) -> bool {
    let marked = text.strip_prefix('#').is_some_and(|rest| {
        let is_code = |rest: &str| rest.chars().all(|letter| letter.is_uppercase() || "/0_¡¿".contains(letter));
        let named = rest.strip_suffix(['!', '?']).is_some_and(|rest| !rest.is_empty() && is_code(rest));
        named
            || ["N/A", "N/D", "N/B", "NV", "GETTING_DATA"].contains(&rest)
            || (rest.len() >= 2 && rest.bytes().all(|byte| byte == b'#'))
    });
    let office =
        text.strip_prefix("Err:").is_some_and(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()));
    marked || office || ["nan", "inf", "-inf"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Explains a spreadsheet's error, in whichever language the spreadsheet shows it.
fn hint(error: &str) -> &'static str {
    const HINTS: [(&[&str], &str); 9] = [
        (
            &["#VALUE!", "#WERT!", "#VALEUR!", "#¡VALOR!", "#VALOR!", "#VALORE!", "#WAARDE!", "#ARG!", "Err:529"],
            "the formula refers to text. Is η fixed with dollar signs, as in $G$31?",
        ),
        (&["#DIV/0!", "#¡DIV/0!", "#DEEL/0!", "#DZIEL/0!", "Err:532"], "the formula divides by zero."),
        (
            &["#REF!", "#BEZUG!", "#¡REF!", "#RIF!", "#VERW!", "#ADR!", "Err:524"],
            "the formula refers to a cell that was deleted.",
        ),
        (
            &[
                "#NAME?",
                "#NOM?",
                "#¿NOMBRE?",
                "#NOME?",
                "#NAAM?",
                "#NAZWA?",
                "Err:508",
                "Err:509",
                "Err:511",
                "#ERROR!",
            ],
            "the formula contains a name or a sign that the spreadsheet does not know.",
        ),
        (
            &[
                "#SPILL!",
                "#ÜBERLAUF!",
                "#EINLAUF!",
                "#PROPAGATION!",
                "#DESBORDAMIENTO!",
                "#¡DESBORDAMIENTO!",
                "#CALC!",
                "#KALK!",
            ],
            "the formula gives several results, or none. Refer to single cells, such as E33, not to whole columns.",
        ),
        (
            &["#NUM!", "#ZAHL!", "#NOMBRE!", "#¡NUM!", "#GETAL!", "Err:502", "Err:503", "inf", "-inf", "NaN"],
            "the result is too large, or it is no number.",
        ),
        (&["#N/A", "#NV", "#N/D", "#N/B"], "the formula looks something up that is not there."),
        (&["Err:522", "Err:523"], "the formula refers to its own cell."),
        (
            &[
                "#BLOCKED!",
                "#CONNECT!",
                "#BUSY!",
                "#GETTING_DATA",
                "#FIELD!",
                "#UNKNOWN!",
                "#PYTHON!",
                "#EXTERNAL!",
                "#TIMEOUT!",
            ],
            "the spreadsheet waits for something outside of the file.",
        ),
    ];
    if error.bytes().all(|byte| byte == b'#') {
        return "the column was too narrow to show the number when the file was saved. Make it wider and save the file \
                again.";
    }
    let is_it = |name: &&str| name.eq_ignore_ascii_case(error);
    HINTS.iter().find(|(names, _)| names.iter().any(is_it)).map_or("the formula gives no number.", |(_, hint)| hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_recognised_in_all_versions_and_languages() {
        for error in [
            "#DIV/0!",
            "#N/A",
            "#NAME?",
            "#SPILL!",
            "#CALC!",
            "#¡VALOR!",
            "#ÜBERLAUF!",
            "#NV",
            "####",
            "Err:502",
            "NaN",
        ] {
            assert!(is_error(error), "{error}");
        }
        for text in ["#", "#1", "#!", "# of rows", "#w1", "Error", "Err: 5", "info"] {
            assert!(!is_error(text), "{text}");
        }
    }

    #[test]
    fn each_cell_without_a_number_gets_the_sentence_that_helps() {
        let why = |cell: Cell| why_no_number(&cell).unwrap_or_default();
        let text = |text: &str| why(Cell::Text(text.into()));
        let error = |text: &str| why(Cell::Error(text.into()));
        assert_eq!(text("0,25"), "");
        assert_eq!(text("?"), "This is not a number.");
        assert!(text("=E33*C33").contains("shows its formula"));
        for date in ["date 2024-05-01", "1.5.2024", "2024-05-01T00:00:00", "01-May", "May 5", "5. Mai", "01.Mrz"] {
            assert!(text(date).contains("into a date"), "{date}");
        }
        for other in ["w1", "marvellous 5 times", "1.5.", "see May"] {
            assert_eq!(text(other), "This is not a number.", "{other}");
        }
        assert!(error("#WERT!").contains("refers to text"));
        assert!(error("#SPILL!").contains("several results"));
        assert!(error("########").contains("too narrow"));
        assert!(error("#SOMETHING!").contains("gives no number"));
        assert!(why(Cell::NoResult).contains("without its result"));
    }
}
