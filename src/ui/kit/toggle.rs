//! A box to be ticked.

use leptos::prelude::*;

/// Shows a signal as a box with its name, and sets it.
#[component]
pub(crate) fn Toggle(
    /// What is switched on.
    name: &'static str,
    /// Whether it is on.
    on: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <label class="toggle">
            <input type="checkbox" prop:checked=on on:change=move |event| on.set(event_target_checked(&event))/>
            {name}
        </label>
    }
}
