//! The recipe in the address: `#trainer?…`. The page leaves fragments that begin with `trainer` to this lab, which
//! reads and replaces them, and leaves all others, and the data of the history's entries, to the page.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::link;
use crate::trainer::recipe::text::RecipeText;
use crate::ui::address::{TRAINER, entry_data, fragment, link_with, replace_entry};
use crate::ui::kit::debounced::debounced;
use crate::ui::kit::memo::{effect, memo};
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
    let write = debounced(REST, move || replace(link.get_untracked()));
    let mut is_first = true;
    effect(move || {
        link.track();
        // A link with something wrong, and one that names no recipe, stay in the bar.
        if !std::mem::take(&mut is_first) {
            write();
        }
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
    replace_entry(&entry_data(), Some(&link));
}

/// The address for people: the page's own, with the recipe in the form; `None` while that is no recipe.
pub(crate) fn to_share(state: TrainerState) -> Option<String> {
    let recipe = state.text.with_untracked(RecipeText::parse).ok()?;
    Some(link_with(&write(&recipe)))
}
