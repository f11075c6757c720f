//! What changes in a view, behind pointers: Leptos would compile its machinery anew for every closure.

use leptos::either::Either;
use leptos::prelude::*;

use super::memo::memo;

/// A text that changes, as a child or as an attribute.
pub(crate) type Text = Box<dyn FnMut() -> String + Send>;

/// A part of a view that changes.
pub(crate) type Part = Box<dyn FnMut() -> AnyView + Send>;

/// A text that is written anew when something it depends on has changed.
pub(crate) fn text<T: ToString>(mut write: impl FnMut() -> T + Send + 'static) -> Text {
    Box::new(move || write().to_string())
}

/// A part of a view that is built anew when something it depends on has changed.
pub(crate) fn part<V: IntoView + 'static>(mut build: impl FnMut() -> V + Send + 'static) -> Part {
    Box::new(move || build().into_any())
}

/// Shows its children while `when` is true, and otherwise the fallback, if there is one; as Leptos's own, which it
/// stands in for.
#[component]
pub(crate) fn Show(
    /// What is shown; built anew each time.
    children: ChildrenFn,
    /// Whether it is shown.
    when: impl Fn() -> bool + Send + Sync + 'static,
    /// What is shown instead.
    #[prop(optional, into)]
    fallback: ViewFn,
) -> impl IntoView {
    let when = memo(when);
    // Two sides of a type of their own, so that one is never taken for a new version of the other.
    part(move || if when.get() { Either::Left(children()) } else { Either::Right(fallback.run()) })
}
