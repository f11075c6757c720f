//! What the trainer's components share: the recipe being typed, the run, and the client that reaches the worker.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::memo::memo;
use crate::trainer::client::Client;
use crate::trainer::plan::Plan;
use crate::trainer::protocol::{Begin, Event};
use crate::trainer::recipe::{FieldError, Recipe};
use crate::trainer::recipe_text::RecipeText;
use crate::trainer::record::{RunKey, RunRecord};
use crate::trainer::run_view::{Job, RunView};

/// Signals that the trainer's components share through the context.
#[derive(Clone, Copy)]
pub(super) struct TrainerState {
    pub(super) text: RwSignal<RecipeText>,
    /// What is wrong with the recipe; told when the user tries to train.
    pub(super) errors: RwSignal<Vec<FieldError>>,
    /// The run, new at every event: what charts draw from.
    pub(super) run: RwSignal<RunView>,
    /// The last comparison with PyTorch. It leaves the run's charts and log alone.
    pub(super) check: RwSignal<RunView>,
    /// Whether the check is what was started last.
    checking: RwSignal<bool>,
    /// Whether a run is under way.
    pub(super) running: Memo<bool>,
    client: StoredValue<Client, LocalStorage>,
}

impl TrainerState {
    pub(super) fn new() -> Self {
        let run = RwSignal::new(RunView::default());
        let check = RwSignal::new(RunView::default());
        let checking = RwSignal::new(false);
        let client = Client::new(Rc::new(move |event: Event| {
            let current = if checking.get_untracked() { check } else { run };
            current.update(|current| current.apply(event));
        }));
        Self {
            text: RwSignal::new(RecipeText::of(&Recipe::classic())),
            errors: RwSignal::new(Vec::new()),
            run,
            check,
            checking,
            running: memo(move || run.with(RunView::is_running) || check.with(RunView::is_running)),
            client: StoredValue::new_local(client),
        }
    }

    /// Starts a run with the recipe in the form, if that is one.
    pub(super) fn train(self) {
        match self.text.with_untracked(RecipeText::parse) {
            Ok(recipe) => {
                self.errors.set(Vec::new());
                self.checking.set(false);
                let key = RunKey::new(js_sys::Date::now(), (js_sys::Math::random() * 1024.0) as u16);
                let record = RunRecord::new(key, Plan::from(recipe.clone()), "MNIST".to_owned());
                self.run.set(RunView::started(Job::Train, record));
                self.client.with_value(|client| client.train(key, Begin::New(recipe)));
            }
            Err(errors) => {
                self.errors.set(errors);
                // On a phone the field may be far from the button.
                request_animation_frame(focus_first_error);
            }
        }
    }

    /// What was started last, a run or a check: what the strip tells of.
    pub(super) fn current(self) -> RwSignal<RunView> {
        if self.checking.get() { self.check } else { self.run }
    }

    /// Compares the net on the chosen device with the PyTorch reference.
    pub(super) fn start_check(self) {
        self.checking.set(true);
        self.check.set(RunView::started(Job::Check, RunView::default().record));
        self.client.with_value(|client| client.check(self.text.with_untracked(|text| text.device)));
    }

    /// Starts again what has failed.
    pub(super) fn retry(self) {
        if self.checking.get_untracked() { self.start_check() } else { self.train() }
    }

    /// Ends the run.
    pub(super) fn stop(self) {
        self.client.with_value(Client::stop);
    }
}

fn focus_first_error() {
    let field = document().query_selector(".recipe [aria-invalid=true]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // A field that cannot be focused has just left the page.
        let _ = field.focus();
    }
}
