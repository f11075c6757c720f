//! The run's log in the classic form, to be read, copied and saved.

use leptos::html::Pre;
use leptos::prelude::*;

use super::state::TrainerState;
use crate::trainer::run::log;
use crate::trainer::run::record::RunRecord;
use crate::ui::kit::clipboard;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::download;
use crate::ui::kit::memo::{effect, memo};

/// A form that a log is saved in.
struct Form {
    /// The button's word.
    word: &'static str,
    write: fn(&RunRecord) -> String,
    /// Its media type.
    kind: &'static str,
    /// The end of the file's name.
    extension: &'static str,
}

const FORMS: [Form; 3] = [
    Form { word: "Text", write: log::text, kind: "text/plain", extension: "txt" },
    Form { word: "CSV", write: log::csv, kind: "text/csv", extension: "csv" },
    Form { word: "JSON lines", write: log::json_lines, kind: "application/x-ndjson", extension: "jsonl" },
];

/// The log itself. It follows its end.
#[component]
pub(crate) fn RunLog() -> impl IntoView {
    let state: TrainerState = expect_context();
    // Written anew when there is something new to write, not with every step.
    let told = memo(move || state.run.with(|run| (run.record.key, run.record.epochs.len(), run.record.notes.len())));
    let lines = memo(move || {
        told.get();
        state.run.with_untracked(|run| run.record.log_lines())
    });
    let text = NodeRef::<Pre>::new();
    effect(move || {
        lines.track();
        if let Some(text) = text.get() {
            request_animation_frame(move || text.set_scroll_top(text.scroll_height()));
        }
    });
    view! {
        // Not live: a screen reader hears one sentence an epoch from the strip instead.
        <pre role="log" aria-live="off" aria-label="Log" tabindex="0" node_ref=text>
            {move || {
                let lines = lines.get();
                if lines.is_empty() { "Each epoch writes two lines here.".to_owned() } else { lines.join("\n") }
            }}
        </pre>
    }
}

/// Copy the log, and save it.
#[component]
pub(crate) fn LogTools() -> impl IntoView {
    let state: TrainerState = expect_context();
    let said = RwSignal::new("");
    let nothing = memo(move || state.run.with(|run| run.record.notes.is_empty() && run.record.epochs.is_empty()));
    let copy = move |_| {
        let text = state.run.with_untracked(|run| log::text(&run.record));
        clipboard::write(text, move |done| {
            said.set(if done.is_ok() { "Copied." } else { "The browser refuses; save it as text instead." });
        });
    };
    let files = FORMS.map(|Form { word, write, kind, extension }| {
        let save = move |_| {
            let text = state.run.with_untracked(|run| write(&run.record));
            said.set(if download::save_text(&text, kind, &format!("training-log.{extension}")).is_ok() { "" } else { "The browser refuses." });
        };
        view! {
            <button type="button" class="quiet" aria-label=format!("Save the log as {word}") on:click=save disabled=nothing>{word}</button>
        }
    });
    view! {
        <div class="log-tools">
            <span class="hint" role="status">{said}</span>
            <button type="button" class="quiet" aria-label="Copy the log" on:click=copy disabled=nothing>"Copy"</button>
            {files.into_iter().collect_view()}
        </div>
    }
}
