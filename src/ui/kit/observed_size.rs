//! Being told when an element changes its size, or appears.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};

use super::memo::effect;

/// Calls `changed` when the size of an element changes, and when it appears, for the first time or again.
pub(crate) fn observe_size(element: Box<dyn Fn() -> Option<Element>>, changed: Box<dyn Fn()>) {
    let callback = Closure::<dyn Fn()>::wrap(changed);
    let observer = ResizeObserver::new(callback.as_ref().unchecked_ref()).ok();
    let kept = StoredValue::new_local((observer, callback));
    effect(move || {
        if let Some(element) = element() {
            kept.with_value(|(observer, _)| {
                if let Some(observer) = observer {
                    observer.observe(&element);
                }
            });
        }
    });
    on_cleanup(move || {
        kept.with_value(|(observer, _)| {
            if let Some(observer) = observer {
                observer.disconnect();
            }
        });
    });
}
