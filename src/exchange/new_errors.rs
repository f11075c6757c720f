//! Error values that the reader of workbooks does not know, such as `#SPILL!`. It would refuse the whole workbook for one
//! of them, so they become text before it reads the sheets.

use std::io::{Cursor, Read, Seek, Write};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The error values that the reader knows.
const KNOWN: [&[u8]; 7] = [b"#DIV/0!", b"#N/A", b"#NAME?", b"#NULL!", b"#NUM!", b"#REF!", b"#VALUE!"];
/// The attribute of a cell that holds an error.
const ERROR: &[u8] = b" t=\"e\"";
/// The attribute of a cell that holds a formula's text.
const TEXT: &[u8] = b" t=\"str\"";

/// Whether a part of a workbook holds an error value that the reader does not know.
pub(super) fn are_in(part: &[u8]) -> bool {
    starts(part, ERROR).any(|at| {
        let cell = &part[at..];
        let end = starts(cell, b"</c>").next().unwrap_or(cell.len());
        let cell = &cell[..end];
        let value = starts(cell, b"<v>").next().map_or(&b""[..], |at| &cell[at + 3..]);
        !KNOWN.iter().any(|known| value.starts_with(known))
    })
}

/// Returns the places at which a word starts.
fn starts<'a>(text: &'a [u8], word: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    text.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(|(at, _)| at)
}

/// Returns the archive with all error values as text.
///
/// # Errors
/// When a part cannot be unpacked.
pub(super) fn as_text<R: Read + Seek>(archive: &mut ZipArchive<R>) -> ZipResult<Vec<u8>> {
    let mut changed = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index)?;
        let name = part.name()?.into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content)?;
        if name.ends_with(".xml") {
            content = with_text(&content);
        }
        changed.start_file(name, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))?;
        changed.write_all(&content)?;
    }
    Ok(changed.finish()?.into_inner())
}

/// Returns a part with all error values as text.
fn with_text(part: &[u8]) -> Vec<u8> {
    let mut changed = Vec::with_capacity(part.len());
    let mut done = 0;
    for at in starts(part, ERROR) {
        let tag = part[..at].iter().rposition(|&byte| byte == b'<').map_or(&b""[..], |start| &part[start..at]);
        if tag.starts_with(b"<c ") && !tag.contains(&b'>') {
            changed.extend_from_slice(&part[done..at]);
            changed.extend_from_slice(TEXT);
            done = at + ERROR.len();
        }
    }
    changed.extend_from_slice(&part[done..]);
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cells_with_errors_are_changed() {
        let part = br#"<c r="A1" t="e"><v>#SPILL!</v></c><c r="B1"><is> t="e"</is></c><c r="C1" t="e"/>"#;
        assert!(are_in(part) && !are_in(br#"<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>"#));
        let expected = br#"<c r="A1" t="str"><v>#SPILL!</v></c><c r="B1"><is> t="e"</is></c><c r="C1" t="str"/>"#;
        assert_eq!(with_text(part), expected);
    }
}
