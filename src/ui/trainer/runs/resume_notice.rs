//! The offers to resume a run: one that was interrupted, and one that has failed.

use leptos::prelude::*;

use super::state::KeptRunsState;
use super::title::title;
use crate::trainer::kept::offer::Offer;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, Words, part, words};
use crate::ui::trainer::state::TrainerState;

/// The notices above the trainer: a run that was interrupted, and what the page did after a failure.
#[component]
pub(crate) fn ResumeNotice() -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let trainer: TrainerState = expect_context();
    let has_notice = move || state.notice.with(|notice| !notice.is_empty());
    view! {
        // The element is there from the beginning, so that a screen reader reads its text when it changes.
        <div class="run-notices" role="status">
            {part(move || state.offer.with(|offer| offer.run().filter(|_| !trainer.running.get()).cloned()).map(|run| {
                let key = run.key();
                let place = run.record.plan.place(run.steps);
                let (resume, sentence) = (
                    format!("Resume at {place}"),
                    format!("The run “{}” ({}) was interrupted at {place}.", title(&run.record), run.record.plan.recipe.describe()),
                );
                view! {
                    <div class="run-notice">
                        <p prop:textContent=Words::from(sentence)></p>
                        <div class="buttons">
                            <button type="button" class="primary" on:click=move |_| state.resume(key) prop:textContent=Words::from(resume)></button>
                            <button type="button" on:click=move |_| state.offer.update(Offer::decide)>"Not now"</button>
                        </div>
                    </div>
                }
            }))}
            <Show when=has_notice>
                <div class="run-notice">
                    <p prop:textContent=words(move || state.notice.get())></p>
                    <button type="button" on:click=move |_| state.notice.set(String::new())>"Dismiss"</button>
                </div>
            </Show>
        </div>
    }
}

/// The button, beside the failure's message, that does what is offered.
#[component]
pub(crate) fn RemedyButton() -> impl IntoView {
    let state: KeptRunsState = expect_context();
    let trainer: TrainerState = expect_context();
    part(move || {
        let label = trainer.run.with_untracked(|run| state.remedy.with(|remedy| remedy.label(&run.record.plan)));
        label.map(
            |label| view! { <button type="button" class="primary" on:click=move |_| state.accept_remedy() prop:textContent=Words::from(label)></button> },
        )
    })
}
