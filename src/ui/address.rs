//! The fragment of the page's address, behind its `#`. It names the lab that is shown: `trainer`, perhaps with a recipe
//! behind a question mark, is the trainer's, and every other fragment is a link to a sheet.
//!
//! Each lab writes its own fragments: `sheet::address` and `trainer::recipe::address`.

use leptos::prelude::window;
use wasm_bindgen::JsValue;

use crate::link;

/// The beginning of the trainer's fragments.
pub(crate) const TRAINER: &str = "trainer";

/// The two labs of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lab {
    Sheet,
    Trainer,
}

impl Lab {
    /// The lab that a fragment names, whatever a chat may have made of it.
    pub(crate) fn of(fragment: &str) -> Self {
        if link::name(fragment) == TRAINER { Self::Trainer } else { Self::Sheet }
    }
}

/// Returns the present fragment, without its `#`.
pub(crate) fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or_default().to_owned()
}

/// Returns the page's full address with another fragment, as a link to pass on.
pub(crate) fn link_with(fragment: &str) -> String {
    let page = window().location().href().unwrap_or_default();
    let page = page.split('#').next().unwrap_or_default();
    format!("{page}#{fragment}")
}

/// Returns the data that this page stored with the present entry of the browser's history; null if it stored none.
pub(crate) fn entry_data() -> JsValue {
    window().history().and_then(|history| history.state()).unwrap_or(JsValue::NULL)
}

/// Replaces the data of the present history entry, and its fragment if there is a new one.
pub(crate) fn replace_entry(data: &JsValue, fragment: Option<&str>) {
    if let Ok(history) = window().history() {
        let url = fragment.map(|fragment| format!("#{fragment}"));
        // A browser refuses when there are too many changes within a short time; the next change writes the address.
        let _ = history.replace_state_with_url(data, "", url.as_deref());
    }
}
