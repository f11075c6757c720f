//! Files that are dropped on a part of the page.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{DragEvent, File};

use super::file_input;

/// Hands `take` the files that are dropped anywhere on the element with this id. The page around the element, which takes
/// dropped files too, does not get them.
pub(crate) fn listen(element: &str, take: impl Fn(Vec<File>) + 'static) {
    let Some(element) = document().get_element_by_id(element) else { return };
    let over = Closure::<dyn FnMut(DragEvent)>::new(move |event: DragEvent| {
        if file_input::carried(&event).is_some() {
            event.prevent_default();
            event.stop_propagation();
        }
    });
    let drop = Closure::<dyn FnMut(DragEvent)>::new(move |event: DragEvent| {
        if let Some(carried) = file_input::carried(&event) {
            event.prevent_default();
            event.stop_propagation();
            let files = file_input::list(carried.files());
            if !files.is_empty() {
                take(files);
            }
        }
    });
    for (name, closure) in [("dragover", over), ("drop", drop)] {
        // Listening to an element cannot fail.
        let _ = element.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        // The element is there as long as the page is.
        closure.forget();
    }
}
