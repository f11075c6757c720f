//! The net's answer: a sentence, and a bar for each digit.

use leptos::prelude::*;

use super::pad_state::PadState;
use crate::drawing::whole_percent;
use crate::mnist::CLASSES;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{part, text, words};

/// The sentence, the bars, and which net it is.
#[component]
pub(crate) fn AnswerView() -> impl IntoView {
    let state: PadState = expect_context();
    let bar = move |digit: usize| {
        let share = move || state.answer.get().map(|answer| answer.shares()[digit]);
        let is_best = move || state.answer.get().is_some_and(|answer| answer.digit() == digit);
        let label = move || share().map_or_else(|| "–".to_owned(), whole_percent);
        view! {
            <li class:best=is_best style:--share=text(move || share().unwrap_or_default())>
                <span class="bar-digit">{digit}</span>
                <span class="bar-track"></span>
                <span class="bar-share" translate="no" prop:textContent=words(label)></span>
            </li>
        }
    };
    let obstacle = move || {
        state.answering.obstacle.get().map(|obstacle| {
            view! {
                <div class="pad-obstacle" role="alert">
                    <p>{obstacle.to_string()}</p>
                    <button type="button" on:click=move |_| state.answering.try_again()>"Try again"</button>
                </div>
            }
        })
    };
    let line = move || {
        state.answering.weights.with(|weights| weights.as_ref().map(|weights| weights.line.clone())).unwrap_or_default()
    };
    view! {
        <section class="pad-answer" aria-label="What the net says">
            <p class="pad-verdict" class:sure=move || state.is_sure() aria-hidden="true" prop:textContent=words(move || state.sentence())></p>
            <p class="visually-hidden" role="status" prop:textContent=words(move || state.spoken.get())></p>
            {part(obstacle)}
            <ul class="pad-bars" aria-label="How sure the net is of each digit">{(0..CLASSES).map(bar).collect_view()}</ul>
            <p class="hint pad-net" prop:textContent=words(line)></p>
        </section>
    }
}
