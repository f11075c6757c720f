//! The lab report: one zip file with a text in Markdown, the charts, the workbook and, if the user chose one, a run of the
//! trainer.

mod markdown;
mod network_part;
mod rates_part;
mod trainer_part;

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

use super::pictures::{self, Picture};
use super::workbook_out;
use crate::sheet::Race;
use crate::sheet::lesson::Lesson;
use crate::trainer::run::log;
use crate::trainer::run::record::RunRecord;

/// The name of the workbook.
const WORKBOOK: &str = "backpropagation.xlsx";
/// The name of the training log.
const LOG: &str = "trainer/training-log.txt";
/// The name of the table of the training's epochs.
const EPOCHS: &str = "trainer/epochs.csv";

/// What a report is about.
#[derive(Clone, Debug)]
pub struct Report {
    race: Race,
    lesson: Lesson,
    updates: u32,
    run: Option<RunRecord>,
    date: String,
}

impl Report {
    /// Computes the runs of a lesson. `run` is the trainer's run that belongs to the report, and `date` is today.
    pub fn new(lesson: Lesson, updates: u32, run: Option<RunRecord>, date: String) -> Self {
        let race = pictures::race(lesson, updates as usize);
        // A race has at least one update.
        let updates = race.updates() as u32;
        Self { race, lesson, updates, run, date }
    }

    /// Returns the charts that are to be drawn.
    pub fn pictures(&self) -> Vec<Picture> {
        let mut all = pictures::of_race(&self.race);
        all.extend(self.run.as_ref().map(pictures::of_run));
        all
    }

    /// Returns the text, in which the pictures have this extension.
    pub fn readme(&self, extension: &str) -> String {
        let mut text = format!(
            "# Lab report: backpropagation, step by step\n\n{}\n\n",
            match &self.run {
                None => format!("Made with Gradsheet on {}.", self.date),
                Some(_) => format!(
                    "Made with Gradsheet on {}. Part 1 is a network of six neurons, computed number by number. Part 2 is \
                     the training of a convolutional network.",
                    self.date
                ),
            }
        );
        if self.run.is_some() {
            text += "# Part 1: six neurons\n\n";
        }
        text += &network_part::text(&self.race);
        text += &rates_part::text(&self.race, extension);
        if let Some(run) = &self.run {
            text += "# Part 2: a convolutional network\n\n";
            text += &trainer_part::text(run, extension);
        }
        text
    }

    /// Returns the bytes of the zip file, and a sentence for the user if the workbook has fewer rows than the run.
    /// `drawn` holds the pictures with their names.
    ///
    /// # Errors
    /// A sentence for the user when the memory or a limit of a file format is exceeded.
    pub fn zip(&self, extension: &str, drawn: Vec<(String, Vec<u8>)>) -> Result<(Vec<u8>, Option<String>), String> {
        let (workbook, note) = workbook_out::write(&self.lesson, self.updates, true)?;
        let mut files = vec![("README.md".to_owned(), self.readme(extension).into_bytes())];
        files.extend(drawn.into_iter().map(|(name, bytes)| (format!("{name}.{extension}"), bytes)));
        files.push((WORKBOOK.to_owned(), workbook));
        if let Some(run) = &self.run {
            files.push((LOG.to_owned(), log::text(run).into_bytes()));
            files.push((EPOCHS.to_owned(), log::csv(run).into_bytes()));
        }
        let bytes = pack(files).map_err(|error| format!("The report could not be written: {error}."))?;
        Ok((bytes, note))
    }
}

/// Packs files.
fn pack(files: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, ZipError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests;
