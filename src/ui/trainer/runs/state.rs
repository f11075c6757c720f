//! The state of the list of kept runs, and what the user can do with the runs in it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::BroadcastChannel;

use crate::store::error::StoreError;
use crate::trainer::kept::copies;
use crate::trainer::kept::list;
use crate::trainer::kept::list::{KeptRun, RunGroup, Tab};
use crate::trainer::kept::listing;
use crate::trainer::kept::offer::Offer;
use crate::trainer::kept::removal;
use crate::trainer::kept::runs::{self, Whole};
use crate::trainer::kept::unstored::UnstoredRuns;
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::trainer::run::recovery::{Recovery, Remedy};
use crate::trainer::run::view::RunView;
use crate::ui::kit::memo::effect;
use crate::ui::kit::memo::memo;
use crate::ui::trainer::feedback::Feedback;
use crate::ui::trainer::state::TrainerState;

/// The name of the channel on which tabs tell each other that the list has changed.
const CHANNEL: &str = "gradsheet-runs";
/// The time between two looks at the runs of other tabs, as long as they train some.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The state of the list of kept runs, which the components get through the context.
#[derive(Clone, Copy)]
pub(crate) struct KeptRunsState {
    pub(super) trainer: TrainerState,
    /// The runs in the order of the list, grouped by recipe; `None` until they have been read.
    pub(crate) groups: RwSignal<Option<Vec<RunGroup>>>,
    /// The number of runs that cannot be read.
    pub(crate) unreadable: RwSignal<usize>,
    /// Why the browser's database cannot be used, if it cannot.
    pub(crate) trouble: RwSignal<Option<String>>,
    /// The offer to resume a run that was interrupted.
    pub(crate) offer: RwSignal<Offer>,
    /// The offer after a failure of the current run.
    pub(crate) remedy: RwSignal<Remedy>,
    /// What the page did after a failure without asking; empty if nothing.
    pub(crate) notice: RwSignal<String>,
    /// What came of the user's last action in the list.
    pub(crate) feedback: RwSignal<Feedback>,
    /// Whether a file is being written or read.
    pub(crate) busy: RwSignal<bool>,
    /// What is remembered of a run for the case that it fails, and the key of that run.
    pub(super) recovery: StoredValue<(RunKey, Recovery)>,
    /// The current run and its number of epochs when the list was last read because of a checkpoint.
    pub(super) listed: StoredValue<(RunKey, usize)>,
    /// The run that was deleted last, if that can be undone.
    pub(super) deleted: StoredValue<Option<removal::Deleted>, LocalStorage>,
    channel: StoredValue<Option<BroadcastChannel>, LocalStorage>,
    /// The number of times that the list was read. Only the answer to the last reading is used.
    readings: StoredValue<u32>,
    /// The runs that other tabs trained when the list was last read.
    of_others: StoredValue<Vec<RunKey>>,
    /// Whether a look at the runs of other tabs is due.
    is_watching: StoredValue<bool>,
    /// Deleting surplus runs has failed, and is not tried again before this time, in milliseconds since 1970.
    pub(super) surplus_waits_until: StoredValue<f64>,
    /// The runs that have ended and could not be stored.
    pub(super) unstored: RwSignal<UnstoredRuns>,
    /// Whether these runs are being stored now.
    pub(super) is_storing: StoredValue<bool>,
    /// The number of the last timer for another attempt to store them.
    pub(super) storing_turn: StoredValue<u32>,
    /// What became of runs that the browser has lost; empty if it has lost none.
    pub(super) lost: RwSignal<String>,
    /// Whether the page has asked the browser to keep its storage.
    pub(super) has_asked: StoredValue<bool>,
}

impl KeptRunsState {
    pub(crate) fn new(trainer: TrainerState) -> Self {
        let state = Self {
            trainer,
            groups: RwSignal::new(None),
            unreadable: RwSignal::new(0),
            trouble: RwSignal::new(None),
            offer: RwSignal::default(),
            remedy: RwSignal::new(Remedy::None),
            notice: RwSignal::new(String::new()),
            feedback: RwSignal::default(),
            busy: RwSignal::new(false),
            recovery: StoredValue::default(),
            listed: StoredValue::default(),
            deleted: StoredValue::new_local(None),
            channel: StoredValue::new_local(BroadcastChannel::new(CHANNEL).ok()),
            readings: StoredValue::new(0),
            of_others: StoredValue::default(),
            is_watching: StoredValue::new(false),
            surplus_waits_until: StoredValue::new(0.0),
            unstored: RwSignal::default(),
            is_storing: StoredValue::new(false),
            storing_turn: StoredValue::new(0),
            lost: RwSignal::new(String::new()),
            has_asked: StoredValue::new(false),
        };
        trainer.listen(move |news| state.hear(news));
        let changed_elsewhere = Closure::<dyn FnMut()>::new(move || state.refresh());
        state.channel.with_value(|channel| {
            if let Some(channel) = channel {
                channel.set_onmessage(Some(changed_elsewhere.as_ref().unchecked_ref()));
            }
        });
        // The closure is never freed: it is needed for as long as the page is open.
        changed_elsewhere.forget();
        // A tab that is closed while it trains sends no message.
        let focus = window_event_listener(ev::focus, move |_| state.refresh());
        on_cleanup(move || focus.remove());
        state.guard_unstored();
        effect(move || {
            if trainer.running.get() {
                state.remedy.set(Remedy::None);
            }
        });
        let is_training = memo(move || trainer.run.with(RunView::is_running));
        effect(move || {
            if is_training.get() {
                state.offer.update(Offer::decide);
            }
        });
        state.refresh();
        state
    }

    /// Reads the list again here and in other tabs.
    pub(super) fn changed(self) {
        self.refresh();
        self.channel.with_value(|channel| {
            if let Some(channel) = channel {
                // Posting an empty message cannot fail.
                let _ = channel.post_message(&JsValue::NULL);
            }
        });
    }

    /// Reads the list.
    pub(crate) fn refresh(self) {
        let reading = self.readings.get_value() + 1;
        self.readings.set_value(reading);
        spawn_local(async move {
            let owners = self.trainer.owners().await;
            // A run that is stored meanwhile has its copy later, and was not lost.
            let copied = copies::keys();
            let read = listing::list(&owners).await;
            if self.readings.get_value() != reading {
                return;
            }
            self.trouble.set(read.as_ref().err().map(StoreError::to_string));
            let Ok(mut read) = read else { return };
            let lost = self.add_lost(&mut read, &copied, &owners);
            // Runs that are about to be deleted are not listed: there may be thousands.
            let surplus = list::surplus(&read.runs);
            let deleted: HashSet<RunKey> = surplus.iter().copied().collect();
            read.runs.retain(|run| !deleted.contains(&run.key()));
            self.offer.update(|offer| offer.take_in(&read.runs));
            self.follow_stored(&read.runs);
            self.follow_deletion(|key| read.deleted.contains(&key));
            self.of_others.set_value(read.runs.iter().filter(|run| run.is_of_other_tab()).map(KeptRun::key).collect());
            self.watch();
            self.unreadable.set(read.unreadable.len());
            let drawn = self.drawn(&read.runs);
            self.groups.set(Some(list::arrange(read.runs)));
            self.bring_back(lost).await;
            self.add_losses(drawn).await;
            self.delete_surplus(surplus).await;
        });
    }

    /// Reads the list again as soon as another tab trains a run no more that it trained before. A tab that crashes sends no
    /// message.
    fn watch(self) {
        let is_needed = self.of_others.with_value(|runs| !runs.is_empty());
        if !is_needed || self.is_watching.get_value() {
            return;
        }
        self.is_watching.set_value(true);
        let look = move || {
            spawn_local(async move {
                let owners = self.trainer.owners().await;
                self.is_watching.set_value(false);
                let still = |key: &RunKey| owners.trained_in(*key) == Some(Tab::Other);
                if self.of_others.with_value(|runs| runs.iter().all(still)) {
                    self.watch();
                } else {
                    self.refresh();
                }
            });
        };
        set_timeout(look, LOOK_EVERY);
    }

    /// Returns a run of the list; `None` if it is not there.
    pub(crate) fn run(self, key: RunKey) -> Option<KeptRun> {
        self.groups
            .with(|groups| groups.iter().flatten().flat_map(|group| &group.runs).find(|run| run.key() == key).cloned())
    }

    /// Whether another tab trains the current run.
    pub(crate) fn is_current_elsewhere(self) -> bool {
        let key = self.trainer.run.with(|run| run.record.key);
        self.run(key).is_some_and(|run| run.is_of_other_tab())
    }

    /// The keys of all runs in the list.
    pub(super) fn keys(self) -> Vec<RunKey> {
        let runs = |groups: &Option<Vec<RunGroup>>| {
            groups.iter().flatten().flat_map(|group| &group.runs).map(KeptRun::key).collect()
        };
        self.groups.with_untracked(runs)
    }

    /// Reads a run's whole record and passes it to `act`.
    pub(super) fn with_record(self, key: RunKey, act: impl FnOnce(RunRecord) + 'static) {
        spawn_local(async move {
            match whole_record(key).await {
                Ok(record) => act(record),
                Err(reason) => self.show_failure(reason),
            }
        });
    }

    /// Whether a run is drawn on the charts with the current one.
    pub(crate) fn is_overlaid(self, key: RunKey) -> bool {
        self.trainer.overlays.with(|overlays| overlays.iter().any(|run| run.key == key))
    }

    /// Whether a run is the current one.
    pub(crate) fn is_current(self, key: RunKey) -> bool {
        self.trainer.run.with(|run| run.record.key == key)
    }

    /// Draws a run on the charts with the current one, or removes it from them.
    pub(crate) fn overlay(self, key: RunKey, on: bool) {
        self.trainer.overlays.update(|overlays| overlays.retain(|run| run.key != key));
        if on {
            self.with_record(key, move |record| {
                self.trainer.overlays.update(|overlays| overlays.push(Arc::new(record)));
            });
        }
    }

    /// Gives a run another name.
    pub(crate) fn rename(self, key: RunKey, name: &str) {
        let name = list::tidy_name(name);
        spawn_local(async move {
            match runs::rename(key, &name).await {
                Ok(()) => {
                    copies::rename(key, &name);
                    self.trainer.overlays.update(|overlays| {
                        for run in overlays.iter_mut().filter(|run| run.key == key) {
                            Arc::make_mut(run).name.clone_from(&name);
                        }
                    });
                    self.changed();
                }
                Err(error) => {
                    self.show_failure(format!("The name could not be saved. {error}"));
                    self.refresh();
                }
            }
        });
    }

    /// Shows under the list that the user's last action failed.
    pub(super) fn show_failure(self, text: String) {
        self.feedback.set(Feedback::failed(text));
    }
}

/// Reads a run's whole record, from its second copy if need be.
///
/// # Errors
/// A sentence for the user.
pub(super) async fn whole_record(key: RunKey) -> Result<RunRecord, String> {
    match runs::record(key).await {
        Ok(Whole::Record(record)) => Ok(*record),
        Ok(Whole::Unreadable) => Err("This run cannot be read, or was deleted.".to_owned()),
        Ok(Whole::WithoutLosses) => {
            let copy = copies::read(key).and_then(|(head, losses)| head.with_losses(losses));
            copy.ok_or_else(|| "The loss curve of this run is lost or damaged.".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}
