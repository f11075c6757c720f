//! Tabs after the ARIA pattern: the Tab key stops once, arrow keys move between the tabs.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::dynamic::{Words, part};
use super::keys::has_no_modifier;

/// Shows a row of tabs. The caller shows the panels, elements with the role `tabpanel` and the id [`panel_id`].
#[component]
pub(crate) fn Tabs<T: Copy + PartialEq + Send + Sync + 'static>(
    /// The accessible name of the row.
    label: &'static str,
    /// The beginning of the ids of tabs and panels.
    prefix: &'static str,
    /// The tabs and their names.
    #[prop(into)]
    tabs: Signal<Vec<(T, &'static str)>>,
    /// The chosen tab.
    #[prop(into)]
    chosen: Signal<T>,
    /// Chooses another tab.
    choose: impl Fn(T) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let on_key = move |event: KeyboardEvent| {
        // With Alt or the Command key, an arrow is the browser's way back.
        if !has_no_modifier(&event) {
            return;
        }
        let tabs = tabs.get_untracked();
        let here = tabs.iter().position(|(tab, _)| *tab == chosen.get_untracked()).unwrap_or_default();
        let to = match event.key().as_str() {
            "ArrowRight" => (here + 1) % tabs.len(),
            "ArrowLeft" => (here + tabs.len() - 1) % tabs.len(),
            "Home" => 0,
            "End" => tabs.len() - 1,
            _ => return,
        };
        event.prevent_default();
        choose(tabs[to].0);
        let tab = document().get_element_by_id(&tab_id(prefix, tabs[to].1));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok()) {
            // Focusing an element in the page cannot fail.
            let _ = tab.focus();
        }
    };
    let tab = move |(tab, name): (T, &'static str)| {
        let is_chosen = move || chosen.get() == tab;
        view! {
            <button
                type="button" role="tab" class="tab" id=tab_id(prefix, name) aria-controls=panel_id(prefix, name)
                aria-selected=move || is_chosen().to_string() tabindex=move || if is_chosen() { "0" } else { "-1" }
                on:click=move |_| choose(tab) prop:textContent=Words::from(name)
            ></button>
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=on_key>
            {part(move || tabs.get().into_iter().map(tab).collect_view())}
        </div>
    }
}

/// Returns the id of the tab with this name.
pub(crate) fn tab_id(prefix: &str, name: &str) -> String {
    format!("{prefix}-tab-{}", name.replace(' ', "-"))
}

/// Returns the id of the panel that belongs to the tab with this name.
pub(crate) fn panel_id(prefix: &str, name: &str) -> String {
    format!("{prefix}-panel-{}", name.replace(' ', "-"))
}
