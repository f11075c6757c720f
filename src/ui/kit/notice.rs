//! A notice over the page, which the user dismisses.

use leptos::prelude::*;

use super::dynamic::words;

/// Shows a message while there is one, and reads it out.
#[component]
pub(crate) fn Notice(
    /// The message; "Dismiss" removes it.
    message: RwSignal<Option<String>>,
) -> impl IntoView {
    view! {
        // The element is always in the page: a screen reader reads out only what changes in an element that it knows.
        <div class="notice-bar" role="alert" hidden=move || message.with(Option::is_none)>
            <p prop:textContent=words(move || message.get().unwrap_or_default())></p>
            <button type="button" on:click=move |_| message.set(None)>"Dismiss"</button>
        </div>
    }
}
