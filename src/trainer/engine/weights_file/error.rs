//! The reasons why a file with weights cannot be imported.

use std::fmt;

/// The two lines of Python that turn a file of `torch.save` into a safetensors file.
const CONVERSION: [&str; 2] = [
    "import torch, safetensors.torch",
    "safetensors.torch.save_file(torch.load(\"weights.pt\", map_location=\"cpu\"), \"weights.safetensors\")",
];

/// The reason why a file cannot be imported. The `Display` goes on after the file's name and a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WeightsFileError {
    /// The file is no safetensors file, or is damaged: a sentence that says so.
    Malformed(String),
    /// The file holds Python objects, as `torch.save` writes them.
    Pickle,
    /// The file holds several nets, whose arrays have these prefixes.
    Several(Vec<String>),
    /// The file holds another net: one sentence for each array that differs.
    Different(Vec<String>),
    /// The file holds this net in the order of TensorFlow and Keras; one sentence for each array that differs.
    Transposed(Vec<String>),
}

impl WeightsFileError {
    /// Returns lines that explain the sentence: the differences to this net, or the two lines of Python that convert the
    /// file.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Malformed(_) | Self::Several(_) => Vec::new(),
            Self::Pickle => CONVERSION.map(str::to_owned).to_vec(),
            Self::Different(differences) | Self::Transposed(differences) => differences.clone(),
        }
    }
}

impl fmt::Display for WeightsFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(sentence) => f.write_str(sentence),
            Self::Pickle => f.write_str(
                "This file holds objects of Python, as torch.save writes them. If they are the weights of a net, these two \
                 lines of Python make a file that can be imported; write your file’s name in place of weights.pt.",
            ),
            Self::Several(prefixes) => {
                let prefixes: Vec<String> = prefixes.iter().map(|prefix| format!("“{prefix}”")).collect();
                write!(f, "This file holds several nets, named {}. Save only one of them.", prefixes.join(" and "))
            }
            Self::Different(differences) => {
                let count = differences.len();
                let differ = if count == 1 { "1 array differs" } else { &format!("{count} arrays differ") };
                write!(f, "These are not the weights of this net: {differ}.")
            }
            Self::Transposed(_) => f.write_str(
                "These weights are in the order of TensorFlow and Keras (height, width, in, out). This net needs PyTorch’s \
                 order (out, in, height, width): apply .transpose(3, 2, 0, 1) to the weight of each convolution.",
            ),
        }
    }
}

impl std::error::Error for WeightsFileError {}
