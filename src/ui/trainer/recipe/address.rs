//! The recipe in the address: `#trainer?…`. The page leaves fragments that begin with `trainer` to this lab, which
//! reads and replaces them, and leaves all others, and the data of the history's entries, to the page.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::link;
use crate::trainer::recipe::text::RecipeText;
use crate::ui::address::{TRAINER, fragment};
use crate::ui::kit::memo::memo;
use crate::ui::trainer::state::TrainerState;

/// How a recipe's own text begins, in whose place the lab's name stands.
const RECIPE: &str = "recipe";
/// How long the recipe rests before the address follows it; browsers allow some hundred changes a minute.
const REST: Duration = Duration::from_millis(400);

/// The fragment for a recipe.
fn write(recipe: &Recipe) -> String {
    let link = link::write(recipe);
    format!("{TRAINER}{}", link.strip_prefix(RECIPE).unwrap_or_default())
}

/// The recipe that the address asks for; `None` if it names none.
fn read() -> Option<Result<Recipe, String>> {
    let fragment = fragment();
    let recipe = fragment.strip_prefix(TRAINER).filter(|rest| rest.starts_with('?'))?;
    Some(link::read(&format!("{RECIPE}{recipe}")))
}

/// The recipe to begin with, and what is wrong with the link if it cannot be used.
pub(crate) fn open() -> (Recipe, Option<String>) {
    match read() {
        None => (Recipe::classic(), None),
        Some(Ok(recipe)) => (recipe, None),
        Some(Err(reason)) => (Recipe::classic(), Some(format!("{reason} Here is the classic recipe instead."))),
    }
}

/// From now on the address follows the recipe in the form, and the form the address.
pub(crate) fn follow(state: TrainerState) {
    // What is typed half is not worth an address.
    let link = memo(move || state.text.with(RecipeText::parse).ok().map(|recipe| write(&recipe)));
    let listener = window_event_listener(ev::hashchange, move |_| {
        if let Some(read) = read() {
            moved(state, read);
        }
        replace(link.get_untracked());
    });
    on_cleanup(move || listener.remove());
    Effect::new(move |timer: Option<Option<TimeoutHandle>>| {
        let opened = timer.is_none();
        if let Some(timer) = timer.flatten() {
            timer.clear();
        }
        let link = link.get();
        // A link with something wrong, and one that names no recipe, stay in the bar.
        if opened { None } else { set_timeout_with_handle(move || replace(link), REST).ok() }
    });
}

/// A link to a recipe was opened while the lab was there.
fn moved(state: TrainerState, read: Result<Recipe, String>) {
    let notice = match read {
        Ok(recipe) if state.text.with_untracked(|text| text.parse().as_ref() == Ok(&recipe)) => None,
        Ok(_) if state.running.get_untracked() => {
            Some("The link’s recipe waits: a run is under way. Stop it, and open the link again.".to_owned())
        }
        Ok(recipe) => {
            state.text.set(RecipeText::of(&recipe));
            state.errors.set(Vec::new());
            None
        }
        Err(reason) => Some(format!("{reason} The recipe stays as it was.")),
    };
    state.notice.set(notice);
}

/// Writes the recipe into the address, if that is the trainer's at the moment.
fn replace(link: Option<String>) {
    let here = fragment();
    // The lab's name alone says as much as the classic recipe.
    let said = |link: &String| *link == here || (here == TRAINER && *link == write(&Recipe::classic()));
    let Some(link) = link.filter(|link| here.starts_with(TRAINER) && !said(link)) else { return };
    if let Ok(history) = window().history() {
        let data = history.state().unwrap_or(JsValue::NULL);
        // A browser refuses when there are too many changes; then the address comes with the next one.
        let _ = history.replace_state_with_url(&data, "", Some(&format!("#{link}")));
    }
}

/// The address for people: the page's own, with the recipe in the form; `None` while that is no recipe.
pub(crate) fn to_share(state: TrainerState) -> Option<String> {
    let recipe = state.text.with_untracked(RecipeText::parse).ok()?;
    let page = window().location().href().unwrap_or_default();
    let page = page.split('#').next().unwrap_or_default();
    Some(format!("{page}#{}", write(&recipe)))
}

/// The notice that a link could not be used.
#[component]
pub(crate) fn RecipeNotice(state: TrainerState) -> impl IntoView {
    let notice = state.notice;
    view! {
        // It stands there from the beginning, so that its text is announced.
        <div class="address-notice" role="alert" hidden=move || notice.with(Option::is_none)>
            <p>{move || notice.get().unwrap_or_default()}</p>
            <button type="button" on:click=move |_| notice.set(None)>"Dismiss"</button>
        </div>
    }
}
