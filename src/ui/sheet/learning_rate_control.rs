//! The learning rate: a logarithmic slider and an exact number field.

use leptos::prelude::*;

use super::state::SheetState;
use crate::sheet::{learning_rate, number};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::number_field::NumberField;

/// Shows the slider and the field for η. Both always show the same rate.
#[component]
pub(crate) fn LearningRateControl() -> impl IntoView {
    let state: SheetState = expect_context();
    let rate = state.learning_rate;
    let slide = move |event| {
        if let Ok(stop) = event_target_value(&event).parse() {
            state.set_learning_rate(learning_rate::at_stop(stop));
        }
    };
    view! {
        <div class="rate">
            <span class="field-name">"Learning rate " <span class="q-rate" aria-hidden="true" translate="no">"η"</span></span>
            <input
                type="range" aria-label="Learning rate"
                min="0" max=learning_rate::SLIDER_STOPS step="1"
                prop:value=move || learning_rate::stop_of(rate.get()).to_string()
                aria-valuetext=move || number::full(rate.get())
                on:input=slide
                on:change=move |_| state.end_edit()
            />
            <NumberField
                name="Learning rate value" value=rate write=number::typed parse=learning_rate::parse
                set=move |rate| state.set_learning_rate(rate) leave=move || state.end_edit()
            />
        </div>
    }
}
