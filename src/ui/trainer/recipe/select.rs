//! The choices in the form: presets, and lists to choose from.

use leptos::prelude::*;

use crate::format::duration;
use crate::trainer::kept::speed::images_per_second;
use crate::trainer::recipe::Recipe;
use crate::trainer::recipe::preset::Preset;
use crate::trainer::recipe::text::RecipeText;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::memo::memo;
use crate::ui::trainer::runs::state::KeptRunsState;
use crate::ui::trainer::state::TrainerState;

/// A list to choose one setting from, with its label.
#[component]
pub(crate) fn RecipeSelect<T: Copy + PartialEq + Send + Sync + 'static>(
    /// The label of the list.
    name: &'static str,
    /// The values to choose from, each with its words.
    options: Vec<(T, &'static str)>,
    /// Returns the chosen value.
    get: fn(&RecipeText) -> T,
    /// Sets the chosen value.
    set: fn(&mut RecipeText, T),
) -> impl IntoView {
    let state: TrainerState = expect_context();
    let id = format!("choice-{}", name.to_ascii_lowercase().replace(' ', "-"));
    let values: Vec<T> = options.iter().map(|(value, _)| *value).collect();
    let choose = move |event| {
        let chosen = event_target_value(&event).parse::<usize>().ok().and_then(|index| values.get(index).copied());
        if let Some(value) = chosen {
            state.text.update(|text| set(text, value));
            state.errors.set(Vec::new());
        }
    };
    let options = options.into_iter().enumerate().map(|(index, (value, words))| {
        let selected = move || state.text.with(|text| get(text) == value);
        view! { <option value=index.to_string() selected=selected prop:selected=selected>{words}</option> }
    });
    view! {
        <div class="field choice">
            <label for=id.clone()>{name}</label>
            <select id=id on:change=choose disabled=state.running>{options.collect_view()}</select>
        </div>
    }
}

/// The presets, and "Custom" if the settings are not those of a preset. A preset leaves device, seed and number of workers
/// as they are.
#[component]
pub(crate) fn Presets() -> impl IntoView {
    let state: TrainerState = expect_context();
    let chosen = memo(move || {
        let images = state.images.get();
        state.text.with(RecipeText::parse).ok().and_then(|recipe| Preset::of_data(&recipe, images))
    });
    let choose = move |preset: Preset| {
        let recipe = preset.recipe_for(state.images.get_untracked());
        let (device, own) = state.text.with_untracked(|text| (text.device, text.parse()));
        let (seed, workers) = own.map_or((recipe.seed, recipe.workers), |own| (own.seed, own.workers));
        state.text.set(RecipeText::of(&Recipe { device, seed, workers, ..recipe }));
        state.errors.set(Vec::new());
    };
    let preset = |preset: Preset| {
        let checked = move || chosen.get() == Some(preset);
        view! {
            <label class="segment">
                <input type="radio" name="preset" prop:checked=checked on:change=move |_| choose(preset)/>
                <span>{preset.label()}</span>
            </label>
        }
    };
    let runs: KeptRunsState = expect_context();
    let speed = memo(move || {
        runs.groups.with(|groups| images_per_second(groups.iter().flatten().flat_map(|group| &group.runs)))
    });
    let purpose = move || match (chosen.get(), speed.get()) {
        (Some(preset), Some(speed)) => {
            let seconds = preset.seconds(state.images.get(), speed);
            format!("{} At the speed of the last run: {}.", preset.purpose(), duration(seconds))
        }
        (Some(preset), None) => preset.purpose().to_owned(),
        (None, _) => "Your own settings.".to_owned(),
    };
    view! {
        <fieldset class="presets" disabled=state.running aria-describedby="preset-purpose">
            <legend class="visually-hidden">"Preset"</legend>
            <div class="segments">
                {Preset::ALL.map(preset).into_iter().collect_view()}
                // "Custom" cannot be chosen; it is checked when a field differs from every preset.
                <label class="segment" hidden=move || chosen.get().is_some()>
                    <input type="radio" name="preset" prop:checked=move || chosen.get().is_none()/>
                    <span>"Custom"</span>
                </label>
            </div>
        </fieldset>
        <p class="hint" id="preset-purpose" prop:textContent=words(purpose)></p>
    }
}
