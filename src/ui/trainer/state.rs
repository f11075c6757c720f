//! The signals that the trainer's components share: the settings in the form, the run, and the client of the worker.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::File;

use super::ownership::Ownership;
use crate::format::thousands;
use crate::mnist;
use crate::trainer::page::client::Client;
use crate::trainer::page::request::Training;
use crate::trainer::recipe::plan::{Change, Plan};
use crate::trainer::recipe::preset::Preset;
use crate::trainer::recipe::text::RecipeText;
use crate::trainer::recipe::{DeviceChoice, Field, FieldError, Recipe};
use crate::trainer::run::phase::Action;
use crate::trainer::run::protocol::{Begin, Event};
use crate::trainer::run::record::{Happening, Note, RunKey, RunRecord};
use crate::trainer::run::reports::{CheckReport, Preflight};
use crate::trainer::run::view::{Activity, RunView};
use crate::ui::kit::memo::memo;

/// The reason for the CPU in the log, when the user has accepted it in place of another device.
pub(crate) const CHOSE_CPU: &str = "You chose to go on with the CPU.";

/// What a listener hears of the run.
pub(crate) enum News<'a> {
    /// A new run has begun, under this key.
    Begun(RunKey),
    /// An event, which the run has taken in already.
    Event(&'a Event),
}

/// A function that gets the news of the run.
type Listener = Rc<dyn Fn(News)>;

/// The trainer's state, which the components get through the context.
#[derive(Clone, Copy)]
pub(crate) struct TrainerState {
    /// The settings as they are typed.
    pub(crate) text: RwSignal<RecipeText>,
    /// The fields with invalid values; filled when the user tries to train.
    pub(crate) errors: RwSignal<Vec<FieldError>>,
    /// A message about the link that was opened, if it could not be used.
    pub(crate) notice: RwSignal<Option<String>>,
    /// The run, which changes with every event. It is never cloned, because it holds the loss of every step.
    pub(crate) run: RwSignal<RunView>,
    /// Changes when the run has changed, but at most once per animation frame. Charts follow it.
    pub(crate) frame: RwSignal<u32>,
    /// Other runs to be drawn with the current one.
    pub(crate) overlays: RwSignal<Vec<Arc<RunRecord>>>,
    /// The last activity that was not training: a check against PyTorch or a measurement. The run keeps its charts and
    /// its log meanwhile.
    pub(crate) other_activity: RwSignal<RunView>,
    /// The result of the last check against PyTorch.
    pub(crate) check: RwSignal<Option<CheckReport>>,
    /// The recipe that was measured last on this computer, and the result.
    pub(crate) measured: RwSignal<Option<(Recipe, Preflight)>>,
    /// The action that the user has asked for and the worker has not confirmed yet.
    pub(crate) asked: RwSignal<Option<Action>>,
    /// Whether a check or a measurement was started after the run.
    is_other_activity: RwSignal<bool>,
    /// Whether the run or the other activity has begun and not ended. A paused run counts as running.
    pub(crate) running: Memo<bool>,
    /// The name of the data set in use, for records.
    data: StoredValue<String>,
    /// The number of training images of the data set in use.
    pub(crate) images: RwSignal<u32>,
    /// The file and the bytes of the weights that the run began with, if it did not begin with new weights.
    weights: StoredValue<Option<(String, Vec<u8>)>>,
    /// How the last run was begun or resumed, for another attempt.
    begun: StoredValue<Option<Training>>,
    /// Gets the news of the run.
    listener: StoredValue<Listener, LocalStorage>,
    client: StoredValue<Client, LocalStorage>,
    /// The run that this tab owns.
    pub(super) ownership: Ownership,
}

impl TrainerState {
    /// The state of a page that opens with `recipe` in its form. `notice` says why the opened link could not be used.
    pub(crate) fn new(recipe: &Recipe, notice: Option<String>) -> Self {
        let (run, other_activity) = (RwSignal::new(RunView::default()), RwSignal::new(RunView::default()));
        let (check, measured) = (RwSignal::new(None), RwSignal::new(None));
        let (is_other_activity, asked) = (RwSignal::new(false), RwSignal::new(None));
        let listener = StoredValue::new_local(Rc::new(|_: News| {}) as Listener);
        let frame = RwSignal::new(0_u32);
        let text = RwSignal::new(RecipeText::of(recipe));
        let draw = once_a_frame(move || frame.update(|frame| *frame = frame.wrapping_add(1)));
        let hear = move |event: Event| {
            match &event {
                Event::Checked(report) => check.set(Some(report.clone())),
                Event::Measured(report) => {
                    let recipe = other_activity.with_untracked(|view| view.record.plan.recipe.clone());
                    measured.set(Some((recipe, report.clone())));
                }
                _ => {}
            }
            // The worker may report progress after the click and before it reads the command.
            if !event.is_progress() {
                asked.set(None);
            }
            if is_other_activity.get_untracked() {
                other_activity.update(|view| view.apply(&event));
                return;
            }
            run.update(|run| run.apply(&event));
            let listener = listener.get_value();
            listener(News::Event(&event));
            draw();
        };
        let ownership = Ownership::new();
        let is_beginning = move || ownership.asked_for.with(Option::is_some);
        Self {
            text,
            errors: RwSignal::new(Vec::new()),
            notice: RwSignal::new(notice),
            run,
            frame,
            overlays: RwSignal::new(Vec::new()),
            other_activity,
            check,
            measured,
            asked,
            is_other_activity,
            running: memo(move || {
                is_beginning() || run.with(RunView::is_running) || other_activity.with(RunView::is_running)
            }),
            data: StoredValue::new(mnist::NAME.to_owned()),
            images: RwSignal::new(mnist::TRAINING_IMAGES),
            weights: StoredValue::new(None),
            begun: StoredValue::new(None),
            listener,
            client: StoredValue::new_local(Client::new(Rc::new(hear))),
            ownership,
        }
    }

    /// The recipe in the form. If a field is invalid, its error is shown, and the result is `None`.
    fn recipe(self) -> Option<Recipe> {
        match self.text.with_untracked(RecipeText::parse).and_then(|recipe| self.fit(recipe)) {
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

    /// Shows what is wrong with the text of a field, if anything is.
    pub(crate) fn check_field(self, field: Field) {
        let found =
            self.text.with_untracked(RecipeText::parse).and_then(|recipe| self.fit(recipe)).err().unwrap_or_default();
        self.errors.update(|errors| {
            errors.retain(|error| error.field != field);
            errors.extend(found.into_iter().filter(|error| error.field == field));
        });
    }

    /// Returns a recipe unchanged if the data set in use has as many training images as it asks for.
    fn fit(self, recipe: Recipe) -> Result<Recipe, Vec<FieldError>> {
        let there = self.images.get_untracked();
        if recipe.images <= there {
            return Ok(recipe);
        }
        let there = thousands(there);
        let message =
            format!("Training images: the data in use has {there}. Type a smaller number, or choose more data.");
        Err(vec![FieldError { field: Field::Images, message }])
    }

    /// Starts a run with the recipe in the form and new weights, if the form is valid.
    pub(crate) fn train(self) {
        self.weights.set_value(None);
        self.start();
    }

    /// Starts a run with the recipe in the form and the weights of a file, if the form is valid.
    pub(crate) fn train_with(self, file: String, bytes: Vec<u8>) {
        self.weights.set_value(Some((file, bytes)));
        self.start();
    }

    fn start(self) {
        let Some(recipe) = self.recipe() else { return };
        let key = new_key();
        let mut record = RunRecord::new(key, Plan::from(recipe.clone()), self.data.get_value());
        let begin = match self.weights.get_value() {
            None => Begin::New(recipe),
            Some((file, bytes)) => {
                record.notes.push(Note { step: 0, what: Happening::Weights(file.clone()) });
                Begin::Weights { recipe, file, bytes }
            }
        };
        self.run.set(RunView::started(Activity::Train, record));
        self.begin(key, begin, None);
        self.listener.with_value(|listener| listener(News::Begun(key)));
    }

    /// Starts the run again on the CPU, from the same weights or the same seed: its device has failed, and there is no
    /// checkpoint yet. `why` is a sentence for the user.
    pub(crate) fn restart_on_cpu(self, why: String) {
        let Some(Training { key, begin, .. }) = self.begun.get_value() else { return };
        self.run.update(|run| *run = RunView::started(Activity::Train, run.record.at_its_beginning()));
        self.begin(key, begin, Some(why));
    }

    /// Does the same for a run that has failed and was deleted then, since it had no results. It gets a new key: a deleted
    /// run never comes back.
    pub(crate) fn begin_anew_on_cpu(self, why: String) {
        let Some(Training { begin, .. }) = self.begun.get_value() else { return };
        let key = new_key();
        let record = self.run.with_untracked(|run| RunRecord { key, ..run.record.at_its_beginning() });
        self.run.set(RunView::started(Activity::Train, record));
        self.begin(key, begin, Some(why));
        self.listener.with_value(|listener| listener(News::Begun(key)));
    }

    /// Uses these files as the data set from now on, under this name in records and with this number of training images.
    /// A preset stays this preset; other settings that asked for all images of the last data set, or for more than there are
    /// now, ask for all of them.
    pub(crate) fn use_data(self, files: Vec<File>, name: String, images: u32) {
        self.data.set_value(name.clone());
        self.run.update(|run| run.use_data(name));
        self.frame.update(|frame| *frame = frame.wrapping_add(1));
        let before = self.images.get_untracked();
        self.images.set(images);
        if let Ok(recipe) = self.text.with_untracked(RecipeText::parse) {
            let asked = Preset::images_on(&recipe, before, images).min(images);
            self.text.update(|text| text.set(Field::Images, asked.to_string()));
        }
        self.check_field(Field::Images);
        self.client.with_value(|client| client.use_data(files));
    }

    /// The run's last checkpoint, if only the page holds it.
    pub(crate) fn checkpoint_on_page(self) -> Option<Vec<u8>> {
        self.run.with_untracked(|run| run.checkpoint.bytes().map(<[u8]>::to_vec))
    }

    /// Trains the net of the run that has ended for more epochs.
    pub(crate) fn extend(self, change: Change) {
        self.resume_from_checkpoint(None, Some(change), None);
    }

    /// Sends the command to begin or to resume the run that `self.run` shows, which this tab owns. `on_cpu` says why the
    /// CPU trains it, whatever its recipe says.
    fn begin(self, key: RunKey, begin: Begin, on_cpu: Option<String>) {
        let batch_size = self.run.with_untracked(|run| run.record.plan.recipe.batch_size);
        let training = Training { key, begin, batch_size, on_cpu };
        self.begun.set_value(Some(training.clone()));
        self.is_other_activity.set(false);
        self.asked.set(None);
        self.frame.update(|frame| *frame = frame.wrapping_add(1));
        self.client.with_value(|client| client.train(training));
        self.ownership.asked_for.set(None);
    }

    /// Sets the function that gets the news of the run.
    pub(crate) fn listen(self, listener: impl Fn(News) + 'static) {
        self.listener.set_value(Rc::new(listener));
    }

    /// Continues the run from its last checkpoint. `device` replaces the recipe's device; `note` is for the log.
    pub(crate) fn resume_from_checkpoint(
        self,
        device: Option<DeviceChoice>,
        change: Option<Change>,
        note: Option<String>,
    ) {
        let (key, own) = self.run.with_untracked(|run| (run.record.key, run.record.plan.recipe.device));
        // After an attempt in vain, no checkpoint holds the change that it was made for.
        let was_in_vain = self.run.with_untracked(RunView::was_in_vain);
        let change = change.or_else(|| self.last_change().filter(|_| was_in_vain));
        // The log says why the CPU trains a run that another device was meant for.
        let on_cpu = (device == Some(DeviceChoice::Cpu) && own != DeviceChoice::Cpu)
            .then(|| note.clone().unwrap_or_else(|| CHOSE_CPU.to_owned()));
        let device = device.unwrap_or(own);
        let begin = move || Begin::Checkpoint { bytes: self.checkpoint_on_page(), device, change, note };
        self.begin_again(key, begin, on_cpu);
    }

    /// Continues the run that `self.run` shows, if no other tab has it. `begin` says from where.
    fn begin_again(self, key: RunKey, begin: impl FnOnce() -> Begin + 'static, on_cpu: Option<String>) {
        let owned = self.own(key);
        spawn_local(async move {
            if owned.await {
                self.run.update(RunView::resume);
                self.begin(key, begin(), on_cpu);
            }
        });
    }

    /// The change of the plan with which the run was last resumed.
    fn last_change(self) -> Option<Change> {
        self.begun.with_value(|begun| match begun {
            Some(Training { begin: Begin::Checkpoint { change, .. }, .. }) => *change,
            _ => None,
        })
    }

    /// Continues a kept run, which this tab owns, from its checkpoint.
    pub(crate) fn resume_kept(self, record: RunRecord) {
        let (key, device, step) = (record.key, record.plan.recipe.device, record.step());
        self.weights.set_value(None);
        self.show_recipe(&record);
        self.run.set(RunView::resumed(record, step));
        self.begin(key, Begin::Checkpoint { bytes: None, device, change: None, note: None }, None);
    }

    /// Shows a run's recipe in the form, as if the run had been started from there.
    fn show_recipe(self, record: &RunRecord) {
        self.text.set(RecipeText::of(&record.plan.recipe));
        self.errors.set(Vec::new());
    }

    /// Shows a kept run that has ended as the current one.
    pub(crate) fn show_kept(self, record: RunRecord) {
        self.is_other_activity.set(false);
        self.show_recipe(&record);
        self.run.set(RunView::kept(record));
        self.frame.update(|frame| *frame = frame.wrapping_add(1));
    }

    /// Shows what another tab has made of the current run.
    pub(crate) fn take_over(self, record: RunRecord) {
        self.run.update(|run| run.take_over(record));
        self.frame.update(|frame| *frame = frame.wrapping_add(1));
    }

    /// Starts a run with the recipe in the form and another learning rate.
    pub(crate) fn train_at(self, learning_rate: f64) {
        self.text.update(|text| text.set(Field::LearningRate, learning_rate.to_string()));
        self.train();
    }

    /// The activity that was started last: the strip above shows it.
    pub(crate) fn current(self) -> RwSignal<RunView> {
        if self.is_other_activity.get() { self.other_activity } else { self.run }
    }

    /// Whether an action is possible now.
    pub(crate) fn allows(self, action: Action) -> bool {
        match action {
            Action::Train => !self.running.get(),
            Action::Stop => self.running.get(),
            Action::Continue => !self.running.get() && self.run.with(|run| run.allows(action)),
            Action::Pause | Action::Resume => {
                !self.is_other_activity.get() && self.run.with(|run| run.phase.allows(action))
            }
        }
    }

    /// Compares the net on the chosen device with the PyTorch reference.
    pub(crate) fn start_check(self) {
        self.other_activity.set(RunView::started(Activity::Check, RunView::default().record));
        self.is_other_activity.set(true);
        self.client.with_value(|client| client.check(self.text.with_untracked(|text| text.device)));
    }

    /// Measures how long the recipe in the form would take on this computer.
    pub(crate) fn measure(self) {
        let Some(recipe) = self.recipe() else { return };
        let record = RunRecord::new(RunKey::default(), Plan::from(recipe.clone()), self.data.get_value());
        self.other_activity.set(RunView::started(Activity::Measure, record));
        self.is_other_activity.set(true);
        self.client.with_value(|client| client.measure(recipe));
    }

    /// Starts the activity that has failed once more.
    pub(crate) fn retry(self) {
        let other = self.other_activity.with_untracked(|view| view.activity.clone());
        match self.is_other_activity.get_untracked().then_some(other) {
            Some(Activity::Measure) => self.measure(),
            Some(_) => self.start_check(),
            None => match self.begun.get_value() {
                // A run that could not resume still has its checkpoint.
                Some(Training { key, begin: begin @ Begin::Checkpoint { .. }, on_cpu, .. }) => {
                    self.begin_again(key, || begin, on_cpu);
                }
                _ => self.start(),
            },
        }
    }

    /// Pauses the run, or resumes it if it is paused.
    pub(crate) fn pause_or_resume(self) {
        let allows = |action| untrack(|| self.allows(action));
        if allows(Action::Resume) {
            self.asked.set(Some(Action::Resume));
            self.client.with_value(Client::resume);
        } else if allows(Action::Pause) && self.asked.get_untracked() != Some(Action::Pause) {
            self.asked.set(Some(Action::Pause));
            self.client.with_value(Client::pause);
        }
    }

    /// Gives the run another peak learning rate.
    pub(crate) fn set_rate(self, learning_rate: f64) {
        self.client.with_value(|client| client.set_rate(learning_rate));
    }

    /// Stops the current activity.
    pub(crate) fn stop(self) {
        // A run that has not begun yet does not begin.
        if self.ownership.asked_for.try_update(Option::take).flatten().is_some() {
            return;
        }
        self.asked.set(Some(Action::Stop));
        self.client.with_value(Client::stop);
    }

    /// Whether closing the page now would lose steps of the running run.
    pub(crate) fn would_lose(self) -> bool {
        self.run.with_untracked(|run| run.is_running() && run.checkpoint.is_at_risk())
    }
}

/// Returns the key of a run that starts now.
fn new_key() -> RunKey {
    RunKey::new(js_sys::Date::now(), (js_sys::Math::random() * 1024.0) as u16)
}

fn focus_first_error() {
    let field = document().query_selector(".recipe [aria-invalid=true]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An error means that the field has just left the page.
        let _ = field.focus();
    }
}

/// Wraps an action so that it happens at most once per animation frame: at once after the first call, and once more in
/// the next frame if more calls came in between. While the page is hidden there are no frames, so those calls wait.
///
/// The first call does not wait for a frame: charts wait for one by themselves, so each event would be drawn a frame late.
fn once_a_frame(act: impl Fn() + Clone + 'static) -> impl Fn() {
    /// What happened in the current frame.
    #[derive(Clone, Copy, PartialEq)]
    enum Frame {
        /// No call yet.
        Free,
        /// One call, which has acted.
        Done,
        /// More calls, which wait for the next frame.
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
