//! The exchange worker: receives requests and posts the answers. This module only moves messages and files; the modules
//! beside it do the work.

use js_sys::{Array, Date, Object, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, MessageEvent};

use super::check::SheetCheck;
use super::csv_out::Notation;
use super::lab_report::Report;
use super::parcel::{pack, unpack};
use super::pictures::Picture;
use super::protocol::{LARGEST_FILE, LARGEST_RUNS, Message, Numbered, Request, Response};
use super::{
    audience, csv_out, kept_choice, paper, paper_theme, qr, reading, report, run_file, workbook_out, worksheet,
};
use crate::charts::offscreen;
use crate::charts::svg::svg;
use crate::format::{too_large, unreadable};
use crate::sheet::lesson::Lesson;
use crate::sheet::number::Digits;
use crate::sheet::practice::NoExercise;
use crate::trainer::kept::list::Owners;
use crate::trainer::kept::listing;
use crate::trainer::kept::runs::{self, Whole};
use crate::trainer::run::record::{RunKey, RunRecord};
use crate::wire;

/// The content types of the files that are written.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const CSV: &str = "text/csv;charset=utf-8";
const JSON: &str = "application/json";
const ZIP: &str = "application/zip";

/// The size of a picture of a report, in CSS pixels.
const PICTURE: (f64, f64) = (900.0, 520.0);

/// What the user should know about a report with charts in another format.
const SVG_NOTE: &str = "Its charts are SVG files, because this browser cannot draw PNG files here.";

/// Starts to listen to the page.
pub fn start() {
    wire::scope::listen(hear, |reason| post(&Message::Broken(reason.to_owned())));
}

/// Answers a request, with the file that it is about.
fn hear(event: MessageEvent) {
    match unpack(&event) {
        Ok((Numbered { id, body }, file)) => wasm_bindgen_futures::spawn_local(async move {
            let (body, file) = answer(body, file).await.unwrap_or_else(|message| (Response::Failed(message), None));
            let answer = |body| Message::Answer(Numbered { id, body });
            match pack(&answer(body), file.as_ref()) {
                Ok(parcel) => wire::scope::post(&parcel),
                Err(reason) => post(&answer(Response::Failed(reason))),
            }
        }),
        Err(error) => post(&Message::Broken(format!("it got a message that it cannot read ({error})"))),
    }
}

/// Posts a message without a file, which holds no more than a sentence.
///
/// # Panics
/// When the message cannot be encoded, which would be a bug. The page hears of every panic.
fn post(message: &Message) {
    wire::scope::post(&pack(message, None).expect("a sentence can be encoded"));
}

/// Does what a request asks for. Returns the answer, and the file that was written if the answer is
/// [`Response::Saved`].
///
/// # Errors
/// A sentence for the user.
async fn answer(request: Request, file: Option<Blob>) -> Result<(Response, Option<Blob>), String> {
    Ok(match request {
        Request::SaveWorkbook { lesson, updates, compared } => {
            let (bytes, note) = workbook_out::write(&lesson, updates, compared)?;
            let file = blob(&Array::of1(&Uint8Array::from(bytes.as_slice())), XLSX)?;
            let name = format!("gradsheet {}.xlsx", workbook_out::sheet_name(lesson.learning_rate));
            (Response::Saved { name, note }, Some(file))
        }
        Request::SaveCsv { lesson, updates, comma } => {
            let notation = if comma { Notation::Comma } else { Notation::Point };
            // The browser keeps the pieces, because all of them may not fit into the worker's own memory.
            let pieces = Array::new();
            let mut failure = None;
            csv_out::write(&lesson, updates, notation, &mut |piece| match blob(&Array::of1(&piece.into()), CSV) {
                Ok(piece) => {
                    pieces.push(&piece);
                }
                Err(error) => failure = Some(error),
            });
            if let Some(error) = failure {
                return Err(error);
            }
            let name = format!("gradsheet {}.csv", workbook_out::sheet_name(lesson.learning_rate));
            (Response::Saved { name, note: None }, Some(blob(&pieces, CSV)?))
        }
        Request::Open { name, among } => {
            let sheets = reading::open(&name, &content(&name, file, LARGEST_FILE).await?)?;
            let html = report::choice(&name, &sheets, among);
            (Response::Opened { html, sheets: sheets.read }, None)
        }
        Request::Check { name, among, shown } => {
            let checks = reading::check_file(&name, &content(&name, file, LARGEST_FILE).await?)?;
            let html = report::html(&name, &checks, among, &shown);
            let sheets = checks.read.into_iter().map(SheetCheck::into_opened_sheet).collect();
            (Response::Checked { sheets, html }, None)
        }
        Request::SaveReport { lesson, updates, run: None } => {
            // Where the browser refuses its storage, there are no runs to choose from, and the note says why.
            let (runs, problem) = match listing::list(&Owners::default()).await {
                Ok(list) => (list.runs, None),
                Err(error) => (Vec::new(), Some(format!("Runs of the trainer are not in it. {error}"))),
            };
            match kept_choice::html(runs, &moment) {
                Some(question) => (Response::Question(question), None),
                None => save_report(lesson, updates, None, problem).await?,
            }
        }
        Request::SaveReport { lesson, updates, run: Some(key) } => {
            let run = match key.parse() {
                Ok(key) => Some(kept_run(RunKey(key)).await?),
                Err(_) => None,
            };
            save_report(lesson, updates, run, None).await?
        }
        Request::Print { lesson, updates, from, to, digits } => {
            let digits = Digits::from_code(&digits).unwrap_or_default();
            (Response::Paper(paper::html(&lesson, updates, [&from, &to], digits, &today())?), None)
        }
        Request::Worksheet { exercise } => {
            let exercise = exercise.parse().map_err(|error: NoExercise| error.to_string())?;
            (Response::Paper(worksheet::html(exercise)), None)
        }
        Request::Qr { text } => (Response::Qr(audience::html(&text) + &qr::html(&text)), None),
        Request::ExportRuns { keys } => {
            let runs = kept(&keys).await?;
            let name = run_file::file_name(&runs);
            let note = match keys.len() - runs.len() {
                0 => None,
                missing if runs.is_empty() => {
                    return Err(format!(
                        "{} cannot be saved: the loss curve is lost or damaged.",
                        count_of_runs(missing)
                    ));
                }
                missing => {
                    Some(format!("{} could not be saved: the loss curve is lost or damaged.", count_of_runs(missing)))
                }
            };
            (Response::Saved { name, note }, Some(file_of(runs)?))
        }
        Request::ExportRun { run } => {
            let runs = vec![*run];
            (Response::Saved { name: run_file::file_name(&runs), note: None }, Some(file_of(runs)?))
        }
        Request::ImportRuns { name } => (Response::Imported(import(&name, file).await?), None),
    })
}

/// Returns today's date in words.
fn today() -> String {
    written(&Date::new_0(), &[("dateStyle", "long")])
}

/// Returns a moment as date and time, from milliseconds since 1970.
fn moment(milliseconds: f64) -> String {
    written(&Date::new(&milliseconds.into()), &[("dateStyle", "medium"), ("timeStyle", "medium")])
}

fn written(date: &Date, style: &[(&str, &str)]) -> String {
    let options = Object::new();
    for (name, value) in style {
        // Setting a property of a fresh object cannot fail.
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    date.to_locale_string("en-GB", &options).into()
}

/// Returns a kept run for the report.
///
/// # Errors
/// A sentence for the user when the run cannot be read.
async fn kept_run(key: RunKey) -> Result<RunRecord, String> {
    let lost = "The run cannot be read: it was deleted, or its loss curve is damaged. Choose another one.";
    kept(&[key]).await?.pop().ok_or_else(|| lost.to_owned())
}

/// Writes a report. `problem` is a sentence about what could not be read for it.
///
/// # Errors
/// A sentence for the user.
async fn save_report(
    lesson: Lesson,
    updates: u32,
    run: Option<RunRecord>,
    problem: Option<String>,
) -> Result<(Response, Option<Blob>), String> {
    let report = Report::new(lesson, updates, run, today());
    let theme = paper_theme::theme();
    let is_supported = offscreen::is_supported();
    let extension = if is_supported { "png" } else { "svg" };
    let failed = |reason: String| format!("A chart of the report could not be drawn: {reason}.");
    let (mut drawn, mut encoded) = (Vec::new(), Vec::new());
    for Picture { name, title, chart } in report.pictures() {
        if is_supported {
            let png = offscreen::png(&chart, &title, &theme, PICTURE);
            encoded.push((name, png.map_err(|error| failed(wire::describe(&error)))?));
        } else {
            let svg = svg(&chart, &title, &theme, PICTURE).map_err(|error| failed(error.to_string()))?;
            drawn.push((name, svg.into_bytes()));
        }
    }
    for (name, png) in encoded {
        let png = JsFuture::from(png).await.map_err(|error| failed(wire::describe(&error)))?;
        let bytes = content(&name, Some(png.unchecked_into()), u64::MAX).await?;
        drawn.push((name, bytes));
    }
    let (bytes, note) = report.zip(extension, drawn)?;
    let file = blob(&Array::of1(&Uint8Array::from(bytes.as_slice())), ZIP)?;
    let name = format!("gradsheet report {}.zip", workbook_out::sheet_name(lesson.learning_rate));
    let note = [problem, note, (!is_supported).then(|| SVG_NOTE.to_owned())].into_iter().flatten().collect::<Vec<_>>();
    let note = (!note.is_empty()).then(|| note.join(" "));
    Ok((Response::Saved { name, note }, Some(file)))
}

/// Returns the runs that are kept under these keys, as far as they are whole.
async fn kept(keys: &[RunKey]) -> Result<Vec<RunRecord>, String> {
    let mut found = Vec::with_capacity(keys.len());
    for key in keys {
        if let Whole::Record(record) = runs::record(*key).await.map_err(|error| error.to_string())? {
            found.push(*record);
        }
    }
    Ok(found)
}

/// Keeps the runs in a file. Returns a sentence for the user that says how many were added.
async fn import(name: &str, file: Option<Blob>) -> Result<String, String> {
    let read = run_file::read(name, &content(name, file, LARGEST_RUNS).await?, Date::now())?;
    let taken = runs::keys().await.map_err(|error| error.to_string())?;
    let same: Vec<RunKey> = read.iter().map(|run| run.key).filter(|key| taken.contains(key)).collect();
    let same = kept(&same).await?;
    let (added, known) = run_file::merge(read, taken, |key| same.iter().find(|run| run.key == key).cloned())?;
    runs::add(&added).await.map_err(|error| format!("{error} Nothing was changed."))?;
    Ok(match (added.len(), known) {
        (0, _) => format!("All runs in “{name}” are already in the list."),
        (added, 0) => format!("Added {} from “{name}”.", count_of_runs(added)),
        (added, known) => {
            format!("Added {} from “{name}”. Already in the list: {}.", count_of_runs(added), count_of_runs(known))
        }
    })
}

/// Makes a file with these runs.
///
/// # Errors
/// A sentence for the user.
fn file_of(runs: Vec<RunRecord>) -> Result<Blob, String> {
    blob(&Array::of1(&run_file::write(runs)?.into()), JSON)
}

fn count_of_runs(count: usize) -> String {
    if count == 1 { "1 run".to_owned() } else { format!("{count} runs") }
}

/// Makes a file of this content type from its parts.
///
/// # Errors
/// A sentence for the user when the browser has no room for the file.
fn blob(parts: &Array, content_type: &str) -> Result<Blob, String> {
    let options = BlobPropertyBag::new();
    options.set_type(content_type);
    Blob::new_with_blob_sequence_and_options(parts, &options)
        .map_err(|error| format!("The browser could not store the file: {}.", wire::describe(&error)))
}

/// Returns the bytes of a file.
///
/// # Errors
/// A sentence for the user when the file is larger than `most` bytes or cannot be read.
async fn content(name: &str, file: Option<Blob>, most: u64) -> Result<Vec<u8>, String> {
    let lost = || unreadable(name);
    let file = file.ok_or_else(lost)?;
    if file.size() > most as f64 {
        return Err(too_large(name, most));
    }
    let buffer = JsFuture::from(file.array_buffer()).await.map_err(|_| lost())?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
