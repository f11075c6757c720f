//! Memos and effects from boxed closures. Leptos compiles its code once for each closure type, a kilobyte each; a box
//! is one type.

use leptos::prelude::*;

/// Returns a value that is computed again when a signal that `compute` reads has changed, and that notifies its own
/// readers only if the result differs.
pub(crate) fn memo<T: PartialEq + Send + Sync + 'static>(compute: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    let compute: Box<dyn Fn() -> T + Send + Sync> = Box::new(compute);
    Memo::new(move |_| compute())
}

/// Calls `run` now, and again whenever a signal that `run` reads has changed.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    let run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(run);
}
