//! A verdict on a run, with what it means one tap away.

use leptos::prelude::*;

use crate::sheet::Verdict;
use crate::ui::kit::dynamic::words;

/// Shows the words; a tap on them shows the definition.
#[component]
pub(crate) fn VerdictWords(
    /// The words.
    text: impl Fn() -> String + Copy + Send + Sync + 'static,
    /// What they mean; empty while there is no verdict.
    definition: impl Fn() -> String + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let meaning = move || match definition() {
        definition if definition.is_empty() => definition,
        definition => format!("{definition} {}", Verdict::END),
    };
    view! {
        <details class="verdict-words">
            <summary prop:textContent=words(text)></summary>
            <p prop:textContent=words(meaning)></p>
        </details>
    }
}
