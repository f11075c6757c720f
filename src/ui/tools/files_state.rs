//! The state of the dialog "File": requests to the exchange worker, and its answers. The state outlives the dialog, so
//! that the list of wrong cells is still shown when the dialog is opened again.

use std::collections::VecDeque;

use leptos::prelude::*;
use web_sys::File;

use crate::exchange::client::{self, Reply};
use crate::exchange::protocol::{Among, LARGEST_FILE, OpenedSheet, Request, Response};
use crate::format::too_large;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, Permalink, learning_rate, number};
use crate::ui::bridge::{read_sheet, show_sheet};
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
    /// Sentences for the user, in lines.
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

/// The sentence for an answer of another kind than the request.
pub(super) const NOT_UNDERSTOOD: &str =
    "The page could not understand the answer of its worker for files. Reload the page and try again.";

/// Files that are read one after the other.
struct Batch {
    purpose: Purpose,
    /// The files that have not been read yet.
    files: VecDeque<File>,
    /// The number of all files.
    count: usize,
    /// What was read so far; the text says why files could not be read.
    done: Status,
}

impl Batch {
    /// Adds the worker's answer about a file.
    fn add(&mut self, reply: Reply) {
        match reply {
            Ok((Response::Opened { sheets, html } | Response::Checked { sheets, html }, _)) => {
                self.done.sheets.extend(sheets);
                self.done.html.push_str(&html);
            }
            Ok(_) => self.fail(NOT_UNDERSTOOD.to_owned()),
            Err(message) => self.fail(message),
        }
    }

    /// Adds the sentence about a file that could not be read.
    fn fail(&mut self, message: String) {
        let text = &mut self.done.text;
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&message);
        self.done.failed = true;
    }
}

/// The signals that the components of the dialog share.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    /// Whether the dialog is open.
    pub(crate) open: RwSignal<bool>,
    pub(crate) status: RwSignal<Status>,
    /// Pages for a printer, as markup; empty for none.
    pub(crate) paper: RwSignal<String>,
    /// The sheet when the dialog was opened, or as a file has changed it since.
    pub(crate) sheet: RwSignal<Permalink>,
    /// Whether the dialog was opened to print.
    pub(crate) is_printing: RwSignal<bool>,
    /// Files that were dropped on the page, until the user says what they are for.
    pub(crate) dropped: RwSignal<Vec<File>, LocalStorage>,
    /// The number of the last request. Answers to earlier ones are ignored.
    request: StoredValue<u32>,
}

impl Files {
    pub(crate) fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            status: RwSignal::default(),
            paper: RwSignal::default(),
            sheet: RwSignal::new(read_sheet()),
            is_printing: RwSignal::new(false),
            dropped: RwSignal::new_local(Vec::new()),
            request: StoredValue::new(0),
        }
    }

    /// Opens the dialog on the sheet as it is now.
    pub(crate) fn show_dialog(self) {
        self.sheet.set(read_sheet());
        self.is_printing.set(false);
        self.open.set(true);
    }

    /// Opens the dialog to print.
    pub(crate) fn show_printing(self) {
        self.show_dialog();
        self.is_printing.set(true);
    }

    /// Whether an exercise hides the user's own sheet.
    pub(crate) fn is_practising(self) -> bool {
        self.sheet.with(|sheet| sheet.exercise.is_some())
    }

    /// Prints the worksheet of an exercise, as its link writes it. If that fails, the dialog says why.
    pub(crate) fn print_worksheet(self, exercise: String) {
        self.ask("Making the worksheet…", Request::Worksheet { exercise });
    }

    pub(crate) fn is_busy(self) -> bool {
        self.status.with(|status| status.busy)
    }

    /// Saves the user's run as an Excel workbook; `compared` adds the runs of the compared learning rates.
    pub(crate) fn save_workbook(self, compared: bool) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the workbook…", Request::SaveWorkbook { lesson, updates, compared });
    }

    /// Saves the user's run as CSV; `comma` writes it for a spreadsheet with decimal commas.
    pub(crate) fn save_csv(self, comma: bool) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the rows…", Request::SaveCsv { lesson, updates, comma });
    }

    /// Saves a report on the sheet. `run` is the key of the trainer's run that belongs to it, and empty for none; without
    /// a choice the worker may ask for one.
    pub(crate) fn save_report(self, run: Option<String>) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the report…", Request::SaveReport { lesson, updates, run });
    }

    /// Prints the rows between two numbers, as the user typed them.
    pub(crate) fn print(self, from: String, to: String) {
        let (lesson, updates) = self.to_save();
        let digits = self.sheet.with_untracked(|sheet| sheet.digits).code().to_owned();
        self.ask("Making the pages…", Request::Print { lesson, updates, from, to, digits });
    }

    /// Returns the lesson and the number of updates that are saved.
    fn to_save(self) -> (Lesson, u32) {
        self.sheet.with_untracked(|sheet| (sheet.lesson, sheet.updates as u32))
    }

    /// Opens or checks files, one after the other.
    pub(crate) fn read(self, files: Vec<File>, purpose: Purpose) {
        self.dropped.set(Vec::new());
        let number = self.next_request();
        self.read_next(Batch { count: files.len(), files: files.into(), purpose, done: Status::default() }, number);
    }

    /// Reads the next file of a batch, which is the request with this number.
    fn read_next(self, mut batch: Batch, number: u32) {
        let Some(file) = batch.files.pop_front() else { return self.finish(batch) };
        let name = file.name();
        // The worker would refuse the file too, but must be fetched first.
        if file.size() > LARGEST_FILE as f64 {
            batch.fail(too_large(&name, LARGEST_FILE));
            return self.read_next(batch, number);
        }
        let text = match (batch.purpose, batch.count) {
            (Purpose::Open, 1) => "Reading the file…".to_owned(),
            (Purpose::Check, 1) => "Checking every cell…".to_owned(),
            (_, count) => format!("Reading “{name}” ({} of {count})…", count - batch.files.len()),
        };
        self.status.set(Status { busy: true, text, html: batch.done.html.clone(), ..Status::default() });
        let among = Among { files: batch.count, sheets: batch.done.sheets.len() };
        let request = match batch.purpose {
            Purpose::Open => Request::Open { name, among },
            Purpose::Check => Request::Check { name, among, shown: self.sheet.with_untracked(|sheet| sheet.lesson) },
        };
        client::request(request, Some(&file), move |reply| {
            if self.request.get_value() == number {
                batch.add(reply);
                self.read_next(batch, number);
            }
        });
    }

    /// Shows what was read from all files of a batch. A file that is opened is loaded.
    fn finish(self, batch: Batch) {
        let failures = batch.done.text.clone();
        let is_loaded = batch.purpose == Purpose::Open && !batch.done.sheets.is_empty();
        self.status.set(batch.done);
        if is_loaded {
            self.take(0);
            if !failures.is_empty() {
                self.status.update(|status| status.text = format!("{failures}\n{}", status.text));
            }
        }
    }

    /// Begins a new request, so that the answers to earlier ones are ignored.
    fn next_request(self) -> u32 {
        let number = self.request.get_value() + 1;
        self.request.set_value(number);
        number
    }

    /// Sends a request to the worker, and shows `busy` until it answers.
    fn ask(self, busy: &str, request: Request) {
        let number = self.next_request();
        self.status.set(Status { busy: true, text: busy.to_owned(), ..Status::default() });
        client::request(request, None, move |reply| {
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

    /// Saves the file or prints the pages that the worker has made, or shows its question.
    fn answered(self, reply: Reply) {
        self.status.set(match reply {
            Ok((Response::Saved { name, note }, Some(file))) => match download::save(&file, &name) {
                Ok(()) => {
                    let text = format!("“{name}” is in your downloads. {}", note.unwrap_or_default());
                    Status { text, ..Status::default() }
                }
                Err(_) => Status::failed("The browser did not allow saving the file.".to_owned()),
            },
            Ok((Response::Paper(pages), _)) => {
                self.paper.set(pages);
                let text = "The pages are ready. If nothing opens, choose Print in the browser’s own menu.".to_owned();
                Status { text, ..Status::default() }
            }
            Ok((Response::Question(html), _)) => Status { html, ..Status::default() },
            Ok(_) => Status::failed(NOT_UNDERSTOOD.to_owned()),
            Err(message) => Status::failed(message),
        });
        // A worksheet is asked for elsewhere.
        if self.status.with_untracked(|status| status.failed) {
            self.open.set(true);
        }
    }

    /// Loads one of the file's sheets as one change, which can be undone, and tells the user.
    pub(crate) fn take(self, index: usize) {
        let Some(OpenedSheet { sheet, lesson: new, rate_source, .. }) =
            self.status.with_untracked(|status| status.sheets.get(index).cloned())
        else {
            return;
        };
        // The sheet takes no other rate, and neither does a link to it.
        let is_allowed = (0.0..=learning_rate::LARGEST).contains(&new.learning_rate);
        let rate_source = rate_source.filter(|_| is_allowed);
        self.change_sheet(|link| {
            link.lesson.constants = new.constants;
            if rate_source.is_some() {
                link.lesson.learning_rate = new.learning_rate;
            }
        });
        let rate = number::typed(self.sheet.with_untracked(|sheet| sheet.lesson).learning_rate);
        let rate = match rate_source {
            Some(source) => format!("and η = {rate}, {source}"),
            None if is_allowed => format!("and keeps η = {rate}, because the file has no learning rate"),
            None => format!(
                "and keeps η = {rate}, because the file’s learning rate is not from 0 to {}",
                learning_rate::LARGEST
            ),
        };
        self.status.update(|status| {
            status.text =
                format!("The sheet now has the starting values of “{sheet}” {rate}. Undo brings the old values back.");
        });
    }

    /// Closes the dialog and selects a cell on the sheet. If the sheet is too short, it becomes as long as the file.
    pub(crate) fn show(self, row: usize, column: Column, rows: usize) {
        self.open.set(false);
        self.change_sheet(|link| {
            if row > link.updates {
                link.updates = rows.saturating_sub(1);
            }
            (link.row, link.column) = (row, column);
        });
    }

    /// Changes the sheet as one change that can be undone. An exercise ends, because it hides the user's own sheet.
    fn change_sheet(self, change: impl FnOnce(&mut Permalink)) {
        let mut link = read_sheet();
        link.exercise = None;
        change(&mut link);
        show_sheet(&link);
        self.sheet.set(link);
    }
}
