//! The run's log in the classic form, and the buttons to copy and to save it.

use leptos::html::Pre;
use leptos::prelude::*;

use super::state::TrainerState;
use crate::trainer::run::log;
use crate::trainer::run::record::RunRecord;
use crate::ui::kit::clipboard;
use crate::ui::kit::context::expect_context;
use crate::ui::kit::download;
use crate::ui::kit::dynamic::words;
use crate::ui::kit::memo::{effect, memo};

/// A file format for the log.
struct FileFormat {
    /// The label of the button.
    label: &'static str,
    write: fn(&RunRecord) -> String,
    /// The media type.
    media_type: &'static str,
    /// The end of the file's name, without the point.
    extension: &'static str,
}

const FORMATS: [FileFormat; 3] = [
    FileFormat { label: "Text", write: log::text, media_type: "text/plain", extension: "txt" },
    FileFormat { label: "CSV", write: log::csv, media_type: "text/csv", extension: "csv" },
    FileFormat { label: "JSON lines", write: log::json_lines, media_type: "application/x-ndjson", extension: "jsonl" },
];

/// The text of the log, scrolled to its end.
#[component]
pub(crate) fn RunLog() -> impl IntoView {
    let state: TrainerState = expect_context();
    // The text is written again when an epoch or a note is added, not with every step.
    let length = memo(move || state.run.with(|run| (run.record.key, run.record.epochs.len(), run.record.notes.len())));
    let lines = memo(move || {
        length.get();
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
        // Not live: a screen reader reads one sentence per epoch in the strip instead.
        // The lines are the same in every language; the sentence before the first one may be translated.
        <pre
            role="log" aria-live="off" aria-label="Log" tabindex="0" node_ref=text
            translate=move || if lines.with(Vec::is_empty) { "yes" } else { "no" }
            prop:textContent=words(move || {
                let lines = lines.get();
                if lines.is_empty() { "One result appears here after each epoch.".to_owned() } else { lines.join("\n") }
            })
        ></pre>
    }
}

/// The buttons to copy and to save the log.
#[component]
pub(crate) fn LogTools() -> impl IntoView {
    let state: TrainerState = expect_context();
    let message = RwSignal::new("");
    let is_empty = memo(move || state.run.with(|run| run.record.notes.is_empty() && run.record.epochs.is_empty()));
    let copy = move |_| {
        let text = state.run.with_untracked(|run| log::text(&run.record));
        clipboard::write(text, move |done| {
            message.set(if done.is_ok() {
                "Copied."
            } else {
                "The browser does not allow copying. Save the log as text instead."
            });
        });
    };
    let files = FORMATS.map(|FileFormat { label, write, media_type, extension }| {
        let save = move |_| {
            let text = state.run.with_untracked(|run| write(&run.record));
            message.set(if download::save_text(&text, media_type, &format!("training-log.{extension}")).is_ok() { "" } else { "The browser does not let the page save files." });
        };
        view! {
            <button type="button" class="quiet" aria-label=format!("Save the log as {label}") on:click=save disabled=is_empty>{label}</button>
        }
    });
    view! {
        <div class="log-tools">
            <span class="hint" role="status" prop:textContent=words(move || message.get())></span>
            <button type="button" class="quiet" aria-label="Copy the log" on:click=copy disabled=is_empty>"Copy"</button>
            {files.into_iter().collect_view()}
        </div>
    }
}
