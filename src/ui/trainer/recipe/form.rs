//! The form with the settings: a few fields first, the others behind "More".

use leptos::html::Details;
use leptos::prelude::*;

use super::address;
use super::memory_note::MemoryNote;
use super::select::{Presets, RecipeSelect};
use crate::exchange::audience;
use crate::trainer::recipe::choice::{OptimizerKind, ScheduleKind};
use crate::trainer::recipe::{DeviceChoice, Field};
use crate::ui::kit::clipboard;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::memo::{effect, memo};
use crate::ui::trainer::state::TrainerState;

/// The fields above the schedule, which a newcomer changes first.
const FIRST: [Field; 3] = [Field::Epochs, Field::BatchSize, Field::LearningRate];
/// The fields of the learning-rate schedule.
const OF_SCHEDULE: [Field; 3] = [Field::StepEpochs, Field::StepFactor, Field::WarmUp];
/// The fields of the optimizer, behind "More".
const OF_OPTIMIZER: [Field; 3] = [Field::Momentum, Field::Beta1, Field::Beta2];
/// The other fields behind "More".
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

/// The name of a device in the form.
fn device_name(device: DeviceChoice) -> &'static str {
    match device {
        DeviceChoice::Auto => "Auto",
        DeviceChoice::WebGpu => "WebGPU",
        DeviceChoice::Cpu => "CPU",
        DeviceChoice::Burn => "WebGPU (reference)",
    }
}

/// The whole form. The fields are locked while a run is going on, so that they show the settings of that run.
#[component]
pub(crate) fn RecipeForm() -> impl IntoView {
    let state: TrainerState = expect_context();
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
        // Enter takes the typed value, as leaving the field does. Only the button "Train" starts a run.
        <form class="recipe" aria-label="Settings" on:submit=|event| event.prevent_default() novalidate>
            <div class="recipe-head"><h2>"Settings"</h2> <CopyLink/></div>
            <Presets/>
            <RecipeSelect name="Device" options=devices.to_vec() get=|text| text.device set=|text, device| text.device = device/>
            <Fields fields=&FIRST/>
            <MemoryNote/>
            <RecipeSelect name="Schedule" options=schedules.to_vec() get=|text| text.schedule set=|text, kind| text.schedule = kind/>
            <Fields fields=&OF_SCHEDULE/>
            <Fields fields=&[Field::Seed]/>
            <details class="more" node_ref=more>
                <summary>"More"</summary>
                <RecipeSelect name="Optimizer" options=optimizers.to_vec() get=|text| text.optimizer set=|text, kind| text.optimizer = kind/>
                <Fields fields=&OF_OPTIMIZER/>
                <Fields fields=&REST/>
            </details>
        </form>
    }
}

/// The given fields, without those that the chosen optimizer, schedule and device do not use.
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

/// A field with its label, its hint and its error.
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
    let unit = (!field.unit().is_empty()).then(|| view! { <span class="unit">{field.unit()}</span> });
    view! {
        <div class="field">
            <label for=id.clone()>{field.label()}</label>
            <span class="with-unit">
                <input
                    id=id class="number" type="text" inputmode=field.keyboard() autocomplete="off" spellcheck="false"
                    prop:value=move || state.text.with(|text| text.get(field).to_owned())
                    aria-invalid=move || message.with(Option::is_some).to_string()
                    aria-describedby=format!("{hint_id} {message_id}")
                    disabled=state.running
                    on:input=type_in
                    on:change=move |_| state.check_field(field)
                />
                {unit}
            </span>
            <p id=hint_id class="hint">{field.help()}</p>
            <p id=message_id class="field-message" role="alert" prop:textContent=words(move || message.get().unwrap_or_default())></p>
        </div>
    }
}

/// The button that copies a link to the settings, and a message that it was copied.
#[component]
fn CopyLink() -> impl IntoView {
    let state: TrainerState = expect_context();
    let message = RwSignal::new(String::new());
    let copy = move |_| match address::to_share(state) {
        Some(link) => {
            let warning = audience::warning(&link).unwrap_or_default();
            clipboard::write(link, move |done| {
                message.set(if done.is_ok() {
                    format!("Copied. {warning}")
                } else {
                    "The browser does not allow copying. Copy the address from the address bar.".to_owned()
                });
            });
        }
        None => message.set("First fix the settings.".to_owned()),
    };
    effect(move || {
        state.text.track();
        message.set(String::new());
    });
    view! {
        <span class="copy-link">
            <span class="hint" role="status" prop:textContent=words(move || message.get())></span>
            <button type="button" class="quiet" on:click=copy>"Copy link"</button>
        </span>
    }
}
