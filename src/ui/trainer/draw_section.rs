//! The section in which the user draws a digit. The pad in it is a wasm of its own, which is fetched when the section is
//! first opened.

use leptos::prelude::*;
use web_sys::Element;

use crate::ui::kit::dynamic::{Show, text};
use crate::ui::kit::slot::Slot;
use crate::ui::net_bridge;

/// The id of what the button opens.
const PANEL: &str = "draw-panel";

/// The share of the window's height below which there is no room for a pad.
const LOWEST: f64 = 0.5;

/// Scrolls to the upper end of an element if it is far down in the window, or below it.
fn show_top(element: &Element) {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    if element.get_bounding_client_rect().top() > LOWEST * height {
        element.scroll_into_view_with_bool(true);
    }
}

/// The button, and below it the place of the pad.
#[component]
pub(crate) fn DrawSection() -> impl IntoView {
    let is_open = RwSignal::new(false);
    let was_opened = RwSignal::new(false);
    let section = NodeRef::<leptos::html::Section>::new();
    net_bridge::on_image(move || {
        is_open.set(true);
        was_opened.set(true);
        request_animation_frame(move || {
            if let Some(section) = section.get_untracked() {
                show_top(&section);
            }
        });
    });
    let toggle = move |_| {
        is_open.update(|is_open| *is_open = !*is_open);
        was_opened.set(true);
    };
    view! {
        <section class="draw" aria-label="Draw a digit" node_ref=section>
            <h2>
                <button type="button" class="draw-opener" aria-expanded=text(move || is_open.get()) aria-controls=PANEL on:click=toggle>"Draw a digit"</button>
            </h2>
            <p class="hint">"The net reads it at once. No training is needed first."</p>
            <div id=PANEL class="draw-panel" hidden=move || !is_open.get()>
                <Show when=move || was_opened.get()><Slot code="inside" name="The pad"/></Show>
            </div>
        </section>
    }
}
