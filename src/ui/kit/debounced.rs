//! Waiting until something rests: a slider or a field changes many times a second, but its address is written once.

use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;

/// Returns a function that calls `act` once it has not been called itself for `rest`. When the component that owns it
/// leaves the page, a call that still waits is dropped.
pub(crate) fn debounced(rest: Duration, act: impl Fn() + 'static) -> impl Fn() + Copy + 'static {
    let act: Rc<dyn Fn()> = Rc::new(act);
    let act = StoredValue::new_local(act);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let cancel = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    on_cleanup(cancel);
    move || {
        cancel();
        let act_now = move || {
            if let Some(act) = act.try_get_value() {
                act();
            }
        };
        timer.set_value(set_timeout_with_handle(act_now, rest).ok());
    }
}
