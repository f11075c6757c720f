//! Changing parts of a view as boxed closures. Leptos compiles its code once for each closure type; a box is one type.

use leptos::either::Either;
use leptos::prelude::*;
use leptos::tachys::html::property::IntoProperty;
use web_sys::Element;

use super::memo::memo;

/// A text that changes; used as an attribute.
pub(crate) type Text = Box<dyn FnMut() -> String + Send>;

/// The whole text of an element, for its property `textContent`.
///
/// A browser that translates the page puts other nodes in the place of every text node, so a view that later writes into
/// its own text node changes nothing that the user sees. A text that is set on an element replaces whatever is in it.
/// Only texts that never change, in parts that are never built again, may be children.
#[derive(Clone)]
pub(crate) struct Words(String);

impl<T: Into<String>> From<T> for Words {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl IntoProperty for Words {
    type State = (Element, String);
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element, key: &str) -> Self::State {
        self.build(element, key)
    }

    fn build(self, element: &Element, _: &str) -> Self::State {
        element.set_text_content(Some(&self.0));
        (element.clone(), self.0)
    }

    fn rebuild(self, (element, shown): &mut Self::State, _: &str) {
        // The same text again would undo a translation, and some screen readers would read it once more.
        if *shown != self.0 {
            element.set_text_content(Some(&self.0));
            *shown = self.0;
        }
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }
}

/// A part of a view that changes.
pub(crate) type Part = Box<dyn FnMut() -> AnyView + Send>;

/// Returns a text that is written again whenever a signal that `write` reads has changed.
pub(crate) fn text<T: ToString>(mut write: impl FnMut() -> T + Send + 'static) -> Text {
    Box::new(move || write().to_string())
}

/// Returns the words of an element, which are written again whenever a signal that `write` reads has changed.
pub(crate) fn words<T: ToString>(mut write: impl FnMut() -> T + Send + 'static) -> Box<dyn FnMut() -> Words + Send> {
    Box::new(move || Words(write().to_string()))
}

/// Returns a part of a view that is built again whenever a signal that `build` reads has changed.
pub(crate) fn part<V: IntoView + 'static>(mut build: impl FnMut() -> V + Send + 'static) -> Part {
    Box::new(move || build().into_any())
}

/// A condition that changes, as a box: a component that took the closure itself would be compiled once for each.
pub(crate) struct Condition(Box<dyn Fn() -> bool + Send + Sync>);

impl<F: Fn() -> bool + Send + Sync + 'static> From<F> for Condition {
    fn from(condition: F) -> Self {
        Self(Box::new(condition))
    }
}

/// Shows its children while `when` is true, and otherwise the fallback, if there is one. It replaces Leptos's component
/// of the same name.
#[component]
pub(crate) fn Show(
    /// The content; it is built anew each time that `when` becomes true.
    children: ChildrenFn,
    /// Whether the content is shown.
    #[prop(into)]
    when: Condition,
    /// The content that is shown otherwise.
    #[prop(optional, into)]
    fallback: ViewFn,
) -> impl IntoView {
    let when = memo(when.0);
    // The two variants make the sides different types, so that Leptos never updates one side into the other.
    part(move || if when.get() { Either::Left(children()) } else { Either::Right(fallback.run()) })
}
