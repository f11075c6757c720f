//! The messages between the page and the exchange worker, encoded as postcard. A file travels beside its message as the
//! browser's own handle (`Blob`), so that the page never holds the file's bytes.

use serde::{Deserialize, Serialize};

use crate::sheet::learning_rate;
use crate::sheet::lesson::Lesson;
use crate::trainer::run::record::{RunKey, RunRecord};

/// The size of the largest workbook or CSV file that is read, in bytes.
pub const LARGEST_FILE: u64 = 20_000_000;

/// The size of the largest file of runs that is read, in bytes: enough for 200 long runs.
pub const LARGEST_RUNS: u64 = 100_000_000;

/// The attribute of a button that loads a sheet. Its value is the index of the sheet among those of all files that were
/// read together.
pub const TAKE: &str = "data-take";
/// The attribute of a button that shows a cell. Its value is three numbers: the row, the index of the column in
/// `Column::ALL`, and the number of rows of the table.
pub const SHOW: &str = "data-show";

/// The attribute of the button that saves a report with the run that is chosen in the list beside it.
pub const REPORT: &str = "data-report";

/// A request or an answer with its number, which is the same for both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbered<T> {
    /// The number.
    pub id: u32,
    /// The request or the answer.
    pub body: T,
}

/// A request from the page to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Write an Excel workbook with working formulas. The answer is [`Response::Saved`] and the file.
    SaveWorkbook {
        /// The constants and the user's learning rate.
        lesson: Lesson,
        /// The number of updates after row 0. A workbook contains at most [`most_updates`].
        updates: u32,
        /// Whether each of the compared learning rates gets a sheet too.
        compared: bool,
    },
    /// Write the run of the user's learning rate as CSV. The answer is [`Response::Saved`] and the file.
    SaveCsv {
        /// The constants and the user's learning rate.
        lesson: Lesson,
        /// The number of updates after row 0.
        updates: u32,
        /// Whether numbers have a decimal comma and semicolons stand between cells, as in German spreadsheets.
        comma: bool,
    },
    /// Write a report on the lesson as a zip file. The answer is [`Response::Saved`] and the file, or
    /// [`Response::Question`] if the user must say which run belongs to it.
    SaveReport {
        /// The constants and the user's learning rate.
        lesson: Lesson,
        /// The number of updates after row 0.
        updates: u32,
        /// The key of the trainer's run that belongs to the report; empty for none, and `None` if the user has not been
        /// asked.
        run: Option<String>,
    },
    /// Make pages of rows for a printer. The answer is [`Response::Paper`].
    Print {
        /// The constants and the user's learning rate.
        lesson: Lesson,
        /// The number of updates after row 0.
        updates: u32,
        /// The first row, as the user typed it.
        from: String,
        /// The last row, as the user typed it.
        to: String,
        /// The code of the number of digits, see `Digits::code`.
        digits: String,
    },
    /// Make a worksheet and its answer key for a printer. The answer is [`Response::Paper`].
    Worksheet {
        /// The exercise as text, such as `bug-123`.
        exercise: String,
    },
    /// Find the constants and the learning rate in the file that comes with the message. The answer is
    /// [`Response::Opened`].
    Open {
        /// The file's name.
        name: String,
        /// The place of the file among those that are read together.
        among: Among,
    },
    /// Compare every cell of the file that comes with the message with the engine. The answer is
    /// [`Response::Checked`].
    Check {
        /// The file's name.
        name: String,
        /// The place of the file among those that are read together.
        among: Among,
        /// The lesson that the page shows. The report says if the file starts with other values.
        shown: Lesson,
    },
    /// Make a QR code of a link, and say who can open it. The answer is [`Response::Qr`].
    Qr {
        /// The link.
        text: String,
    },
    /// Write kept runs as JSON. The answer is [`Response::Saved`] and the file.
    ExportRuns {
        /// The keys of the runs.
        keys: Vec<RunKey>,
    },
    /// Write a run that could not be stored as JSON. The answer is [`Response::Saved`] and the file.
    ExportRun {
        /// The run.
        run: Box<RunRecord>,
    },
    /// Add the runs in the file that comes with the message to the kept ones: all of them or none. The answer is
    /// [`Response::Imported`].
    ImportRuns {
        /// The file's name.
        name: String,
    },
}

/// The place of a file among several that the user gives together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Among {
    /// The number of files.
    pub files: usize,
    /// The number of sheets that were read from the files before this one: the index of its first sheet, see [`TAKE`].
    pub sheets: usize,
}

impl Among {
    /// The place of a file that comes alone.
    pub const ALONE: Self = Self { files: 1, sheets: 0 };
}

/// A message from the worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// The answer to a request.
    Answer(Numbered<Response>),
    /// The worker has panicked and must be replaced. The text says why, as the end of a sentence.
    Broken(String),
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// The file that comes with the message is ready.
    Saved {
        /// The name for the file.
        name: String,
        /// A sentence for the user about a limit of the file, if there is one.
        note: Option<String>,
    },
    /// The lessons in a file.
    Opened {
        /// The sheets, at least one.
        sheets: Vec<OpenedSheet>,
        /// Markup with a button for each of several sheets, see [`TAKE`].
        html: String,
    },
    /// The comparison of a file with the engine.
    Checked {
        /// The sheets, at least one.
        sheets: Vec<OpenedSheet>,
        /// The report as markup with buttons, see [`TAKE`] and [`SHOW`].
        html: String,
    },
    /// Markup with the QR code of a link, below a warning if others cannot open the link.
    Qr(String),
    /// Pages for a printer, as markup.
    Paper(String),
    /// Markup with a question and a button to answer it, see [`REPORT`].
    Question(String),
    /// The runs in a file are kept now. The text is a sentence for the user.
    Imported(String),
    /// The request failed. The text is a sentence for the user.
    Failed(String),
}

/// A sheet of a file, read as a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenedSheet {
    /// The sheet's name; for a text file, the file's name.
    pub sheet: String,
    /// The constants of the sheet, and its learning rate or the default one.
    pub lesson: Lesson,
    /// Where the learning rate was found, as the end of a sentence: "in G31"; `None` if the sheet states none.
    pub rate_source: Option<String>,
    /// The number of rows of the table, row 0 included.
    pub rows: u32,
}

/// Returns the learning rates of a workbook, each once: the user's own first, then the compared ones.
pub fn rates(own: f64, compared: bool) -> Vec<f64> {
    let others = learning_rate::COMPARED.into_iter().filter(|&rate| compared && rate != own);
    std::iter::once(own).chain(others).collect()
}

/// Returns the largest number of updates after row 0 in a workbook with this number of sheets. Formulas make a file
/// large, and the spreadsheet has to compute them all when it opens the file.
pub const fn most_updates(sheets: usize) -> u32 {
    if sheets == 1 { 10_000 } else { 2_000 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{decode, encode};

    #[test]
    fn messages_can_contain_numbers_that_are_not_finite() {
        let lesson = Lesson { learning_rate: f64::INFINITY, ..Lesson::CLASSIC };
        let opened = OpenedSheet { sheet: "eta 0.5".into(), lesson, rate_source: Some("in G31".into()), rows: 4 };
        let body = Response::Opened { sheets: vec![opened], html: String::new() };
        let message = Message::Answer(Numbered { id: 7, body });
        let bytes = encode(&message).expect("plain data");
        assert_eq!(decode::<Message>(&bytes).expect("its own bytes"), message);
    }

    #[test]
    fn a_workbook_has_each_learning_rate_once() {
        assert_eq!(rates(0.3, false), [0.3]);
        assert_eq!(rates(0.3, true), [0.3, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0]);
        assert_eq!(rates(0.5, true), [0.5, 0.1, 0.2, 0.8, 1.0, 2.0]);
    }
}
