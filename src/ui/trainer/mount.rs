//! The trainer's lab takes its place in the page.

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::lab::TrainerLab;
use super::slot::SLOT;
use crate::ui::kit::theme::provide_dark;

/// Mounts the lab to its place, in a wasm of its own: it shares with the page what is in the DOM, and nothing else.
pub fn mount_trainer() {
    let slot = document().get_element_by_id(SLOT).and_then(|slot| slot.dyn_into::<web_sys::HtmlElement>().ok());
    // The page may have been left while the lab was on its way.
    let Some(slot) = slot else { return };
    slot.set_inner_html("");
    mount_to(slot, || {
        provide_dark();
        view! { <TrainerLab/> }
    })
    .forget();
}
