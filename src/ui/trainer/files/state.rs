//! Weights out of the page and into it, and the user's own data: what was asked of a worker of their own, so that no run
//! is held up, and what came of it.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use crate::format::{bytes, thousands};
use crate::trainer::page::client::Client;
use crate::trainer::run::job::{Answer, Data, Job, LARGEST_WEIGHTS};
use crate::trainer::run::protocol::Event;
use crate::trainer::run::record::RunKey;
use crate::trainer::run::view::RunView;
use crate::ui::kit::download;
use crate::ui::trainer::state::TrainerState;

/// How names of files with weights end.
const WEIGHTS: &str = ".safetensors";

/// What is told of weights or of data.
#[derive(Clone, Default)]
pub(crate) struct Told {
    pub(crate) text: String,
    /// Whether it could not be done.
    pub(crate) failed: bool,
    /// In which a file differs from what is needed.
    pub(crate) differences: Vec<String>,
}

impl Told {
    fn new(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    fn failed(text: String) -> Self {
        Self { failed: true, ..Self::new(text) }
    }
}

/// Weights that were read from a file.
#[derive(Clone)]
pub(crate) struct Weights {
    file: String,
    bytes: Vec<u8>,
}

/// Signals that the components share.
#[derive(Clone, Copy)]
pub(crate) struct Carry {
    trainer: TrainerState,
    /// What is told of weights.
    pub(crate) weights: RwSignal<Told>,
    /// What is told of data.
    pub(crate) data: RwSignal<Told>,
    /// The data set in use, unless it is MNIST.
    pub(crate) own: RwSignal<Option<Data>>,
    /// Whether the worker is at work.
    pub(crate) busy: RwSignal<bool>,
    /// The weights that were tested last, if they are this net's.
    pub(crate) imported: RwSignal<Option<Weights>>,
    /// Whether data is what was asked about.
    about_data: StoredValue<bool>,
    /// The files of the data set in use.
    files: StoredValue<Vec<File>, LocalStorage>,
    /// Files that are being looked at.
    candidates: StoredValue<Vec<File>, LocalStorage>,
    client: StoredValue<Option<Client>, LocalStorage>,
}

impl Carry {
    pub(crate) fn new(trainer: TrainerState) -> Self {
        let state = Self {
            trainer,
            weights: RwSignal::default(),
            data: RwSignal::default(),
            own: RwSignal::new(None),
            busy: RwSignal::new(false),
            imported: RwSignal::new(None),
            about_data: StoredValue::new(false),
            files: StoredValue::new_local(Vec::new()),
            candidates: StoredValue::new_local(Vec::new()),
            client: StoredValue::new_local(None),
        };
        state.client.set_value(Some(Client::new(Rc::new(move |event| state.hear(event)))));
        state
    }

    /// Whether the current run has a checkpoint to be exported.
    pub(crate) fn can_export(self) -> bool {
        let ended = !self.trainer.running.get();
        let ready = |run: &RunView| run.record.step() > 0 && (ended || run.saved.is_some() || run.unsaved.is_some());
        !self.busy.get() && self.trainer.run.with(ready)
    }

    /// Hands out the weights of the current run.
    pub(crate) fn export_current(self) {
        let key = self.trainer.run.with_untracked(|run| run.record.key);
        self.ask("Writing the weights…", Job::Export { key, checkpoint: self.trainer.unsaved_checkpoint() });
    }

    /// Hands out the weights of a kept run.
    pub(crate) fn export(self, key: RunKey) {
        self.ask("Writing the weights…", Job::Export { key, checkpoint: None });
    }

    /// Takes in files that were dropped.
    pub(crate) fn take(self, files: Vec<File>) {
        match files.as_slice() {
            [file] if file.name().ends_with(WEIGHTS) => self.import(file.clone()),
            _ => self.look(files),
        }
    }

    /// Reads weights, and has them tested.
    pub(crate) fn import(self, file: File) {
        self.imported.set(None);
        let name = file.name();
        if file.size() > f64::from(LARGEST_WEIGHTS) {
            let most = bytes(LARGEST_WEIGHTS.into());
            return self.weights.set(Told::failed(format!("“{name}” is larger than {most}. This net has 80 KB.")));
        }
        spawn_local(async move {
            match JsFuture::from(file.array_buffer()).await {
                Ok(buffer) => {
                    let bytes = Uint8Array::new(&buffer).to_vec();
                    self.ask("Reading the weights…", Job::Test { file: name.clone(), bytes: bytes.clone() });
                    self.imported.set(Some(Weights { file: name, bytes }));
                }
                Err(_) => {
                    let text =
                        format!("“{name}” could not be read: it may have been moved or changed. Choose it again.");
                    self.weights.set(Told::failed(text));
                }
            }
        });
    }

    /// Starts a run with the weights that were tested.
    pub(crate) fn train_on(self) {
        if let Some(Weights { file, bytes }) = self.imported.get_untracked() {
            self.trainer.train_with(file, bytes);
        }
    }

    /// Looks whether files are a data set; if so, it is the one in use.
    pub(crate) fn look(self, files: Vec<File>) {
        if self.trainer.running.get_untracked() {
            let text = "A run is under way. Stop it first; then choose the data for the next one.";
            return self.data.set(Told::failed(text.to_owned()));
        }
        self.candidates.set_value(files.clone());
        self.with_client(|client| client.use_data(files));
        self.ask("Reading the data…", Job::Look);
    }

    /// Goes back to MNIST.
    pub(crate) fn use_mnist(self) {
        self.own.set(None);
        self.data.set(Told::new("MNIST is in use again.".to_owned()));
        self.use_files(Vec::new(), None);
    }

    fn use_files(self, files: Vec<File>, name: Option<String>) {
        self.files.set_value(files.clone());
        self.with_client(|client| client.use_data(files.clone()));
        self.trainer.use_data(files, name);
    }

    fn with_client(self, act: impl FnOnce(&Client)) {
        self.client.with_value(|client| {
            if let Some(client) = client {
                act(client);
            }
        });
    }

    fn ask(self, busy: &str, job: Job) {
        self.about_data.set_value(matches!(job, Job::Look));
        self.busy.set(true);
        self.told().set(Told::new(busy.to_owned()));
        self.with_client(|client| {
            client.job(job);
        });
    }

    /// Where the answer is told.
    fn told(self) -> RwSignal<Told> {
        if self.about_data.get_value() { self.data } else { self.weights }
    }

    fn hear(self, event: Event) {
        let is_end = event.is_end();
        match event {
            Event::Answered(answer) => self.answered(answer),
            Event::Failed(failure) => self.refused(Told::failed(failure.message)),
            Event::Evaluating { done, of } => {
                let text = format!("Testing: {} of {} images…", thousands(done), thousands(of));
                self.told().set(Told::new(text));
            }
            _ => {}
        }
        if is_end {
            self.busy.set(false);
        }
    }

    fn answered(self, answer: Answer) {
        match answer {
            Answer::Exported { file, bytes } => self.weights.set(match save(&bytes, &file) {
                Some(()) => Told::new(format!("“{file}” is among your downloads.")),
                None => Told::failed("The browser does not let the page save files.".to_owned()),
            }),
            Answer::Tested(tested) => self.weights.set(Told::new(tested.sentence())),
            Answer::Looked(data) => {
                self.data.set(Told::default());
                self.use_files(self.candidates.get_value(), Some(data.name.clone()));
                self.own.set(Some(data));
            }
            Answer::Refused { reason, differences } => self.refused(Told { differences, ..Told::failed(reason) }),
        }
    }

    /// What was in use stays in use.
    fn refused(self, told: Told) {
        if self.about_data.get_value() {
            self.with_client(|client| client.use_data(self.files.get_value()));
        } else {
            self.imported.set(None);
        }
        self.told().set(told);
    }
}

fn save(bytes: &[u8], name: &str) -> Option<()> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).ok()?;
    download::save(&blob, name).ok()
}
