//! Files from the browser's own dialog, or dropped on the page.

use leptos::html::Input;
use leptos::prelude::*;
use web_sys::{DataTransfer, DragEvent, File, FileList};

/// Opens the dialog of a hidden field.
pub(crate) fn open(input: NodeRef<Input>) {
    if let Some(input) = input.get_untracked() {
        input.click();
    }
}

/// The files that were chosen. The field is emptied, so that the same ones can be chosen again, corrected.
pub(crate) fn chosen(input: NodeRef<Input>) -> Vec<File> {
    let Some(input) = input.get_untracked() else { return Vec::new() };
    let files = list(input.files());
    input.set_value("");
    files
}

/// The files of a list, if there is one.
pub(crate) fn list(files: Option<FileList>) -> Vec<File> {
    files.map(|files| (0..files.length()).filter_map(|index| files.get(index)).collect()).unwrap_or_default()
}

/// What a drag carries, if that is files and not a piece of text.
pub(crate) fn carried(event: &DragEvent) -> Option<DataTransfer> {
    event.data_transfer().filter(|transfer| transfer.types().includes(&"Files".into(), 0))
}
