//! Mounts the trainer in the page.

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::lab::TrainerLab;
use super::slot::{MOUNTED, PAGE_BUILD, SLOT};
use crate::ui::kit::theme::provide_dark;
use crate::wire::build::BUILD;
use crate::wire::window_script::refuse_lab;

/// Mounts the trainer in its slot of the page. The trainer is a wasm of its own: it shares the DOM with the page, and
/// nothing else.
pub fn mount_trainer() {
    let slot = document().get_element_by_id(SLOT).and_then(|slot| slot.dyn_into::<web_sys::HtmlElement>().ok());
    // The slot is missing if the user has left the page while the trainer was loading.
    let Some(slot) = slot else { return };
    if slot.get_attribute(PAGE_BUILD).as_deref() != Some(BUILD) {
        return refuse_lab(&slot);
    }
    // An earlier attempt to load the trainer has succeeded after all.
    if slot.has_attribute(MOUNTED) {
        return;
    }
    // An element accepts every attribute with a valid name.
    let _ = slot.set_attribute(MOUNTED, "");
    slot.set_inner_html("");
    mount_to(slot, || {
        provide_dark();
        view! { <TrainerLab/> }
    })
    .forget();
}
