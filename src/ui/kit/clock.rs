//! A clock for measuring how long something takes.

use leptos::prelude::window;

/// Returns the time in milliseconds, of a clock that never goes back where the browser has one.
pub(crate) fn now() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |clock| clock.now())
}
