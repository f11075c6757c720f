//! Values that a component provides to the components inside it.

use leptos::prelude::*;

/// Returns the value of type `T` that a surrounding component provides. Leptos's own function names the type in its
/// panic message, and the code that escapes such a name costs 4 KB of Unicode tables.
#[track_caller]
pub(crate) fn expect_context<T: Clone + 'static>() -> T {
    match use_context() {
        Some(provided) => provided,
        None => panic!("no surrounding component provides this value"),
    }
}
