//! The section in which the user draws a digit. The pad in it is a wasm of its own, which is fetched when the section is
//! first opened.

use leptos::prelude::*;

use crate::ui::kit::dynamic::{Show, text};
use crate::ui::kit::slot::Slot;
use crate::ui::net_bridge;

/// The id of what the button opens.
const PANEL: &str = "draw-panel";

/// The button, and below it the place of the pad.
#[component]
pub(crate) fn DrawSection() -> impl IntoView {
    let is_open = RwSignal::new(false);
    let was_opened = RwSignal::new(false);
    net_bridge::on_image(move || {
        is_open.set(true);
        was_opened.set(true);
    });
    let toggle = move |_| {
        is_open.update(|is_open| *is_open = !*is_open);
        was_opened.set(true);
    };
    view! {
        <section class="draw" aria-label="Draw a digit">
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
