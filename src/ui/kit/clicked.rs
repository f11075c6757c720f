//! Which part of some markup an event is about: the parts that mean something have an attribute that says what.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event};

/// Returns the innermost part with this attribute at which an event happened, and the attribute's value.
pub(crate) fn part(event: &Event, attribute: &str) -> Option<(Element, String)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let part = target.closest(&format!("[{attribute}]")).ok()??;
    let value = part.get_attribute(attribute)?;
    Some((part, value))
}
