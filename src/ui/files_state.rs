//! What the "File" dialog asks of the exchange worker, and what came of it. It outlives the dialog, so that the list of
//! wrong cells is still there when it is opened again.

use leptos::prelude::*;
use web_sys::File;

use super::download;
use super::sheet_state::SheetState;
use crate::exchange::client::{self, Reply};
use crate::exchange::protocol::{LARGEST_FILE, Opened, Request, Response, SheetCheck, Wrong};
use crate::sheet::lesson::{Change, Lesson};
use crate::sheet::{Cell, Column, number};

/// What to do with a file that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Take over its constants and η.
    Open,
    /// Look for mistakes.
    Check,
}

/// What the dialog tells.
#[derive(Clone)]
pub(super) enum Outcome {
    Nothing,
    /// The worker is at work: what it does.
    Busy(&'static str),
    Failed(String),
    Saved {
        name: String,
        note: Option<String>,
    },
    /// The file's sheets, of which one was taken over.
    Opened {
        sheets: Vec<Opened>,
        taken: usize,
    },
    Checked(Vec<SheetCheck>),
}

/// Signals that the dialog's components share.
#[derive(Clone, Copy)]
pub(super) struct Files {
    sheet: SheetState,
    pub(super) open: RwSignal<bool>,
    pub(super) outcome: RwSignal<Outcome>,
    /// A file that was dropped, until it is said what for.
    pub(super) dropped: RwSignal<Option<File>, LocalStorage>,
    /// Counts what was asked; only the last answer is of interest.
    turn: StoredValue<u32>,
}

impl Files {
    pub(super) fn new(sheet: SheetState) -> Self {
        Self {
            sheet,
            open: RwSignal::new(false),
            outcome: RwSignal::new(Outcome::Nothing),
            dropped: RwSignal::new_local(None),
            turn: StoredValue::new(0),
        }
    }

    pub(super) fn is_busy(self) -> bool {
        self.outcome.with(|outcome| matches!(outcome, Outcome::Busy(_)))
    }

    /// Writes the user's runs as an Excel workbook.
    pub(super) fn save_workbook(self, compared: bool) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the workbook…", Request::SaveWorkbook { lesson, updates, compared }, None);
    }

    /// Writes the user's own run as CSV.
    pub(super) fn save_csv(self) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the rows…", Request::SaveCsv { lesson, updates }, None);
    }

    fn to_save(self) -> (Lesson, u32) {
        (self.sheet.lesson.get_untracked(), self.sheet.own_updates.get_untracked() as u32)
    }

    /// Reads a file.
    pub(super) fn read(self, file: &File, purpose: Purpose) {
        self.dropped.set(None);
        let name = file.name();
        // The worker would say the same, but only after it was fetched.
        if file.size() > LARGEST_FILE as f64 {
            let most = LARGEST_FILE / 1_000_000;
            let message = format!("“{name}” is larger than {most} MB. That is too large to read.");
            return self.outcome.set(Outcome::Failed(message));
        }
        match purpose {
            Purpose::Open => self.ask("Reading the file…", Request::Open { name }, Some(file)),
            Purpose::Check => self.ask("Checking every cell…", Request::Check { name }, Some(file)),
        }
    }

    fn ask(self, busy: &'static str, request: Request, file: Option<&File>) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.outcome.set(Outcome::Busy(busy));
        client::request(request, file.map(AsRef::as_ref), move |reply| {
            if self.turn.get_value() == turn {
                self.answered(reply);
            }
        });
    }

    /// Ends the worker, whatever it does.
    pub(super) fn cancel(self) {
        self.turn.update_value(|turn| *turn += 1);
        client::cancel();
        self.outcome.set(Outcome::Nothing);
    }

    fn answered(self, reply: Reply) {
        self.outcome.set(match reply {
            Ok((Response::Saved { name, note }, Some(file))) => match download::save(&file, &name) {
                Ok(()) => Outcome::Saved { name, note },
                Err(_) => Outcome::Failed("The browser does not let the page save files.".to_owned()),
            },
            Ok((Response::Opened(sheets), _)) => return self.take(sheets, 0),
            Ok((Response::Checked(sheets), _)) => Outcome::Checked(sheets),
            Ok(_) => Outcome::Failed("The worker for files gave no answer to this. Reload the page.".to_owned()),
            Err(message) => Outcome::Failed(message),
        });
    }

    /// Takes one of a file's sheets over, as one change that can be undone.
    pub(super) fn take(self, sheets: Vec<Opened>, taken: usize) {
        if let Some(Opened { lesson, rate_source, .. }) = sheets.get(taken) {
            let rate = rate_source.is_some();
            self.take_lesson(*lesson, rate);
        }
        self.outcome.set(Outcome::Opened { sheets, taken });
    }

    /// Takes constants over, and the learning rate if there is one.
    pub(super) fn take_lesson(self, new: Lesson, rate: bool) {
        // An exercise would hide what changes.
        if untrack(|| self.sheet.is_practising()) {
            self.sheet.leave();
        }
        self.sheet.settle();
        self.sheet.change(Change::Everything, |lesson| {
            lesson.constants = new.constants;
            if rate {
                lesson.learning_rate = new.learning_rate;
            }
        });
        self.sheet.settle();
    }

    /// What [`Files::take`] did, in words.
    pub(super) fn taken(self, sheet: &Opened) -> String {
        let name = &sheet.sheet;
        match &sheet.rate_source {
            Some(source) => {
                let rate = number::full(sheet.lesson.learning_rate);
                format!("The sheet now has the constants of “{name}” and η = {rate}, {source}.")
            }
            None => {
                let rate = number::full(self.sheet.learning_rate.get_untracked());
                format!("The sheet now has the constants of “{name}”. It names no learning rate, so η stays {rate}.")
            }
        }
    }

    /// Whether a lesson is what the sheet shows.
    pub(super) fn is_shown(self, lesson: Lesson) -> bool {
        self.sheet.lesson.get() == lesson
    }

    /// Selects a wrong cell in the sheet, and closes the dialog. The sheet gets longer if need be.
    pub(super) fn show(self, column: Column, cell: &Wrong, rows: u32) {
        self.open.set(false);
        if untrack(|| self.sheet.is_practising()) {
            self.sheet.leave();
        }
        let row = cell.row as usize;
        if row > self.sheet.own_updates.get_untracked() {
            self.sheet.set_updates(rows.saturating_sub(1) as usize);
        }
        self.sheet.select_cell(Cell { row, column });
    }
}
