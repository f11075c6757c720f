//! The recipe in the page's address: `#trainer?…`. Fragments that begin with `trainer` belong to the trainer, which reads
//! and replaces them. All other fragments, and the data of the history entries, belong to the page.

use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;

use crate::mnist::TRAINING_IMAGES;
use crate::trainer::recipe::link::{self, Reading};
use crate::trainer::recipe::preset::Preset;
use crate::trainer::recipe::text::RecipeText;
use crate::trainer::recipe::{Field, Recipe};
use crate::ui::address::{Lab, TRAINER, entry_data, fragment, link_with, replace_entry};
use crate::ui::kit::debounced::debounced;
use crate::ui::kit::memo::{effect, memo};
use crate::ui::trainer::state::TrainerState;

/// The beginning of a recipe's text. In the address it is replaced by the name of the trainer.
const RECIPE: &str = "recipe";
/// The address changes this long after the last change of the recipe: browsers allow only some hundred changes per
/// minute.
const ADDRESS_DELAY: Duration = Duration::from_millis(400);

/// The sentence after those that say what cannot be read of a link.
const REST_IS_USED: &str = "The rest of the link is used.";

/// The address's fragment for a recipe.
fn write(recipe: &Recipe) -> String {
    let link = link::write(recipe);
    format!("{TRAINER}{}", link.strip_prefix(RECIPE).unwrap_or_default())
}

/// The address's fragment for the recipe in the form; `None` while the form is invalid. All images of the user's own data
/// are all images of MNIST in the address: after a reload, and for whoever gets the link, the data in use is MNIST again.
fn of_form(state: TrainerState) -> Option<String> {
    let recipe = state.text.with(RecipeText::parse).ok()?;
    let images = Preset::images_on(&recipe, state.images.get(), TRAINING_IMAGES);
    Some(write(&Recipe { images, ..recipe }))
}

/// What the address says about the recipe, or why it cannot be used; `None` if the address has no recipe.
fn read() -> Option<Result<Reading, String>> {
    let fragment = fragment();
    if Lab::of(&fragment) == Lab::Trainer { link::open(&fragment, TRAINER).transpose() } else { None }
}

/// The recipe that the form begins with, and a message if not all of the link could be used.
pub(crate) fn open() -> (Recipe, Option<String>) {
    match read() {
        None => (Recipe::demo(), None),
        Some(Ok(Reading { recipe, problem })) => (recipe, problem.map(|problem| format!("{problem} {REST_IS_USED}"))),
        Some(Err(reason)) => (Recipe::demo(), Some(format!("{reason} The settings of the demo are shown instead."))),
    }
}

/// Keeps the address equal to the recipe in the form, and the form equal to the address when that changes.
pub(crate) fn follow(state: TrainerState) {
    // While the form is invalid, the address stays.
    let link = memo(move || of_form(state));
    // A link may ask for more images than the data in use has.
    state.check_field(Field::Images);
    let listener = window_event_listener(ev::hashchange, move |_| {
        if let Some(read) = read() {
            moved(state, read);
        }
        replace(link.get_untracked());
    });
    on_cleanup(move || listener.remove());
    // A run's settings are in the address from its first moment, so that a reload shows them.
    effect(move || {
        if state.running.get() {
            replace(link.get_untracked());
        }
    });
    let write = debounced(ADDRESS_DELAY, move || replace(link.get_untracked()));
    let mut is_first = true;
    effect(move || {
        // Reading computes the memo: one that is only tracked follows nothing.
        link.with(|_| ());
        // The address with which the page was opened stays until the form changes, even if it has no valid recipe.
        if !std::mem::take(&mut is_first) {
            write();
        }
    });
}

/// Handles a link to a recipe that was opened while the trainer was open.
fn moved(state: TrainerState, read: Result<Reading, String>) {
    let read = read.map(|Reading { recipe, problem }| {
        let images = Preset::images_on(&recipe, TRAINING_IMAGES, state.images.get_untracked());
        Reading { recipe: Recipe { images, ..recipe }, problem }
    });
    let notice = match read {
        Ok(Reading { recipe, problem: None })
            if state.text.with_untracked(|text| text.parse().as_ref() == Ok(&recipe)) =>
        {
            None
        }
        Ok(_) if state.running.get_untracked() => Some(
            "The settings of this link cannot be used while a run is going on. Stop the run, then open the link again."
                .to_owned(),
        ),
        Ok(Reading { recipe, problem }) => {
            state.text.set(RecipeText::of(&recipe));
            state.errors.set(Vec::new());
            state.check_field(Field::Images);
            problem.map(|problem| format!("{problem} {REST_IS_USED}"))
        }
        Err(reason) => Some(format!("{reason} The settings stay as they were.")),
    };
    state.notice.set(notice);
}

/// Writes the recipe into the address, if the address is that of the trainer now.
fn replace(link: Option<String>) {
    let here = fragment();
    // Without a recipe, the address means the demo.
    let is_same = |link: &String| *link == here || (here == TRAINER && *link == write(&Recipe::demo()));
    let Some(link) = link.filter(|link| Lab::of(&here) == Lab::Trainer && !is_same(link)) else { return };
    replace_entry(&entry_data(), Some(&link));
}

/// The link to share: the page's address with the recipe in the form; `None` while the form is invalid.
pub(crate) fn to_share(state: TrainerState) -> Option<String> {
    Some(link_with(&untrack(|| of_form(state))?))
}
