//! Reads the cells of a student's file: an Excel workbook (.xlsx) or text (.csv, .tsv).
//!
//! A file can come from anywhere, so every limit is checked before memory is used: the size of the file, the size after
//! unpacking, the number of cells.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};
use zip::ZipArchive;
use zip::result::ZipError;

use super::cells::{self, Cell, MOST_COLUMNS, MOST_ROWS, Sheet, TooManyCells};
use super::column_names::column_named;
use super::protocol::LARGEST_FILE;
use crate::format::{self, too_large};

/// The largest size of a workbook after unpacking, in bytes.
const LARGEST_UNPACKED: u64 = 250_000_000;
/// The largest number of parts of a workbook, such as sheets, styles and pictures.
const MOST_PARTS: usize = 2000;
/// The number of sheets that are read. Further sheets are ignored.
const MOST_SHEETS: usize = 50;

/// Returns the sheets of a file; a text file is one sheet.
///
/// # Errors
/// A sentence for the user that says why the file cannot be read, and what to do.
pub fn read(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(too_large(name, LARGEST_FILE));
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(format!("“{name}” is empty."));
    }
    if bytes.starts_with(b"PK") {
        return workbook(name, bytes);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(old_format(name, bytes));
    }
    text(name, bytes).map(|sheet| vec![sheet])
}

/// Names the problem with a file in Microsoft's old container format: an old workbook, or a new one with a password.
fn old_format(name: &str, bytes: &[u8]) -> String {
    let wide: Vec<u8> = "EncryptedPackage".bytes().flat_map(|letter| [letter, 0]).collect();
    if bytes.windows(wide.len()).any(|window| window == wide) {
        format!("“{name}” is protected by a password. Save it without one, then try again.")
    } else {
        format!("“{name}” is in Excel’s old format (.xls). Save it as .xlsx or .csv, then try again.")
    }
}

fn damaged(name: &str) -> String {
    format!("“{name}” is damaged and cannot be read. Save it again in your spreadsheet, then try again.")
}

/// Reads the sheets of an Excel workbook.
fn workbook(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    inspect(name, bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => old_format(name, b""),
        _ => damaged(name),
    })?;
    let metadata = workbook.sheets_metadata().iter();
    let names: Vec<String> =
        metadata.filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect();
    let mut sheets = Vec::new();
    let mut left = cells::MOST_CELLS;
    for sheet_name in names.into_iter().take(MOST_SHEETS) {
        let mut sheet = Sheet::new(sheet_name);
        let mut reader = match workbook.worksheet_cells_reader(&sheet.name) {
            Ok(reader) => reader,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(_) => return Err(damaged(name)),
        };
        while let Some(cell) = reader.next_cell().map_err(|_| damaged(name))? {
            let (row, column) = cell.get_position();
            if let Some(rest) = left.checked_sub(1) {
                left = rest;
            } else {
                return Err(too_many(name));
            }
            sheet.put(row, column, cell_of(cell.get_value())).map_err(|TooManyCells| too_many(name))?;
        }
        sheets.push(sheet);
    }
    if sheets.is_empty() { Err(format!("“{name}” has no sheet with cells.")) } else { Ok(sheets) }
}

fn too_many(name: &str) -> String {
    format!("“{name}” has more than {} million cells. That is too many to read.", cells::MOST_CELLS / 1_000_000)
}

/// Turns a cell of a workbook into a cell.
fn cell_of(value: &DataRef<'_>) -> Cell {
    let text = |text: &str| if text.trim().is_empty() { Cell::Blank } else { Cell::Text(text.into()) };
    match value {
        DataRef::Empty => Cell::Blank,
        DataRef::Int(value) => Cell::Number(*value as f64),
        DataRef::Float(value) => Cell::Number(*value),
        DataRef::String(value) | DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => text(value),
        DataRef::SharedString(value) => text(value),
        DataRef::Bool(value) => Cell::Text(if *value { "TRUE" } else { "FALSE" }.into()),
        // A spreadsheet turns a text that looks like a date into one. The report names that mistake.
        DataRef::DateTime(_) => Cell::Text("a date".into()),
        DataRef::Error(error) => Cell::Error(error.to_string().into()),
    }
}

/// Checks the archive before it is read: its kind, its number of parts and its unpacked size.
fn inspect(name: &str, bytes: &[u8]) -> Result<(), String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged(name))?;
    if archive.len() > MOST_PARTS {
        return Err(too_many_parts(name));
    }
    let has = |part: &str| archive.index_for_name(part).is_some();
    if !has("[Content_Types].xml") || has("xl/workbook.bin") {
        let kind = if has("mimetype") { "an OpenDocument file" } else { "not an Excel workbook" };
        return Err(format!("“{name}” is {kind}. Save it as .xlsx or .csv, then try again."));
    }
    let mut left = LARGEST_UNPACKED;
    for index in 0..archive.len() {
        let part = match archive.by_index(index) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(text)) if text == ZipError::PASSWORD_REQUIRED => {
                return Err(old_format(name, b""));
            }
            Err(_) => return Err(damaged(name)),
        };
        let declares_count = part.name().is_ok_and(|part| part.ends_with(".xml"));
        let mut content = Vec::new();
        // The sizes that the archive states may be wrong, so each part is unpacked once, one after the other.
        let size = part.take(left + 1).read_to_end(&mut content).map_err(|_| damaged(name))? as u64;
        left = left.checked_sub(size).ok_or_else(|| {
            format!("“{name}” unpacks to more than {}. That is too large to read.", format::bytes(LARGEST_UNPACKED))
        })?;
        // The reader reserves memory for the number of strings that the file states.
        if declares_count && !counts_are_plausible(&content) {
            return Err(damaged(name));
        }
    }
    Ok(())
}

fn too_many_parts(name: &str) -> String {
    format!("“{name}” has more than {MOST_PARTS} parts. That is too many to read.")
}

/// Whether no `uniqueCount` in a part is larger than the size of the part in bytes.
fn counts_are_plausible(content: &[u8]) -> bool {
    const NAME: &[u8] = b"uniqueCount";
    let starts = content.windows(NAME.len()).enumerate().filter(|(_, window)| *window == NAME).map(|(at, _)| at);
    starts.map(|at| &content[at + NAME.len()..]).all(|rest| {
        let digits = rest.iter().skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
        let count =
            digits.fold(0_usize, |count, digit| count.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
        count <= content.len()
    })
}

/// Reads a text file with commas, semicolons or tabs as a sheet.
fn text(name: &str, bytes: &[u8]) -> Result<Sheet, String> {
    let text = decode(bytes).ok_or_else(|| {
        format!("“{name}” is neither an Excel workbook (.xlsx) nor a text file with commas, semicolons or tabs (.csv).")
    })?;
    let delimiter = delimiter(&text);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut sheet = Sheet::new(name);
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(sheet),
            Err(_) => return Err(damaged(name)),
        }
        // The number of the line, not of the record, so that blank lines count, as they do in a spreadsheet.
        let line = record.position().map_or(1, csv::Position::line);
        let row = u32::try_from(line - 1).unwrap_or(MOST_ROWS);
        for (column, field) in (0..MOST_COLUMNS).zip(&record) {
            let cell = match cells::parse(field, true) {
                Some(value) => Cell::Number(value),
                None if field.trim().is_empty() => Cell::Blank,
                None if is_error(field) => Cell::Error(field.into()),
                None => Cell::Text(field.into()),
            };
            sheet.put(row, column, cell).map_err(|TooManyCells| too_many(name))?;
        }
    }
}

/// Whether the field is a spreadsheet's error or a program's name for a number that is not finite.
fn is_error(field: &str) -> bool {
    let spreadsheet = field.starts_with('#') && field.ends_with(['!', '?', 'A']);
    spreadsheet || ["nan", "inf", "-inf"].iter().any(|word| field.eq_ignore_ascii_case(word))
}

/// Decodes text in UTF-8, in UTF-16 with a byte order mark (Excel's "Unicode text"), or in an old Western encoding.
/// `None` if the bytes are no text.
fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        Some(String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xFF, 0xFE, ..] => wide(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => wide(u16::from_be_bytes),
        _ if bytes.contains(&0) => None,
        _ => {
            let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
            // In Latin-1 each byte is the code point of its letter. The names and numbers of the table are ASCII in all
            // Western encodings.
            Some(String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().copied().map(char::from).collect()))
        }
    }
}

/// Returns the delimiter with which a line names the largest number of columns; a comma if no line names any.
fn delimiter(text: &str) -> u8 {
    let named = |delimiter: char| {
        let columns =
            |line: &str| line.split(delimiter).filter(|field| column_named(field.trim_matches('"')).is_some()).count();
        text.lines().take(500).map(columns).max().unwrap_or(0)
    };
    let delimiters = [';', '\t', ','];
    delimiters.into_iter().max_by_key(|&delimiter| named(delimiter)).map_or(b',', |delimiter| delimiter as u8)
}
