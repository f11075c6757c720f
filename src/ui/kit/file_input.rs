//! Files that the user chooses in the browser's own dialog.

use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{File, FileList};

/// Opens the browser's dialog for a hidden file field.
pub(crate) fn open(input: NodeRef<Input>) {
    if let Some(input) = input.get_untracked() {
        input.click();
    }
}

/// Returns the files that were chosen, and empties the field: a browser reports the same file only if the field was
/// empty before, and the user may choose it again after correcting it.
pub(crate) fn chosen(input: NodeRef<Input>) -> Vec<File> {
    let Some(input) = input.get_untracked() else { return Vec::new() };
    let files = list(input.files());
    input.set_value("");
    files
}

/// Returns the files of a browser's list; an empty vector for no list.
pub(crate) fn list(files: Option<FileList>) -> Vec<File> {
    files.map(|files| (0..files.length()).filter_map(|index| files.get(index)).collect()).unwrap_or_default()
}

/// Returns the files in an array.
pub(crate) fn list_of(array: &js_sys::Array) -> Vec<File> {
    array.iter().filter_map(|file| file.dyn_into().ok()).collect()
}

/// The largest number of files that are named.
const MOST_NAMES: usize = 3;

/// Names files for the user: the first few of many.
pub(crate) fn names(files: &[File]) -> String {
    let named: Vec<String> = files.iter().take(MOST_NAMES).map(|file| format!("“{}”", file.name())).collect();
    let named = named.join(", ");
    match files.len().saturating_sub(MOST_NAMES) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}
