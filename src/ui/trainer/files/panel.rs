//! The panel "Weights and data": weights to export and to import, and the user's own data set.

use leptos::html::{Input, Section};
use leptos::prelude::*;

use super::dropped;
use super::given::{Given, Task};
use super::state::FilesState;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part, words};
use crate::ui::kit::file_drop;
use crate::ui::kit::file_input;
use crate::ui::kit::file_input::chosen;
use crate::ui::kit::slot;
use crate::ui::trainer::feedback::Feedback;
use crate::ui::trainer::runs::state::KeptRunsState;
use crate::ui::trainer::state::TrainerState;

/// The region with both parts. Files may also be dropped anywhere on the page while the trainer is shown.
#[component]
pub(crate) fn FilesPanel() -> impl IntoView {
    let state: FilesState = expect_context();
    let runs: KeptRunsState = expect_context();
    let place = NodeRef::<Section>::new();
    file_drop::listen(move |files| {
        if slot::is_shown("lab") {
            // The answer stands in the panel, which may be far below what the user sees.
            if let Some(place) = place.get_untracked() {
                file_drop::show(&place);
            }
            dropped::take(state, runs, files);
        }
    });
    view! {
        <section class="carry" aria-label="Weights and data" node_ref=place>
            <WeightsPart/>
            <DataPart/>
        </section>
    }
}

#[component]
fn WeightsPart() -> impl IntoView {
    let state: FilesState = expect_context();
    let trainer: TrainerState = expect_context();
    let input = NodeRef::<Input>::new();
    let take = move |_| {
        let files = chosen(input);
        if !files.is_empty() {
            state.give(Given { task: Task::Weights, files, were_dropped: false });
        }
    };
    let can_train = move || !state.busy.get() && !trainer.running.get();
    view! {
        <div class="carry-part">
            <h2>"Weights"</h2>
            <p class="hint">"Save the trained weights as a safetensors file. Works with PyTorch in both directions."</p>
            <div class="buttons">
                <button type="button" disabled=move || !state.can_export() on:click=move |_| state.export_current()>
                    "Export weights"
                </button>
                <button type="button" disabled=state.busy on:click=move |_| file_input::open(input)>"Import weights…"</button>
                <button
                    type="button" class="primary" hidden=move || state.imported.with(Option::is_none)
                    disabled=move || !can_train() on:click=move |_| state.train_with_imported()
                >"Train with these weights"</button>
            </div>
            <input
                type="file" class="visually-hidden" tabindex="-1" aria-label="File with weights" accept=".safetensors"
                node_ref=input on:change=take
            />
            <FeedbackText feedback=state.weights/>
        </div>
    }
}

#[component]
fn DataPart() -> impl IntoView {
    let state: FilesState = expect_context();
    let trainer: TrainerState = expect_context();
    let input = NodeRef::<Input>::new();
    let take = move |_| {
        let files = chosen(input);
        if !files.is_empty() {
            state.give(Given { task: Task::Data, files, were_dropped: false });
        }
    };
    let in_use = move || match state.own.get() {
        None => "MNIST: 60,000 images to learn from, 10,000 to test with.".to_owned(),
        Some(data) => data.sentence(),
    };
    let locked = move || state.busy.get() || trainer.running.get();
    view! {
        <div class="carry-part">
            <h2>"Data"</h2>
            <p aria-label="Data in use" prop:textContent=words(in_use)></p>
            <p class="hint">
                "You can train on your own images of 28 by 28 pixels in ten classes, for example Fashion-MNIST: four files \
                 in MNIST’s format (IDX, plain or .gz). Choose all four together, or drop them here. They stay on your \
                 computer."
            </p>
            <div class="buttons">
                <button type="button" disabled=locked on:click=move |_| file_input::open(input)>"Use your own data…"</button>
                <button
                    type="button" hidden=move || state.own.with(Option::is_none) disabled=locked
                    on:click=move |_| state.use_mnist()
                >"Use MNIST again"</button>
            </div>
            <input
                type="file" class="visually-hidden" tabindex="-1" aria-label="Files with a data set" multiple
                node_ref=input on:change=take
            />
            <FeedbackText feedback=state.data/>
        </div>
    }
}

/// The feedback under a part, with its details as a list.
#[component]
fn FeedbackText(feedback: RwSignal<Feedback>) -> impl IntoView {
    let details = part(move || {
        let details = feedback.with(|feedback| feedback.details.clone());
        let lines: Vec<_> =
            details.into_iter().map(|line| view! { <li prop:textContent=Words::from(line)></li> }).collect();
        if lines.is_empty() { ().into_any() } else { view! { <ul class="carry-differences">{lines}</ul> }.into_any() }
    });
    view! {
        <div role="status" class="carry-told">
            <p
                class:failed=move || feedback.with(|feedback| feedback.failed)
                prop:textContent=words(move || feedback.with(|feedback| feedback.text.clone()))
            ></p>
            {details}
        </div>
    }
}
