//! The state of the dialog "File": requests to the exchange worker, and its answers. The state outlives the dialog, so
//! that the list of wrong cells is still shown when the dialog is opened again.

use leptos::prelude::*;
use web_sys::File;

use super::state::SheetState;
use crate::exchange::client::{self, Reply};
use crate::exchange::protocol::{LARGEST_FILE, OpenedSheet, Request, Response};
use crate::format::too_large;
use crate::sheet::history::Change;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Cell, Column, number};
use crate::ui::kit::download;

/// What a chosen file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Load its constants and η.
    Open,
    /// Look for its mistakes.
    Check,
}

/// What the dialog shows about the last request.
#[derive(Clone, Default)]
pub(crate) struct Status {
    /// Whether the worker has not answered yet.
    pub(crate) busy: bool,
    /// Whether the request failed.
    pub(crate) failed: bool,
    /// One or two sentences for the user.
    pub(crate) text: String,
    /// The worker's markup, see [`crate::exchange::protocol::TAKE`].
    pub(crate) html: String,
    /// The sheets that the buttons in the markup refer to.
    sheets: Vec<OpenedSheet>,
}

impl Status {
    /// Creates the status of a failed request.
    fn failed(text: String) -> Self {
        Self { failed: true, text, ..Self::default() }
    }
}

/// The signals that the components of the dialog share.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    sheet: SheetState,
    /// Whether the dialog is open.
    pub(crate) open: RwSignal<bool>,
    pub(crate) status: RwSignal<Status>,
    /// A file that was dropped on the page, until the user says what it is for.
    pub(crate) dropped: RwSignal<Option<File>, LocalStorage>,
    /// The number of the last request. Answers to earlier ones are ignored.
    request: StoredValue<u32>,
}

impl Files {
    pub(crate) fn new(sheet: SheetState) -> Self {
        Self {
            sheet,
            open: RwSignal::new(false),
            status: RwSignal::default(),
            dropped: RwSignal::new_local(None),
            request: StoredValue::new(0),
        }
    }

    pub(crate) fn is_busy(self) -> bool {
        self.status.with(|status| status.busy)
    }

    /// Saves the user's run as an Excel workbook; `compared` adds the runs of the compared learning rates.
    pub(crate) fn save_workbook(self, compared: bool) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the workbook…", Request::SaveWorkbook { lesson, updates, compared }, None);
    }

    /// Saves the user's run as CSV.
    pub(crate) fn save_csv(self) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the rows…", Request::SaveCsv { lesson, updates }, None);
    }

    /// Returns the lesson and the number of updates that are saved.
    fn to_save(self) -> (Lesson, u32) {
        (self.sheet.lesson.get_untracked(), self.sheet.own_updates.get_untracked() as u32)
    }

    /// Opens or checks a file.
    pub(crate) fn read(self, file: &File, purpose: Purpose) {
        self.dropped.set(None);
        let name = file.name();
        // The worker would refuse the file too, but must be fetched first.
        if file.size() > LARGEST_FILE as f64 {
            let text = too_large(&name, LARGEST_FILE);
            return self.status.set(Status::failed(text));
        }
        match purpose {
            Purpose::Open => self.ask("Reading the file…", Request::Open { name }, Some(file)),
            Purpose::Check => {
                let shown = self.sheet.lesson.get_untracked();
                self.ask("Checking every cell…", Request::Check { name, shown }, Some(file));
            }
        }
    }

    /// Sends a request to the worker, and shows `busy` until it answers.
    fn ask(self, busy: &str, request: Request, file: Option<&File>) {
        let number = self.request.get_value() + 1;
        self.request.set_value(number);
        self.status.set(Status { busy: true, text: busy.to_owned(), ..Status::default() });
        client::request(request, file.map(AsRef::as_ref), move |reply| {
            if self.request.get_value() == number {
                self.answered(reply);
            }
        });
    }

    /// Ends the worker, whatever it is doing.
    pub(crate) fn cancel(self) {
        self.request.update_value(|number| *number += 1);
        client::cancel();
        self.status.set(Status::default());
    }

    /// Shows the worker's answer, and saves the file that came with it.
    fn answered(self, reply: Reply) {
        self.status.set(match reply {
            Ok((Response::Saved { name, note }, Some(file))) => match download::save(&file, &name) {
                Ok(()) => {
                    let text = format!("“{name}” is in your downloads. {}", note.unwrap_or_default());
                    Status { text, ..Status::default() }
                }
                Err(_) => Status::failed("The browser did not allow saving the file.".to_owned()),
            },
            Ok((Response::Opened { sheets, html }, _)) => {
                self.status.set(Status { html, sheets, ..Status::default() });
                return self.take(0);
            }
            Ok((Response::Checked { sheets, html }, _)) => Status { html, sheets, ..Status::default() },
            Ok(_) => Status::failed(
                "The page could not understand the answer about this file. Reload the page and try again.".to_owned(),
            ),
            Err(message) => Status::failed(message),
        });
    }

    /// Loads one of the file's sheets as one change, which can be undone, and tells the user.
    pub(crate) fn take(self, index: usize) {
        let Some(OpenedSheet { sheet, lesson: new, rate_source, .. }) =
            self.status.with_untracked(|status| status.sheets.get(index).cloned())
        else {
            return;
        };
        self.leave_exercise();
        self.sheet.end_edit();
        self.sheet.change(Change::Everything, |lesson| {
            lesson.constants = new.constants;
            if rate_source.is_some() {
                lesson.learning_rate = new.learning_rate;
            }
        });
        self.sheet.end_edit();
        let rate = number::full(self.sheet.lesson.get_untracked().learning_rate);
        let rate = match rate_source {
            Some(source) => format!("and η = {rate}, {source}"),
            None => format!("and keeps η = {rate}, because the file has no learning rate"),
        };
        self.status.update(|status| {
            status.text =
                format!("The sheet now has the starting values of “{sheet}” {rate}. Undo brings the old values back.");
        });
    }

    /// Closes the dialog and selects a cell on the sheet. If the sheet is too short, it becomes as long as the file.
    pub(crate) fn show(self, row: usize, column: Column, rows: usize) {
        self.open.set(false);
        self.leave_exercise();
        if row > self.sheet.own_updates.get_untracked() {
            self.sheet.set_updates(rows.saturating_sub(1));
        }
        self.sheet.select_cell(Cell { row, column });
    }

    /// Leaves the exercise, if there is one, because it hides the user's own sheet.
    fn leave_exercise(self) {
        if untrack(|| self.sheet.is_practising()) {
            self.sheet.leave_exercise();
        }
    }
}
