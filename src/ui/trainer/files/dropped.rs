//! Files that are dropped anywhere while the trainer is shown: what they are for decides who gets them.

use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::given::{Given, Task};
use super::state::FilesState;
use crate::file_kind::{Purpose, START, purpose};
use crate::ui::kit::file_input::names;
use crate::ui::trainer::feedback::Feedback;
use crate::ui::trainer::runs::state::KeptRunsState;

/// All purposes, and what the page calls such files.
const PURPOSES: [(Purpose, &str); 4] = [
    (Purpose::Weights, "weights"),
    (Purpose::Data, "a data set"),
    (Purpose::Runs, "runs"),
    (Purpose::Sheet, "a workbook for the sheet"),
];

/// Finds out what dropped files are for, and gives them to who can read them.
pub(crate) fn take(state: FilesState, runs: KeptRunsState, files: Vec<File>) {
    spawn_local(async move {
        let mut sorted = Vec::with_capacity(files.len());
        for file in files {
            match start(&file).await {
                Some(start) => sorted.push((purpose(&file.name(), &start), file)),
                None => {
                    let name = file.name();
                    return state.data.set(Feedback::failed(format!(
                        "“{name}” could not be read. If it is a folder, open it and drop the files that are in it."
                    )));
                }
            }
        }
        give(state, runs, sorted);
    });
}

/// Returns the first bytes of a file; `None` for a folder, and for a file that is gone.
async fn start(file: &File) -> Option<Vec<u8>> {
    let slice = file.slice_with_f64_and_f64(0.0, START as f64).ok()?;
    let buffer = JsFuture::from(slice.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

fn give(state: FilesState, runs: KeptRunsState, sorted: Vec<(Purpose, File)>) {
    let of = |wanted: Purpose| -> Vec<File> {
        sorted.iter().filter(|(purpose, _)| *purpose == wanted).map(|(_, file)| file.clone()).collect()
    };
    let kinds: Vec<String> = PURPOSES
        .into_iter()
        .map(|(purpose, what)| (of(purpose), what))
        .filter(|(files, _)| !files.is_empty())
        .map(|(files, what)| format!("{what} ({})", names(&files)))
        .collect();
    let kinds = kinds.join(" and ");
    let [Some((purpose, _)), ..] = [sorted.first()] else { return };
    let files = of(*purpose);
    let is_mixed = files.len() < sorted.len();
    let refuse = |advice: &str| state.data.set(Feedback::failed(format!("You dropped {kinds}. {advice}")));
    match purpose {
        _ if is_mixed => refuse("Drop files of one kind at a time."),
        Purpose::Weights if files.len() > 1 => refuse("Drop one file with weights alone."),
        Purpose::Weights => state.give(Given { task: Task::Weights, files, were_dropped: true }),
        Purpose::Data => state.give(Given { task: Task::Data, files, were_dropped: true }),
        Purpose::Runs => {
            for file in &files {
                runs.import(file);
            }
            state.data.set(Feedback::good(format!("You dropped {kinds}. “Runs”, below, says what came of it.")));
        }
        Purpose::Sheet => refuse(
            "The trainer cannot read it. Choose “Sheet” at the top of the page and drop it there: the page then opens \
             or checks it.",
        ),
    }
}
