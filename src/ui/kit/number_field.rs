//! A field for an exact number. Text that is not a number changes nothing, and a message says why.

use std::rc::Rc;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use super::dynamic::words;
use super::memo::effect;

/// Reads a text as a number; the error is a message for the user.
type Parse = dyn Fn(&str) -> Result<f64, String>;

/// What is wrong with the text in a field.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// The text that is being typed is not a number that can be taken.
    Typed,
    /// The user has left the field with such a text.
    Left,
}

/// Shows a value, and calls `set` as soon as the typed text is a number.
#[component]
pub(crate) fn NumberField(
    /// The accessible name of the field.
    #[prop(into)]
    name: String,
    /// The value that the field shows while the user types nothing else.
    #[prop(into)]
    value: Signal<f64>,
    /// Writes the value as text.
    write: fn(f64) -> String,
    /// Reads the text as a number; the error is a message for the user.
    parse: impl Fn(&str) -> Result<f64, String> + 'static,
    /// Takes every number that the user types.
    set: impl Fn(f64) + 'static,
    /// Called when the user leaves the field.
    leave: impl Fn() + 'static,
    /// The keyboard that a phone shows: `numeric` for whole numbers, `decimal`, or `text` where numbers may be negative:
    /// an iPhone's keyboards for numbers have no minus sign.
    #[prop(default = "decimal")]
    keyboard: &'static str,
) -> impl IntoView {
    field(name, value, write, Rc::new(parse), Rc::new(set), Rc::new(leave), keyboard)
}

/// Does the work of [`NumberField`] for boxed closures, so that it is compiled once.
fn field(
    name: String,
    value: Signal<f64>,
    write: fn(f64) -> String,
    parse: Rc<Parse>,
    set: Rc<dyn Fn(f64)>,
    leave: Rc<dyn Fn()>,
    keyboard: &'static str,
) -> impl IntoView {
    let text = RwSignal::new(write(value.get_untracked()));
    let fault = RwSignal::new(Fault::None);
    let message_id = format!("{}-message", name.to_ascii_lowercase().replace(' ', "-"));

    let read = {
        let parse = Rc::clone(&parse);
        move || untrack(|| parse(&text.get()))
    };
    // What is wrong with a text may depend on limits that change while it stands there.
    let message = RwSignal::new(String::new());
    effect(move || {
        let fault = fault.get();
        message.set(match (fault, parse(&text.get())) {
            (Fault::None, _) => String::new(),
            (Fault::Typed, Err(reason)) => reason,
            (Fault::Left, Err(reason)) => format!("{reason} The value is still {}.", write(value.get())),
            (_, Ok(_)) => format!("The value is still {}. Press Enter to take the other one.", write(value.get())),
        });
    });
    // The value may change elsewhere too. Typed text with the same value, such as "0.50", stays as it is.
    let show = {
        let read = read.clone();
        move |value: f64| {
            if read() != Ok(value) {
                text.set(write(value));
            }
            fault.set(Fault::None);
        }
    };
    effect({
        let show = show.clone();
        move || show(value.get())
    });

    let take = {
        let read = read.clone();
        move || match read() {
            Ok(number) => {
                fault.set(Fault::None);
                set(number);
            }
            Err(_) => fault.set(Fault::Typed),
        }
    };
    let retake = take.clone();
    let type_in = move |event| {
        text.set(event_target_value(&event));
        take();
    };
    // A browser also reports this event for a field that leaves the page, whose value is gone then.
    let left = Rc::new(move || {
        let Some(value) = value.try_get_untracked() else { return };
        match read() {
            Ok(_) => show(value),
            // The text stays with the reason beside it: a value that is put back silently looks like the typed one.
            Err(_) => fault.set(Fault::Left),
        }
        leave();
    });
    let changed = Rc::clone(&left);
    // The Escape key puts the value back. Where it is there already, the key may close what the field is in.
    let on_key = move |event: KeyboardEvent| {
        let shown = write(value.get_untracked());
        // A text that was refused may be within the limits by now.
        if event.key() == "Enter" && fault.get_untracked() != Fault::None {
            retake();
        }
        if event.key() == "Escape" && text.with_untracked(|text| *text != shown) {
            event.prevent_default();
            text.set(shown);
            fault.set(Fault::None);
        }
    };
    view! {
        <span class="number-field">
            <input
                class="number" type="text" inputmode=keyboard autocomplete="off" spellcheck="false"
                aria-label=name
                aria-invalid=move || (fault.get() != Fault::None).to_string()
                aria-describedby=message_id.clone()
                prop:value=text
                on:input=type_in
                on:change=move |_| changed()
                on:blur=move |_| left()
                on:keydown=on_key
            />
            <span id=message_id class="field-message" role="status" prop:textContent=words(move || message.get())></span>
        </span>
    }
}
