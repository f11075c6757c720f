//! Pages that only a printer shows: the sheet, or an exercise and its answer key. The exchange worker makes them.

use leptos::ev;
use leptos::prelude::*;

use super::files_state::Files;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::effect;

/// Prints pages as soon as there are any.
#[component]
pub(crate) fn Paper() -> impl IntoView {
    let paper = expect_context::<Files>().paper;
    effect(move || {
        if paper.with(|pages| !pages.is_empty()) {
            // The pages are in the document one frame later. If the browser cannot print, they stay invisible.
            request_animation_frame(|| {
                let _ = window().print();
            });
        }
    });
    // Phones say at once that the printing is over, and draw the pages later. So the pages stay until the user does
    // something else on the page.
    let remove = move || {
        if paper.with_untracked(|pages| !pages.is_empty()) {
            paper.set(String::new());
        }
    };
    let pointer = window_event_listener(ev::pointerdown, move |_| remove());
    let key = window_event_listener(ev::keydown, move |_| remove());
    on_cleanup(move || {
        pointer.remove();
        key.remove();
    });
    view! { <div class="paper" inner_html=move || paper.get()></div> }
}
