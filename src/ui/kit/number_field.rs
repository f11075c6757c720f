//! A field for an exact number. Text that is none changes nothing, and is told why.

use std::rc::Rc;

use leptos::prelude::*;

use super::dynamic;
use super::memo::effect;

/// Shows a value, and hands on what is typed as soon as it is a number.
#[component]
pub(crate) fn NumberField(
    /// The field's name.
    #[prop(into)]
    name: String,
    /// The value shown while nothing else is being typed.
    #[prop(into)]
    value: Signal<f64>,
    /// Writes the value as text.
    write: fn(f64) -> String,
    /// Reads the text; its error is shown.
    parse: fn(&str) -> Result<f64, String>,
    /// Takes every number that is typed.
    set: impl Fn(f64) + 'static,
    /// Called when the field is left.
    leave: impl Fn() + 'static,
) -> impl IntoView {
    field(name, value, write, parse, Rc::new(set), Rc::new(leave))
}

/// The same for whatever `set` and `leave` are, so that it is compiled once.
fn field(
    name: String,
    value: Signal<f64>,
    write: fn(f64) -> String,
    parse: fn(&str) -> Result<f64, String>,
    set: Rc<dyn Fn(f64)>,
    leave: Rc<dyn Fn()>,
) -> impl IntoView {
    let text = RwSignal::new(write(value.get_untracked()));
    let message = RwSignal::new(None::<String>);
    let message_id = format!("{}-message", name.to_ascii_lowercase().replace(' ', "-"));

    // The value may also change elsewhere. Text that means the same, such as "0.50", is left as it was typed.
    let show = move |value: f64| {
        if parse(&text.get_untracked()) != Ok(value) {
            text.set(write(value));
        }
        message.set(None);
    };
    effect(move || show(value.get()));

    let type_in = move |event| {
        text.set(event_target_value(&event));
        match parse(&text.get_untracked()) {
            Ok(number) => {
                message.set(None);
                set(number);
            }
            Err(reason) => message.set(Some(reason)),
        }
    };
    // A field that is taken from the page while it has the focus is left too, but has nothing to show any more.
    let left = Rc::new(move || {
        if let Some(value) = value.try_get_untracked() {
            show(value);
            leave();
        }
    });
    let changed = Rc::clone(&left);
    view! {
        <span class="number-field">
            <input
                class="number" type="text" inputmode="decimal" autocomplete="off" spellcheck="false"
                aria-label=name
                aria-invalid=move || message.with(Option::is_some).to_string()
                aria-describedby=message_id.clone()
                prop:value=text
                on:input=type_in
                on:change=move |_| changed()
                on:blur=move |_| left()
            />
            <span id=message_id class="field-message" role="status">{dynamic::text(move || message.get().unwrap_or_default())}</span>
        </span>
    }
}
