//! The lowest and the highest of every stretch of a row that grows: what a curve of any length covers on a screen.
//!
//! Stretches are powers of two and begin at multiples of their length, so that those which are complete never change
//! while the row grows, and a drawing of them stands still.

/// Values in a stretch of the lowest level. Shorter stretches are looked through.
const BASE: usize = 16;

/// The lowest and the highest of some values; not finite where none of them is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extremes {
    /// The lowest.
    pub low: f32,
    /// The highest.
    pub high: f32,
}

impl Extremes {
    const NONE: Self = Self { low: f32::INFINITY, high: f32::NEG_INFINITY };

    fn with(self, value: f32) -> Self {
        if value.is_finite() { Self { low: self.low.min(value), high: self.high.max(value) } } else { self }
    }

    fn of(values: &[f32]) -> Self {
        values.iter().fold(Self::NONE, |extremes, &value| extremes.with(value))
    }
}

/// Extremes of a growing row, on levels of stretches of 16, 32, 64, … values. The values themselves stay where they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    levels: Vec<Vec<Extremes>>,
    length: usize,
}

impl Envelope {
    /// Values taken in so far.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing was taken in yet.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Takes in what has been added to the row since the last time. The cost is that of the new values alone.
    pub fn follow(&mut self, row: &[f32]) {
        for &value in row.get(self.length..).unwrap_or_default() {
            self.push(value);
        }
    }

    fn push(&mut self, value: f32) {
        let index = self.length;
        self.length += 1;
        for (level, stretches) in self.levels.iter_mut().enumerate() {
            let stretch = index / (BASE << level);
            match stretches.get_mut(stretch) {
                Some(extremes) => *extremes = extremes.with(value),
                None => stretches.push(Extremes::NONE.with(value)),
            }
        }
        // The topmost level has one stretch; with a second one it gets a level above it.
        let top = self.levels.last();
        if top.is_none_or(|top| top.len() > 1) {
            let whole = match top {
                Some(top) => top.iter().fold(Extremes::NONE, |sum, next| Extremes {
                    low: sum.low.min(next.low),
                    high: sum.high.max(next.high),
                }),
                None => Extremes::NONE.with(value),
            };
            self.levels.push(vec![whole]);
        }
    }

    /// The shortest stretches, at most `most` of which cover the part `from..to` of the row: their length.
    pub fn stretch(from: usize, to: usize, most: usize) -> usize {
        to.saturating_sub(from).div_ceil(most.max(1)).next_power_of_two()
    }

    /// The extremes of the stretches of this length, a power of two, that `from..to` touches, with the index that each
    /// begins at. `row` is the row that was followed.
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

    /// The extremes of the part `from..to` of the row, stretches that lie within it first.
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
    fn complete_stretches_stay_as_they_are_while_the_row_grows() {
        let row: Vec<f32> = (0..5000_u32).map(|n| (n * 37 % 101) as f32).collect();
        let mut envelope = of(&row[..3000]);
        let before = envelope.stretches(&row[..3000], 0, 3000, 64);
        envelope.follow(&row);
        let after = envelope.stretches(&row, 0, 5000, 64);
        assert_eq!(before[..3000 / 64], after[..3000 / 64]);
        assert_eq!(envelope, of(&row), "in one go or bit by bit");
    }

    #[test]
    fn one_spike_of_a_hundred_thousand_is_not_lost_and_what_is_no_number_is() {
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
