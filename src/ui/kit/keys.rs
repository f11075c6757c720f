//! Keyboard shortcuts: which key presses are free to be one.

use leptos::ev::KeyboardEvent;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// The fields in which the user types text.
const TEXT_FIELDS: &str = "input[type=text], textarea";
/// The elements that need every key themselves: text fields, lists (a letter chooses an entry) and modal dialogs.
const NEED_KEYS: &str = "input[type=text], textarea, select, dialog";

/// The modifier keys that belong to a shortcut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    /// Neither Ctrl nor Alt nor the Command key.
    None,
    /// Ctrl, or the Command key of a Mac.
    Control,
}

/// Whether a key press may be a shortcut with this modifier: the user is not typing in a field and not in a dialog.
pub(crate) fn is_shortcut(event: &KeyboardEvent, modifier: Modifier) -> bool {
    let is_pressed = match modifier {
        Modifier::None => has_no_modifier(event),
        // On Windows, AltGr looks like Ctrl with Alt, and types a character.
        Modifier::Control => (event.ctrl_key() || event.meta_key()) && !event.alt_key(),
    };
    is_pressed && target(event).is_none_or(|element| element.closest(NEED_KEYS) == Ok(None))
}

/// Whether a key is pressed without Ctrl, Alt and the Command key; Shift only chooses another character.
pub(crate) fn has_no_modifier(event: &KeyboardEvent) -> bool {
    !(event.ctrl_key() || event.meta_key() || event.alt_key())
}

/// Whether a key is the one of an ASCII letter: it types the letter, in either case, or it types no ASCII character and
/// is where a Latin keyboard has the letter, as on Cyrillic and Greek ones.
pub(crate) fn is_letter(event: &KeyboardEvent, letter: char) -> bool {
    let key = event.key();
    let mut typed = key.chars();
    match (typed.next(), typed.next()) {
        (Some(typed), None) if typed.is_ascii() => typed.eq_ignore_ascii_case(&letter),
        (Some(_), None) => {
            let code = event.code();
            let place = code.strip_prefix("Key").and_then(|place| place.chars().next());
            place.is_some_and(|place| place.eq_ignore_ascii_case(&letter))
        }
        // A named key, such as Enter.
        _ => false,
    }
}

/// Whether nothing on the page has the focus, so that no button, slider or table reacts to the key.
pub(crate) fn is_unfocused(event: &KeyboardEvent) -> bool {
    target(event).is_none_or(|element| matches!(element.tag_name().as_str(), "BODY" | "HTML"))
}

/// Whether the user types text in this element.
pub(crate) fn is_text_field(element: &Element) -> bool {
    element.matches(TEXT_FIELDS) == Ok(true)
}

/// The element that has the focus while the key is pressed.
pub(crate) fn target(event: &KeyboardEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}
