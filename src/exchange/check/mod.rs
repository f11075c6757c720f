//! "Check a workbook": compares every cell of a student's sheet with the engine, separates mistakes from their
//! consequences, and names the likely mistakes.
//!
//! The engine starts from the sheet's own row 0 and learning rate. A cell is right if it shows the engine's value, with
//! as many digits as the cell has, rounded or cut off. Then it is also right if it follows, by the right formula, from the
//! student's own cells, and those are right: so a sheet may be worked out with rounded numbers. A cell that follows from
//! wrong cells is a *consequence*; any other cell is a *mistake*.
//!
//! [`student`] holds the student's numbers, [`digits`], [`habits`] and [`whole_column`] how many digits they have;
//! [`comparison`] judges single cells, [`guesses`] says what wrong formulas would give in them,
//! [`never_updated`] finds weights that stand still, [`causes`] sorts the wrong cells, [`fitting`] explains them in the
//! words of [`wording`]. [`step_rate`] finds out which learning rate a student used, [`changing_rate`] whether it
//! changes, [`momentum`] how much of the step before or of the weight was used, [`samples`] which samples, and
//! [`start_typos`] which numbers of row 0 were not used.

mod causes;
mod changing_rate;
mod comparison;
mod digits;
mod fitting;
mod guesses;
mod habits;
mod momentum;
mod never_updated;
mod plainest;
mod samples;
mod short;
mod start_typos;
mod step_rate;
mod student;
mod uneven_rows;
mod whole_column;
mod wording;

use self::comparison::Comparison;
use self::samples::Samples;
use self::start_typos::StartTypo;
use super::protocol::OpenedSheet;
use super::stated_rate::Rate;
use super::table::Table;
use crate::sheet::lesson::Lesson;
use crate::sheet::{Column, learning_rate};

/// How a sheet compares with the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetCheck {
    /// The sheet's name; for a text file, the file's name.
    pub sheet: String,
    /// The constants and the learning rate of the sheet, from which the engine started.
    pub lesson: Lesson,
    /// Where the learning rate was found, as the end of a sentence: "in G31".
    pub rate_source: String,
    /// The number of rows of the table, row 0 included.
    pub rows: u32,
    /// The number of cells that were compared.
    pub cells: u32,
    /// The number of wrong cells, consequences included.
    pub wrong: u32,
    /// The number of cells that are not done yet: neither right nor wrong.
    pub open: u32,
    /// Whether these cells are the rest of a last row that holds only new weights, so that nothing is missing.
    pub ends_with_weights: bool,
    /// The names of the columns that the sheet lacks, or that could not be read.
    pub missing: Vec<String>,
    /// The columns that hold numbers but are none of the table's, or could not be read, for the user: `X “Edw1”`.
    pub unread: Vec<String>,
    /// What was found in the sheet but is not checked: sentences.
    pub unchecked: Vec<String>,
    /// What the user should know about how the sheet was read: sentences.
    pub notes: Vec<String>,
    /// The wrong cells by column and cause: mistakes first, consequences last.
    pub groups: Vec<Group>,
}

impl SheetCheck {
    /// Returns the sheet as a lesson that the page can load.
    pub fn into_opened_sheet(self) -> OpenedSheet {
        let Self { sheet, lesson, rate_source, rows, .. } = self;
        OpenedSheet { sheet, lesson, rate_source: Some(rate_source), rows }
    }
}

/// Wrong cells that have the same cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The columns of the cells, in order; at least one.
    pub columns: Vec<Column>,
    /// Whether the cells are mistakes or consequences.
    pub kind: Kind,
    /// The likely cause: a sentence.
    pub cause: String,
    /// The number of cells.
    pub count: u32,
    /// The first cells, at most [`Group::LISTED`].
    pub cells: Vec<WrongCell>,
}

impl Group {
    /// The largest number of cells that a group lists.
    pub const LISTED: usize = 20;
}

/// The kind of a wrong cell, the most important one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The cell does not follow from the cells that its formula refers to.
    Mistake,
    /// The value is right but has too few digits.
    Rounded,
    /// The cell follows from other cells, and those are wrong.
    Consequence,
}

/// A wrong cell.
#[derive(Clone, Debug, PartialEq)]
pub struct WrongCell {
    /// The row of the table, counted from row 0.
    pub row: u32,
    /// The column.
    pub column: Column,
    /// The cell's name in the spreadsheet, for example X35.
    pub address: String,
    /// The student's entry; empty for a blank cell.
    pub found: String,
    /// The engine's value.
    pub expected: f64,
}

/// Returns the lesson of a table, and the learning rate with its source: the one that the sheet states, or the plainest
/// one that explains the steps. If there is neither, the rate is `None` and the lesson has the default one.
///
/// # Errors
/// A sentence for the user when a value of row 0 is no number.
pub fn lesson(table: &Table<'_>) -> Result<(Lesson, Option<Rate>), String> {
    let Start { lesson, rate, .. } = start(table)?;
    Ok((lesson, rate))
}

/// What the engine starts from.
struct Start {
    lesson: Lesson,
    rate: Option<Rate>,
    /// The samples of a table that learns several.
    samples: Option<Samples>,
    /// The numbers of row 0 that are likely to be typing mistakes.
    typos: Vec<StartTypo>,
}

fn start(table: &Table<'_>) -> Result<Start, String> {
    let constants = table.constants()?;
    let rate = match table.rates() {
        [] => step_rate::of_steps(table, &constants),
        // A name may be about something else: “learning rate (1)” is a second download. The steps know better.
        [name] if name.is_from_name => {
            let used = step_rate::of_steps(table, &constants).filter(|used| used.value != name.value);
            let said = |used: Rate| Rate { source: format!("{}; the name says {}", used.source, name.value), ..used };
            Some(used.map_or_else(|| name.clone(), said))
        }
        [only] => Some(only.clone()),
        // Of several stated learning rates, the one that was used counts.
        [first, ..] => {
            let used = step_rate::of_steps(table, &constants).map(|rate| rate.value);
            let is_used = |rate: &&Rate| Some(rate.value) == used;
            Some(table.rates().iter().find(is_used).unwrap_or(first).clone())
        }
    };
    let learning_rate = rate.as_ref().map_or(learning_rate::DEFAULT, |rate| rate.value);
    let mut lesson = Lesson { constants, learning_rate };
    let samples = Samples::find(table);
    let mut typos = Vec::new();
    if let Some(samples) = &samples {
        for (column, used) in samples.first() {
            let found = lesson.constants.get_mut(column).filter(|found| **found != used);
            typos.extend(found.map(|found| {
                *found = used;
                StartTypo { column, used }
            }));
        }
    }
    if rate.is_some() {
        for typo in start_typos::find(table, &lesson, samples.is_some()) {
            if let Some(found) = lesson.constants.get_mut(typo.column) {
                *found = typo.used;
            }
            typos.push(typo);
        }
    }
    Ok(Start { lesson, rate, samples, typos })
}

/// Compares a table with the engine.
///
/// # Errors
/// A sentence for the user when a value of row 0 is no number, or when there is no learning rate to start from.
pub fn check(table: &Table<'_>) -> Result<SheetCheck, String> {
    let Start { lesson, rate, samples, typos } = start(table)?;
    if samples.as_ref().is_some_and(|samples| samples.are_learned_together(table)) {
        return Err(format!(
            "{} changes the weights only after several rows, with the gradients of several samples together. The check knows \
             steps after each row only.",
            table.sheet.title()
        ));
    }
    let rate_cell = rate.as_ref().and_then(|rate| rate.cell);
    let comparison = Comparison::new(table, lesson, rate_cell, samples.as_ref());
    if comparison.runs_upwards() {
        return Err(format!(
            "The rows of {} run from the last step up to the first one. Sort them so that the start is at the top, and check \
             the file again.",
            table.sheet.title()
        ));
    }
    let rate_source = match &rate {
        Some(rate) => rate.source.clone(),
        None if table.rows() == 1 => "assumed, because the table has no step yet".to_owned(),
        None => {
            return Err(format!(
                "{} does not say its learning rate. Write η into a cell and its value into the cell beside it.",
                table.sheet.title()
            ));
        }
    };
    let mut notes = table.notes().to_vec();
    notes.extend(samples.as_ref().map(Samples::note));
    let mut groups = comparison.groups(&typos);
    groups.sort_by_key(|group| {
        (group.kind, group.cells.first().map_or(0, |cell| cell.row), group.columns.first().copied())
    });
    let (cells, open) = table.counts();
    Ok(SheetCheck {
        sheet: table.sheet.name.clone(),
        lesson,
        rate_source,
        rows: table.rows(),
        cells,
        open,
        ends_with_weights: table.ends_with_weights(),
        wrong: groups.iter().map(|group| group.count).sum(),
        missing: Column::ALL.into_iter().filter(|&column| !table.has(column)).map(Column::name).collect(),
        unread: table.unread(),
        unchecked: table.unchecked().to_vec(),
        notes,
        groups,
    })
}

#[cfg(test)]
mod tests;
