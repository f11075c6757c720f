//! Says what is wrong with a text file whose cells cannot be told apart.

use super::column_names::column_named;
use super::csv_in::{self, records};

/// The number of columns that a header names at least.
const FEWEST_NAMES: usize = 6;
/// The number of records within which the header and the rows below it are looked at.
const WITHIN: usize = 500;

/// Returns the sentence for a text whose cells cannot be told apart; `None` if nothing speaks for that.
pub(super) fn sentence(name: &str, text: &str) -> Option<String> {
    let (text, delimiter) = csv_in::with_delimiter(text);
    if let Some(row) = row_of_open_quote(text, delimiter) {
        return Some(format!(
            "In “{name}”, a quotation mark in row {} is never closed, so all that follows counts as one cell. Remove the \
             mark, then try again.",
            row + 1
        ));
    }
    (delimiter == b',' && has_decimal_commas(text)).then(|| {
        format!(
            "“{name}” has commas between its cells and decimal commas within its numbers, so nobody can tell the cells \
             apart. Save it with semicolons between the cells, or with decimal points, then try again."
        )
    })
}

/// Returns the row in which a quotation mark opens a cell that reaches over other rows to the end of the text.
fn row_of_open_quote(text: &str, delimiter: u8) -> Option<u32> {
    if text.matches('"').count().is_multiple_of(2) {
        return None;
    }
    let mut last = None;
    records(text, delimiter, |row, record| {
        let cell = record.iter().next_back().unwrap_or_default();
        last = cell.trim_end().contains(['\n', '\r']).then_some(row);
        true
    });
    last
}

/// Whether most rows below the header have about twice as many cells as the header, each of them a whole number: the parts
/// before and after a decimal comma.
fn has_decimal_commas(text: &str) -> bool {
    let (mut named, mut rows, mut split, mut left) = (0, 0_usize, 0_usize, WITHIN);
    records(text, b',', |_, record| {
        let names = record.iter().filter(|field| column_named(field).is_some()).count();
        if names >= FEWEST_NAMES {
            named = named.max(names);
        } else if named > 0 && record.iter().any(|field| !field.trim().is_empty()) {
            rows += 1;
            let wholes = record.iter().filter(|field| is_part_of_number(field)).count();
            split += usize::from(2 * wholes >= 3 * named && 10 * wholes >= 9 * record.len());
        }
        left -= 1;
        left > 0
    });
    split > 0 && 2 * split >= rows
}

/// Whether a text may be the part of a number before or after its decimal comma: `-0`, `5068`, `88E-04`.
fn is_part_of_number(field: &str) -> bool {
    let field = field.trim().trim_start_matches(['-', '−']);
    let digits = field.split(['e', 'E']).next().unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::sentence;

    const NAMES: &str = "t1,t2,i1,i2,w1,w2,w3,w4\n";

    #[test]
    fn decimal_commas_between_commas_are_named() {
        let split = format!("{NAMES}0,01,0,99,0,05,0,1,0,15,0,2,-0,25,2,5E-05\n");
        assert!(sentence("a.csv", &split).is_some_and(|text| text.contains("decimal commas")));
        for row in ["0.01,0.99,0.05,0.1,0.15,0.2,0.25,0.3\n", "1,2,3,4,5,6,7,8\n", "1,2,3,4,5,6,7,8,9,10,a,b\n"] {
            assert_eq!(sentence("a.csv", &format!("{NAMES}{row}")), None, "{row}");
        }
        assert_eq!(sentence("a.csv", &split.replace(",0,", ";0,").replace(',', ";")), None);
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_is_named_with_its_row() {
        let rows = "0.01,0.99,0.05,0.1,0.15,0.2,0.25,0.3\n".repeat(3);
        let open = format!("{NAMES}{}", rows.replacen("0.99", "\"0.99", 1));
        assert!(sentence("a.csv", &open).is_some_and(|text| text.contains("in row 2 is never closed")));
        for note in ["\"two\nlines\"", "5\" wide"] {
            assert_eq!(
                sentence("a.csv", &format!("{NAMES}{}", rows.replacen("0.3\n", &format!("0.3,{note}\n"), 1))),
                None
            );
        }
    }
}
