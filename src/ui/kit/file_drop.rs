//! Files that are dropped on a part of the page.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{DataTransfer, DragEvent, File};

use super::file_input;

/// Calls `take` with the files that are dropped on the element with this id. The page around the element, which takes
/// dropped files too, does not get them.
pub(crate) fn listen(element: &str, take: impl Fn(Vec<File>) + 'static) {
    let Some(element) = document().get_element_by_id(element) else { return };
    let over = Closure::<dyn FnMut(DragEvent)>::new(move |event: DragEvent| {
        if dragged_files(&event).is_some() {
            event.prevent_default();
            event.stop_propagation();
        }
    });
    let drop = Closure::<dyn FnMut(DragEvent)>::new(move |event: DragEvent| {
        if let Some(dragged) = dragged_files(&event) {
            event.prevent_default();
            event.stop_propagation();
            let files = file_input::list(dragged.files());
            if !files.is_empty() {
                take(files);
            }
        }
    });
    for (name, closure) in [("dragover", over), ("drop", drop)] {
        // Adding a listener to an element cannot fail.
        let _ = element.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        // The element stays in the page until the page is closed, and so do its listeners.
        closure.forget();
    }
}

/// Returns what the user drags, if that is files; `None` for dragged text.
pub(crate) fn dragged_files(event: &DragEvent) -> Option<DataTransfer> {
    event.data_transfer().filter(|transfer| transfer.types().includes(&"Files".into(), 0))
}
