//! Reads the cells of a student's file: an Excel workbook (.xlsx) or text (.csv, .tsv).
//!
//! A file can come from anywhere, so every limit is checked before memory is used: the size of the file, the size after
//! unpacking, the number of cells.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use calamine::{DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use zip::ZipArchive;
use zip::result::ZipError;

use super::cells::{self, Cell, Sheet, TooManyCells};
use super::no_number::{DATE, is_error};
use super::protocol::LARGEST_FILE;
use super::{csv_faults, csv_in, foreign, new_errors};
use crate::format::{self, too_large};

/// The largest size of a workbook after unpacking, in bytes.
const LARGEST_UNPACKED: u64 = 250_000_000;
/// The largest number of parts of a workbook, such as sheets, styles and pictures.
const MOST_PARTS: usize = 2000;
/// The number of sheets that are read. Further sheets are ignored.
const MOST_SHEETS: usize = 50;
/// The largest number that is taken for a number although its cell is formatted as a date: an older date is not likely.
const LARGEST_NUMBER_AS_DATE: f64 = 10_000.0;

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
    let is_hidden = name.starts_with("~$") || name.starts_with("._");
    if bytes.starts_with(b"PK") && !is_hidden {
        return workbook(name, bytes);
    }
    if let Some(sentence) = foreign::refusal(name, bytes) {
        return Err(sentence);
    }
    let text = csv_in::decode(bytes).ok_or_else(|| {
        format!("“{name}” is neither an Excel workbook (.xlsx) nor a text file with commas, semicolons or tabs (.csv).")
    })?;
    if let Some(sentence) = csv_faults::sentence(name, &text) {
        return Err(sentence);
    }
    let sheet = csv_in::read(name, &text).map_err(|TooManyCells| too_many(name))?;
    Ok(vec![sheet])
}

fn damaged(name: &str) -> String {
    format!("“{name}” is damaged and cannot be read. Save it again in your spreadsheet, then try again.")
}

/// Reads the sheets of an Excel workbook. Hidden sheets are read only if no sheet is visible; otherwise they are returned
/// without their cells.
fn workbook(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let bytes = inspect(name, bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(&*bytes)).map_err(|error| match error {
        XlsxError::Password => foreign::protected(name),
        _ => damaged(name),
    })?;
    let is_sheet = |sheet: &&calamine::Sheet| sheet.typ == SheetType::WorkSheet;
    let metadata: Vec<_> = workbook.sheets_metadata().iter().filter(is_sheet).cloned().collect();
    let is_any_visible = metadata.iter().any(|sheet| sheet.visible == SheetVisible::Visible);
    let is_shown = |sheet: &calamine::Sheet| !is_any_visible || sheet.visible == SheetVisible::Visible;
    let (shown, hidden): (Vec<_>, Vec<_>) = metadata.into_iter().partition(is_shown);
    let mut sheets = Vec::new();
    let mut left = cells::MOST_CELLS;
    for metadata in shown.into_iter().take(MOST_SHEETS) {
        let mut sheet = Sheet::new(metadata.name);
        sheet.file = Some(name.to_owned());
        let mut reader = match workbook.worksheet_cells_reader(&sheet.name) {
            Ok(reader) => reader,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(_) => return Err(damaged(name)),
        };
        let mut zeros = Zeros::default();
        while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|_| damaged(name))? {
            let (row, column) = cell.pos;
            if let Some(rest) = left.checked_sub(1) {
                left = rest;
            } else {
                return Err(too_many(name));
            }
            let content = match cell.value {
                DataRef::Empty if cell.formula.is_some() => Cell::NoResult,
                value => cell_of(&value),
            };
            if cell.formula.is_some() {
                zeros.count((row, column), &content);
            }
            sheet.put(row, column, content).map_err(|TooManyCells| too_many(name))?;
        }
        drop(reader);
        for (row, column) in zeros.without_result() {
            sheet.put(row, column, Cell::NoResult).map_err(|TooManyCells| too_many(name))?;
        }
        let merged = workbook.merge_cells_by_sheet_name(&sheet.name).map_err(|_| damaged(name))?;
        fill_merged(&mut sheet, &merged).map_err(|TooManyCells| too_many(name))?;
        sheet.read_numbers();
        sheets.push(sheet);
    }
    if sheets.is_empty() {
        return Err(format!("“{name}” has no sheet with cells."));
    }
    sheets.extend(hidden.into_iter().map(|sheet| Sheet::hidden(sheet.name)));
    Ok(sheets)
}

/// The formulas whose result is 0. Some programs do not compute formulas and write this for each of them.
#[derive(Default)]
struct Zeros {
    places: Vec<(u32, u32)>,
    formulas: usize,
}

impl Zeros {
    /// The number of formulas that tell whether a program computed them.
    const ENOUGH: usize = 10;

    fn count(&mut self, place: (u32, u32), content: &Cell) {
        self.formulas += 1;
        if matches!(content, Cell::NoResult) || content.number() == Some(0.0) {
            self.places.push(place);
        }
    }

    /// Returns the formulas without a result: those with a 0 if nearly all have one.
    fn without_result(self) -> Vec<(u32, u32)> {
        let is_each = self.formulas >= Self::ENOUGH && 10 * self.places.len() >= 9 * self.formulas;
        if is_each { self.places } else { Vec::new() }
    }
}

fn too_many(name: &str) -> String {
    format!("“{name}” has more than {} million cells. That is too many to read.", cells::MOST_CELLS / 1_000_000)
}

/// Gives the blank cells below the first cell of a merged area its content, because the user sees it beside all of them.
fn fill_merged(sheet: &mut Sheet, merged: &[Dimensions]) -> Result<(), TooManyCells> {
    let mut left = cells::MOST_CELLS;
    for area in merged {
        let ((top, column), (bottom, _)) = (area.start, area.end);
        let content = sheet.get(top, column).clone();
        // A merged area may reach down to the last row that a sheet can have.
        let rows = top.saturating_add(1)..=bottom.min(sheet.rows().saturating_sub(1));
        left = left.checked_sub(rows.clone().count()).ok_or(TooManyCells)?;
        for row in rows {
            if *sheet.get(row, column) == Cell::Blank {
                sheet.put(row, column, content.clone())?;
            }
        }
    }
    Ok(())
}

/// Turns a cell of a workbook into a cell.
fn cell_of(value: &DataRef<'_>) -> Cell {
    let text = |text: &str| match text.trim() {
        "" => Cell::Blank,
        error if is_error(error) => Cell::Error(error.into()),
        _ => Cell::Text(text.into()),
    };
    match value {
        DataRef::Empty => Cell::Blank,
        DataRef::Int(value) => Cell::Number(*value as f64),
        DataRef::Float(value) => Cell::Number(*value),
        DataRef::String(value) | DataRef::DurationIso(value) => text(value),
        DataRef::SharedString(value) => text(value),
        DataRef::Bool(value) => Cell::Text(if *value { "TRUE" } else { "FALSE" }.into()),
        // A spreadsheet turns a text that looks like a date into one, and shows a number as a date if it is told to.
        DataRef::DateTime(date) if date.as_f64().abs() < LARGEST_NUMBER_AS_DATE => Cell::Number(date.as_f64()),
        DataRef::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            Cell::Text(format!("{DATE}{year}-{month:02}-{day:02}").into())
        }
        DataRef::DateTimeIso(date) => Cell::Text(format!("{DATE}{date}").into()),
        DataRef::Error(error) => Cell::Error(error.to_string().into()),
    }
}

/// Checks the archive before it is read: its kind, its number of parts and its unpacked size. Returns an archive that the
/// reader understands.
fn inspect<'a>(name: &str, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged(name))?;
    if archive.len() > MOST_PARTS {
        return Err(too_many_parts(name));
    }
    let parts: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.replace('\\', "/"))).collect();
    if let Some(sentence) = foreign::archive_refusal(name, &parts) {
        return Err(sentence);
    }
    let mut left = LARGEST_UNPACKED;
    let mut has_new_errors = false;
    for index in 0..archive.len() {
        let part = match archive.by_index(index) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(text)) if text == ZipError::PASSWORD_REQUIRED => {
                return Err(foreign::protected(name));
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
        has_new_errors |= declares_count && new_errors::are_in(&content);
    }
    if has_new_errors {
        return new_errors::as_text(&mut archive).map(Cow::Owned).map_err(|_| damaged(name));
    }
    Ok(Cow::Borrowed(bytes))
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
