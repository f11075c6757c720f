//! How numbers are written, and what the numbers of a column, a row or a sheet have in common.

/// The number of significant digits from which on a number counts as computed, not typed or shown with fewer digits.
const COMPUTED_DIGITS: i32 = 12;
/// The share of numbers that must have a format in full.
const MOST: f64 = 0.6;
/// The largest number of zeros at the end of a number that are likely to be hidden.
pub(super) const MOST_HIDDEN: i32 = 2;
/// The largest difference of the shares of formats that are about as likely.
const NEARLY_AS_MANY: f64 = 0.15;

/// A number as it is written in full.
#[derive(Clone, Copy)]
pub(super) struct Written {
    /// The number of significant digits.
    pub(super) significant: i32,
    /// The power of ten of the first digit.
    pub(super) exponent: i32,
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

    /// Returns how a number is written whose text shows this number of decimals, zeros at its end included.
    pub(super) fn shown(value: f64, decimals: Option<i32>) -> Option<Self> {
        let number = Self::new(value)?;
        let significant = decimals.map_or(0, |decimals| decimals.saturating_add(number.exponent + 1));
        Some(Self { significant: number.significant.max(significant), ..number })
    }

    /// Whether the number has fewer digits than a spreadsheet computes.
    pub(super) fn is_short(self) -> bool {
        self.significant < COMPUTED_DIGITS
    }

    /// The number of decimals.
    pub(super) fn decimals(self) -> i32 {
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

/// What the numbers with few digits of a column, a row or a sheet have in common.
#[derive(Clone, Copy)]
enum Format {
    Significant(i32),
    Decimals(i32),
    /// A number of characters, with the sign and the point.
    Width(i32),
}

impl Format {
    /// The number of decimals that a number has in this format, zeros at its end included.
    fn decimals_of(self, number: Option<Written>) -> Option<i32> {
        match (self, number) {
            (Self::Decimals(decimals), _) => Some(decimals),
            (Self::Significant(digits), Some(number)) => Some(digits - 1 - number.exponent),
            (Self::Width(width), Some(number)) => Some(number.decimals_in(width)),
            // Nobody knows where a zero ends.
            (Self::Significant(_) | Self::Width(_), None) => None,
        }
    }
}

/// The formats that may explain how many digits some numbers show, about as likely; none if the numbers have nothing in
/// common.
#[derive(Clone)]
pub(super) struct Habit(Vec<Format>);

impl Habit {
    /// Returns the habit of numbers that have this number of decimals.
    pub(super) fn of_decimals(decimals: i32) -> Self {
        Self(vec![Format::Decimals(decimals)])
    }

    /// The number of decimals that all numbers may have; `None` if that does not explain them.
    pub(super) fn decimals(&self) -> Option<i32> {
        self.0.iter().find_map(|format| match format {
            Format::Decimals(decimals) => Some(*decimals),
            Format::Significant(_) | Format::Width(_) => None,
        })
    }

    /// Returns the habit of numbers with few digits; `None` if there are none.
    pub(super) fn of(numbers: &[Written]) -> Option<Self> {
        Self::with_zeros(numbers, 0)
    }

    /// Returns the habits that numbers may have that have fewer digits than those around them. If their format has nearly as
    /// many digits as those around them, only those of its numbers that end with zeros are among them.
    pub(super) fn of_strays(numbers: &[Written]) -> Vec<Self> {
        [0, MOST_HIDDEN].into_iter().filter_map(|hidden| Self::with_zeros(numbers, hidden)).collect()
    }

    /// Returns the habit of numbers of which each may hide some zeros at its end.
    fn with_zeros(numbers: &[Written], hidden: i32) -> Option<Self> {
        let most_frequent = |of: fn(&Written) -> i32, format: fn(i32) -> Format| {
            let mut all: Vec<i32> = numbers.iter().map(of).collect();
            all.sort_unstable();
            let most = *all.chunk_by(i32::eq).max_by_key(|same| same.len())?.first()?;
            let like = all.iter().filter(|&&own| (most - hidden..=most).contains(&own)).count();
            let over = all.iter().filter(|&&own| own > most).count();
            Some((like as f64 / numbers.len() as f64, over, format(most)))
        };
        let all = [
            most_frequent(|number| number.significant, Format::Significant)?,
            most_frequent(|number| number.decimals(), Format::Decimals)?,
            most_frequent(|number| number.width(), Format::Width)?,
        ];
        // Numbers that end with zeros show fewer digits than the format has.
        let share = all.iter().map(|&(share, ..)| share).fold(0.0, f64::max);
        let is_likely = |other: f64| other >= MOST && other >= share - NEARLY_AS_MANY;
        let mut likely: Vec<(f64, usize, Format)> = all.into_iter().filter(|&(share, ..)| is_likely(share)).collect();
        // But none shows more.
        let over = likely.iter().map(|&(_, over, _)| over).min();
        likely.retain(|&(_, own, _)| Some(own) == over);
        Some(Self(likely.into_iter().map(|(.., format)| format).collect()))
    }

    /// Leaves out the formats that do not explain all of these numbers, but for zeros at the end.
    pub(super) fn of_all(mut self, numbers: &[Written]) -> Self {
        let hidden = |format: &Format, number: Written| Some(format.decimals_of(Some(number))? - number.decimals());
        let explains = |format: &Format| {
            numbers
                .iter()
                .all(|&number| hidden(format, number).is_some_and(|hidden| (0..=MOST_HIDDEN).contains(&hidden)))
        };
        self.0.retain(explains);
        self
    }

    /// Whether the numbers have nothing in common.
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of decimals that a number has at least, shown or not; `None` if nothing is known.
    pub(super) fn decimals_of(&self, number: Option<Written>) -> Option<i32> {
        self.0.iter().filter_map(|format| format.decimals_of(number)).min()
    }
}

/// Returns the habit of numbers if most of them have few digits.
pub(super) fn habit_of_few(numbers: &[Written]) -> Option<Habit> {
    let few: Vec<Written> = numbers.iter().copied().filter(|number| number.is_short()).collect();
    if 2 * few.len() > numbers.len() { Habit::of(&few) } else { None }
}
