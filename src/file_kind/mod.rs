//! What a file is, by its first bytes, whatever its name says. Each reader adds its own advice.

mod purpose;

pub use purpose::{Purpose, purpose};

/// The number of bytes at the start of a file that tell its kind.
pub const START: usize = 4096;

/// The kinds of file that are recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// An archive in ZIP format, without a more exact kind.
    Zip,
    /// An archive in 7z format.
    SevenZip,
    /// An archive in RAR format.
    Rar,
    /// An archive in tar format.
    Tar,
    /// A file packed with gzip.
    Gzip,
    /// A file packed with bzip2.
    Bzip2,
    /// A file packed with xz.
    Xz,
    /// A file packed with Zstandard.
    Zstandard,
    /// A picture in the format with this name.
    Picture(&'static str),
    /// A PDF document.
    Pdf,
    /// A text document in RTF format.
    RichText,
    /// A web page.
    WebPage,
    /// An XML file.
    Xml,
    /// A text that begins with `<`: perhaps a piece of a web page.
    Markup,
    /// A text in JSON.
    Json,
    /// Runs that this page has exported.
    Runs,
    /// A workbook, a text or a presentation of Microsoft Office, LibreOffice or Apple.
    Office,
    /// A document of Microsoft Office before 2007.
    OldOffice,
    /// A workbook of Excel 2 to 4.
    OldExcel,
    /// A file of weights in the format safetensors.
    Safetensors,
    /// Python objects, as `pickle` and `torch.save` write them.
    Pickle,
    /// An array of NumPy, or several.
    NumPy,
    /// A file in HDF5 format, as Keras writes it.
    Hdf5,
    /// A model of Keras 3: an archive with a description and a file in HDF5 format.
    Keras,
    /// A file in GGUF format.
    Gguf,
    /// A table in Parquet format.
    Parquet,
    /// A table in Arrow format.
    Arrow,
    /// A file of MATLAB.
    Matlab,
    /// A table of numbers as text, as Kaggle has MNIST.
    NumberTable,
    /// The pointer that Git LFS leaves in place of a large file.
    LfsPointer,
}

use FileKind::{
    Arrow, Bzip2, Gguf, Gzip, Hdf5, Json, Keras, LfsPointer, Markup, Matlab, NumPy, NumberTable, Office, OldExcel,
    OldOffice, Parquet, Pdf, Pickle, Picture, Rar, RichText, Runs, Safetensors, SevenZip, Tar, WebPage, Xml, Xz, Zip,
    Zstandard,
};

/// The bytes at a place near the start of a file that tell its kind.
const SIGNATURES: [(usize, &[u8], FileKind); 22] = [
    (257, b"ustar", Tar),
    (0, b"7z\xbc\xaf", SevenZip),
    (0, b"Rar!", Rar),
    (0, b"\x1f\x8b", Gzip),
    (0, b"BZh", Bzip2),
    (0, b"\xfd7zXZ", Xz),
    (0, b"\x28\xb5\x2f\xfd", Zstandard),
    (0, b"\x89PNG", Picture("PNG")),
    (0, b"\xff\xd8\xff", Picture("JPEG")),
    (0, b"GIF8", Picture("GIF")),
    (8, b"WEBP", Picture("WebP")),
    (4, b"ftyphei", Picture("HEIC")),
    (4, b"ftypmif", Picture("HEIC")),
    (0, b"\xd0\xcf\x11\xe0", OldOffice),
    (0, b"\x93NUMPY", NumPy),
    (0, b"\x89HDF", Hdf5),
    (0, b"GGUF", Gguf),
    (0, b"PAR1", Parquet),
    (0, b"ARROW1", Arrow),
    (0, b"MATLAB", Matlab),
    (0, b"%PDF", Pdf),
    (0, b"version https://git-lfs", LfsPointer),
];

/// The names in a ZIP archive that tell what it is.
const PARTS: [(&[u8], FileKind); 9] = [
    (b"data.pkl", Pickle),
    (b".npy", NumPy),
    (b"keras_version", Keras),
    (b"model.weights.h5", Keras),
    (b"[Content_Types].xml", Office),
    (b"[content_types].xml", Office),
    (b"xl/", Office),
    (b"mimetypeapplication/vnd.oasis", Office),
    (b".iwa", Office),
];

/// The beginnings of web pages, in lower case.
const TAGS: [&[u8]; 8] = [b"<!doctype html", b"<html", b"<head", b"<meta", b"<table", b"<body", b"<style", b"<script"];

/// The characters of a line of numbers.
const NUMERIC: &[u8] = b"0123456789.,; \t\r\n";

/// Returns what a file with these first bytes is; `None` when they tell nothing.
pub fn of(start: &[u8]) -> Option<FileKind> {
    let start = &start[..start.len().min(START)];
    let has = |part: &[u8]| start.windows(part.len()).any(|window| window == part);
    if start.starts_with(b"PK") {
        return Some(PARTS.iter().find(|(part, _)| has(part)).map_or(Zip, |(_, kind)| *kind));
    }
    match start {
        // The second byte is the version of the pickle.
        [0x80, 2..=5, ..] => return Some(Pickle),
        // The length of the header stands in front of it.
        [_, _, _, _, 0, 0, 0, 0, b'{', ..] => return Some(Safetensors),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => return Some(Picture("BMP")),
        // Excel 2 to 4 wrote no container.
        [0x09, 0x00 | 0x02 | 0x04 | 0x08, _, 0x00, ..] => return Some(OldExcel),
        _ => {}
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let is_at = |(at, bytes, _): &&(usize, &[u8], FileKind)| {
        let from = if *at == 0 { text } else { start };
        from.get(*at..).is_some_and(|rest| rest.starts_with(bytes))
    };
    if let Some((_, _, kind)) = SIGNATURES.iter().find(is_at) {
        return Some(*kind);
    }
    match text.first()? {
        b'{' if text.starts_with(b"{\\rtf") => Some(RichText),
        b'{' if has(b"\"Gradsheet runs\"") => Some(Runs),
        b'{' => Some(Json),
        b'<' => Some(markup(&text.to_ascii_lowercase())),
        _ if text.starts_with(b"label") => Some(NumberTable),
        _ if text.len() >= 8 && text[..8].iter().all(|byte| NUMERIC.contains(byte)) => Some(NumberTable),
        _ => None,
    }
}

/// Returns the kind of a text in lower case that begins with `<`.
fn markup(text: &[u8]) -> FileKind {
    let has_page = || text.windows(5).any(|window| window == b"<html");
    if TAGS.iter().any(|tag| text.starts_with(tag)) || text.starts_with(b"<!--") && has_page() {
        return WebPage;
    }
    match text.starts_with(b"<?xml") || text.starts_with(b"<office:") {
        true if has_page() => WebPage,
        true => Xml,
        false => Markup,
    }
}

impl FileKind {
    /// Names the kind for the user: "a zip archive".
    pub const fn name(self) -> &'static str {
        match self {
            Zip => "a zip archive",
            SevenZip => "a 7z archive",
            Rar => "a RAR archive",
            Tar => "a tar archive",
            Gzip => "packed with gzip",
            Bzip2 => "packed with bzip2",
            Xz => "packed with xz",
            Zstandard => "packed with Zstandard",
            Picture(_) => "a picture",
            Pdf => "a PDF document",
            RichText => "a text document (RTF)",
            WebPage | Markup => "a web page",
            Xml => "an XML file",
            Json => "a text in JSON",
            Runs => "a file with runs of this page",
            Office | OldOffice | OldExcel => "a workbook or another office document",
            Safetensors => "a file with weights (safetensors)",
            Pickle => "a file that Python has pickled, for example by torch.save",
            NumPy => "a NumPy array",
            Hdf5 => "an HDF5 file, as Keras writes it",
            Keras => "a model of Keras",
            Gguf => "a GGUF file",
            Parquet => "a Parquet table",
            Arrow => "an Arrow table",
            Matlab => "a MATLAB file",
            NumberTable => "a table of numbers as text (CSV)",
            LfsPointer => "only a pointer to the file, made by Git LFS",
        }
    }

    /// Whether the file holds other files.
    pub const fn is_archive(self) -> bool {
        matches!(self, Zip | SevenZip | Rar | Tar)
    }

    /// Whether the file is another file, packed.
    pub const fn is_packed(self) -> bool {
        matches!(self, Gzip | Bzip2 | Xz | Zstandard)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_kind_is_known_by_its_first_bytes() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        for (start, kind) in [
            (&b"PK\x03\x04holiday.jpg"[..], Zip),
            (b"PK\x03\x04 archive/data.pkl", Pickle),
            (b"PK\x03\x04 images.npy", NumPy),
            (b"PK\x03\x04metadata.json{\"keras_version\": \"3.9.0\"", Keras),
            (b"PK\x03\x04[Content_Types].xml", Office),
            (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", Office),
            (b"PK\x03\x04Index/Document.iwa", Office),
            (&tar, Tar),
            (b"\x1f\x8b\x08", Gzip),
            (b"\x28\xb5\x2f\xfd", Zstandard),
            (b"BM\x36\x00\x03\x00\x00\x00\x00\x00", Picture("BMP")),
            (b"RIFF1234WEBP", Picture("WebP")),
            (b"\xd0\xcf\x11\xe0", OldOffice),
            (b"\x80\x04\x95", Pickle),
            (b"\x40\x10\0\0\0\0\0\0{\"a\"", Safetensors),
            (b"\xef\xbb\xbf <!DOCTYPE HTML>", WebPage),
            (b"<!-- saved --><HTML>", WebPage),
            (b"<?xml version='1.0'?><html>", WebPage),
            (b"<?xml version='1.0'?><Workbook>", Xml),
            (b"<x>,t1", Markup),
            (b"{\\rtf1", RichText),
            (b"{\"format\":\"Gradsheet runs\",\"version\":1", Runs),
            (b" {\"a\":1}", Json),
            (b"7,0,0,0,12,255\n", NumberTable),
            (b"label,1x1,1x2", NumberTable),
            (b"version https://git-lfs.github.com/spec/v1", LfsPointer),
        ] {
            assert_eq!(of(start), Some(kind), "{}", String::from_utf8_lossy(start));
            assert!(!kind.name().is_empty());
        }
        for start in [&b"t1,t2\n0.01,0.99"[..], b"", b"BMI,height", b"Dear diary", &[0, 0, 8, 3, 0, 0, 0, 1, 0, 0]] {
            assert_eq!(of(start), None, "{}", String::from_utf8_lossy(start));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(start: Vec<u8>) {
            let _ = of(&start);
        }
    }
}
