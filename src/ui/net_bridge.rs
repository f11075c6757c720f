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
