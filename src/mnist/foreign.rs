//! What to do about files of other kinds that people choose in place of MNIST's files.

use crate::file_kind::FileKind;

/// Returns what to do about a file of this kind: a sentence without its full stop.
pub(super) fn advice(kind: FileKind) -> &'static str {
    use FileKind::{
        LfsPointer, Markup, Office, OldExcel, OldOffice, Pdf, Picture, RichText, Runs, Safetensors, WebPage, Xml,
    };
    match kind {
        kind if kind.is_archive() => "Unpack it, then choose the four files in it",
        kind if kind.is_packed() => "Unpack it first",
        Picture(_) => "This page reads pictures only in MNIST’s format, many in one file",
        WebPage | Markup | Xml => "Perhaps the download failed: download the file again",
        LfsPointer => "Download the file itself",
        Runs => "Use “Import…” at the list of runs",
        Safetensors => "Use “Import weights…”",
        Office | OldOffice | OldExcel => {
            ". To check a workbook, choose “Sheet” at the top of the page and drop it there"
        }
        Pdf | RichText => "Choose the four files of a data set",
        _ => "Save the images in MNIST’s format (IDX)",
    }
}
