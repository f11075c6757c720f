//! The place in the page of a part that is a wasm of its own: the trainer's lab, its pad, and the sheet's tools. A part is fetched
//! when it is first needed, and shares the page's document, and nothing else.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::memo::effect;
use crate::wire::build::{BUILD, loader};
use crate::wire::window_script::{load_part, refuse_part};

/// The attribute of a slot which names its part's binary.
const CODE: &str = "data-code";
/// The attribute of a slot which says that the part is there.
const MOUNTED: &str = "data-mounted";
/// The attribute of a slot which names the build of the page.
const PAGE_BUILD: &str = "data-build";

/// The place of a part. Until the part is mounted there, the page's script shows in it how loading gets on
/// (`assets/start.js`).
#[component]
pub(crate) fn Slot(
    /// The name of the part's binary.
    code: &'static str,
    /// The name of the part at the beginning of a sentence.
    name: &'static str,
) -> impl IntoView {
    effect(move || load_part(&loader(code)));
    view! { <div class="slot" data-code=code data-name=name data-build=BUILD></div> }
}

/// Returns the emptied slot of the part that calls this, once. `None` if the user has left the page while the part was
/// loading, if an earlier attempt has succeeded after all, or if the page is of another build.
pub(crate) fn take(code: &str) -> Option<HtmlElement> {
    let slot = document().query_selector(&format!("[{CODE}={code}]")).ok()??.dyn_into::<HtmlElement>().ok()?;
    if slot.get_attribute(PAGE_BUILD).as_deref() != Some(BUILD) {
        refuse_part(&slot);
        return None;
    }
    if slot.has_attribute(MOUNTED) {
        return None;
    }
    // An element accepts every attribute with a valid name.
    let _ = slot.set_attribute(MOUNTED, "");
    slot.set_inner_html("");
    Some(slot)
}

/// Whether a part is there and shown.
pub(crate) fn is_shown(code: &str) -> bool {
    let slot = document().query_selector(&format!("[{CODE}={code}][{MOUNTED}]")).ok().flatten();
    // The lab that is not shown is hidden.
    slot.is_some_and(|slot| slot.closest("[hidden]").is_ok_and(|hidden| hidden.is_none()))
}
