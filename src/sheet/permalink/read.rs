//! Reading a link: what can be read is used, and the rest is named in sentences for the user.

use super::{NAME, Permalink, VERSION, code, switch};
use crate::decimal;
use crate::format::thousands;
use crate::link::{self, End, OpenedLink};
use crate::sheet::column::Column;
use crate::sheet::learning_rate;
use crate::sheet::number::Digits;
use crate::sheet::race::MOST_UPDATES;

/// The keys of the pairs.
const KEYS: [&str; 9] = ["t", "i", "w", "eta", "rows", "at", "mode", "digits", "tint"];

/// What was read from a link.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The state of the sheet. What could not be read is as on the sheet that first opens.
    pub link: Permalink,
    /// What could not be read, in sentences for the user.
    pub problem: Option<String>,
}

impl Permalink {
    /// Reads a fragment without its `#`. An empty one is the sheet as it first opens. A row beyond the end of the sheet
    /// is its last row, and in an exercise, which has no columns of the δ, one of these is the first column that is
    /// computed; the reading says so.
    ///
    /// # Errors
    /// A sentence for the user if nothing in the link can be used.
    pub fn read(fragment: &str) -> Result<Reading, String> {
        if fragment.len() > link::LONGEST {
            return Err("The link is too long.".to_owned());
        }
        let opened = OpenedLink::read(fragment, &|key| KEYS.contains(&key));
        if !matches!(opened.name.as_str(), "" | NAME) {
            return Err(format!("The link names a page that does not exist: {}.", quoted(&opened.name)));
        }
        let mut link = Self::DEFAULT;
        let mut problems = Vec::new();
        let mut is_used = false;
        for (key, value) in &opened.pairs {
            match link.set(key, value) {
                Ok(()) => is_used = true,
                Err(problem) => problems.push(problem),
            }
        }
        match opened.end {
            End::Bare => is_used = true,
            End::Version(version) if version == VERSION => is_used |= problems.is_empty(),
            End::Version(_) => return Err("The link was made by another version of this page.".to_owned()),
            End::Missing(cut) => {
                problems.push(format!("The link is not complete: its end is missing.{}", link::left_out(&cut)));
            }
        }
        if !is_used && !problems.is_empty() {
            return Err(problems.join(" "));
        }
        let last = link.last();
        if link.row > last {
            problems
                .push(format!("The link names row {}, but the last row is {last}, which is selected now.", link.row));
            link.row = last;
        }
        if link.exercise.is_some() && link.column.is_delta() {
            problems.push(format!("The link names {}, which an exercise does not show.", link.column.name()));
            link.column = Self::DEFAULT.column;
        }
        Ok(Reading { link, problem: (!problems.is_empty()).then(|| problems.join(" ")) })
    }

    /// Sets what one pair of a link says.
    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let constants = &mut self.lesson.constants;
        match key {
            "t" => list(key, value, &mut constants.targets)?,
            "i" => list(key, value, &mut constants.inputs)?,
            "w" => list(key, value, &mut constants.weights)?,
            "eta" => {
                let largest = learning_rate::LARGEST;
                let rate = decimal::read_typed(value).filter(|rate| (0.0..=largest).contains(rate));
                self.lesson.learning_rate =
                    rate.ok_or_else(|| not_read(value, false, &format!("a learning rate from 0 to {largest}")))?;
            }
            "rows" => {
                let updates = decimal::read_typed_whole(value).and_then(|updates| usize::try_from(updates).ok());
                self.updates = updates.filter(|updates| (1..=MOST_UPDATES).contains(updates)).ok_or_else(|| {
                    not_read(value, true, &format!("a number of rows from 1 to {}", thousands(MOST_UPDATES as u32)))
                })?;
            }
            "at" => {
                (self.row, self.column) = cell(value).ok_or_else(|| damaged(value, "a cell of the sheet"))?;
            }
            "mode" => self.exercise = Some(value.parse().map_err(|_| damaged(value, "an exercise"))?),
            "digits" => {
                self.digits = Digits::from_code(value).ok_or_else(|| damaged(value, "4, 6, 10 or full digits"))?;
            }
            "tint" => {
                self.tint = [true, false]
                    .into_iter()
                    .find(|&on| switch(on) == value)
                    .ok_or_else(|| damaged(value, "on or off"))?;
            }
            // No other key is read.
            _ => {}
        }
        Ok(())
    }
}

/// Reads as many numbers as there are `places`, all of them or none.
fn list(key: &str, value: &str, places: &mut [f64]) -> Result<(), String> {
    // Somebody who writes a decimal comma separates numbers by semicolons.
    let separator = if value.contains(';') { ';' } else { ',' };
    let texts: Vec<&str> = value.split(separator).collect();
    if texts.len() != places.len() {
        return Err(format!("The link is damaged: it has {} values for {key}, not {}.", texts.len(), places.len()));
    }
    let number = |text: &str| {
        let number = decimal::read_typed(text).filter(|number| number.is_finite());
        number.ok_or_else(|| not_read(text, false, "a finite number"))
    };
    let numbers = texts.into_iter().map(number).collect::<Result<Vec<_>, _>>()?;
    places.copy_from_slice(&numbers);
    Ok(())
}

/// Reads a cell, such as `12.a_h1`.
fn cell(value: &str) -> Option<(usize, Column)> {
    let (row, column) = value.split_once('.')?;
    // The names are read too: earlier pages wrote δ_h1, and people write what they see.
    let is_named = |&candidate: &Column| {
        [code(candidate), candidate.name(), candidate.label()].iter().any(|name| name.eq_ignore_ascii_case(column))
    };
    let column = Column::WITH_DELTAS.into_iter().find(is_named)?;
    Some((decimal::read_whole(row)?, column))
}

/// The sentence for a value that is no number as expected, or may mean two.
fn not_read(value: &str, whole: bool, expected: &str) -> String {
    decimal::doubt(value, whole).unwrap_or_else(|| damaged(value, expected))
}

/// The sentence for a value that is not what was expected.
fn damaged(value: &str, expected: &str) -> String {
    format!("The link is damaged: {} is not {expected}.", quoted(value))
}

/// The beginning of a text, in quotation marks.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 20;
    let shown: String = text.chars().take(SHOWN).collect();
    let rest = if shown.len() < text.len() { "…" } else { "" };
    format!("“{shown}{rest}”")
}
