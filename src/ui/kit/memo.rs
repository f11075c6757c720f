//! Memos and effects that share their machinery: Leptos would compile it anew for every closure, a kilobyte each.

use leptos::prelude::*;

/// A value that is computed again when something it depends on has changed, and tells others only of another result.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(compute: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    let compute: Box<dyn Fn() -> T + Send + Sync> = Box::new(compute);
    Memo::new(move |_| compute())
}

/// Something that is done now, and again when something it depends on has changed.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    let run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(run);
}
