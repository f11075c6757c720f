//! Files with weights that the safetensors library refuses: a harmless one is repaired, any other gets a sentence that says
//! what it is.

use safetensors::tensor::SafeTensorError;
use serde_json::{Map, Value};

use super::error::WeightsFileError;
use crate::file_kind::{self, FileKind};

/// The length of the number at the start of a file, which says how long the header is.
const LENGTH: usize = 8;

/// Returns a file without its metadata. Some programs write numbers as metadata, which the format does not allow, but this
/// net needs no metadata. `None` if that does not help.
pub(super) fn without_metadata(bytes: &[u8]) -> Option<Vec<u8>> {
    let (length, rest) = bytes.split_first_chunk::<LENGTH>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (header, numbers) = rest.split_at_checked(length)?;
    let mut header: Map<String, Value> = serde_json::from_slice(header).ok()?;
    header.remove("__metadata__")?;
    let header = serde_json::to_vec(&header).ok()?;
    Some([&(header.len() as u64).to_le_bytes(), header.as_slice(), numbers].concat())
}

/// Says why bytes are no safetensors file.
pub(super) fn say_why(bytes: &[u8], error: &SafeTensorError) -> WeightsFileError {
    let contains = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    let kind = file_kind::of(bytes).filter(|kind| *kind != FileKind::Safetensors);
    let has_header = bytes.get(LENGTH) == Some(&b'{');
    // torch.save puts its pickle into a zip archive, where the name may stand far behind the start.
    if kind == Some(FileKind::Pickle) || kind == Some(FileKind::Zip) && contains(b"data.pkl") {
        return WeightsFileError::Pickle;
    }
    WeightsFileError::Malformed(match (error, kind) {
        _ if bytes.is_empty() => "The file is empty.".to_owned(),
        (_, Some(kind)) if !has_header => format!("This is {}. {}.", kind.name(), advice(kind)),
        (SafeTensorError::MetadataIncompleteBuffer, _) => {
            "The file is damaged: its length is wrong. Perhaps its end is missing. Download or export it again."
                .to_owned()
        }
        _ if !has_header => "This is not a safetensors file.".to_owned(),
        (SafeTensorError::InvalidHeaderLength, _) => {
            "The file is damaged: it ends inside its header. Download or export it again.".to_owned()
        }
        _ => "The file is damaged: its header is wrong. Download or export it again.".to_owned(),
    })
}

/// Returns what to do about a file of another kind, without the full stop.
fn advice(kind: FileKind) -> &'static str {
    use FileKind::{Hdf5, Keras, LfsPointer, Markup, NumPy, Office, OldExcel, OldOffice, Runs, WebPage, Xml};
    match kind {
        kind if kind.is_archive() => "Unpack it, then choose the safetensors file in it",
        kind if kind.is_packed() => "Unpack it first",
        WebPage | Markup | Xml => "Perhaps the download failed: download the file again",
        LfsPointer => "Download the file itself",
        Runs => "Use “Import…” at the list of runs",
        Office | OldOffice | OldExcel => "To check a workbook, choose “Sheet” at the top of the page and drop it there",
        NumPy => "Load it in Python with numpy.load, and save its arrays with safetensors.numpy.save_file",
        Hdf5 | Keras => {
            "Load it in Python with Keras, and save its weights, in PyTorch’s order, with safetensors.numpy.save_file"
        }
        _ => "Only safetensors files can be imported",
    }
}
