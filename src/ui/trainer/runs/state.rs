//! The kept runs as the lab shows them, and what keeps the current one from being lost.

use std::sync::Arc;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, File};

use crate::exchange::client;
use crate::exchange::protocol::{LARGEST_RUNS, Request, Response};
use crate::format::too_large;
use crate::store::error::StoreError;
use crate::store::locks;
use crate::trainer::kept::list;
use crate::trainer::kept::list::{Cluster, KeptRun};
use crate::trainer::kept::runs;
use crate::trainer::run::failure::Failure;
use crate::trainer::run::protocol::Event;
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::trainer::run::recovery::{Recovery, Remedy};
use crate::ui::kit::download;
use crate::ui::kit::memo::effect;
use crate::ui::trainer::state::TrainerState;

/// Tells other tabs that the list has changed.
const CHANNEL: &str = "gradsheet-runs";
/// A worker that was under way when the page was left may hold its run a moment longer.
const LINGERS: Duration = Duration::from_millis(1500);

/// A sentence under the list.
#[derive(Clone, Default)]
pub(crate) struct Told {
    pub(crate) text: String,
    pub(crate) failed: bool,
    /// Whether what it tells can be undone.
    pub(crate) undo: bool,
}

/// Signals that the components of kept runs share.
#[derive(Clone, Copy)]
pub(crate) struct RunsState {
    trainer: TrainerState,
    /// The list in its order; `None` before it was read.
    pub(crate) clusters: RwSignal<Option<Vec<Cluster>>>,
    /// How many runs cannot be read.
    pub(crate) unreadable: RwSignal<usize>,
    /// Why nothing can be kept.
    pub(crate) trouble: RwSignal<Option<String>>,
    /// The run that is offered to be resumed.
    pub(crate) offered: RwSignal<Option<KeptRun>>,
    /// What is offered after a failure.
    pub(crate) remedy: RwSignal<Remedy>,
    /// What was done about a failure without asking.
    pub(crate) notice: RwSignal<String>,
    pub(crate) told: RwSignal<Told>,
    /// Whether files are being written or read.
    pub(crate) busy: RwSignal<bool>,
    /// What is known of the current run, in case it fails.
    recovery: StoredValue<(RunKey, Recovery)>,
    /// The current run and its epochs when the list was last read for it.
    listed: StoredValue<(RunKey, usize)>,
    deleted: StoredValue<Option<runs::Deleted>, LocalStorage>,
    channel: StoredValue<Option<BroadcastChannel>, LocalStorage>,
    /// Counts how often the list was read; only the last answer is of interest.
    turn: StoredValue<u32>,
}

impl RunsState {
    pub(crate) fn new(trainer: TrainerState) -> Self {
        let state = Self {
            trainer,
            clusters: RwSignal::new(None),
            unreadable: RwSignal::new(0),
            trouble: RwSignal::new(None),
            offered: RwSignal::new(None),
            remedy: RwSignal::new(Remedy::None),
            notice: RwSignal::new(String::new()),
            told: RwSignal::default(),
            busy: RwSignal::new(false),
            recovery: StoredValue::default(),
            listed: StoredValue::default(),
            deleted: StoredValue::new_local(None),
            channel: StoredValue::new_local(BroadcastChannel::new(CHANNEL).ok()),
            turn: StoredValue::new(0),
        };
        trainer.listen(move |event| state.hear(event));
        let changed_elsewhere = Closure::<dyn FnMut()>::new(move || state.refresh());
        state.channel.with_value(|channel| {
            if let Some(channel) = channel {
                channel.set_onmessage(Some(changed_elsewhere.as_ref().unchecked_ref()));
            }
        });
        // The lab is there as long as the page is.
        changed_elsewhere.forget();
        // A tab that was closed tells nobody.
        let focus = window_event_listener(ev::focus, move |_| state.refresh());
        on_cleanup(move || focus.remove());
        effect(move || {
            if trainer.running.get() {
                state.remedy.set(Remedy::None);
                state.offered.set(None);
            }
        });
        state.read(true);
        set_timeout(move || state.read(true), LINGERS);
        state
    }

    /// Reads the list again.
    pub(crate) fn refresh(self) {
        self.read(false);
    }

    /// Reads the list again, and lets other tabs do so.
    fn changed(self) {
        self.refresh();
        self.channel.with_value(|channel| {
            if let Some(channel) = channel {
                // An empty message can always be posted.
                let _ = channel.post_message(&JsValue::NULL);
            }
        });
    }

    fn read(self, offer: bool) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        spawn_local(async move {
            let mut live: Vec<RunKey> = locks::held().await.into_iter().map(RunKey).collect();
            // The browser may take a moment to notice that the worker here has let go of its run.
            if !self.trainer.running.get_untracked() {
                let current = self.trainer.run.with_untracked(|run| run.record.key);
                live.retain(|key| *key != current);
            }
            let read = runs::list(&live).await;
            if self.turn.get_value() != turn {
                return;
            }
            self.trouble.set(read.as_ref().err().map(StoreError::to_string));
            let Ok(read) = read else { return };
            let surplus = list::surplus(&read.runs);
            if offer && !self.trainer.running.get_untracked() && self.offered.with_untracked(Option::is_none) {
                self.offered.set(list::interrupted(&read.runs).cloned());
            } else if self.offered.with_untracked(|offered| {
                offered.as_ref().is_some_and(|run| list::interrupted(&read.runs).map(KeptRun::key) != Some(run.key()))
            }) {
                // Another tab has resumed or deleted it.
                self.offered.set(None);
            }
            self.unreadable.set(read.unreadable);
            self.clusters.set(Some(list::arrange(read.runs)));
            if !surplus.is_empty() {
                for key in surplus {
                    // What cannot be deleted now goes the next time.
                    let _ = runs::delete(key).await;
                }
                self.changed();
            }
        });
    }

    /// A run of the list.
    pub(crate) fn run(self, key: RunKey) -> Option<KeptRun> {
        self.clusters.with(|clusters| {
            clusters.iter().flatten().flat_map(|cluster| &cluster.runs).find(|run| run.key() == key).cloned()
        })
    }

    fn keys(self) -> Vec<RunKey> {
        let runs = |clusters: &Option<Vec<Cluster>>| {
            clusters.iter().flatten().flat_map(|cluster| &cluster.runs).map(KeptRun::key).collect()
        };
        self.clusters.with_untracked(runs)
    }

    /// Takes in an event of the current run.
    fn hear(self, event: &Event) {
        let (key, step, epochs) =
            self.trainer.run.with_untracked(|run| (run.record.key, run.record.step(), run.record.epochs.len()));
        self.recovery.update_value(|(of, recovery)| {
            if *of != key {
                (*of, *recovery) = (key, Recovery::default());
            }
            recovery.hear(event, step);
        });
        match event {
            Event::Failed(failure) => self.failed(failure),
            Event::Finished { .. } | Event::Stopped => self.keep_record(),
            Event::Saved { .. } if self.listed.get_value() != (key, epochs) => {
                self.listed.set_value((key, epochs));
                self.changed();
            }
            _ => {}
        }
    }

    fn failed(self, failure: &Failure) {
        let plan = self.trainer.run.with_untracked(|run| run.record.plan.clone());
        let mut remedy = Remedy::None;
        self.recovery.update_value(|(_, recovery)| remedy = recovery.remedy(failure, &plan));
        if let Remedy::GoOn { device, why } = remedy {
            self.notice.set(why.clone());
            self.trainer.go_on(device, None, Some(why));
        } else {
            self.remedy.set(remedy);
            self.keep_record();
        }
    }

    /// Keeps how the current run has ended. What the worker kept may be older, if it was ended by force or has failed.
    fn keep_record(self) {
        // A run without steps is not worth keeping; and one that could not be resumed has an empty record here, which
        // must not take the place of the kept one.
        let record = self.trainer.run.with_untracked(|run| (run.record.step() > 0).then(|| run.record.clone()));
        let Some(record) = record else { return };
        spawn_local(async move {
            // Where nothing can be kept, that was said when the first checkpoint was to be.
            let _ = runs::save_record(&record).await;
            self.changed();
        });
    }

    /// Does what is offered after a failure.
    pub(crate) fn accept(self) {
        match self.remedy.get_untracked() {
            Remedy::None | Remedy::GoOn { .. } => {}
            remedy @ (Remedy::Resume { device, .. } | Remedy::Slower { device, .. }) => {
                self.trainer.go_on(device, remedy.change(), None);
            }
            Remedy::StartSlower { learning_rate } => self.trainer.train_at(learning_rate),
        }
    }

    /// Goes on with a run that was interrupted.
    pub(crate) fn resume(self, run: &KeptRun) {
        self.offered.set(None);
        self.recovery.set_value((run.key(), Recovery::resumed(run.steps, None)));
        self.trainer.resume(run.record.clone());
        scroll_to_strip();
    }

    /// Makes a run that has ended the current one, from where it can be trained further.
    pub(crate) fn open(self, key: RunKey) {
        self.with_record(key, move |record| {
            self.trainer.show(record);
            scroll_to_strip();
        });
    }

    /// Reads a run's whole record, and does something with it.
    fn with_record(self, key: RunKey, act: impl FnOnce(RunRecord) + 'static) {
        spawn_local(async move {
            match runs::record(key).await {
                Ok(Some(record)) => act(record),
                Ok(None) => self.tell_failure("This run cannot be read.".to_owned()),
                Err(error) => self.tell_failure(error.to_string()),
            }
        });
    }

    /// Whether a run is drawn beside the current one.
    pub(crate) fn is_overlaid(self, key: RunKey) -> bool {
        self.trainer.overlays.with(|overlays| overlays.iter().any(|run| run.key == key))
    }

    /// Whether it is the run that the charts are about.
    pub(crate) fn is_current(self, key: RunKey) -> bool {
        self.trainer.run.with(|run| run.record.key == key)
    }

    /// Draws a run beside the current one, or no longer.
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
                    self.trainer.overlays.update(|overlays| {
                        for run in overlays.iter_mut().filter(|run| run.key == key) {
                            Arc::make_mut(run).name.clone_from(&name);
                        }
                    });
                    self.changed();
                }
                Err(error) => {
                    self.tell_failure(format!("The name was not kept. {error}"));
                    self.refresh();
                }
            }
        });
    }

    /// Deletes a run; that can be undone until the next one is deleted.
    pub(crate) fn delete(self, key: RunKey, title: String) {
        spawn_local(async move {
            match runs::delete(key).await {
                Ok(deleted) => {
                    self.deleted.set_value(Some(deleted));
                    self.told.set(Told { text: format!("“{title}” was deleted."), undo: true, failed: false });
                    self.trainer.overlays.update(|overlays| overlays.retain(|run| run.key != key));
                    self.changed();
                }
                Err(error) => self.tell_failure(format!("The run was not deleted. {error}")),
            }
        });
    }

    /// Brings back what was deleted last.
    pub(crate) fn undo(self) {
        let Some(deleted) = self.deleted.try_update_value(Option::take).flatten() else { return };
        spawn_local(async move {
            match runs::restore(&deleted).await {
                Ok(()) => {
                    self.told.set(Told { text: "It is back.".to_owned(), ..Told::default() });
                    self.changed();
                }
                Err(error) => {
                    self.deleted.set_value(Some(deleted));
                    self.told.set(Told { text: format!("It is not back. {error}"), undo: true, failed: true });
                }
            }
        });
    }

    /// Saves a run as a file, or all of them.
    pub(crate) fn export(self, key: Option<RunKey>) {
        let keys = key.map_or_else(|| self.keys(), |key| vec![key]);
        self.ask(Request::ExportRuns { keys }, None);
    }

    /// Adds the runs of a file.
    pub(crate) fn import(self, file: &File) {
        let name = file.name();
        // The worker would say the same, but only after it was fetched.
        if file.size() > LARGEST_RUNS as f64 {
            return self.tell_failure(too_large(&name, LARGEST_RUNS));
        }
        self.ask(Request::ImportRuns { name }, Some(file));
    }

    fn ask(self, request: Request, file: Option<&File>) {
        self.busy.set(true);
        self.told.set(Told::default());
        client::request(request, file.map(AsRef::as_ref), move |reply| {
            self.busy.set(false);
            match reply {
                Ok((Response::Saved { name, .. }, Some(file))) => match download::save(&file, &name) {
                    Ok(()) => {
                        self.told
                            .set(Told { text: format!("“{name}” is among your downloads."), ..Told::default() });
                    }
                    Err(_) => self.tell_failure("The browser does not let the page save files.".to_owned()),
                },
                Ok((Response::Imported(text), _)) => {
                    self.told.set(Told { text, ..Told::default() });
                    self.changed();
                }
                Ok(_) => self.tell_failure("The worker for files gave no answer to this. Reload the page.".to_owned()),
                Err(message) => self.tell_failure(message),
            }
        });
    }

    fn tell_failure(self, text: String) {
        self.told.set(Told { text, failed: true, undo: false });
    }
}

/// The run's strip is far from the list.
fn scroll_to_strip() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// When a run was started, in the reader's way of writing it.
pub(crate) fn started(key: RunKey) -> String {
    let date = js_sys::Date::new(&key.started().into());
    let options = js_sys::Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // Setting a property of a fresh object cannot fail.
        let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
    }
    date.to_locale_string("en-GB", &options).into()
}

/// What a run is called: its name, or when it was started.
pub(crate) fn title(record: &RunRecord) -> String {
    if record.name.is_empty() { started(record.key) } else { record.name.clone() }
}
