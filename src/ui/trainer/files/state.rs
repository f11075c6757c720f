//! The state of the panel "Weights and data". A second worker reads and writes the files, so that a run is not disturbed.

use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File};

use super::given::{Given, Task};
use crate::format::{bytes, thousands, unreadable};
use crate::mnist;
use crate::trainer::page::client::Client;
use crate::trainer::run::job::{Answer, Data, Job, LARGEST_WEIGHTS};
use crate::trainer::run::protocol::Event;
use crate::trainer::run::record::RunKey;
use crate::trainer::run::view::RunView;
use crate::ui::kit::download;
use crate::ui::trainer::feedback::Feedback;
use crate::ui::trainer::state::TrainerState;

/// A worker that has refused files of more bytes than these is ended, since its memory never shrinks.
const LARGE: f64 = 50e6;

/// Weights that were read from a file.
#[derive(Clone)]
pub(crate) struct Weights {
    file: String,
    bytes: Vec<u8>,
}

/// The state of the panel for weights and data.
#[derive(Clone, Copy)]
pub(crate) struct FilesState {
    trainer: TrainerState,
    /// The feedback under "Weights".
    pub(crate) weights: RwSignal<Feedback>,
    /// The feedback under "Data".
    pub(crate) data: RwSignal<Feedback>,
    /// The user's own data set, if that is in use instead of MNIST.
    pub(crate) own: RwSignal<Option<Data>>,
    /// Whether the worker is busy with a job.
    pub(crate) busy: RwSignal<bool>,
    /// The weights that were imported last, if they fit this net.
    pub(crate) imported: RwSignal<Option<Weights>>,
    /// Whether the last job was about data, not about weights.
    is_about_data: StoredValue<bool>,
    /// Whether the files of the last job were dropped, so that the page decided what they are.
    were_dropped: StoredValue<bool>,
    /// The files of the data set in use; empty for MNIST.
    files: StoredValue<Vec<File>, LocalStorage>,
    /// The chosen files, while the worker checks whether they are a data set.
    candidates: StoredValue<Vec<File>, LocalStorage>,
    /// The files that are read when the job under way is done.
    waiting: StoredValue<VecDeque<Given>, LocalStorage>,
    client: StoredValue<Option<Client>, LocalStorage>,
}

impl FilesState {
    pub(crate) fn new(trainer: TrainerState) -> Self {
        let state = Self {
            trainer,
            weights: RwSignal::default(),
            data: RwSignal::default(),
            own: RwSignal::new(None),
            busy: RwSignal::new(false),
            imported: RwSignal::new(None),
            is_about_data: StoredValue::new(false),
            were_dropped: StoredValue::new(false),
            files: StoredValue::new_local(Vec::new()),
            candidates: StoredValue::new_local(Vec::new()),
            waiting: StoredValue::new_local(VecDeque::new()),
            client: StoredValue::new_local(None),
        };
        state.start_client();
        state
    }

    /// Takes a new client, whose worker starts with the first job. The last client's worker ends.
    fn start_client(self) {
        let last =
            self.client.try_update_value(|client| client.replace(Client::new(Rc::new(move |event| self.hear(event)))));
        if let Some(Some(last)) = last {
            last.end();
            // The last client may be the caller, so it goes when the caller has returned.
            spawn_local(async move { drop(last) });
        }
    }

    /// Whether the current run has a checkpoint whose weights can be exported.
    pub(crate) fn can_export(self) -> bool {
        let ended = !self.trainer.running.get();
        let ready = |run: &RunView| run.record.step() > 0 && (ended || run.checkpoint.exists());
        !self.busy.get() && self.trainer.run.with(ready)
    }

    /// Exports the weights of the current run.
    pub(crate) fn export_current(self) {
        let key = self.trainer.run.with_untracked(|run| run.record.key);
        self.start_job("Writing the weights…", Job::Export { key, checkpoint: self.trainer.checkpoint_on_page() });
    }

    /// Exports the weights of a kept run.
    pub(crate) fn export(self, key: RunKey) {
        self.start_job("Writing the weights…", Job::Export { key, checkpoint: None });
    }

    /// Reads files that the user gave: now, or when the job under way is done.
    pub(super) fn give(self, given: Given) {
        if self.busy.get_untracked() {
            let others = self.waiting.with_value(VecDeque::len);
            self.feedback().update(|feedback| feedback.text.push_str(&given.waits(others)));
            return self.waiting.update_value(|waiting| waiting.push_back(given));
        }
        let Given { task, files, were_dropped } = given;
        self.were_dropped.set_value(were_dropped);
        match (task, files.into_iter()) {
            (Task::Weights, mut files) => files.next().into_iter().for_each(|file| self.import(file)),
            (Task::Data, files) => self.use_files(files.collect()),
        }
    }

    /// Goes on with the files that wait.
    fn go_on(self) {
        self.busy.set(false);
        while !self.busy.get_untracked()
            && let Some(Some(next)) = self.waiting.try_update_value(VecDeque::pop_front)
        {
            self.give(next);
        }
    }

    /// Reads weights from a file, and tests them on the test images.
    fn import(self, file: File) {
        self.imported.set(None);
        let name = file.name();
        if file.size() > f64::from(LARGEST_WEIGHTS) {
            let most = bytes(LARGEST_WEIGHTS.into());
            let text = format!("“{name}” is larger than {most}. The weights of this net have about 80 KB.");
            return self.weights.set(Feedback::failed(text));
        }
        self.busy.set(true);
        spawn_local(async move {
            match JsFuture::from(file.array_buffer()).await {
                Ok(buffer) => {
                    let bytes = Uint8Array::new(&buffer).to_vec();
                    self.start_job("Reading the weights…", Job::Test { file: name.clone(), bytes: bytes.clone() });
                    self.imported.set(Some(Weights { file: name, bytes }));
                }
                Err(_) => {
                    self.weights.set(Feedback::failed(unreadable(&name)));
                    self.go_on();
                }
            }
        });
    }

    /// Starts a run with the imported weights.
    pub(crate) fn train_with_imported(self) {
        if let Some(Weights { file, bytes }) = self.imported.get_untracked() {
            self.trainer.train_with(file, bytes);
        }
    }

    /// Checks whether files are a data set. If they are, it becomes the one in use.
    fn use_files(self, files: Vec<File>) {
        if self.trainer.running.get_untracked() {
            let text = "A run is going on. Stop it before you choose other data.";
            return self.data.set(Feedback::failed(text));
        }
        self.candidates.set_value(files.clone());
        self.with_client(|client| client.use_data(files));
        self.start_job("Reading the data…", Job::Look);
    }

    /// Uses MNIST again.
    pub(crate) fn use_mnist(self) {
        self.own.set(None);
        self.data.set(Feedback::good("MNIST is used again."));
        self.set_data_set(Vec::new(), mnist::NAME.to_owned(), mnist::TRAINING_IMAGES);
    }

    fn set_data_set(self, files: Vec<File>, name: String, images: u32) {
        self.files.set_value(files.clone());
        self.with_client(|client| client.use_data(files.clone()));
        self.trainer.use_data(files, name, images);
    }

    fn with_client(self, act: impl FnOnce(&Client)) {
        self.client.with_value(|client| {
            if let Some(client) = client {
                act(client);
            }
        });
    }

    /// Gives the worker a job, and shows `progress` until there is an answer.
    fn start_job(self, progress: &str, job: Job) {
        self.is_about_data.set_value(matches!(job, Job::Look));
        self.busy.set(true);
        self.show_progress(progress);
        self.with_client(|client| {
            client.job(job);
        });
    }

    /// Shows how far the job under way is, and which files wait.
    fn show_progress(self, progress: &str) {
        let waits = self.waiting.with_value(|waiting| {
            waiting.iter().zip(0..).map(|(given, others)| given.waits(others)).collect::<String>()
        });
        self.feedback().set(Feedback::good([progress, &waits].concat()));
    }

    /// The feedback of the part that the last job is about.
    fn feedback(self) -> RwSignal<Feedback> {
        if self.is_about_data.get_value() { self.data } else { self.weights }
    }

    fn hear(self, event: Event) {
        let is_end = event.is_end();
        match event {
            Event::Answered(answer) => self.take_answer(answer),
            Event::Failed(failure) => self.refuse(Feedback::failed(failure.message)),
            Event::Evaluating { done, of } => {
                let text = format!("Testing: {} of {} images…", thousands(done), thousands(of));
                self.show_progress(&text);
            }
            _ => {}
        }
        if is_end {
            self.go_on();
        }
    }

    fn take_answer(self, answer: Answer) {
        match answer {
            Answer::Exported { file, bytes } => self.weights.set(match save(&bytes, &file) {
                Some(()) => Feedback::good(format!("“{file}” is in your downloads.")),
                None => Feedback::failed("The browser does not let the page save files."),
            }),
            Answer::Tested(tested) => self.weights.set(Feedback::good(tested.sentence())),
            Answer::Looked(data) => {
                self.data.set(Feedback::default().with_details(data.notes.clone()));
                self.set_data_set(self.candidates.get_value(), data.name.clone(), data.train);
                self.own.set(Some(data));
            }
            Answer::Refused { reason, differences } => {
                self.refuse(Feedback::failed(reason).with_details(differences));
            }
        }
    }

    /// Shows why files were refused. The data set in use stays in use.
    fn refuse(self, mut feedback: Feedback) {
        let is_about_data = self.is_about_data.get_value();
        if self.were_dropped.get_value() {
            let taken = if is_about_data { "You dropped files for a data set. " } else { "You dropped weights. " };
            feedback.text.insert_str(0, taken);
        }
        if is_about_data
            && self.candidates.with_value(|files| files.iter().map(|file| file.size()).sum::<f64>()) > LARGE
        {
            self.start_client();
        }
        if is_about_data {
            self.with_client(|client| client.use_data(self.files.get_value()));
        } else {
            self.imported.set(None);
        }
        self.feedback().set(feedback);
    }
}

fn save(bytes: &[u8], name: &str) -> Option<()> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).ok()?;
    download::save(&blob, name).ok()
}
