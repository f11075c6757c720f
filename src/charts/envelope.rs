//! The lowest and the highest value of each stretch of a growing row, from which a curve of any length can be drawn.
//!
//! The length of a stretch is a power of two, and a stretch begins at a multiple of its length. So a complete stretch
//! never changes while the row grows, and its drawing does not move.

/// The number of values in a stretch of the lowest level. The extremes of shorter stretches are computed when needed.
const BASE: usize = 16;

/// The lowest and the highest of some values. Values that are not finite do not count; without any finite value, both
/// fields are infinite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// The lowest value.
    pub low: f32,
    /// The highest value.
    pub high: f32,
}

impl Extremes {
    const NONE: Self = Self { low: f32::INFINITY, high: f32::NEG_INFINITY };

    fn with(self, value: f32) -> Self {
        // The methods `min` and `max` are calls in WebAssembly, and there may be a million values.
        match value.is_finite() {
            true => Self {
                low: if value < self.low { value } else { self.low },
                high: if value > self.high { value } else { self.high },
            },
            false => self,
        }
    }

    /// Returns the extremes of some values.
    pub fn of(values: &[f32]) -> Self {
        values.iter().fold(Self::NONE, |extremes, &value| extremes.with(value))
    }

    /// The extremes of all values of some stretches.
    fn of_both(stretches: &[Self]) -> Self {
        stretches.iter().fold(Self::NONE, |sum, next| sum.with(next.low).with(next.high))
    }
}

/// Replaces the stretches of a level from the one with this number on, and returns how many there are now. The level may be
/// a new one on top.
fn replace_from(levels: &mut Vec<Vec<Extremes>>, level: usize, first: usize, stretches: Vec<Extremes>) -> usize {
    if level == levels.len() {
        levels.push(Vec::new());
    }
    let all = &mut levels[level];
    all.truncate(first);
    all.extend(stretches);
    all.len()
}

/// The extremes of a growing row, for stretches of 16, 32, 64, … values. The row itself belongs to the caller.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    levels: Vec<Vec<Extremes>>,
    length: usize,
}

impl Envelope {
    /// Returns the number of values that were read so far.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether no value was read yet.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Reads the values that were added to the row since the last call. The cost depends only on their number: each value
    /// is read once, and each longer stretch is made of two shorter ones.
    pub fn follow(&mut self, row: &[f32]) {
        if row.len() <= self.length {
            return;
        }
        // The first stretch of each level that may change.
        let mut first = self.length / BASE;
        self.length = row.len();
        let changed = row[first * BASE..].chunks(BASE).map(Extremes::of).collect();
        let mut level = 0;
        let mut below = replace_from(&mut self.levels, level, first, changed);
        while below > 1 {
            first /= 2;
            level += 1;
            let changed = self.levels[level - 1][first * 2..].chunks(2).map(Extremes::of_both).collect();
            below = replace_from(&mut self.levels, level, first, changed);
        }
    }

    /// Returns the length of the shortest stretches of which at most `most` cover the part `from..to` of the row.
    pub fn stretch(from: usize, to: usize, most: usize) -> usize {
        to.saturating_sub(from).div_ceil(most.max(1)).next_power_of_two()
    }

    /// Returns the extremes of the stretches that overlap `from..to`, each with the index at which it begins.
    ///
    /// `row` is the row that was passed to [`Envelope::follow`], and `length`, a power of two, is that of the
    /// stretches.
    pub fn stretches(&self, row: &[f32], from: usize, to: usize, length: usize) -> Vec<(usize, Extremes)> {
        let to = to.min(self.length).min(row.len());
        let length = length.max(1);
        if from >= to {
            return Vec::new();
        }
        let level =
            (length / BASE).checked_ilog2().map(|level| &self.levels[(level as usize).min(self.levels.len() - 1)]);
        (from / length..=(to - 1) / length)
            .map(|stretch| {
                let start = stretch * length;
                let extremes = match level {
                    Some(level) => level.get(stretch).copied().unwrap_or(Extremes::NONE),
                    None => Extremes::of(&row[start..(start + length).min(row.len())]),
                };
                (start, extremes)
            })
            .collect()
    }

    /// Returns the extremes of the part `from..to` of the row.
    pub fn within(&self, row: &[f32], from: usize, to: usize) -> Extremes {
        let to = to.min(row.len()).min(self.length);
        let mut extremes = Extremes::NONE;
        let mut at = from;
        while at < to {
            let whole = self.levels.first().filter(|_| at.is_multiple_of(BASE) && at + BASE <= to);
            match whole.and_then(|level| level.get(at / BASE)) {
                Some(stretch) => {
                    extremes = Extremes { low: extremes.low.min(stretch.low), high: extremes.high.max(stretch.high) };
                    at += BASE;
                }
                None => {
                    extremes = extremes.with(row[at]);
                    at += 1;
                }
            }
        }
        extremes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(row: &[f32]) -> Envelope {
        let mut envelope = Envelope::default();
        envelope.follow(row);
        envelope
    }

    #[test]
    fn stretches_are_as_short_as_their_number_allows() {
        assert_eq!(
            [(0, 500), (0, 512), (0, 513), (100, 400)].map(|(from, to)| Envelope::stretch(from, to, 512)),
            [1, 1, 2, 1]
        );
        assert_eq!(Envelope::stretch(0, 100_000, 512), 256);
        assert_eq!(Envelope::stretch(7, 7, 512), 1);
    }

    #[test]
    fn complete_stretches_do_not_change_while_the_row_grows() {
        let row: Vec<f32> = (0..5000_u32).map(|n| (n * 37 % 101) as f32).collect();
        let mut envelope = of(&row[..3000]);
        let before = envelope.stretches(&row[..3000], 0, 3000, 64);
        envelope.follow(&row);
        let after = envelope.stretches(&row, 0, 5000, 64);
        assert_eq!(before[..3000 / 64], after[..3000 / 64]);
        assert_eq!(envelope, of(&row), "the result is the same in one call or in several");
    }

    #[test]
    fn a_spike_is_kept_and_values_that_are_not_finite_do_not_count() {
        let mut row = vec![0.5; 100_000];
        row[54_321] = 9.0;
        row[54_322] = f32::NAN;
        let stretches = of(&row).stretches(&row, 0, row.len(), Envelope::stretch(0, row.len(), 512));
        assert_eq!(stretches.len(), 391);
        assert!(stretches.contains(&(54_321 / 256 * 256, Extremes { low: 0.5, high: 9.0 })));
        let nothing = [f32::NAN; 20];
        assert!(!of(&nothing).within(&nothing, 0, 20).low.is_finite());
    }

    proptest! {
        #[test]
        fn every_stretch_has_the_extremes_of_its_values(
            row in proptest::collection::vec(-1e6..1e6_f32, 1..600), power in 0..9_u32, from in 0..600_usize, size in 0..600_usize,
        ) {
            let envelope = of(&row);
            prop_assert_eq!(envelope.len(), row.len());
            let (length, to) = (1 << power, from + size);
            let stretches = envelope.stretches(&row, from, to, length);
            for &(start, extremes) in &stretches {
                prop_assert_eq!(extremes, Extremes::of(&row[start..(start + length).min(row.len())]));
            }
            let end = to.min(row.len());
            if from < end {
                prop_assert_eq!(stretches.first().map(|first| first.0), Some(from / length * length));
                prop_assert_eq!(stretches.last().map(|last| last.0), Some((end - 1) / length * length));
                prop_assert_eq!(envelope.within(&row, from, to), Extremes::of(&row[from..end]));
            }
        }
    }
}
