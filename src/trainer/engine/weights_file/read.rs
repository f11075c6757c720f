//! Reads weights that this page, PyTorch or another program has written.

use std::collections::BTreeSet;

use safetensors::SafeTensors;

use super::arrays::{Content, expected, first};
use super::error::WeightsFileError;
use super::repair::{say_why, without_metadata};
use crate::trainer::engine::parameter_layout::Layout;
use crate::trainer::run::training_state::TrainingState;

/// The most unknown arrays that are named to the user. The rest is counted.
const MOST_SURPLUS: usize = 20;

/// The length, in characters, at which an unknown array's name is cut.
const LONGEST_NAME: usize = 80;

/// `Imported` holds the content of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The weights and running statistics, without optimizer state. Averaged weights, if the run had them, are the
    /// weights of the file.
    pub training_state: TrainingState,
    /// The number of steps that the net was trained for, as the file says.
    pub steps: u64,
}

/// Reads weights that this module or PyTorch has written. Numbers of 16 and 64 bits are converted. A prefix that all names
/// have in common, such as `module.` or `_orig_mod.`, is left out.
///
/// # Errors
/// When the bytes are no whole safetensors file, or an array differs from this net's; the error lists all differences.
pub fn read(bytes: &[u8]) -> Result<Imported, WeightsFileError> {
    let repaired;
    let file = match SafeTensors::deserialize(bytes) {
        Ok(file) => file,
        Err(error) => {
            repaired = without_metadata(bytes).ok_or_else(|| say_why(bytes, &error))?;
            SafeTensors::deserialize(&repaired).map_err(|_| say_why(bytes, &error))?
        }
    };
    // Inserted one by one: collecting sorts, and sorting is a lot of code for a few names.
    let mut surplus = BTreeSet::new();
    surplus.extend(file.names().into_iter().map(str::to_owned));
    let prefix = prefix(&surplus)?;
    let layout = Layout::new();
    let mut values = vec![0.0; layout.len()];
    let (mut steps, mut differences) = (0, Vec::new());
    let mut transposed = 0;
    for array in expected(&layout) {
        let name = [&prefix, array.name.as_str()].concat();
        match file.tensor(&name) {
            // PyTorch does not need the number of steps, so some programs leave it out.
            Err(_) if array.range.is_none() => {}
            Err(_) => differences.push(format!("{name} is missing.")),
            Ok(view) => match array.read(&view) {
                Ok(Content::Numbers(range, numbers)) => values[range].copy_from_slice(&numbers),
                Ok(Content::Steps(taken)) => steps = steps.max(taken),
                Err(difference) => {
                    transposed += usize::from(array.is_transposed(view.shape()));
                    differences.push(format!("{name} {difference}."));
                }
            },
        }
        surplus.remove(&name);
    }
    differences.extend(surplus.iter().take(MOST_SURPLUS).map(|name| {
        let name: String = name.chars().take(LONGEST_NAME).collect();
        format!("{name} is not in this net.")
    }));
    if let Some(more @ 1..) = surplus.len().checked_sub(MOST_SURPLUS) {
        differences.push(format!("{more} more arrays are not in this net."));
    }
    match differences.len() {
        0 => Ok(Imported { training_state: TrainingState::from_flat(values, &layout), steps }),
        count if count == transposed => Err(WeightsFileError::Transposed(differences)),
        _ => Err(WeightsFileError::Different(differences)),
    }
}

/// Returns what the names of a file's arrays begin with, before the names of this net: nothing, or for example `module.`
/// from `DataParallel`, `_orig_mod.` from `torch.compile`, `model.` or `net.` from a class around the net.
///
/// # Errors
/// When there are several such prefixes, and so several nets.
fn prefix(names: &BTreeSet<String>) -> Result<String, WeightsFileError> {
    let first = first();
    let prefixes: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_suffix(first.as_str()))
        .filter(|prefix| prefix.is_empty() || prefix.ends_with('.'))
        .collect();
    match prefixes.as_slice() {
        [] => Ok(String::new()),
        several if several.contains(&"") => Ok(String::new()),
        [prefix] => Ok((*prefix).to_owned()),
        several => Err(WeightsFileError::Several(several.iter().map(|prefix| (*prefix).to_owned()).collect())),
    }
}
