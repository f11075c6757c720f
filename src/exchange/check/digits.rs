//! How many digits the cells of a sheet show.
//!
//! A spreadsheet shows each cell with its own number of digits: Excel fits 11 characters into a cell and leaves out zeros
//! at the end, other formats have the same number of decimals or of significant digits in each cell. So each cell is
//! judged by its own digits, and by those that its column shows at least, because 0.15 may be short for 0.150.

use crate::sheet::Column;

/// The number of significant digits from which on a number counts as computed, not typed or shown with fewer digits.
const COMPUTED_DIGITS: i32 = 12;
/// The number of cells that tell enough about a column's digits.
const ENOUGH_CELLS: usize = 4;

/// Rounds a number to this many significant digits, at least one.
fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
}

/// Returns the number with the fewest significant digits in an interval, which must not contain 0, and the number of its
/// digits. Of several with as few digits, the one nearest to the middle is returned.
pub(super) fn plainest(low: f64, high: f64) -> (f64, usize) {
    let middle = 0.5 * (low + high);
    for digits in 1..17 {
        let step = 10_f64.powi(middle.abs().log10().floor() as i32 + 1 - digits as i32);
        for value in [rounded(middle, digits), rounded((low / step).ceil() * step, digits)] {
            if (low..=high).contains(&value) && value != 0.0 {
                return (value, digits);
            }
        }
    }
    (middle, 17)
}

/// A number as it is written in full.
#[derive(Clone, Copy)]
pub(super) struct Written {
    /// The number of significant digits.
    significant: i32,
    /// The power of ten of the first digit.
    exponent: i32,
    /// Whether there is a minus sign.
    negative: bool,
}

impl Written {
    /// Returns how a number is written; `None` for zero and for numbers that are not finite.
    pub(super) fn new(value: f64) -> Option<Self> {
        if value == 0.0 || !value.is_finite() {
            return None;
        }
        let text = format!("{:e}", value.abs());
        let (digits, exponent) = text.split_once('e')?;
        let significant = digits.bytes().filter(u8::is_ascii_digit).count() as i32;
        Some(Self { significant, exponent: exponent.parse().ok()?, negative: value < 0.0 })
    }

    /// Whether the number has fewer digits than a spreadsheet computes.
    pub(super) fn is_short(self) -> bool {
        self.significant < COMPUTED_DIGITS
    }

    /// The number of decimals.
    fn decimals(self) -> i32 {
        (self.significant - 1 - self.exponent).max(0)
    }

    /// The number of characters as a spreadsheet writes them: small numbers with an exponent, such as 2.93E-05.
    fn width(self) -> i32 {
        self.other_characters() + if self.has_exponent() { self.significant } else { self.decimals() }
    }

    /// The number of decimals with which the number has this number of characters.
    fn decimals_in(self, width: i32) -> i32 {
        let digits = width - self.other_characters();
        if self.has_exponent() { digits - 1 - self.exponent } else { digits }
    }

    const fn has_exponent(self) -> bool {
        self.exponent < -4
    }

    /// The number of characters besides the significant digits of a number with an exponent, or besides the decimals of
    /// another number.
    fn other_characters(self) -> i32 {
        let sign = i32::from(self.negative);
        if self.has_exponent() { sign + 5 } else { sign + 1 + self.exponent.max(0) + 1 }
    }
}

/// The digits that most numbers of a column show at least.
#[derive(Clone, Copy)]
struct Habit {
    significant: i32,
    decimals: i32,
    /// The number of characters, with the sign and the point.
    width: i32,
    is_computed: bool,
}

impl Habit {
    /// Returns the habit of some numbers; `None` if there are none.
    fn of(numbers: &[Written]) -> Option<Self> {
        let sorted = |of: &dyn Fn(&Written) -> i32| {
            let mut all: Vec<i32> = numbers.iter().map(of).collect();
            all.sort_unstable();
            all
        };
        let significant = sorted(&|number| number.significant);
        let is_computed = *significant.get(significant.len() / 2)? >= COMPUTED_DIGITS;
        // One number in ten ends with a zero that is not shown, and a few stray numbers tell nothing about the others.
        let at = if is_computed { numbers.len() / 2 } else { (numbers.len() / 4).max(1).min(numbers.len() - 1) };
        Some(Self {
            significant: significant[at],
            decimals: sorted(&|number| number.decimals())[at],
            width: sorted(&|number| number.width())[at],
            is_computed,
        })
    }

    /// The habit that is known from both a column and its sheet, where the column alone tells too little.
    fn at_most(self, other: Self) -> Self {
        Self {
            significant: self.significant.min(other.significant),
            decimals: self.decimals.min(other.decimals),
            width: self.width.min(other.width),
            is_computed: self.is_computed && other.is_computed,
        }
    }

    /// The number of decimals that a number has at least, shown or not.
    fn decimals_of(self, value: f64) -> i32 {
        match Written::new(value) {
            Some(number) => {
                (self.significant - 1 - number.exponent).min(self.decimals).min(number.decimals_in(self.width))
            }
            None => self.decimals,
        }
    }
}

/// The digits of each column of a sheet.
pub(super) struct Digits([Option<Habit>; Column::COUNT]);

impl Digits {
    /// Returns the digits of columns, from the numbers of each that tell something about them.
    pub(super) fn new(telling: &[Vec<Written>; Column::COUNT]) -> Self {
        let sheet = Habit::of(&telling.concat());
        Self(telling.each_ref().map(|numbers| match (Habit::of(numbers), sheet) {
            (Some(own), _) if numbers.len() >= ENOUGH_CELLS => Some(own),
            (Some(own), Some(sheet)) if !sheet.is_computed => Some(own.at_most(sheet)),
            _ => sheet,
        }))
    }

    /// Whether the numbers of a column have all their digits.
    pub(super) fn is_computed(&self, column: Column) -> bool {
        self.0[column.index()].is_none_or(|habit| habit.is_computed)
    }

    /// One unit of the last digit that the cell of a column shows. The zeros at its end that may not be shown count, too.
    pub(super) fn unit(&self, column: Column, value: f64) -> f64 {
        match self.0[column.index()] {
            Some(habit) if !habit.is_computed => {
                let own = Written::new(value).map_or(0, Written::decimals);
                10_f64.powi(-own.max(habit.decimals_of(value)))
            }
            _ => 0.0,
        }
    }

    /// The units of a row of given numbers: those that have as many digits as their columns may be rounded.
    pub(super) fn given_unit(&self, column: Column, value: f64) -> f64 {
        let own = Written::new(value).map_or(0, Written::decimals);
        match self.0[column.index()] {
            Some(habit) if !habit.is_computed && own >= habit.decimals_of(value).max(3) => 10_f64.powi(-own),
            _ => 0.0,
        }
    }
}

/// One unit of the last digit of a number as it is written, if it has at least two decimals but not all of its digits.
pub(super) fn own_unit(value: f64) -> Option<f64> {
    let number = Written::new(value).filter(|number| number.is_short())?;
    (number.decimals() >= 2).then(|| 10_f64.powi(-number.decimals()))
}

#[cfg(test)]
mod tests {
    use super::plainest;

    #[test]
    fn the_plainest_number_of_an_interval_has_the_fewest_digits() {
        assert_eq!(plainest(0.499_97, 0.500_04), (0.5, 1));
        assert_eq!(plainest(0.499_97, 0.499_99), (0.49998, 5));
        assert_eq!(plainest(0.51, 0.68), (0.6, 1));
        assert_eq!(plainest(1.91, 2.9), (2.0, 1));
        assert_eq!(plainest(-0.2505, -0.2495), (-0.25, 2));
    }
}
