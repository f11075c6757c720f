//! The sheet's whole state as a short text for the fragment of an address.
//!
//! `sheet` is the sheet as it first opens. Whatever differs from it is a pair, and the version closes the link:
//!
//! ```text
//! sheet?t=0.3,0.7&w=0.15,0.2,0.25,0.3,0.4,0.45,0.5,-0.55&eta=0.8&rows=1000&at=12.a_h1&v=1
//! ```
//!
//! | key | value |
//! | --- | --- |
//! | `t`, `i`, `w` | t1 and t2; i1 and i2; w1 to w8 |
//! | `eta` | the learning rate η |
//! | `rows` | the number of updates after row 0 |
//! | `at` | the selected cell: its row and its column, such as `a_h1`, `g5` for ∂E_t/∂w5, `d_h1` for δ_h1 |
//! | `mode` | the exercise, see [`Exercise`] |
//! | `digits` | the digits shown: `4`, `6`, `10` or `full` |
//! | `tint` | `on` where cells are coloured by size and sign |
//! | `v` | the version of this format |
//!
//! A number is written as the shortest text that reads back as the same bits. The version comes last, so that a link
//! which was cut anywhere is noticed. Unknown keys are ignored: a later version of the page may add some, and trackers do.
//! What programs do to a link on its way is undone (`crate::link`), and capitals do not matter.

mod read;
mod write;

pub use read::Reading;

use super::column::Column;
use super::lesson::Lesson;
use super::number::Digits;
use super::practice::{Exercise, Practice};
use super::race::DEFAULT_UPDATES;

/// The version that is written, and the only one that is read.
const VERSION: &str = "1";

/// The name of the links.
const NAME: &str = "sheet";

/// The state of the sheet that a link holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Permalink {
    /// The constants and the learning rate.
    pub lesson: Lesson,
    /// The number of updates of the user's own sheet, from 1 to [`MOST_UPDATES`](super::race::MOST_UPDATES).
    pub updates: usize,
    /// The current row.
    pub row: usize,
    /// The selected column.
    pub column: Column,
    /// The exercise that is shown instead of the user's own sheet.
    pub exercise: Option<Exercise>,
    /// How many digits the table shows.
    pub digits: Digits,
    /// Whether cells are coloured by size and sign.
    pub tint: bool,
}

impl Permalink {
    /// The sheet as it first opens.
    pub const DEFAULT: Self = Self {
        lesson: Lesson::CLASSIC,
        updates: DEFAULT_UPDATES,
        row: 0,
        column: Column::H1,
        exercise: None,
        digits: Digits::Four,
        tint: false,
    };

    /// The last row of the sheet that is shown, which is the exercise's where there is one.
    fn last(&self) -> usize {
        self.exercise.map_or(self.updates, |exercise| Practice::start(exercise).last())
    }
}

/// A column's name without characters that an address would escape: `w5`, `a_h1`, `E_Total`, `g5` for ∂E_t/∂w5, `d_h1`
/// for δ_h1.
fn code(column: Column) -> String {
    let (_, subscript) = column.symbol();
    match column {
        _ if column.is_gradient() => format!("g{subscript}"),
        _ if column.is_delta() => format!("d_{subscript}"),
        _ => column.name(),
    }
}

const fn switch(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

#[cfg(test)]
mod tests;
