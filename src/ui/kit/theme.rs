//! Light or dark colours: the system's choice until the user chooses.

use leptos::prelude::*;

use super::context::expect_context;

/// The key of the choice in the local storage; `index.html` reads it before the first paint.
const KEY: &str = "theme";
/// The event that the window gets when the theme changes.
const CHANGE: &str = "themechange";

/// Whether the page is dark now. Charts read their colours again when this changes.
#[derive(Clone, Copy)]
pub(crate) struct Dark(pub(crate) RwSignal<bool>);

/// Reads the theme from the attribute of the root element.
fn is_dark() -> bool {
    let root = document().document_element();
    root.and_then(|root| root.get_attribute("data-theme")).as_deref() == Some("dark")
}

/// A button that switches between light and dark and stores the choice.
#[component]
pub(crate) fn ThemeButton() -> impl IntoView {
    let Dark(dark) = expect_context();
    let toggle = move |_| {
        let theme = if dark.get_untracked() { "light" } else { "dark" };
        if let Some(root) = document().document_element() {
            // Setting an attribute with a valid name cannot fail.
            let _ = root.set_attribute("data-theme", theme);
        }
        if let Ok(Some(storage)) = window().local_storage() {
            // If the storage is full or forbidden, only the choice is lost at the next visit.
            let _ = storage.set_item(KEY, theme);
        }
        if let Ok(event) = web_sys::Event::new(CHANGE) {
            // Dispatching an event of our own cannot fail. Listeners read the attribute.
            let _ = window().dispatch_event(&event);
        }
    };
    let name = move || if dark.get() { "Light theme" } else { "Dark theme" };
    view! {
        <button type="button" class="icon" on:click=toggle aria-label=name title=name>
            <svg viewBox="0 0 20 20" aria-hidden="true">
                <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" stroke-width="1.5"/>
                <path d="M10 2.5a7.5 7.5 0 0 1 0 15z" fill="currentColor"/>
            </svg>
        </button>
    }
}

/// Provides [`Dark`] to the components inside. Parts of the page may be separate WebAssembly programs, so a change
/// travels as an event of the window.
pub(crate) fn provide_dark() {
    let dark = RwSignal::new(is_dark());
    let listener = window_event_listener_untyped(CHANGE, move |_| dark.set(is_dark()));
    on_cleanup(move || listener.remove());
    provide_context(Dark(dark));
}
