//! What the trainer's lab and the look inside the net say to each other. Each is a wasm of its own, so all they share is the
//! window: the lab offers the numbers of the net that it trains, and says when they have changed.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Event;

/// The window's function that returns the numbers of the net in training.
const NET: &str = "gradsheetNet";
/// The event with which the lab says that the numbers have changed.
const CHANGED: &str = "netchanged";

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
    if let Ok(event) = Event::new(CHANGED) {
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
