//! Files that are dropped on the trainer.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{DragEvent, File};

use super::file_input;
use super::trainer_slot::SLOT;

/// Lets `take` have the files that are dropped anywhere on the trainer. The page around it, which takes files for the
/// sheet, does not hear of them.
pub(super) fn listen(take: impl Fn(Vec<File>) + 'static) {
    let Some(slot) = document().get_element_by_id(SLOT) else { return };
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
        let _ = slot.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
        // The lab is there as long as the page is.
        closure.forget();
    }
}
