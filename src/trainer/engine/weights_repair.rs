//! Files with weights that the safetensors library refuses: a harmless one is repaired, any other gets a sentence that says
//! what it is.

use safetensors::tensor::SafeTensorError;
use serde_json::{Map, Value};

use super::weights_file_error::WeightsFileError;

/// The first bytes of files that are no safetensors files, and the rest of a sentence that begins with "This is".
const KINDS: [(&[u8], &str); 8] = [
    (b"PK", "a zip archive. Unpack it, then choose the safetensors file in it"),
    (b"\x1f\x8b", "packed with gzip. Unpack it first"),
    (b"<", "a web page. Perhaps the download failed: download the file again"),
    (b"\x89HDF", "a file of Keras (HDF5). Only safetensors files can be imported"),
    (b"\x93NUMPY", "a NumPy array. Only safetensors files can be imported"),
    (b"GGUF", "a GGUF file. Only safetensors files can be imported"),
    (b"version https://git-lfs", "only a pointer to the file, made by Git LFS. Download the file itself"),
    (b"{", "a text in JSON. Only safetensors files can be imported"),
];

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
    let start = bytes.trim_ascii_start();
    let has_header = bytes.get(LENGTH) == Some(&b'{');
    // A pickle begins with its version. torch.save puts it into a zip archive, as it did not long ago.
    if matches!(bytes, [0x80, 2..=5, ..]) || bytes.starts_with(b"PK") && contains(b"data.pkl") {
        return WeightsFileError::Pickle;
    }
    WeightsFileError::Malformed(match error {
        _ if bytes.is_empty() => "The file is empty.".to_owned(),
        _ if !has_header && let Some((_, what)) = KINDS.iter().find(|(first, _)| start.starts_with(first)) => {
            format!("This is {what}.")
        }
        SafeTensorError::MetadataIncompleteBuffer => {
            "The file is damaged: its length is wrong. Perhaps its end is missing.".to_owned()
        }
        _ if !has_header => "This is not a safetensors file.".to_owned(),
        SafeTensorError::InvalidHeaderLength => "The file is damaged: it ends inside its header.".to_owned(),
        error => format!("The file is damaged: {error}."),
    })
}
