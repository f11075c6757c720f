//! What the page and the exchange worker say to each other, as postcard. Files travel beside the messages, as the
//! browser's own handles, so that the page never has their bytes.

use serde::{Deserialize, Serialize};

use crate::sheet::learning_rate;
use crate::sheet::lesson::Lesson;
use crate::trainer::run::record::RunKey;

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: u64 = 20_000_000;

/// The largest file of runs that is read, in bytes: 200 long runs.
pub const LARGEST_RUNS: u64 = 100_000_000;

/// The attribute of a button that takes a sheet over: its place among the sheets of the answer.
pub const TAKE: &str = "data-take";
/// The attribute of a button that shows a cell: row, place of the column in `Column::ALL`, rows of the table.
pub const SHOW: &str = "data-show";

/// A question and its answer bear the same number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Numbered<T> {
    /// The question's number.
    pub id: u32,
    /// What is asked or answered.
    pub body: T,
}

/// From the page to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Write an Excel workbook with live formulas. Answered by [`Response::Saved`] and the file.
    SaveWorkbook {
        /// Constants and the user's learning rate.
        lesson: Lesson,
        /// Updates after row 0; a workbook may hold fewer.
        updates: u32,
        /// Whether each compared learning rate gets a sheet, too.
        compared: bool,
    },
    /// Write the run of the user's learning rate as CSV. Answered by [`Response::Saved`] and the file.
    SaveCsv {
        /// Constants and the user's learning rate.
        lesson: Lesson,
        /// Updates after row 0.
        updates: u32,
    },
    /// Look for constants and a learning rate in the file that comes with the message.
    Open {
        /// The file's name.
        name: String,
    },
    /// Compare every cell of the file that comes with the message with the engine.
    Check {
        /// The file's name.
        name: String,
        /// What the page shows, so that it can be told whether the file starts from other values.
        shown: Lesson,
    },
    /// Make a QR code.
    Qr {
        /// What it says.
        text: String,
    },
    /// Write kept runs as JSON. Answered by [`Response::Saved`] and the file.
    ExportRuns {
        /// Which of them.
        keys: Vec<RunKey>,
    },
    /// Add the runs of the file that comes with the message to the kept ones: all of them or none.
    ImportRuns {
        /// The file's name.
        name: String,
    },
}

/// From the worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// The worker's code has loaded: it listens now. Requests posted earlier would be lost.
    Loaded,
    /// An answer.
    Answer(Numbered<Response>),
    /// The worker has panicked, in words that go on a sentence. It cannot be trusted any more.
    Broken(String),
}

/// The answer to a [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// The file that comes with the message is ready.
    Saved {
        /// The name it should get.
        name: String,
        /// What the user should know of it, if anything: a sentence.
        note: Option<String>,
    },
    /// What the file holds.
    Opened {
        /// At least one.
        sheets: Vec<Opened>,
        /// Buttons to choose among several sheets, see [`TAKE`].
        html: String,
    },
    /// How the file's sheets compare with the engine.
    Checked {
        /// At least one.
        sheets: Vec<Opened>,
        /// What is wrong, with buttons, see [`TAKE`] and [`SHOW`].
        html: String,
    },
    /// A QR code.
    Qr {
        /// Modules of a side, without the margin.
        size: u32,
        /// Row by row from the top left: whether the module is dark.
        modules: Vec<bool>,
    },
    /// The file's runs are kept now: a sentence for the user.
    Imported(String),
    /// It could not be done: a sentence for the user.
    Failed(String),
}

/// A sheet of a file, as a lesson.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The sheet's name; for a text file the file's.
    pub sheet: String,
    /// Its constants, and its learning rate or the default one.
    pub lesson: Lesson,
    /// Where the learning rate was found; `None` if it names none.
    pub rate_source: Option<String>,
    /// Rows of the table, row 0 included.
    pub rows: u32,
}

/// The learning rates of a workbook, each once: the user's own first, then the compared ones.
pub fn rates(own: f64, compared: bool) -> Vec<f64> {
    let others = learning_rate::COMPARED.into_iter().filter(|&rate| compared && rate != own);
    std::iter::once(own).chain(others).collect()
}

/// The most updates after row 0 in a workbook with this many sheets: formulas weigh, in the file and in the
/// spreadsheet that has to recalculate them.
pub const fn most_updates(sheets: usize) -> u32 {
    if sheets == 1 { 10_000 } else { 2_000 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{decode, encode};

    #[test]
    fn messages_survive_the_wire_even_with_numbers_that_are_not_finite() {
        let lesson = Lesson { learning_rate: f64::INFINITY, ..Lesson::CLASSIC };
        let opened = Opened { sheet: "eta 0.5".into(), lesson, rate_source: Some("in G31".into()), rows: 4 };
        let body = Response::Opened { sheets: vec![opened], html: String::new() };
        let message = Message::Answer(Numbered { id: 7, body });
        let bytes = encode(&message).expect("plain data");
        assert_eq!(decode::<Message>(&bytes).expect("its own bytes"), message);
    }

    #[test]
    fn every_rate_of_a_workbook_stands_once() {
        assert_eq!(rates(0.3, false), [0.3]);
        assert_eq!(rates(0.3, true), [0.3, 0.1, 0.2, 0.5, 0.8, 1.0, 2.0]);
        assert_eq!(rates(0.5, true), [0.5, 0.1, 0.2, 0.8, 1.0, 2.0]);
    }
}
