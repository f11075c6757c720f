//! The net's answer: a sentence, and a bar for each digit.

use leptos::prelude::*;

use super::pad_state::PadState;
use super::weights::Net;
use crate::drawing::trained;
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
            <li class:best=is_best class:wrong=move || state.is_wrong() style:--share=text(move || share().unwrap_or_default())>
                <span class="bar-digit">{digit}</span>
                <span class="bar-track"></span>
                <span class="bar-share" translate="no" prop:textContent=words(label)></span>
            </li>
        }
    };
    let answering = state.answering;
    let obstacle = move || {
        answering.obstacle.get().filter(|_| answering.net() == Net::Trained).map(|obstacle| {
            view! {
                <div class="pad-obstacle" role="alert">
                    <p>{obstacle.to_string()}</p>
                    <button type="button" on:click=move |_| answering.try_again()>"Try again"</button>
                </div>
            }
        })
    };
    let choice = move |net: Net, label: String| {
        let is_chosen = move || answering.net() == net;
        let is_missing = move || net == Net::InTraining && !answering.has_own();
        view! {
            <label class="pad-net">
                <input type="radio" name="net" prop:checked=is_chosen disabled=is_missing on:change=move |_| answering.chosen.set(Some(net))/>
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <section class="pad-answer" aria-label="What the net says">
            <p class="pad-verdict" class:sure=move || state.is_sure() aria-hidden="true" prop:textContent=words(move || state.sentence())></p>
            <p class="hint pad-truth" aria-hidden="true" prop:textContent=words(move || state.truth())></p>
            <p class="visually-hidden" role="status" prop:textContent=words(move || state.spoken.get())></p>
            {part(obstacle)}
            <ul class="pad-bars" aria-label="How sure the net is of each digit">{(0..CLASSES).map(bar).collect_view()}</ul>
            <fieldset class="pad-nets">
                <legend>"Which net reads it?"</legend>
                {choice(Net::InTraining, "The net of this run, while it learns and after".to_owned())}
                {choice(Net::Trained, trained::line())}
            </fieldset>
        </section>
    }
}
