//! The recipe's fields.

use leptos::prelude::*;

use super::context::expect_context;
use super::memo::memo;
use super::trainer_state::TrainerState;
use crate::trainer::recipe::{DeviceChoice, Field};

/// A device as the form names it.
fn device_name(device: DeviceChoice) -> &'static str {
    match device {
        DeviceChoice::Auto => "Auto",
        DeviceChoice::WebGpu => "WebGPU",
        DeviceChoice::Cpu => "CPU",
    }
}

/// Device, numbers and seed. Fields are locked while a run is under way: it was started with what they show.
#[component]
pub(super) fn RecipeForm() -> impl IntoView {
    let state: TrainerState = expect_context();
    let choose = move |event| {
        let value = event_target_value(&event);
        if let Some(device) = DeviceChoice::ALL.into_iter().find(|device| device.code() == value) {
            state.text.update(|text| text.device = device);
        }
    };
    let options = DeviceChoice::ALL.map(|device| {
        let selected = move || state.text.with(|text| text.device == device);
        view! { <option value=device.code() selected=selected>{device_name(device)}</option> }
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
            <For
                each=move || Field::ALL.into_iter().filter(move |field| state.text.with(|text| text.applies(*field)))
                key=|field| *field as usize let(field)
            >
                <RecipeField field/>
            </For>
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
    let mode = if field.is_whole() { "numeric" } else { "decimal" };
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
