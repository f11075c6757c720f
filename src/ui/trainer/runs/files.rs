//! Kept runs as files: saving runs as a JSON file and adding the runs of such a file.

use leptos::prelude::*;
use web_sys::File;

use super::state::KeptRunsState;
use crate::exchange::client;
use crate::exchange::protocol::{LARGEST_RUNS, Request, Response};
use crate::format::too_large;
use crate::trainer::run::record::RunKey;
use crate::ui::kit::download;
use crate::ui::trainer::feedback::Feedback;

impl KeptRunsState {
    /// Saves one run as a file, or all runs if there is no `key`.
    pub(crate) fn export(self, key: Option<RunKey>) {
        let keys = key.map_or_else(|| self.keys(), |key| vec![key]);
        self.request(Request::ExportRuns { keys }, None);
    }

    /// Adds the runs of a file to the list.
    pub(crate) fn import(self, file: &File) {
        let name = file.name();
        // The worker would say the same, but the browser would have to fetch its code first.
        if file.size() > LARGEST_RUNS as f64 {
            return self.show_failure(too_large(&name, LARGEST_RUNS));
        }
        self.request(Request::ImportRuns { name }, Some(file));
    }

    fn request(self, request: Request, file: Option<&File>) {
        self.request_then(request, file, || {});
    }

    /// Sends a request. `saved` is called once the browser has a file that was asked for.
    pub(super) fn request_then(self, request: Request, file: Option<&File>, saved: impl Fn() + 'static) {
        self.busy.set(true);
        self.feedback.set(Feedback::default());
        client::request(request, file.map(AsRef::as_ref), move |reply| {
            self.busy.set(false);
            match reply {
                Ok((Response::Saved { name, note }, Some(file))) => match download::save(&file, &name) {
                    Ok(()) => {
                        saved();
                        let note = note.map(|note| [" ", &note].concat()).unwrap_or_default();
                        self.feedback.set(Feedback::good(format!("“{name}” is in your downloads.{note}")));
                    }
                    Err(_) => self.show_failure("The browser does not let the page save files.".to_owned()),
                },
                Ok((Response::Imported(text), _)) => {
                    self.feedback.set(Feedback::good(text));
                    self.changed();
                }
                Ok(_) => self.show_failure("The worker for files gave the wrong answer. Reload the page.".to_owned()),
                Err(message) => self.show_failure(message),
            }
        });
    }
}
