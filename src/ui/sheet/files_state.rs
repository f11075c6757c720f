//! What the "File" dialog asks of the exchange worker, and what came of it. It outlives the dialog, so that the list of
//! wrong cells is still there when it is opened again.

use leptos::prelude::*;
use web_sys::File;

use super::state::SheetState;
use crate::exchange::client::{self, Reply};
use crate::exchange::protocol::{LARGEST_FILE, Opened, Request, Response};
use crate::sheet::lesson::{Change, Lesson};
use crate::sheet::{Cell, Column, number};
use crate::ui::kit::download;

/// What to do with a file that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Take over its constants and η.
    Open,
    /// Look for mistakes.
    Check,
}

/// What the dialog tells.
#[derive(Clone, Default)]
pub(crate) struct Told {
    /// Whether the worker is at work.
    pub(crate) busy: bool,
    /// Whether it could not be done.
    pub(crate) failed: bool,
    /// A sentence or two.
    pub(crate) text: String,
    /// The worker's own markup, see [`crate::exchange::protocol::TAKE`].
    pub(crate) html: String,
    /// The sheets that its buttons are about.
    sheets: Vec<Opened>,
}

impl Told {
    fn failed(text: String) -> Self {
        Self { failed: true, text, ..Self::default() }
    }
}

/// Signals that the dialog's components share.
#[derive(Clone, Copy)]
pub(crate) struct Files {
    sheet: SheetState,
    pub(crate) open: RwSignal<bool>,
    pub(crate) told: RwSignal<Told>,
    /// A file that was dropped, until it is said what for.
    pub(crate) dropped: RwSignal<Option<File>, LocalStorage>,
    /// Counts what was asked; only the last answer is of interest.
    turn: StoredValue<u32>,
}

impl Files {
    pub(crate) fn new(sheet: SheetState) -> Self {
        Self {
            sheet,
            open: RwSignal::new(false),
            told: RwSignal::default(),
            dropped: RwSignal::new_local(None),
            turn: StoredValue::new(0),
        }
    }

    pub(crate) fn is_busy(self) -> bool {
        self.told.with(|told| told.busy)
    }

    /// Writes the user's runs as an Excel workbook.
    pub(crate) fn save_workbook(self, compared: bool) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the workbook…", Request::SaveWorkbook { lesson, updates, compared }, None);
    }

    /// Writes the user's own run as CSV.
    pub(crate) fn save_csv(self) {
        let (lesson, updates) = self.to_save();
        self.ask("Writing the rows…", Request::SaveCsv { lesson, updates }, None);
    }

    fn to_save(self) -> (Lesson, u32) {
        (self.sheet.lesson.get_untracked(), self.sheet.own_updates.get_untracked() as u32)
    }

    /// Reads a file.
    pub(crate) fn read(self, file: &File, purpose: Purpose) {
        self.dropped.set(None);
        let name = file.name();
        // The worker would say the same, but only after it was fetched.
        if file.size() > LARGEST_FILE as f64 {
            let most = LARGEST_FILE / 1_000_000;
            let text = format!("“{name}” is larger than {most} MB. That is too large to read.");
            return self.told.set(Told::failed(text));
        }
        match purpose {
            Purpose::Open => self.ask("Reading the file…", Request::Open { name }, Some(file)),
            Purpose::Check => {
                let shown = self.sheet.lesson.get_untracked();
                self.ask("Checking every cell…", Request::Check { name, shown }, Some(file));
            }
        }
    }

    fn ask(self, busy: &str, request: Request, file: Option<&File>) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        self.told.set(Told { busy: true, text: busy.to_owned(), ..Told::default() });
        client::request(request, file.map(AsRef::as_ref), move |reply| {
            if self.turn.get_value() == turn {
                self.answered(reply);
            }
        });
    }

    /// Ends the worker, whatever it does.
    pub(crate) fn cancel(self) {
        self.turn.update_value(|turn| *turn += 1);
        client::cancel();
        self.told.set(Told::default());
    }

    fn answered(self, reply: Reply) {
        self.told.set(match reply {
            Ok((Response::Saved { name, note }, Some(file))) => match download::save(&file, &name) {
                Ok(()) => {
                    let text = format!("“{name}” is among your downloads. {}", note.unwrap_or_default());
                    Told { text, ..Told::default() }
                }
                Err(_) => Told::failed("The browser does not let the page save files.".to_owned()),
            },
            Ok((Response::Opened { sheets, html }, _)) => {
                self.told.set(Told { html, sheets, ..Told::default() });
                return self.take(0);
            }
            Ok((Response::Checked { sheets, html }, _)) => Told { html, sheets, ..Told::default() },
            Ok(_) => Told::failed("The worker for files gave no answer to this. Reload the page.".to_owned()),
            Err(message) => Told::failed(message),
        });
    }

    /// Takes one of the file's sheets over, as one change that can be undone, and says so.
    pub(crate) fn take(self, index: usize) {
        let Some(Opened { sheet, lesson: new, rate_source, .. }) =
            self.told.with_untracked(|told| told.sheets.get(index).cloned())
        else {
            return;
        };
        self.leave_exercise();
        self.sheet.settle();
        self.sheet.change(Change::Everything, |lesson| {
            lesson.constants = new.constants;
            if rate_source.is_some() {
                lesson.learning_rate = new.learning_rate;
            }
        });
        self.sheet.settle();
        let rate = number::full(self.sheet.lesson.get_untracked().learning_rate);
        let rate = match rate_source {
            Some(source) => format!("and η = {rate}, {source}"),
            None => format!("and still η = {rate}, since it names no learning rate"),
        };
        self.told.update(|told| {
            told.text =
                format!("The sheet now has the constants of “{sheet}” {rate}. Undo brings back what was there.");
        });
    }

    /// Selects a cell in the sheet, and closes the dialog. The sheet gets as long as the file if need be.
    pub(crate) fn show(self, row: usize, column: Column, rows: usize) {
        self.open.set(false);
        self.leave_exercise();
        if row > self.sheet.own_updates.get_untracked() {
            self.sheet.set_updates(rows.saturating_sub(1));
        }
        self.sheet.select_cell(Cell { row, column });
    }

    /// An exercise hides the user's own sheet.
    fn leave_exercise(self) {
        if untrack(|| self.sheet.is_practising()) {
            self.sheet.leave();
        }
    }
}
