//! The files that the command reads and writes: the data set and weights.

use std::path::{Path, PathBuf};

use gradsheet::mnist::{DataError, Dataset, FILES, Problem};
use gradsheet::trainer::engine::weights_file;
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::training_state::TrainingState;

/// Reads the four files of the data set. Where one is missing, a file with the same name without `.gz` takes its place.
///
/// # Errors
/// A file is missing or wrong.
pub(crate) fn load_data(folder: Option<&Path>) -> Result<Dataset, DataError> {
    let folder = folder.map_or_else(default_folder, Path::to_path_buf);
    let read = |file: &str| {
        let packed = folder.join(file);
        let plain = packed.with_extension("");
        let path = if !packed.exists() && plain.exists() { plain } else { packed };
        let name = path.display().to_string();
        let bytes =
            std::fs::read(&path).map_err(|error| DataError::new(&name, Problem::Unreadable(error.to_string())))?;
        Ok((name, bytes))
    };
    let [a, b, c, d] = FILES;
    let files = [read(a)?, read(b)?, read(c)?, read(d)?];
    Dataset::parse(files.each_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
}

/// Returns the folder of the project's own data: below the current folder, or else where the command was built.
fn default_folder() -> PathBuf {
    let here = PathBuf::from("assets/mnist");
    if here.is_dir() { here } else { Path::new(env!("CARGO_MANIFEST_DIR")).join(here) }
}

/// Reads the weights in a safetensors file.
///
/// # Errors
/// The file is missing or does not fit the net; one line for each difference.
pub(crate) fn read_weights(path: &Path) -> Result<TrainingState, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{name} cannot be read: {error}."))?;
    let imported = weights_file::read(&bytes).map_err(|error| {
        let lines = [vec![format!("{name}: {error}")], error.lines()].concat();
        lines.join("\n")
    })?;
    Ok(imported.training_state)
}

/// Writes the weights of a checkpoint as a safetensors file.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write_weights(path: &Path, checkpoint: &Checkpoint) -> Result<(), String> {
    let bytes = weights_file::write(checkpoint).map_err(|error| error.to_string())?;
    std::fs::write(path, bytes).map_err(|error| format!("{} cannot be written: {error}.", path.display()))
}
