//! A lesson: the constants and the learning rate, from which all numbers of the sheet follow.

use serde::{Deserialize, Serialize};

use super::column::Column;
use super::network::Constants;
use super::{learning_rate, number};
use crate::random::Random;

/// Everything that decides the sheet's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// Targets, inputs and starting weights.
    pub constants: Constants,
    /// The learning rate η.
    pub learning_rate: f64,
}

impl Lesson {
    /// The classic exercise.
    pub const CLASSIC: Self = Self { constants: Constants::CLASSIC, learning_rate: learning_rate::DEFAULT };

    /// Draws a lesson for an exercise. Its numbers are quick to type: they have two decimals, and all weights differ.
    pub(super) fn draw(random: &mut Random) -> Self {
        const RATES: [f64; 4] = [0.2, 0.5, 0.8, 2.0];
        let mut hundredths = |from: usize, to: usize| (from + random.below(to - from + 1)) as f64 / 100.0;
        let targets = [hundredths(1, 20), hundredths(80, 99)];
        let inputs = [hundredths(5, 45), hundredths(55, 95)];
        // Eight of 0.10, 0.15 … 0.95, drawn without replacement.
        let mut pool: Vec<f64> = (2..20).map(|twentieths| f64::from(twentieths * 5) / 100.0).collect();
        let weights = std::array::from_fn(|_| pool.swap_remove(random.below(pool.len())));
        let constants = Constants { targets, inputs, weights };
        Self { constants, learning_rate: RATES[random.below(RATES.len())] }
    }
}

impl Constants {
    /// The constant of a column, to be changed; `None` for columns that are computed.
    pub fn get_mut(&mut self, column: Column) -> Option<&mut f64> {
        use Column::*;
        match column {
            T1 => Some(&mut self.targets[0]),
            T2 => Some(&mut self.targets[1]),
            I1 => Some(&mut self.inputs[0]),
            I2 => Some(&mut self.inputs[1]),
            _ => Some(&mut self.weights[column.weight_index()?]),
        }
    }
}

/// Reads a constant that the user typed. A decimal comma counts as a point.
///
/// # Errors
/// A sentence for the user if the text is not a finite number.
pub fn parse_constant(text: &str) -> Result<f64, String> {
    let value = number::parse(text)?;
    if value.is_finite() { Ok(value) } else { Err("This number is too large.".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_given_columns_have_a_constant_each() {
        let mut constants = Constants::CLASSIC;
        for column in Column::ALL {
            let given = crate::sheet::formula(column, true).is_none();
            assert_eq!(constants.get_mut(column).is_some(), given, "{}", column.name());
            if let Some(place) = constants.get_mut(column) {
                *place = column.index() as f64;
            }
        }
        let row = crate::sheet::Run::new(constants, 0.5, 0).row(0);
        for column in Column::ALL.into_iter().filter(|&column| crate::sheet::formula(column, true).is_none()) {
            assert_eq!(row.get(column), column.index() as f64);
        }
    }

    #[test]
    fn a_constant_can_be_any_finite_number() {
        assert_eq!(parse_constant("−0,25"), Ok(-0.25));
        assert_eq!(parse_constant("1e300"), Ok(1e300));
        for text in ["", "one", "NaN", "inf", "1e999"] {
            assert!(parse_constant(text).is_err(), "{text}");
        }
    }
}
