//! Which column a click is about: parts of the page that show a number name its column in an attribute.

use web_sys::{Element, MouseEvent};

use crate::sheet::Column;
use crate::ui::kit::clicked;

/// Returns the column that the element under the mouse names, and that element.
pub(crate) fn column_of(event: &MouseEvent) -> Option<(Column, Element)> {
    let (part, index) = clicked::part(event, "data-column")?;
    Some((*Column::WITH_DELTAS.get(index.parse::<usize>().ok()?)?, part))
}

/// Returns the row of the table in which an element is; `None` outside of the table.
pub(crate) fn row_of(element: &Element) -> Option<usize> {
    element.closest("[data-row]").ok()??.get_attribute("data-row")?.parse().ok()
}
