//! The strip below the controls, which stay in their places when it comes and goes. On a first visit it says what this
//! page is and what to do, and is gone once that is done; with an experiment on the sheet it says what to watch.

use leptos::prelude::*;

use super::experiments::shown;
use super::state::SheetState;
use crate::sheet::lesson::Lesson;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Show, words};
use crate::ui::kit::memo::{effect, memo};

/// The key under which the browser remembers that the start is done.
const KEY: &str = "start";

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// Shows the start until its three steps are done, or the user closes it.
#[component]
pub(crate) fn Start() -> impl IntoView {
    let state: SheetState = expect_context();
    let is_known = storage().is_some_and(|storage| storage.get_item(KEY).ok().flatten().is_some());
    let done = RwSignal::new([is_known; 3]);
    let finish = move || done.set([true; 3]);
    effect(move || {
        let Lesson { learning_rate, .. } = state.lesson.get();
        let is_exhibit = shown(state).is_some();
        let stepped = state.row.get() > 0;
        let dragged = learning_rate != Lesson::CLASSIC.learning_rate && !is_exhibit;
        done.maybe_update(|done| {
            let before = *done;
            for (done, now) in done.iter_mut().zip([stepped, dragged, is_exhibit]) {
                *done |= now;
            }
            *done != before
        });
    });
    effect(move || {
        // If the browser forbids it, the start is there again at the next visit.
        if done.get() == [true; 3]
            && let Some(storage) = storage()
        {
            let _ = storage.set_item(KEY, "done");
        }
    });
    let exhibit =
        memo(move || shown(state).filter(|_| !state.is_practising()).map(|exhibit| (exhibit.name, exhibit.watch)));
    let name = move || exhibit.get().map_or("", |(name, _)| name);
    let watch = move || exhibit.get().map_or("", |(_, watch)| watch);
    let step = move |index: usize, text: &'static str| view! { <li class:done=move || done.get()[index]>{text}</li> };
    view! {
        <Show when=move || exhibit.get().is_some()>
            <section class="start" aria-label="Experiment" role="status">
                <p prop:textContent=words(name)></p>
                <span prop:textContent=words(watch)></span>
            </section>
        </Show>
        <Show when=move || exhibit.get().is_none() && done.get() != [true; 3] && !state.is_practising()>
            <section class="start" aria-label="Start">
                <p>"A tiny network learns two numbers. Every step and every number of it is here."</p>
                <ol>
                    {step(0, "Press Step")}
                    {step(1, "Drag η")}
                    {step(2, "Break it: Experiments")}
                </ol>
                <button type="button" aria-label="Close the start" on:click=move |_| finish()>"✕"</button>
            </section>
        </Show>
    }
}
