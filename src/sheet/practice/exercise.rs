//! The exercises, and the short texts that name them.

use std::fmt;
use std::str::FromStr;

use crate::decimal;

/// A task for a student. Its number decides everything about it, so a class that is told the number works on one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exercise {
    /// A sheet with one wrong formula, which the student has to find.
    FindTheBug {
        /// The task's number.
        seed: u64,
    },
    /// A sheet with blank cells, which the student has to compute.
    FillTheCells {
        /// The task's number.
        seed: u64,
    },
}

/// The names of the kinds in texts.
const BUG: &str = "bug";
const FILL: &str = "fill";

impl Exercise {
    /// The task's number.
    pub const fn seed(self) -> u64 {
        match self {
            Self::FindTheBug { seed } | Self::FillTheCells { seed } => seed,
        }
    }

    /// The name of the exercise.
    pub const fn title(self) -> &'static str {
        match self {
            Self::FindTheBug { .. } => "Find the bug",
            Self::FillTheCells { .. } => "Fill the cells",
        }
    }
}

/// Writes `bug-123` or `fill-123`: short, stable, and without characters that an address would escape.
impl fmt::Display for Exercise {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, seed) = match self {
            Self::FindTheBug { seed } => (BUG, seed),
            Self::FillTheCells { seed } => (FILL, seed),
        };
        write!(formatter, "{kind}-{seed}")
    }
}

/// The error for a text that names no exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoExercise;

impl fmt::Display for NoExercise {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("There is no such exercise.")
    }
}

impl std::error::Error for NoExercise {}

impl FromStr for Exercise {
    type Err = NoExercise;

    /// Reads what `Display` writes, and nothing else.
    fn from_str(text: &str) -> Result<Self, NoExercise> {
        let (kind, seed) = text.split_once('-').ok_or(NoExercise)?;
        let seed = decimal::read_whole(seed).ok_or(NoExercise)?;
        match kind {
            BUG => Ok(Self::FindTheBug { seed }),
            FILL => Ok(Self::FillTheCells { seed }),
            _ => Err(NoExercise),
        }
    }
}

/// Reads a task's number as a student types it.
///
/// # Errors
/// A sentence for the user if the text is no whole number, may mean two, or is a number beyond 64 bits.
pub fn parse_seed(text: &str) -> Result<u64, String> {
    decimal::read_typed_whole(text)
        .ok_or_else(|| decimal::doubt(text, true).unwrap_or_else(|| "Type a whole number, for example 123.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_stable() {
        assert_eq!(Exercise::FindTheBug { seed: 123 }.to_string(), "bug-123");
        assert_eq!(Exercise::FillTheCells { seed: u64::MAX }.to_string(), "fill-18446744073709551615");
    }

    #[test]
    fn the_text_form_is_read_back() {
        for seed in [0, 1, 4711, u64::MAX] {
            for exercise in [Exercise::FindTheBug { seed }, Exercise::FillTheCells { seed }] {
                assert_eq!(exercise.to_string().parse(), Ok(exercise));
            }
        }
    }

    #[test]
    fn other_text_names_no_exercise() {
        let read = |text| parse_seed(text).ok();
        assert_eq!(["12", "1,234", "١٢", "1 2", "-3"].map(read), [Some(12), Some(1234), Some(12), None, None]);
        assert!(parse_seed("10,00").is_err_and(|reason| reason.contains("10 or 1000")));
        for text in
            ["", "bug", "bug-", "bug-x", "bug--1", "bug-+1", "Bug-1", "fill-1.5", "fill-18446744073709551616", "bugs-1"]
        {
            assert_eq!(text.parse::<Exercise>(), Err(NoExercise), "{text}");
        }
    }
}
