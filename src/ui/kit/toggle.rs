//! A labelled checkbox.

use leptos::prelude::*;

/// Shows a signal as a checkbox and sets the signal when the user clicks.
#[component]
pub(crate) fn Toggle(
    /// The label.
    name: &'static str,
    /// Whether the box is checked.
    on: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="toggle">
            <input type="checkbox" prop:checked=on on:change=move |event| on.set(event_target_checked(&event))/>
            {name}
        </label>
    }
}
