//! The place of the trainer in the page. The trainer's wasm is fetched when the user first opens it.

use leptos::prelude::*;

use crate::ui::kit::memo::effect;
use crate::wire::build::{BUILD, loader};
use crate::wire::window_script::load_lab;

/// The id of the element that the trainer is mounted to.
pub(crate) const SLOT: &str = "trainer-lab";
/// The attribute of that element which says that the trainer is there.
pub(crate) const MOUNTED: &str = "data-mounted";
/// The attribute of that element which names the build of the page.
pub(crate) const PAGE_BUILD: &str = "data-build";

/// The trainer's place. Until the trainer is mounted there, the page's script shows in it how loading gets on
/// (`assets/start.js`).
#[component]
pub(crate) fn TrainerSlot() -> impl IntoView {
    effect(|| load_lab(&loader("lab")));
    view! { <div id=SLOT class="slot" data-build=BUILD></div> }
}

/// Whether the trainer is there and shown.
pub(crate) fn is_shown() -> bool {
    let slot = document().get_element_by_id(SLOT).filter(|slot| slot.has_attribute(MOUNTED));
    // The lab that is not shown is hidden.
    slot.is_some_and(|slot| slot.closest("[hidden]").is_ok_and(|hidden| hidden.is_none()))
}
