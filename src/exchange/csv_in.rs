//! Reads a text file with commas, semicolons, tabs or bars as a sheet.
//!
//! Rows are counted as a spreadsheet counts them: a blank line is a row, and a line break within a cell begins none.

use super::cells::{Cell, MOST_COLUMNS, MOST_ROWS, Sheet, TooManyCells};
use super::column_names::column_named;
use super::no_number::is_error;

/// The signs that may stand between cells, the likeliest last.
const DELIMITERS: [u8; 4] = [b'|', b'\t', b';', b','];
/// The number of records that decide which of them does.
const SAMPLE: usize = 500;

/// Returns the text of a file: in UTF-8, in UTF-16, or in an old Western encoding; `None` if the bytes are no text.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        Some(String::from_utf16_lossy(&units))
    };
    let end = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    // Zeros after the end of a text are no part of it; within the text of another encoding they are.
    let bytes = if bytes[..end].contains(&0) { bytes } else { &bytes[..end] };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ if bytes.contains(&0) => {
            // Without a mark, the zeros of ASCII letters tell which byte comes first.
            let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
            let (first, second, pairs) = (zeros(0), zeros(1), bytes.len() / 2);
            match () {
                () if first == 0 && second * 2 > pairs => wide(bytes, u16::from_le_bytes),
                () if second == 0 && first * 2 > pairs => wide(bytes, u16::from_be_bytes),
                () => None,
            }
        }
        _ => {
            let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
            // In Latin-1 each byte is the code point of its letter. The names and numbers of the table are ASCII in all
            // Western encodings.
            Some(String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().copied().map(char::from).collect()))
        }
    }
}

/// Reads a text as a sheet.
///
/// # Errors
/// When the sheet has too many cells.
pub(super) fn read(name: &str, text: &str) -> Result<Sheet, TooManyCells> {
    let (text, delimiter) = with_delimiter(text);
    let mut sheet = Sheet::new(name);
    let mut result = Ok(());
    records(text, delimiter, |row, record| {
        for (column, field) in (0..MOST_COLUMNS).zip(record) {
            let cell = match field {
                _ if field.trim().is_empty() => Cell::Blank,
                _ if is_error(field.trim()) => Cell::Error(field.trim().into()),
                _ => Cell::Text(field.into()),
            };
            result = sheet.put(row, column, cell);
            if result.is_err() {
                return false;
            }
        }
        row < MOST_ROWS
    });
    result?;
    sheet.read_numbers();
    Ok(sheet)
}

/// Returns the part of a text that holds cells, and the sign between them.
pub(super) fn with_delimiter(text: &str) -> (&str, u8) {
    // Some programs mark the end of a text, or fill the rest of a block with zeros.
    let text = text.trim_start_matches('\u{feff}').trim_end_matches(['\0', '\u{1a}']);
    let (text, stated) = without_statement(text);
    (text, stated.unwrap_or_else(|| delimiter(text)))
}

/// Splits off a first line such as `sep=;`, which spreadsheets obey and do not show.
fn without_statement(text: &str) -> (&str, Option<u8>) {
    let end = text.find(['\r', '\n']).unwrap_or(text.len());
    let (line, rest) = text.split_at(end);
    let line = line.trim_matches('"');
    let is_statement = line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="));
    let stated = match line.as_bytes().get(4..) {
        Some(&[delimiter]) if is_statement && delimiter.is_ascii() && !delimiter.is_ascii_alphanumeric() => delimiter,
        Some(b"\\t") if is_statement => b'\t',
        _ => return (text, None),
    };
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
    (rest, Some(stated))
}

/// Calls `take` with each record and its row, counted from 0, until it returns false.
pub(super) fn records(text: &str, delimiter: u8, mut take: impl FnMut(u32, &csv::StringRecord) -> bool) {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    let mut start = 0;
    // Reading from text in memory cannot fail: each record is valid UTF-8 and may have any length.
    while let Ok(true) = reader.read_record(&mut record) {
        row += blank_lines(text.as_bytes(), start);
        start = reader.position().byte() as usize;
        if !take(row, &record) {
            return;
        }
        row = row.saturating_add(1);
    }
}

/// Counts the blank lines at a place where a record may start. The reader skips them, but a spreadsheet shows them.
fn blank_lines(text: &[u8], mut at: usize) -> u32 {
    // The reader ends a record at the first of the two bytes that end a line.
    if at > 0 && text.get(at - 1) == Some(&b'\r') && text.get(at) == Some(&b'\n') {
        at += 1;
    }
    let mut lines = 0;
    loop {
        match (text.get(at), text.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => at += 2,
            (Some(b'\r' | b'\n'), _) => at += 1,
            _ => return lines,
        }
        lines += 1;
    }
}

/// Returns the delimiter with which a record names the largest number of columns. If none names any, the one with which
/// the most records have many cells.
fn delimiter(text: &str) -> u8 {
    let score = |&delimiter: &u8| {
        let (mut named, mut wide, mut left) = (0, 0, SAMPLE);
        records(text, delimiter, |_, record| {
            named = named.max(record.iter().filter(|field| column_named(field).is_some()).count());
            wide += usize::from(record.len() >= 12);
            left -= 1;
            left > 0
        });
        (named, wide)
    };
    DELIMITERS.into_iter().max_by_key(score).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(u32, u32, Cell)> {
        let sheet = read("a.csv", text).expect("few cells");
        let mut found = Vec::new();
        for row in 0..sheet.rows() {
            for (column, cell) in (0..).zip(sheet.row(row)).filter(|(_, cell)| **cell != Cell::Blank) {
                found.push((row, column, cell.clone()));
            }
        }
        found
    }

    #[test]
    fn rows_are_those_that_a_spreadsheet_shows() {
        let number = |row, column, value| (row, column, Cell::Number(value));
        for end in ["\n", "\r\n", "\r"] {
            let lines = ["", "1,2", "", "", "3,\"a line\nand another\r\none\",4", "5", ",,", "6"].join(end);
            let found = cells(&lines);
            let numbers: Vec<_> = found.into_iter().filter(|(_, _, cell)| cell.number().is_some()).collect();
            let expected = [(1, 0, 1.0), (1, 1, 2.0), (4, 0, 3.0), (4, 2, 4.0), (5, 0, 5.0), (7, 0, 6.0)];
            assert_eq!(numbers, expected.map(|(row, column, value)| number(row, column, value)), "{end:?}");
        }
    }

    #[test]
    fn a_stated_delimiter_is_obeyed_and_takes_no_row() {
        for text in ["sep=;\r\n1;0,5", "SEP=;\n1;0,5", "\u{feff}sep=;\r1;0,5", "\"sep=;\"\n1;0,5"] {
            assert_eq!(cells(text), [(0, 0, Cell::Number(1.0)), (0, 1, Cell::Number(0.5))], "{text:?}");
        }
        assert_eq!(cells("sep=\\t\n1\t2").len(), 2);
        assert_eq!(cells("separate\n1").len(), 2);
    }

    #[test]
    fn the_delimiter_is_the_one_that_names_columns() {
        for delimiter in [",", ";", "\t", "|"] {
            let text = ["A, b; c: the|title", &["t1", "t2", "i1"].join(delimiter), &["1", "2", "3"].join(delimiter)]
                .join("\n");
            let found = cells(&text);
            assert_eq!(found.last(), Some(&(2, 2, Cell::Number(3.0))), "{delimiter:?}");
        }
    }

    #[test]
    fn text_is_decoded_with_and_without_a_mark() {
        let wide = |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
            format!("{mark}t1\tη").encode_utf16().flat_map(unit).collect()
        };
        for bytes in [
            "\u{feff}t1\tη".as_bytes().to_vec(),
            "t1\tη".as_bytes().to_vec(),
            wide(u16::to_le_bytes, "\u{feff}"),
            wide(u16::to_be_bytes, "\u{feff}"),
            wide(u16::to_le_bytes, ""),
            wide(u16::to_be_bytes, ""),
        ] {
            assert_eq!(decode(&bytes).as_deref().map(|text| text.trim_start_matches('\u{feff}')), Some("t1\tη"));
        }
        assert_eq!(decode(b"t1 \xb6E"), Some("t1 ¶E".to_owned()));
        assert_eq!(decode(b"\x89PNG\0\0\0\r"), None);
        assert_eq!(decode(b"t1,t2\n1,2\n\0\0\0"), Some("t1,t2\n1,2\n".to_owned()));
        assert_eq!(cells("1,2\n\u{1a}\0").len(), 2);
    }
}
