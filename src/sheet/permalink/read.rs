//! Reading a link, and the sentences for links that cannot be used.

use std::str::FromStr;

use super::{NAME, Permalink, VERSION, code, switch};
use crate::decimal;
use crate::format::thousands;
use crate::link;
use crate::sheet::column::Column;
use crate::sheet::learning_rate;
use crate::sheet::number::Digits;
use crate::sheet::race::MOST_UPDATES;

/// The longest link that is read, in bytes. The longest link that is written has less than half of this.
pub(super) const LONGEST: usize = 2000;

/// Reads a fragment without its `#`. An empty one is the sheet as it first opens.
impl FromStr for Permalink {
    /// A sentence for the user that says what is wrong with the link.
    type Err = String;

    fn from_str(fragment: &str) -> Result<Self, String> {
        if fragment.len() > LONGEST {
            return Err("The link is too long.".to_owned());
        }
        let fragment = link::unescape(fragment);
        let (name, pairs) = link::split(&fragment);
        if !matches!(name, "" | NAME) {
            return Err(format!("The link names a page that does not exist: {}.", quoted(name)));
        }
        let mut link = Self::DEFAULT;
        let Some(pairs) = pairs else { return Ok(link) };
        let pairs = || link::pairs(pairs).flatten();
        match pairs().find(|(key, _)| *key == "v") {
            Some((_, VERSION)) => {}
            None | Some((_, "")) => return Err("The link is not complete: its end is missing.".to_owned()),
            Some(_) => return Err("The link was made by another version of this page.".to_owned()),
        }
        for (key, value) in pairs() {
            link.set(key, value)?;
        }
        let last = link.last();
        if link.row > last {
            return Err(format!("The link points to row {}, but its sheet ends with row {last}.", link.row));
        }
        Ok(link)
    }
}

impl Permalink {
    /// Sets what one pair of a link says.
    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let constants = &mut self.lesson.constants;
        match key {
            "t" => list(key, value, &mut constants.targets)?,
            "i" => list(key, value, &mut constants.inputs)?,
            "w" => list(key, value, &mut constants.weights)?,
            "eta" => {
                let largest = learning_rate::LARGEST;
                let rate = decimal::read(value).filter(|rate| (0.0..=largest).contains(rate));
                self.lesson.learning_rate =
                    rate.ok_or_else(|| damaged(value, &format!("a learning rate from 0 to {largest}")))?;
            }
            "rows" => {
                let updates = decimal::read_whole(value).filter(|updates| (1..=MOST_UPDATES).contains(updates));
                self.updates = updates.ok_or_else(|| {
                    damaged(value, &format!("a number of rows from 1 to {}", thousands(MOST_UPDATES as u32)))
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
            // The version, and keys that a later page may add.
            _ => {}
        }
        Ok(())
    }
}

/// Reads as many numbers as there are `places`.
fn list(key: &str, value: &str, places: &mut [f64]) -> Result<(), String> {
    let texts: Vec<&str> = value.split(',').collect();
    if texts.len() != places.len() {
        return Err(format!("The link is damaged: it has {} values for {key}, not {}.", texts.len(), places.len()));
    }
    for (text, place) in texts.into_iter().zip(places) {
        let number = decimal::read(text).filter(|number| number.is_finite());
        *place = number.ok_or_else(|| damaged(text, "a finite number"))?;
    }
    Ok(())
}

/// Reads a cell, such as `12.a_h1`.
fn cell(value: &str) -> Option<(usize, Column)> {
    let (row, column) = value.split_once('.')?;
    let column = Column::ALL.into_iter().find(|&candidate| code(candidate) == column)?;
    Some((decimal::read_whole(row)?, column))
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
