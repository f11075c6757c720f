//! Runs that have ended and could not be stored: the page says so, tries again, and lets the user save them as files.

use std::sync::Arc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::KeptRunsState;
use super::title::title;
use crate::exchange::protocol::Request;
use crate::trainer::kept::unstored::{Unstored, UnstoredRuns};
use crate::trainer::kept::{copies, runs};
use crate::trainer::run::protocol::Event;
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::ui::kit::context::expect_context;
use crate::ui::kit::dynamic::{Words, part};

impl KeptRunsState {
    /// Stores the record of the current run, which has ended, and its checkpoint if only the page has it. If that fails,
    /// the run waits in memory, whatever the user does next.
    pub(super) async fn keep_ended(self, record: RunRecord) {
        copies::keep(&record);
        let checkpoint = self.trainer.run.with_untracked(|run| {
            (run.record.key == record.key).then(|| run.checkpoint.bytes().map(<[u8]>::to_vec)).flatten()
        });
        let (record, checkpoint) = (Arc::new(record), checkpoint.map(Arc::new));
        match runs::save_record(&record, checkpoint.as_ref().map(|bytes| &bytes[..])).await {
            Ok(()) => self.is_stored(record.key),
            Err(error) => {
                let run = Unstored { record, checkpoint, error, has_file: false };
                self.unstored.update(|unstored| {
                    unstored.hope();
                    unstored.add(run);
                });
                self.try_later();
            }
        }
    }

    /// Notes that the browser keeps a run now.
    fn is_stored(self, key: RunKey) {
        self.unstored.update(|unstored| unstored.remove(key));
        self.trainer.run.update(|run| {
            if run.record.key == key && !run.is_running() {
                let step = run.checkpoint.bytes().and(run.checkpoint.step());
                // The checkpoint, which only the page had, was stored with the record.
                if let Some(step) = step {
                    run.checkpoint.apply(&Event::Saved { step }, step);
                }
            }
        });
    }

    /// Tries to store the runs that could not be stored. The next attempts follow soon, since there is reason to hope.
    pub(super) fn try_now(self) {
        if !self.unstored.with_untracked(|unstored| unstored.runs().is_empty()) {
            self.unstored.update(UnstoredRuns::hope);
            self.try_to_store();
        }
    }

    fn try_to_store(self) {
        if self.is_storing.get_value() {
            return;
        }
        self.is_storing.set_value(true);
        spawn_local(async move {
            let mut has_stored = false;
            for run in self.unstored.with_untracked(UnstoredRuns::to_store) {
                let key = run.record.key;
                match runs::save_record(&run.record, run.checkpoint.as_ref().map(|bytes| &bytes[..])).await {
                    Ok(()) => {
                        has_stored = true;
                        self.is_stored(key);
                    }
                    Err(error) => self.unstored.update(|unstored| unstored.failed(key, &error)),
                }
            }
            self.is_storing.set_value(false);
            if has_stored {
                self.changed();
            }
            self.try_later();
        });
    }

    /// Tries again after a while, if there is something to store.
    fn try_later(self) {
        let turn = self.storing_turn.get_value() + 1;
        self.storing_turn.set_value(turn);
        if let Some(delay) = self.unstored.try_update(UnstoredRuns::next_delay).flatten() {
            // Of several timers, only the last one acts.
            let act = move || {
                if self.storing_turn.get_value() == turn {
                    self.try_to_store();
                }
            };
            set_timeout(act, delay.max(Duration::from_millis(1)));
        }
    }

    fn save_unstored_as_file(self, run: &Unstored) {
        let key = run.record.key;
        self.request_then(Request::ExportRun { run: Box::new((*run.record).clone()) }, None, move || {
            self.unstored.update(|unstored| unstored.saved_as_file(key));
        });
    }

    /// Listens to what gives hope that runs can be stored, and lets the browser ask before a run is lost.
    pub(super) fn guard_unstored(self) {
        let focus = window_event_listener(ev::focus, move |_| self.try_now());
        let visible = window_event_listener(ev::visibilitychange, move |_| self.try_now());
        let leave = window_event_listener(ev::beforeunload, move |event| {
            if self.unstored.with_untracked(UnstoredRuns::is_at_risk) {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            focus.remove();
            visible.remove();
            leave.remove();
        });
    }
}

/// The notices of the runs that could not be stored, each with what the user can do.
#[component]
pub(crate) fn UnstoredNotice() -> impl IntoView {
    let state: KeptRunsState = expect_context();
    view! {
        // The element is there from the beginning, so that a screen reader reads its text when it changes.
        <div class="run-notices" role="alert">
            {part(move || {
                state.unstored.with(|unstored| unstored.runs().iter().map(|run| notice(state, run)).collect_view())
            })}
        </div>
    }
}

fn notice(state: KeptRunsState, run: &Unstored) -> AnyView {
    let (title, key, run) = (title(&run.record), run.record.key, run.clone());
    let sentence = run.sentence(&title);
    let label = |verb: &str| format!("{verb} “{title}”");
    let (again, file, drop) = (label("Try again to store"), label("Save as a file:"), label("Give up"));
    view! {
        <div class="run-notice">
            <p prop:textContent=Words::from(sentence)></p>
            <div class="buttons">
                <button type="button" class="primary" aria-label=again on:click=move |_| state.try_now()>"Try again"</button>
                <button
                    type="button" aria-label=file disabled=state.busy on:click=move |_| state.save_unstored_as_file(&run)
                >"Save as a file"</button>
                <button
                    type="button" aria-label=drop
                    on:click=move |_| state.unstored.update(|unstored| unstored.remove(key))
                >"Give up this run"</button>
            </div>
        </div>
    }
    .into_any()
}
