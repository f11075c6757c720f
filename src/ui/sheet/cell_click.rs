//! Which column a click is about: parts of the page that show a number name its column in an attribute.

use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::sheet::Column;

/// Returns the column that the element under the mouse names, and that element.
pub(crate) fn column_of(event: &web_sys::MouseEvent) -> Option<(Column, Element)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let part = target.closest("[data-column]").ok()??;
    let index: usize = part.get_attribute("data-column")?.parse().ok()?;
    Some((*Column::WITH_DELTAS.get(index)?, part))
}
