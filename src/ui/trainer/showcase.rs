//! The showcase: forty test images, and what the net makes of each while it learns.

use std::sync::Arc;

use js_sys::Uint8Array;
use leptos::ev::KeyboardEvent;
use leptos::html::Ul;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlElement, Response};

use super::state::TrainerState;
use crate::mnist::{NAME, SHOWCASE, SIDE, Showcase};
use crate::trainer::run::guess::{Guess, in_words, score};
use crate::ui::kit::canvas::{context, put_ink};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{part, text, words};
use crate::ui::kit::keys::has_no_modifier;
use crate::ui::kit::memo::{effect, memo};
use crate::ui::net_bridge;

/// The images of the run's data set. Before a run with MNIST has begun, they come from a file of their own.
#[component]
pub(crate) fn DigitShowcase() -> impl IntoView {
    let state: TrainerState = expect_context();
    let of_mnist = RwSignal::new(None);
    spawn_local(async move { of_mnist.set(fetched().await.map(Arc::new)) });
    let of_run = memo(move || state.run.with(|run| run.showcase.clone()));
    let is_mnist = memo(move || state.run.with(|run| run.record.data.is_empty() || run.record.data == NAME));
    let images = memo(move || of_run.get().or_else(|| of_mnist.get().filter(|_| is_mnist.get())));
    let guesses = memo(move || state.run.with(|run| run.guesses.clone()));
    let summary = move || {
        let Some(images) = images.get() else { return "These images appear when training begins.".to_owned() };
        let found = guesses.with(|guesses| score(images.labels(), guesses));
        found.unwrap_or_else(|| "Press Train to see its guesses.".to_owned())
    };
    view! {
        <section class="showcase" aria-labelledby="showcase-title">
            <h2 id="showcase-title">"Digits that the net never learns from"</h2>
            <p class="showcase-score" prop:textContent=words(summary)></p>
            <p class="hint">"Below each: the net’s guess, and how sure it is. Click one to look closer."</p>
            {part(move || images.get().map(|images| view! { <Digits images guesses/> }))}
        </section>
    }
}

/// A list of images with the guesses below them. Each is a button that takes the image to the pad. The list is one stop of the
/// Tab key, and arrow keys move within it.
#[component]
fn Digits(images: Arc<Showcase>, guesses: Memo<Vec<Guess>>) -> impl IntoView {
    let current = RwSignal::new(0);
    let list = NodeRef::<Ul>::new();
    let count = images.labels().len();
    let move_focus = move |event: KeyboardEvent| {
        let at = current.get_untracked();
        let to = match event.key().as_str() {
            _ if !has_no_modifier(&event) => return,
            "ArrowRight" => (at + 1).min(count - 1),
            "ArrowLeft" => at.saturating_sub(1),
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        current.set(to);
        let button = list.get_untracked().and_then(|list| list.children().item(to as u32)?.first_element_child());
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            // A button of the list can be focused.
            let _ = button.focus();
        }
    };
    let digit = |(index, &label): (usize, &u8)| {
        let guess = move || guesses.with(|guesses| guesses.get(index).copied());
        let state = move || match guess() {
            None => "unknown",
            Some(guess) if guess.is(label) => "right",
            Some(_) => "wrong",
        };
        let share = move || guess().map(|guess| guess.of_label).filter(|share| !share.is_nan()).unwrap_or_default();
        let spoken = move || in_words(label, guess().as_ref());
        let canvas = NodeRef::new();
        let drawn = Arc::clone(&images);
        effect(move || {
            if let Some(canvas) = canvas.get() {
                // In black ink; the style sheet makes it white where the page is dark. Without a 2D context there is no picture.
                let image = drawn.images().nth(index).unwrap_or_default();
                let _ = context(&canvas).and_then(|context| put_ink(&context, image, SIDE as u32));
            }
        });
        let chosen = Arc::clone(&images);
        let choose = move |_| {
            current.set(index);
            net_bridge::show_image(label, chosen.images().nth(index).unwrap_or_default());
        };
        view! {
            <li>
                <button
                    type="button" class="digit" data-state=text(state) style:--share=text(share) title=text(spoken) on:click=choose
                    tabindex=text(move || if current.get() == index { 0 } else { -1 })
                >
                <canvas node_ref=canvas width=SIDE height=SIDE aria-hidden="true"></canvas>
                <span class="guess" aria-hidden="true" translate="no" prop:textContent=words(move || guess().map_or("–".to_owned(), |guess| guess.digit.to_string()))></span>
                <span class="certainty" aria-hidden="true" translate="no" prop:textContent=words(move || guess().map_or(String::new(), |guess| guess.short_certainty()))></span>
                <span class="visually-hidden" prop:textContent=words(spoken)></span>
                </button>
            </li>
        }
    };
    view! { <ul class="digits" node_ref=list on:keydown=move_focus>{images.labels().iter().enumerate().map(digit).collect_view()}</ul> }
}

/// Fetches the images of MNIST's showcase. Without them, the images of the run are there when it begins.
async fn fetched() -> Option<Showcase> {
    let response = JsFuture::from(window().fetch_with_str(SHOWCASE)).await.ok()?.dyn_into::<Response>().ok()?;
    let bytes = JsFuture::from(response.array_buffer().ok().filter(|_| response.ok())?).await.ok()?;
    Showcase::read(Uint8Array::new(&bytes).to_vec())
}
