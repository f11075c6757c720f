//! Deleting runs: one by the user, who can undo it, and those that are too many.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::KeptRunsState;
use crate::store::locks;
use crate::trainer::kept::{copies, removal};
use crate::trainer::run::record::RunKey;
use crate::ui::trainer::feedback::Feedback;
use crate::ui::trainer::ownership::OWNED_ELSEWHERE;

/// The number of surplus runs that are deleted in one transaction.
const DELETED_AT_ONCE: usize = 32;

/// Milliseconds until deleting surplus runs is tried again after it has failed.
const SURPLUS_PATIENCE: f64 = 60_000.0;

impl KeptRunsState {
    /// Deletes runs so that not too many are left. If that fails, it is tried again after a while, not at once: the next
    /// reading of the list would fail in the same way.
    pub(super) async fn delete_surplus(self, surplus: Vec<RunKey>) {
        let now = js_sys::Date::now();
        if surplus.is_empty() || now < self.surplus_waits_until.get_value() {
            return;
        }
        for keys in surplus.chunks(DELETED_AT_ONCE) {
            if removal::delete_all(keys).await.is_err() {
                self.surplus_waits_until.set_value(now + SURPLUS_PATIENCE);
                return;
            }
            keys.iter().copied().for_each(copies::forget);
        }
        self.changed();
    }

    /// Deletes a run. The user can undo that until the next run is deleted.
    pub(crate) fn delete(self, key: RunKey, title: String) {
        spawn_local(async move {
            let Some(hold) = locks::hold(key.0).await else {
                self.refresh();
                return self.show_failure(OWNED_ELSEWHERE.to_owned());
            };
            let deleted = removal::delete(key).await;
            hold.release().await;
            match deleted {
                Ok(deleted) => {
                    copies::forget(key);
                    self.deleted.set_value(Some(deleted));
                    self.feedback.set(Feedback::good(format!("“{title}” was deleted.")).with_undo());
                    self.trainer.overlays.update(|overlays| overlays.retain(|run| run.key != key));
                    self.changed();
                    // There is room now.
                    self.try_now();
                }
                Err(error) => self.show_failure(format!("The run could not be deleted. {error}")),
            }
        });
    }

    /// Restores the run that was deleted last.
    pub(crate) fn undo(self) {
        let Some(deleted) = self.deleted.try_update_value(Option::take).flatten() else { return };
        spawn_local(async move {
            let restored = match locks::hold(deleted.key().0).await {
                None => Err(OWNED_ELSEWHERE.to_owned()),
                Some(hold) => {
                    let restored = removal::restore(&deleted).await;
                    hold.release().await;
                    restored.map_err(|error| error.to_string())
                }
            };
            match restored {
                Ok(()) => {
                    self.feedback.set(Feedback::good("The run is back in the list."));
                    self.with_record(deleted.key(), |record| copies::keep(&record));
                    self.changed();
                }
                Err(error) => {
                    self.deleted.set_value(Some(deleted));
                    let text = format!("The run could not be restored. {error}");
                    self.feedback.set(Feedback::failed(text).with_undo());
                }
            }
        });
    }
}
