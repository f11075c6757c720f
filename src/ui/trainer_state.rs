//! What the trainer's components share: the recipe being typed, the run, and the client that reaches the worker.

use std::rc::Rc;

use leptos::prelude::*;

use crate::trainer::client::Client;
use crate::trainer::protocol::Event;
use crate::trainer::recipe::{DeviceChoice, FieldError, Recipe};
use crate::trainer::recipe_text::RecipeText;
use crate::trainer::run_view::{Job, RunView};

/// Signals that the trainer's components share through the context.
#[derive(Clone, Copy)]
pub(super) struct TrainerState {
    pub(super) device: RwSignal<DeviceChoice>,
    pub(super) text: RwSignal<RecipeText>,
    /// What is wrong with the recipe; told when the user tries to train.
    pub(super) errors: RwSignal<Vec<FieldError>>,
    /// The run, new at every event: what charts draw from.
    pub(super) run: RwSignal<RunView>,
    /// Whether a run is under way.
    pub(super) running: Memo<bool>,
    client: StoredValue<Client, LocalStorage>,
}

impl TrainerState {
    pub(super) fn new() -> Self {
        let run = RwSignal::new(RunView::default());
        let client = Client::new(Rc::new(move |event: Event| run.update(|run| run.apply(event))));
        Self {
            device: RwSignal::new(DeviceChoice::Auto),
            text: RwSignal::new(RecipeText::of(&Recipe::classic())),
            errors: RwSignal::new(Vec::new()),
            run,
            running: Memo::new(move |_| run.with(RunView::is_running)),
            client: StoredValue::new_local(client),
        }
    }

    /// Starts a run with the recipe in the form, if that is one.
    pub(super) fn train(self) {
        match self.text.with_untracked(|text| text.parse(self.device.get_untracked())) {
            Ok(recipe) => {
                self.errors.set(Vec::new());
                self.run.set(RunView::started(Job::Train(recipe.clone())));
                self.client.with_value(|client| client.start(recipe));
            }
            Err(errors) => self.errors.set(errors),
        }
    }

    /// Compares the net on the chosen device with the PyTorch reference.
    pub(super) fn check(self) {
        self.run.set(RunView::started(Job::Check));
        self.client.with_value(|client| client.check(self.device.get_untracked()));
    }

    /// Starts again what has failed.
    pub(super) fn retry(self) {
        match self.run.with_untracked(|run| run.job.clone()) {
            Job::Train(_) => self.train(),
            Job::Check => self.check(),
        }
    }

    /// Ends the run.
    pub(super) fn stop(self) {
        self.client.with_value(Client::stop);
    }
}
