//! The recipe's fields: few first, the others behind "More".

use leptos::html::Details;
use leptos::prelude::*;

use super::address;
use super::select::{Presets, RecipeSelect};
use crate::trainer::recipe::text::{OptimizerKind, ScheduleKind};
use crate::trainer::recipe::{DeviceChoice, Field};
use crate::ui::kit::clipboard;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::memo::{effect, memo};
use crate::ui::trainer::state::TrainerState;

/// What a newcomer changes first, before the schedule and after it.
const FIRST: [Field; 3] = [Field::Epochs, Field::BatchSize, Field::LearningRate];
const OF_SCHEDULE: [Field; 3] = [Field::StepEpochs, Field::StepFactor, Field::WarmUp];
/// What is left for the second look.
const OF_OPTIMIZER: [Field; 3] = [Field::Momentum, Field::Beta1, Field::Beta2];
const REST: [Field; 8] = [
    Field::WeightDecay,
    Field::Dropout,
    Field::LabelSmoothing,
    Field::Shift,
    Field::Rotation,
    Field::Averaging,
    Field::Images,
    Field::Workers,
];

/// A device as the form names it.
fn device_name(device: DeviceChoice) -> &'static str {
    match device {
        DeviceChoice::Auto => "Auto",
        DeviceChoice::WebGpu => "WebGPU",
        DeviceChoice::Cpu => "CPU",
        DeviceChoice::Burn => "WebGPU (reference)",
    }
}

/// All of the recipe. Fields are locked while a run is under way: it was started with what they show.
#[component]
pub(crate) fn RecipeForm() -> impl IntoView {
    let state: TrainerState = expect_context();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !state.running.get_untracked() {
            state.train();
        }
    };
    let more = NodeRef::<Details>::new();
    effect(move || {
        let is_behind = |field| OF_OPTIMIZER.contains(&field) || REST.contains(&field);
        if let (true, Some(more)) = (state.errors.with(|errors| errors.iter().any(|e| is_behind(e.field))), more.get())
        {
            more.set_open(true);
        }
    });
    let devices = DeviceChoice::ALL.map(|device| (device, device_name(device)));
    let schedules = ScheduleKind::ALL.map(|schedule| (schedule, schedule.label()));
    let optimizers = OptimizerKind::ALL.map(|optimizer| (optimizer, optimizer.label()));
    view! {
        <form class="recipe" aria-label="Recipe" on:submit=submit novalidate>
            <div class="recipe-head"><h2>"Recipe"</h2> <CopyLink/></div>
            <Presets/>
            <RecipeSelect name="Device" options=devices.to_vec() get=|text| text.device set=|text, device| text.device = device/>
            <Fields fields=&FIRST/>
            <RecipeSelect name="Schedule" options=schedules.to_vec() get=|text| text.schedule set=|text, kind| text.schedule = kind/>
            <Fields fields=&OF_SCHEDULE/>
            <Fields fields=&[Field::Seed]/>
            <details class="more" node_ref=more>
                <summary>"More"</summary>
                <RecipeSelect name="Optimizer" options=optimizers.to_vec() get=|text| text.optimizer set=|text, kind| text.optimizer = kind/>
                <Fields fields=&OF_OPTIMIZER/>
                <Fields fields=&REST/>
            </details>
            // Enter in any field trains, as a form should; the visible button is in the strip above.
            <button type="submit" hidden tabindex="-1"></button>
        </form>
    }
}

/// Those of the fields that have a meaning with the chosen optimizer and schedule.
#[component]
fn Fields(fields: &'static [Field]) -> impl IntoView {
    let state: TrainerState = expect_context();
    let applying = move || fields.iter().copied().filter(move |field| state.text.with(|text| text.applies(*field)));
    view! {
        <For each=applying key=|field| *field as usize let(field)>
            <RecipeField field/>
        </For>
    }
}

#[component]
fn RecipeField(field: Field) -> impl IntoView {
    let state: TrainerState = expect_context();
    let id = format!("field-{}", field.code());
    let (hint_id, message_id) = (format!("{id}-hint"), format!("{id}-message"));
    let message = memo(move || {
        state.errors.with(|errors| errors.iter().find(|error| error.field == field).map(|error| error.message.clone()))
    });
    let type_in = move |event| {
        state.text.update(|text| text.set(field, event_target_value(&event)));
        state.errors.update(|errors| errors.retain(|error| error.field != field));
    };
    let mode = if field.is_whole() { "numeric" } else { "decimal" };
    let unit = (!field.unit().is_empty()).then(|| view! { <span class="unit">{field.unit()}</span> });
    view! {
        <div class="field">
            <label for=id.clone()>{field.label()}</label>
            <span class="with-unit">
                <input
                    id=id class="number" type="text" inputmode=mode autocomplete="off" spellcheck="false"
                    prop:value=move || state.text.with(|text| text.get(field).to_owned())
                    aria-invalid=move || message.with(Option::is_some).to_string()
                    aria-describedby=format!("{hint_id} {message_id}")
                    disabled=state.running
                    on:input=type_in
                />
                {unit}
            </span>
            <p id=hint_id class="hint">{field.hint()}</p>
            <p id=message_id class="field-message" role="alert">{message}</p>
        </div>
    }
}

/// Puts the recipe's address on the clipboard, and says so.
#[component]
fn CopyLink() -> impl IntoView {
    let state: TrainerState = expect_context();
    let said = RwSignal::new("");
    let copy = move |_| match address::to_share(state) {
        Some(link) => clipboard::write(link, move |done| {
            said.set(if done.is_ok() { "Copied." } else { "The browser refuses; copy the address instead." });
        }),
        None => said.set("First mend the recipe."),
    };
    effect(move || {
        state.text.track();
        said.set("");
    });
    view! {
        <span class="copy-link">
            <span class="hint" role="status">{said}</span>
            <button type="button" class="quiet" on:click=copy>"Copy link"</button>
        </span>
    }
}
