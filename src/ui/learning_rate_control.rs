//! The learning rate: a logarithmic slider and an exact number field.

use leptos::prelude::*;

use super::sheet_state::SheetState;
use crate::sheet::{learning_rate, number};

/// Slider and field for η; both always show the same rate.
#[component]
pub(super) fn LearningRateControl() -> impl IntoView {
    let state: SheetState = expect_context();
    let rate = state.learning_rate;
    let message = RwSignal::new(None::<String>);
    // What stands in the field: the user's own text while it is being typed, else the rate.
    let text = RwSignal::new(number::full(rate.get_untracked()));

    let slide = move |event| {
        if let Ok(stop) = event_target_value(&event).parse() {
            rate.set(learning_rate::at_stop(stop));
            text.set(number::full(rate.get_untracked()));
            message.set(None);
        }
    };
    let type_in = move |event| {
        text.set(event_target_value(&event));
        match learning_rate::parse(&text.get_untracked()) {
            Ok(value) => {
                rate.set(value);
                message.set(None);
            }
            Err(reason) => message.set(Some(reason)),
        }
    };
    // Text that is no rate goes when the field is left, and the last valid rate stands there again.
    let leave = move || {
        text.set(number::full(rate.get_untracked()));
        message.set(None);
    };
    view! {
        <div class="rate">
            <label for="rate-slider">"Learning rate " <span class="q-rate" aria-hidden="true">"η"</span></label>
            <input
                id="rate-slider" type="range" aria-label="Learning rate"
                min="0" max=learning_rate::SLIDER_STOPS step="1"
                prop:value=move || learning_rate::stop_of(rate.get()).to_string()
                aria-valuetext=move || number::full(rate.get())
                on:input=slide
            />
            <input
                class="number" type="text" inputmode="decimal" autocomplete="off" spellcheck="false"
                aria-label="Learning rate value"
                aria-invalid=move || message.with(Option::is_some).to_string()
                aria-describedby="rate-message"
                prop:value=text
                on:input=type_in
                on:change=move |_| leave()
                on:blur=move |_| leave()
            />
            <p id="rate-message" class="field-message" role="status">{message}</p>
        </div>
    }
}
