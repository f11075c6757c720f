//! A timer that calls a function again and again.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// A timer of the page. It ends when this is dropped.
pub(super) struct Interval {
    timer: i32,
    _call: Closure<dyn FnMut()>,
}

impl Interval {
    /// Starts to call a function each time that this number of seconds has passed. `None` if the browser refuses.
    pub(super) fn start(seconds: f64, call: impl FnMut() + 'static) -> Option<Self> {
        let call = Closure::<dyn FnMut()>::new(call);
        let timer = web_sys::window()?
            .set_interval_with_callback_and_timeout_and_arguments_0(
                call.as_ref().unchecked_ref(),
                (seconds * 1e3) as i32,
            )
            .ok()?;
        Some(Self { timer, _call: call })
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_interval_with_handle(self.timer);
        }
    }
}
