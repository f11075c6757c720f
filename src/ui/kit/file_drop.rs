//! Files that are dropped on the page.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, Event, File};

use super::file_input;

/// Keeps the browser from leaving the page for whatever is dropped on it: files, links and pictures. Text can still be
/// dropped into fields.
pub(crate) fn stay_on_page() {
    for name in ["dragover", "drop"] {
        let _ = window_event_listener_untyped(name, |event: Event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let is_field = target.is_some_and(|target| target.tag_name() == "INPUT");
            if !is_field || holds_files(&event) {
                event.prevent_default();
            }
        });
    }
}

/// Calls `take` with the files that are dropped anywhere on the page.
pub(crate) fn listen(take: impl Fn(Vec<File>) + 'static) -> WindowListenerHandle {
    window_event_listener_untyped("drop", move |event: Event| {
        let transfer = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
        let files = file_input::list(transfer.and_then(|transfer| transfer.files()));
        if !files.is_empty() {
            take(files);
        }
    })
}

fn holds_files(event: &Event) -> bool {
    let transfer = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer);
    transfer.is_some_and(|transfer| transfer.types().includes(&"Files".into(), 0))
}

/// Scrolls to an element unless the user sees it.
pub(crate) fn show(element: &Element) {
    let place = element.get_bounding_client_rect();
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    if place.top() < 0.0 || place.bottom() > height {
        element.scroll_into_view_with_bool(false);
    }
}
