//! What the trainer's lab and the look inside the net say to each other. Each is a wasm of its own, so all they share is the
//! window: the lab offers the numbers of the net that it trains, and says when they have changed; and it hands over a test
//! image that the user has chosen.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Event;

/// The window's function that returns the numbers of the net in training.
const NET: &str = "gradsheetNet";
/// The event with which the lab says that the numbers have changed.
const CHANGED: &str = "netchanged";
/// The window's property with the test image that the user chose last: its label, then its pixels.
const IMAGE: &str = "gradsheetImage";
/// The event with which the lab says that the user has chosen a test image.
const CHOSEN: &str = "imagechosen";

/// Lets the look inside read the net in training: `read` returns its parameters and running statistics, in the order of
/// `engine::parameter_layout`; none before the first.
pub(crate) fn offer_net(read: impl Fn() -> Vec<f32> + 'static) {
    let read = Closure::<dyn Fn() -> JsValue>::new(move || js_sys::Float32Array::from(read().as_slice()).into());
    // Setting a property of the window cannot fail.
    let _ = js_sys::Reflect::set(&window(), &NET.into(), read.as_ref());
    read.forget();
}

/// Says that the net in training has changed.
pub(crate) fn tell_change() {
    dispatch(CHANGED);
}

fn dispatch(name: &str) {
    if let Ok(event) = Event::new(name) {
        // The event is new, so it can be dispatched.
        let _ = window().dispatch_event(&event);
    }
}

/// Returns the numbers of the net in training; none if there is no net yet.
pub(crate) fn read_net() -> Vec<f32> {
    let read =
        js_sys::Reflect::get(&window(), &NET.into()).ok().and_then(|read| read.dyn_into::<js_sys::Function>().ok());
    let numbers = read.and_then(|read| read.call0(&JsValue::NULL).ok());
    numbers.map_or_else(Vec::new, |numbers| js_sys::Float32Array::new(&numbers).to_vec())
}

/// Calls `act` whenever the net in training has changed.
pub(crate) fn on_change(act: impl Fn() + 'static) {
    // The look inside listens as long as it lives.
    let _ = window_event_listener_untyped(CHANGED, move |_| act());
}

/// Hands a test image with its label to the look inside, which may not be there yet.
pub(crate) fn show_image(label: u8, pixels: &[u8]) {
    let image = [&[label], pixels].concat();
    // Setting a property of the window cannot fail.
    let _ = js_sys::Reflect::set(&window(), &IMAGE.into(), &js_sys::Uint8Array::from(image.as_slice()));
    dispatch(CHOSEN);
}

/// Calls `act` whenever the user chooses a test image.
pub(crate) fn on_image(act: impl Fn() + 'static) {
    // Lab and look inside listen as long as they live.
    let _ = window_event_listener_untyped(CHOSEN, move |_| act());
}

/// Returns the label and the pixels of the test image that the user chose last; `None` before the first.
pub(crate) fn chosen_image() -> Option<(u8, Vec<u8>)> {
    let image: js_sys::Uint8Array = js_sys::Reflect::get(&window(), &IMAGE.into()).ok()?.dyn_into().ok()?;
    let mut image = image.to_vec().into_iter();
    Some((image.next()?, image.collect()))
}
