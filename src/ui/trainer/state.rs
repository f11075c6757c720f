//! What the trainer's components share: the recipe being typed, the run, and the client that reaches the worker.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::File;

use crate::mnist;
use crate::trainer::page::client::Client;
use crate::trainer::recipe::plan::{Change, Plan};
use crate::trainer::recipe::text::RecipeText;
use crate::trainer::recipe::{DeviceChoice, Field, FieldError, Recipe};
use crate::trainer::run::protocol::{Begin, Event};
use crate::trainer::run::record::{Happening, Note, RunKey, RunRecord};
use crate::trainer::run::reports::{CheckReport, Preflight};
use crate::trainer::run::view::{Action, Activity, RunView};
use crate::ui::kit::memo::memo;

/// Hears each of the run's events.
type Listener = Rc<dyn Fn(&Event)>;

/// Signals that the trainer's components share through the context.
#[derive(Clone, Copy)]
pub(crate) struct TrainerState {
    pub(crate) text: RwSignal<RecipeText>,
    /// What is wrong with the recipe; told when the user tries to train.
    pub(crate) errors: RwSignal<Vec<FieldError>>,
    /// What is wrong with the link that was opened.
    pub(crate) notice: RwSignal<Option<String>>,
    /// The run, new at every event. Never cloned: it holds the loss of every step.
    pub(crate) run: RwSignal<RunView>,
    /// Changes at most once a frame, when the run has changed: what charts follow.
    pub(crate) frame: RwSignal<u32>,
    /// Other runs to be drawn beside this one.
    pub(crate) overlays: RwSignal<Vec<Arc<RunRecord>>>,
    /// The last comparison with PyTorch or measurement. It leaves the run's charts and log alone.
    pub(crate) aside: RwSignal<RunView>,
    /// What the last comparison with PyTorch came to.
    pub(crate) check: RwSignal<Option<CheckReport>>,
    /// The last measurement of this machine, and what was measured.
    pub(crate) measured: RwSignal<Option<(Recipe, Preflight)>>,
    /// What the user has asked for and the worker has not done yet.
    pub(crate) asked: RwSignal<Option<Action>>,
    /// Whether the check or the measurement is what was started last.
    is_aside: RwSignal<bool>,
    /// Whether anything is under way, held or not.
    pub(crate) running: Memo<bool>,
    /// The run's last checkpoint, if it could not be stored.
    unsaved: StoredValue<Option<Vec<u8>>>,
    /// What records call the data set in use.
    data: StoredValue<String>,
    /// The weights from a file that the run was begun with, to begin again with.
    weights: StoredValue<Option<(String, Vec<u8>)>>,
    /// How the run was begun or gone on with, to try that again.
    begun: StoredValue<Option<Begin>>,
    /// Who hears the run's events besides.
    listener: StoredValue<Listener, LocalStorage>,
    client: StoredValue<Client, LocalStorage>,
}

impl TrainerState {
    /// A lab that begins with `recipe` in its form; `notice` says what is wrong with the link that was opened.
    pub(crate) fn new(recipe: &Recipe, notice: Option<String>) -> Self {
        let (run, aside) = (RwSignal::new(RunView::default()), RwSignal::new(RunView::default()));
        let (check, measured) = (RwSignal::new(None), RwSignal::new(None));
        let (is_aside, asked) = (RwSignal::new(false), RwSignal::new(None));
        let unsaved = StoredValue::new(None);
        let listener = StoredValue::new_local(Rc::new(|_: &Event| {}) as Listener);
        let frame = RwSignal::new(0_u32);
        let text = RwSignal::new(RecipeText::of(recipe));
        let draw = once_a_frame(move || frame.update(|frame| *frame = frame.wrapping_add(1)));
        let hear = move |mut event: Event| {
            match &mut event {
                Event::Unsaved { checkpoint, .. } if !checkpoint.is_empty() => {
                    unsaved.set_value(Some(std::mem::take(checkpoint)));
                }
                Event::Saved { .. } => unsaved.set_value(None),
                Event::Checked(report) => check.set(Some(report.clone())),
                Event::Measured(report) => {
                    let recipe = aside.with_untracked(|aside| aside.record.plan.recipe.clone());
                    measured.set(Some((recipe, report.clone())));
                }
                _ => {}
            }
            // Steps that were under way when the button was pressed do not say that it was heard.
            if !matches!(event, Event::Steps { .. } | Event::Evaluating { .. } | Event::Data { .. }) {
                asked.set(None);
            }
            if is_aside.get_untracked() {
                aside.update(|aside| aside.apply(event));
                return;
            }
            run.update(|run| run.apply(event.clone()));
            let listener = listener.get_value();
            listener(&event);
            draw();
        };
        Self {
            text,
            errors: RwSignal::new(Vec::new()),
            notice: RwSignal::new(notice),
            run,
            frame,
            overlays: RwSignal::new(Vec::new()),
            aside,
            check,
            measured,
            asked,
            is_aside,
            running: memo(move || run.with(RunView::is_running) || aside.with(RunView::is_running)),
            unsaved,
            data: StoredValue::new(mnist::NAME.to_owned()),
            weights: StoredValue::new(None),
            begun: StoredValue::new(None),
            listener,
            client: StoredValue::new_local(Client::new(Rc::new(hear))),
        }
    }

    /// The recipe in the form; if it is none, its errors are shown.
    fn recipe(self) -> Option<Recipe> {
        match self.text.with_untracked(RecipeText::parse) {
            Ok(recipe) => {
                self.errors.set(Vec::new());
                Some(recipe)
            }
            Err(errors) => {
                self.errors.set(errors);
                // On a phone the field may be far from the button.
                request_animation_frame(focus_first_error);
                None
            }
        }
    }

    /// Starts a run with the recipe in the form, if that is one.
    pub(crate) fn train(self) {
        self.weights.set_value(None);
        self.start();
    }

    /// Starts a run with the recipe in the form and the weights of a file.
    pub(crate) fn train_with(self, file: String, bytes: Vec<u8>) {
        self.weights.set_value(Some((file, bytes)));
        self.start();
    }

    fn start(self) {
        let Some(recipe) = self.recipe() else { return };
        let key = RunKey::new(js_sys::Date::now(), (js_sys::Math::random() * 1024.0) as u16);
        let mut record = RunRecord::new(key, Plan::from(recipe.clone()), self.data.get_value());
        let begin = match self.weights.get_value() {
            None => Begin::New(recipe),
            Some((file, bytes)) => {
                record.notes.push(Note { step: 0, what: Happening::Weights(file.clone()) });
                Begin::Weights { recipe, file, bytes }
            }
        };
        self.unsaved.set_value(None);
        self.run.set(RunView::started(Activity::Train, record));
        self.begin(key, begin);
    }

    /// Uses these files as the data set from now on, and calls it so in records; without a name it is MNIST.
    pub(crate) fn use_data(self, files: Vec<File>, name: Option<String>) {
        self.data.set_value(name.unwrap_or_else(|| mnist::NAME.to_owned()));
        self.client.with_value(|client| client.use_data(files));
    }

    /// The run's last checkpoint, if it could not be stored.
    pub(crate) fn unsaved_checkpoint(self) -> Option<Vec<u8>> {
        self.unsaved.get_value()
    }

    /// Trains the net of the run that has ended for more epochs.
    pub(crate) fn extend(self, change: Change) {
        self.go_on(None, Some(change), None);
    }

    /// Starts the run that the view is of.
    fn begin(self, key: RunKey, begin: Begin) {
        self.begun.set_value(Some(begin.clone()));
        self.is_aside.set(false);
        self.asked.set(None);
        self.frame.update(|frame| *frame = frame.wrapping_add(1));
        self.client.with_value(|client| client.train(key, begin));
    }

    /// Lets another hear each of the run's events, after they were taken in.
    pub(crate) fn listen(self, listener: impl Fn(&Event) + 'static) {
        self.listener.set_value(Rc::new(listener));
    }

    /// Goes on with the run from its last checkpoint. `device` takes the place of the recipe's; `note` is for the log.
    pub(crate) fn go_on(self, device: Option<DeviceChoice>, change: Option<Change>, note: Option<String>) {
        self.run.update(RunView::go_on);
        let (key, own) = self.run.with_untracked(|run| (run.record.key, run.record.plan.recipe.device));
        let bytes = self.unsaved.get_value();
        self.begin(key, Begin::Checkpoint { bytes, device: device.unwrap_or(own), change, note });
    }

    /// Goes on with a kept run. Its losses come with its checkpoint.
    pub(crate) fn resume(self, record: RunRecord) {
        let (key, device) = (record.key, record.plan.recipe.device);
        self.weights.set_value(None);
        self.unsaved.set_value(None);
        self.show_recipe(&record);
        self.run.set(RunView::started(Activity::Train, record));
        self.begin(key, Begin::Checkpoint { bytes: None, device, change: None, note: None });
    }

    /// Shows a run's recipe in the form, as if it had been started from there.
    fn show_recipe(self, record: &RunRecord) {
        self.text.set(RecipeText::of(&record.plan.recipe));
        self.errors.set(Vec::new());
    }

    /// Makes a kept run the current one.
    pub(crate) fn show(self, record: RunRecord) {
        self.unsaved.set_value(None);
        self.is_aside.set(false);
        self.show_recipe(&record);
        self.run.set(RunView::kept(record));
        self.frame.update(|frame| *frame = frame.wrapping_add(1));
    }

    /// Starts a run with the recipe in the form at another learning rate.
    pub(crate) fn train_at(self, learning_rate: f64) {
        self.text.update(|text| text.set(Field::LearningRate, learning_rate.to_string()));
        self.train();
    }

    /// What was started last, a run or something beside it: what the strip tells of.
    pub(crate) fn current(self) -> RwSignal<RunView> {
        if self.is_aside.get() { self.aside } else { self.run }
    }

    /// Whether the user can do this now.
    pub(crate) fn allows(self, action: Action) -> bool {
        match action {
            Action::Train => !self.running.get(),
            Action::Stop => self.running.get(),
            Action::Continue => !self.running.get() && self.run.with(|run| run.phase.allows(action)),
            Action::Pause | Action::Resume => !self.is_aside.get() && self.run.with(|run| run.phase.allows(action)),
        }
    }

    /// Compares the net on the chosen device with the PyTorch reference.
    pub(crate) fn start_check(self) {
        self.aside.set(RunView::started(Activity::Check, RunView::default().record));
        self.is_aside.set(true);
        self.client.with_value(|client| client.check(self.text.with_untracked(|text| text.device)));
    }

    /// Measures how long the recipe in the form would take here.
    pub(crate) fn measure(self) {
        let Some(recipe) = self.recipe() else { return };
        let record = RunRecord::new(RunKey::default(), Plan::from(recipe.clone()), self.data.get_value());
        self.aside.set(RunView::started(Activity::Measure, record));
        self.is_aside.set(true);
        self.client.with_value(|client| client.measure(recipe));
    }

    /// Starts again what has failed.
    pub(crate) fn retry(self) {
        match self.is_aside.get_untracked().then(|| self.aside.with_untracked(|aside| aside.activity.clone())) {
            Some(Activity::Measure) => self.measure(),
            Some(_) => self.start_check(),
            None => match self.begun.get_value() {
                // A run that could not go on has lost nothing by that.
                Some(begin @ Begin::Checkpoint { .. }) => {
                    self.run.update(RunView::go_on);
                    self.begin(self.run.with_untracked(|run| run.record.key), begin);
                }
                _ => self.start(),
            },
        }
    }

    /// Holds the run, or lets it go on.
    pub(crate) fn pause_or_resume(self) {
        let phase = |action| untrack(|| self.allows(action));
        if phase(Action::Resume) {
            self.asked.set(Some(Action::Resume));
            self.client.with_value(Client::resume);
        } else if phase(Action::Pause) && self.asked.get_untracked() != Some(Action::Pause) {
            self.asked.set(Some(Action::Pause));
            self.client.with_value(Client::pause);
        }
    }

    /// Gives the run another peak learning rate.
    pub(crate) fn set_rate(self, learning_rate: f64) {
        self.client.with_value(|client| client.set_rate(learning_rate));
    }

    /// Ends the run.
    pub(crate) fn stop(self) {
        self.asked.set(Some(Action::Stop));
        self.client.with_value(Client::stop);
    }

    /// Whether the page itself holds the only copy of the run's last checkpoint.
    pub(crate) fn would_lose(self) -> bool {
        self.run.with_untracked(|run| run.is_running() && run.unsaved.is_some())
    }
}

fn focus_first_error() {
    let field = document().query_selector(".recipe [aria-invalid=true]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A field that cannot be focused has just left the page.
        let _ = field.focus();
    }
}

/// Something that is done at once when it is called for, but no more than once a frame: what is called for in between is
/// done in the next. While nobody sees the page, there are no frames. (If the first call waited for a frame as well, what it
/// makes charts draw would come in the frame after: two for each event.)
fn once_a_frame(act: impl Fn() + Clone + 'static) -> impl Fn() {
    /// Whether it was done in this frame, and called for again.
    #[derive(Clone, Copy, PartialEq)]
    enum Frame {
        Free,
        Done,
        Again,
    }
    let frame = Rc::new(Cell::new(Frame::Free));
    move || {
        if frame.get() != Frame::Free {
            frame.set(Frame::Again);
            return;
        }
        frame.set(Frame::Done);
        act();
        let (frame, act) = (Rc::clone(&frame), act.clone());
        request_animation_frame(move || {
            if frame.replace(Frame::Free) == Frame::Again {
                act();
            }
        });
    }
}
