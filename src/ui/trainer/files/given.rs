//! Files that the user gave to the trainer, in the file dialog or by dropping them.

use web_sys::File;

use crate::ui::kit::file_input::names;

/// What is to be done with the files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Test the weights in the first file.
    Weights,
    /// Use the files as the data set.
    Data,
}

/// `Given` holds files until they are read.
pub(crate) struct Given {
    pub(super) task: Task,
    pub(super) files: Vec<File>,
    /// Whether the files were dropped, so that the page decided what they are.
    pub(super) were_dropped: bool,
}

impl Given {
    /// Says that the files are read when the present ones are done, and so many `others` that wait already. However many
    /// wait, the text grows only twice.
    pub(super) fn waits(&self, others: usize) -> String {
        match others {
            0 => format!(" Next: {}.", names(&self.files)),
            1 => " More files wait.".to_owned(),
            _ => String::new(),
        }
    }
}
