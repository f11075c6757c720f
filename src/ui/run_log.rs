//! The run's log in the classic form.

use leptos::html::Pre;
use leptos::prelude::*;

use super::context::expect_context;
use super::memo::{effect, memo};
use super::trainer_state::TrainerState;

/// The region "Log". It follows its end.
#[component]
pub(super) fn RunLog() -> impl IntoView {
    let state: TrainerState = expect_context();
    let lines = memo(move || state.run.with(|run| run.record.log_lines()));
    let text = NodeRef::<Pre>::new();
    effect(move || {
        lines.track();
        if let Some(text) = text.get() {
            request_animation_frame(move || text.set_scroll_top(text.scroll_height()));
        }
    });
    view! {
        <section class="log" aria-label="Run log">
            <h2>"Log"</h2>
            // Not live: a screen reader hears one sentence an epoch from the strip instead.
            <pre role="log" aria-live="off" aria-label="Log" tabindex="0" node_ref=text>
                {move || {
                    let lines = lines.get();
                    if lines.is_empty() { "Each epoch writes two lines here.".to_owned() } else { lines.join("\n") }
                }}
            </pre>
        </section>
    }
}
