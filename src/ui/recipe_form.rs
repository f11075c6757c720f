//! The recipe's fields.

use leptos::prelude::*;

use super::context::expect_context;
use super::memo::memo;
use super::trainer_state::TrainerState;
use crate::trainer::recipe::{DeviceChoice, Field};

/// The devices to choose from, as the form names them.
const DEVICES: [(DeviceChoice, &str, &str); 3] = [
    (DeviceChoice::Auto, "auto", "Auto"),
    (DeviceChoice::WebGpu, "webgpu", "WebGPU"),
    (DeviceChoice::Cpu, "cpu", "CPU"),
];

/// Device, numbers and seed. Fields are locked while a run is under way: it was started with what they show.
#[component]
pub(super) fn RecipeForm() -> impl IntoView {
    let state: TrainerState = expect_context();
    let choose = move |event| {
        let value = event_target_value(&event);
        if let Some((device, ..)) = DEVICES.into_iter().find(|(_, name, _)| *name == value) {
            state.device.set(device);
        }
    };
    let options = DEVICES.map(|(device, value, name)| {
        view! { <option value=value selected=move || state.device.get() == device>{name}</option> }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !state.running.get_untracked() {
            state.train();
        }
    };
    view! {
        <form class="recipe" aria-label="Recipe" on:submit=submit novalidate>
            <h2>"Recipe"</h2>
            <div class="field">
                <label for="field-device">"Device"</label>
                <select id="field-device" on:change=choose disabled=state.running>{options.into_iter().collect_view()}</select>
            </div>
            {Field::ALL.map(|field| view! { <RecipeField field/> }).into_iter().collect_view()}
            <p class="hint">"The classic recipe: 20 epochs of the 60,000 images. For a quick demo, take fewer images and a smaller batch."</p>
            // Enter in any field trains, as a form should; the visible button is in the strip above.
            <button type="submit" hidden tabindex="-1"></button>
        </form>
    }
}

#[component]
fn RecipeField(field: Field) -> impl IntoView {
    let state: TrainerState = expect_context();
    let id = format!("field-{}", field.label().to_ascii_lowercase().replace(' ', "-"));
    let message_id = format!("{id}-message");
    let message = memo(move || {
        let errors = state.errors.get();
        errors.into_iter().find(|error| error.field == field).map(|error| error.message)
    });
    let type_in = move |event| {
        state.text.update(|text| text.set(field, event_target_value(&event)));
        state.errors.update(|errors| errors.retain(|error| error.field != field));
    };
    let mode = if matches!(field, Field::LearningRate | Field::Momentum) { "decimal" } else { "numeric" };
    view! {
        <div class="field">
            <label for=id.clone()>{field.label()}</label>
            <input
                id=id class="number" type="text" inputmode=mode autocomplete="off" spellcheck="false"
                prop:value=move || state.text.with(|text| text.get(field).to_owned())
                aria-invalid=move || message.with(Option::is_some).to_string()
                aria-describedby=message_id.clone()
                disabled=state.running
                on:input=type_in
            />
            <p id=message_id class="field-message" role="alert">{message}</p>
        </div>
    }
}
