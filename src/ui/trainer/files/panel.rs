//! "Weights" and "Data": what leaves the trainer as a file, and what enters it.

use leptos::html::Input;
use leptos::prelude::*;

use super::state::{Carry, Told};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{part, text};
use crate::ui::kit::file_drop;
use crate::ui::kit::file_input;
use crate::ui::kit::file_input::chosen;
use crate::ui::trainer::slot::SLOT;
use crate::ui::trainer::state::TrainerState;

/// The region with both. Files may also be dropped anywhere on the trainer.
#[component]
pub(crate) fn CarryPanel() -> impl IntoView {
    let carry: Carry = expect_context();
    file_drop::listen(SLOT, move |files| carry.take(files));
    view! {
        <section class="carry" aria-label="Weights and data">
            <WeightsPart/>
            <DataPart/>
        </section>
    }
}

#[component]
fn WeightsPart() -> impl IntoView {
    let carry: Carry = expect_context();
    let trainer: TrainerState = expect_context();
    let input = NodeRef::<Input>::new();
    let take = move |_| {
        if let Some(file) = chosen(input).into_iter().next() {
            carry.import(file);
        }
    };
    let can_train = move || !carry.busy.get() && !trainer.running.get();
    view! {
        <div class="carry-part">
            <h2>"Weights"</h2>
            <p class="hint">
                "As a safetensors file. PyTorch loads it into the notebook’s net; what PyTorch writes can be read here."
            </p>
            <div class="buttons">
                <button type="button" disabled=move || !carry.can_export() on:click=move |_| carry.export_current()>
                    "Export weights"
                </button>
                <button type="button" disabled=carry.busy on:click=move |_| file_input::open(input)>"Import weights…"</button>
                <button
                    type="button" class="primary" hidden=move || carry.imported.with(Option::is_none)
                    disabled=move || !can_train() on:click=move |_| carry.train_on()
                >"Train on from these weights"</button>
            </div>
            <input
                type="file" class="visually-hidden" tabindex="-1" aria-label="File of weights" accept=".safetensors"
                node_ref=input on:change=take
            />
            <Answer told=carry.weights/>
        </div>
    }
}

#[component]
fn DataPart() -> impl IntoView {
    let carry: Carry = expect_context();
    let trainer: TrainerState = expect_context();
    let input = NodeRef::<Input>::new();
    let take = move |_| {
        let files = chosen(input);
        if !files.is_empty() {
            carry.look(files);
        }
    };
    let in_use = move || match carry.own.get() {
        None => "MNIST: 60,000 images to learn from, 10,000 to test with.".to_owned(),
        Some(data) => data.sentence(),
    };
    let locked = move || carry.busy.get() || trainer.running.get();
    view! {
        <div class="carry-part">
            <h2>"Data"</h2>
            <p aria-label="Data in use">{text(in_use)}</p>
            <p class="hint">
                "Your own images of 28 by 28 pixels in ten classes, for example Fashion-MNIST: four IDX files, packed or not. \
                 Choose all four at once, or drop them here. They stay on your machine."
            </p>
            <div class="buttons">
                <button type="button" disabled=locked on:click=move |_| file_input::open(input)>"Use own data…"</button>
                <button
                    type="button" hidden=move || carry.own.with(Option::is_none) disabled=locked
                    on:click=move |_| carry.use_mnist()
                >"Use MNIST again"</button>
            </div>
            <input
                type="file" class="visually-hidden" tabindex="-1" aria-label="Files of a data set" multiple
                node_ref=input on:change=take
            />
            <Answer told=carry.data/>
        </div>
    }
}

/// What came of it.
#[component]
fn Answer(told: RwSignal<Told>) -> impl IntoView {
    let differences = part(move || {
        let differences = told.with(|told| told.differences.clone());
        let lines: Vec<_> = differences.into_iter().map(|line| view! { <li>{line}</li> }).collect();
        if lines.is_empty() { ().into_any() } else { view! { <ul class="carry-differences">{lines}</ul> }.into_any() }
    });
    view! {
        <div role="status" class="carry-told">
            <p class:failed=move || told.with(|told| told.failed)>{text(move || told.with(|told| told.text.clone()))}</p>
            {differences}
        </div>
    }
}
