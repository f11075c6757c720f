//! What a file that is dropped on the trainer is for.

use super::FileKind::{Gguf, Hdf5, Json, Keras, NumberTable, Office, OldExcel, OldOffice, Pickle, Runs, Safetensors};
use super::of;

/// The ends of the names of files with weights, in lower case. Only the first can be imported; the page says how to convert
/// the others.
const WEIGHTS: [&str; 9] = [".safetensors", ".pt", ".pth", ".ckpt", ".h5", ".keras", ".onnx", ".tflite", ".gguf"];

/// The ends of the names of workbooks, in lower case.
const SHEETS: [&str; 9] = [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".fods", ".numbers", ".gsheet", ".tsv"];

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The weights of a net.
    Weights,
    /// A part of a data set.
    Data,
    /// Runs that the page has exported.
    Runs,
    /// A workbook or a table for the sheet.
    Sheet,
}

/// Returns what a file with this name and these first bytes is for. Its content decides, then its name; what neither of
/// them tells is a part of a data set, whose files may have any name.
pub fn purpose(name: &str, start: &[u8]) -> Purpose {
    let name = name.to_ascii_lowercase();
    // What is packed inside is for the same.
    let name = [".gz", ".zip"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let ends = |endings: &[&str]| endings.iter().any(|end| name.ends_with(end));
    match of(start) {
        Some(Runs) => Purpose::Runs,
        Some(Safetensors | Pickle | Hdf5 | Keras | Gguf) => Purpose::Weights,
        Some(Office | OldOffice | OldExcel) => Purpose::Sheet,
        _ if ends(&WEIGHTS) => Purpose::Weights,
        _ if ends(&SHEETS) => Purpose::Sheet,
        Some(NumberTable) => Purpose::Data,
        _ if ends(&[".csv"]) => Purpose::Sheet,
        Some(Json) => Purpose::Runs,
        _ if ends(&[".json"]) => Purpose::Runs,
        _ => Purpose::Data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_then_the_name() {
        for (name, start, expected) in [
            ("Model.SAFETENSORS", &b"<!doctype html>"[..], Purpose::Weights),
            ("weights.bin", b"\x40\x10\0\0\0\0\0\0{\"a\"", Purpose::Weights),
            ("model.pt", b"PK\x03\x04 archive/data.pkl", Purpose::Weights),
            ("model.safetensors.gz", b"\x1f\x8b\x08", Purpose::Weights),
            ("model.keras", b"PK\x03\x04metadata.json{\"keras_version\"", Purpose::Weights),
            ("runs.json", b"{\"format\":\"Gradsheet runs\"", Purpose::Runs),
            ("runs.json.txt", b"\xef\xbb\xbf{\"format\":\"Gradsheet runs\"", Purpose::Runs),
            ("runs.json", b"", Purpose::Runs),
            ("homework.xlsx", b"PK\x03\x04[Content_Types].xml", Purpose::Sheet),
            ("homework", b"PK\x03\x04\x14\0xl/workbook.xml", Purpose::Sheet),
            ("run.csv", b"t1,t2,i1\n", Purpose::Sheet),
            ("mnist_train.csv", b"5,0,0,0,0,0,0", Purpose::Data),
            ("train-images-idx3-ubyte", &[0, 0, 8, 3, 0, 0, 0, 1], Purpose::Data),
            ("train-images-idx3-ubyte.gz", b"\x1f\x8b\x08", Purpose::Data),
            ("mnist.zip", b"PK\x03\x04 archive", Purpose::Data),
            ("digit.png", b"\x89PNG", Purpose::Data),
        ] {
            assert_eq!(purpose(name, start), expected, "{name}");
        }
    }
}
