//! Changing parts of a view as boxed closures. Leptos compiles its code once for each closure type; a box is one type.

use leptos::either::Either;
use leptos::prelude::*;

use super::memo::memo;

/// A text that changes; used as a child or as an attribute.
pub(crate) type Text = Box<dyn FnMut() -> String + Send>;

/// A part of a view that changes.
pub(crate) type Part = Box<dyn FnMut() -> AnyView + Send>;

/// Returns a text that is written again whenever a signal that `write` reads has changed.
pub(crate) fn text<T: ToString>(mut write: impl FnMut() -> T + Send + 'static) -> Text {
    Box::new(move || write().to_string())
}

/// Returns a part of a view that is built again whenever a signal that `build` reads has changed.
pub(crate) fn part<V: IntoView + 'static>(mut build: impl FnMut() -> V + Send + 'static) -> Part {
    Box::new(move || build().into_any())
}

/// Shows its children while `when` is true, and otherwise the fallback, if there is one. It replaces Leptos's component
/// of the same name.
#[component]
pub(crate) fn Show(
    /// The content; it is built anew each time that `when` becomes true.
    children: ChildrenFn,
    /// Whether the content is shown.
    when: impl Fn() -> bool + Send + Sync + 'static,
    /// The content that is shown otherwise.
    #[prop(optional, into)]
    fallback: ViewFn,
) -> impl IntoView {
    let when = memo(when);
    // The two variants make the sides different types, so that Leptos never updates one side into the other.
    part(move || if when.get() { Either::Left(children()) } else { Either::Right(fallback.run()) })
}
