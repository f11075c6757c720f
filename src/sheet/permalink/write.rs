//! Writing a link.

use std::fmt;

use super::{NAME, Permalink, VERSION, code, switch};
use crate::decimal;
use crate::link::LinkWriter;

/// Writes the text for the fragment, without `#`. It consists of letters, digits and other characters that need no
/// escape there.
impl fmt::Display for Permalink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lesson, updates, row, column, exercise, digits, tint } = self;
        // The page selects a row before it is computed, and keeps it when the sheet becomes shorter.
        let row = &(*row).min(self.last());
        let default = Self::DEFAULT;
        let (constants, usual) = (&lesson.constants, &default.lesson.constants);
        let mut link = LinkWriter::new(NAME);
        let lists: [(&str, &[f64], &[f64]); 3] = [
            ("t", &constants.targets, &usual.targets),
            ("i", &constants.inputs, &usual.inputs),
            ("w", &constants.weights, &usual.weights),
        ];
        for (key, numbers, usual) in lists {
            if !numbers.iter().zip(usual).all(|(number, usual)| number.to_bits() == usual.to_bits()) {
                link.pair(key, &numbers.iter().map(|&number| decimal::write(number)).collect::<Vec<_>>().join(","));
            }
        }
        if lesson.learning_rate.to_bits() != default.lesson.learning_rate.to_bits() {
            link.pair("eta", &decimal::write(lesson.learning_rate));
        }
        if *updates != default.updates {
            link.pair("rows", updates);
        }
        if (*row, *column) != (default.row, default.column) {
            link.pair("at", &format_args!("{row}.{}", code(*column)));
        }
        if let Some(exercise) = exercise {
            link.pair("mode", exercise);
        }
        if *digits != default.digits {
            link.pair("digits", &digits.code());
        }
        if *tint != default.tint {
            link.pair("tint", &switch(*tint));
        }
        if link.has_pairs() {
            link.version(VERSION);
        }
        formatter.write_str(&link.finish())
    }
}
