//! Files of other kinds that people choose in place of MNIST's files, recognised by their first bytes.

/// The first bytes of a file, what such a file is, and what to do about it.
const KINDS: [(&[u8], &str); 21] = [
    (b"PK\x03\x04", "a zip archive. Unpack it, then choose the four files in it"),
    (b"7z\xbc\xaf", "a 7z archive. Unpack it, then choose the four files in it"),
    (b"Rar!", "a RAR archive. Unpack it, then choose the four files in it"),
    (b"BZh", "packed with bzip2. Unpack it first"),
    (b"\xfd7zXZ", "packed with xz. Unpack it first"),
    (b"\x28\xb5\x2f\xfd", "packed with Zstandard. Unpack it first"),
    (b"\x89PNG", "a picture. This page reads pictures only in MNIST’s format, many in one file"),
    (b"\xff\xd8\xff", "a picture. This page reads pictures only in MNIST’s format, many in one file"),
    (b"GIF8", "a picture. This page reads pictures only in MNIST’s format, many in one file"),
    (b"BM", "a picture. This page reads pictures only in MNIST’s format, many in one file"),
    (b"<", "a web page. Perhaps the download failed: download the file again"),
    (b"\x93NUMPY", "a NumPy array. Save it in MNIST’s format (IDX)"),
    (b"PAR1", "a Parquet table. Save the images in MNIST’s format (IDX)"),
    (b"ARROW1", "an Arrow table. Save the images in MNIST’s format (IDX)"),
    (b"MATLAB", "a MATLAB file. Save the images in MNIST’s format (IDX)"),
    (b"\x89HDF", "an HDF5 file. Save the images in MNIST’s format (IDX)"),
    (b"\x80\x02", "a file that Python has pickled, for example by torch.save. Save the images in MNIST’s format (IDX)"),
    (b"version https://git-lfs", "only a pointer to the file, made by Git LFS. Download the file itself"),
    (b"%PDF", "a PDF document"),
    (b"label", "a table of numbers as text (CSV). Save the images in MNIST’s format (IDX)"),
    (b"{", "a text in JSON. Save the images in MNIST’s format (IDX)"),
];

/// The place in a tar archive where its name stands.
const TAR_AT: usize = 257;
/// The first bytes of a file with a line of numbers, as in Kaggle's tables, are of these.
const NUMERIC: &[u8] = b"0123456789.,; \t\r\n";

/// Returns what a file is, and what to do about it: the end of a sentence that begins with "… is". `None` when the first
/// bytes tell nothing.
pub(super) fn kind(start: &[u8]) -> Option<&'static str> {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let text = start.trim_ascii_start();
    if start.get(TAR_AT..TAR_AT + 5) == Some(b"ustar") {
        return Some("a tar archive. Unpack it, then choose the four files in it");
    }
    if text.len() >= 8 && text[..8].iter().all(|byte| NUMERIC.contains(byte)) {
        return Some("a table of numbers as text (CSV). Save the images in MNIST’s format (IDX)");
    }
    KINDS.iter().find(|(first, _)| text.starts_with(first) && !text.is_empty()).map(|(_, what)| *what)
}
