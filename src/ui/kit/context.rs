//! What components provide to those below them.

use leptos::prelude::*;

/// What a component above provides. As Leptos's own, but without names of types in the message, whose escapes take the
/// tables of Unicode: 4 KB.
#[track_caller]
pub(crate) fn expect_context<T: Clone + 'static>() -> T {
    match use_context() {
        Some(provided) => provided,
        None => panic!("no component above provides this"),
    }
}
