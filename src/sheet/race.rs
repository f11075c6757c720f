//! The race: the compared learning rates and the user's own, from the same constants, in lock-step.

use super::learning_rate::COMPARED;
use super::lesson::Lesson;
use super::run::{self, Run};

/// The fewest updates of a race.
pub const FEWEST_UPDATES: usize = 1;
/// The updates that the sheet opens with.
pub const DEFAULT_UPDATES: usize = 100;
/// The most updates of a race.
pub const MOST_UPDATES: usize = 1_000_000;

/// Seven runs that are computed piece by piece, so that a million rows never hold up the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Race {
    updates: usize,
    own: Run,
    compared: [Run; COMPARED.len()],
}

impl Race {
    /// A race that is set up: row 0 of each run.
    pub fn new(lesson: Lesson, updates: usize) -> Self {
        let Lesson { constants, learning_rate } = lesson;
        Self {
            updates: updates.clamp(FEWEST_UPDATES, MOST_UPDATES),
            own: Run::new(constants, learning_rate, 0),
            compared: COMPARED.map(|rate| Run::new(constants, rate, 0)),
        }
    }

    /// Sets another lesson or length. Runs that it does not concern keep their rows; the others begin anew.
    pub fn set(&mut self, lesson: Lesson, updates: usize) {
        let Lesson { constants, learning_rate } = lesson;
        self.updates = updates.clamp(FEWEST_UPDATES, MOST_UPDATES);
        let rates = std::iter::once(learning_rate).chain(COMPARED);
        for (run, rate) in std::iter::once(&mut self.own).chain(&mut self.compared).zip(rates) {
            // Bits, so that a constant that is not a number does not begin anew for ever.
            if run.identity().0 == run::bits(&constants, rate) {
                run.truncate(self.updates);
            } else {
                run.restart(constants, rate);
            }
        }
    }

    /// Computes at most `rows` more rows: the user's own run first, then the others side by side. Tells whether
    /// everything is there.
    pub fn work(&mut self, rows: usize) -> bool {
        let own = (self.own.last() + rows).min(self.updates);
        let mut left = rows - (own - self.own.last());
        self.own.extend(own);
        while left > 0 {
            let Some(slowest) = self.compared.iter_mut().min_by_key(|run| run.last()) else { break };
            if slowest.last() == self.updates {
                break;
            }
            // Pieces of some length, for speed; the others catch up in the next ones.
            let piece = left.min(256).min(self.updates - slowest.last());
            slowest.extend(slowest.last() + piece);
            left -= piece;
        }
        self.is_complete()
    }

    /// Whether every run has all its rows.
    pub fn is_complete(&self) -> bool {
        self.own.last() == self.updates && self.compared.iter().all(|run| run.last() == self.updates)
    }

    /// The number of updates that each run will have made; its rows are one more.
    pub fn updates(&self) -> usize {
        self.updates
    }

    /// The run of the user's learning rate.
    pub fn own(&self) -> &Run {
        &self.own
    }

    /// The runs of [`COMPARED`], in that order.
    pub fn compared(&self) -> &[Run; COMPARED.len()] {
        &self.compared
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::Constants;

    fn lesson(learning_rate: f64) -> Lesson {
        Lesson { learning_rate, ..Lesson::CLASSIC }
    }

    fn finish(race: &mut Race, rows: usize) {
        while !race.work(rows) {}
    }

    #[test]
    fn pieces_of_any_size_give_the_same_runs() {
        for rows in [1, 7, 300, 100_000] {
            let mut race = Race::new(lesson(0.5), 1000);
            finish(&mut race, rows);
            assert_eq!(race.own(), &Run::new(Constants::CLASSIC, 0.5, 1000));
            for (run, rate) in race.compared().iter().zip(COMPARED) {
                assert_eq!(run, &Run::new(Constants::CLASSIC, rate, 1000));
            }
        }
    }

    #[test]
    fn the_own_run_comes_first_and_no_piece_is_larger_than_asked() {
        let mut race = Race::new(lesson(0.5), 1000);
        assert!(!race.work(1000));
        assert_eq!(race.own().last(), 1000);
        assert!(race.compared().iter().all(|run| run.last() == 0));
        race.work(600);
        assert_eq!(race.compared().iter().map(Run::last).sum::<usize>(), 600);
    }

    #[test]
    fn another_rate_begins_the_own_run_anew_and_leaves_the_others() {
        let mut race = Race::new(lesson(0.5), 1000);
        finish(&mut race, 500);
        race.set(lesson(0.7), 1000);
        assert_eq!(race.own().last(), 0);
        assert!(race.compared().iter().all(|run| run.last() == 1000));
    }

    #[test]
    fn other_constants_begin_everything_anew() {
        let mut race = Race::new(lesson(0.5), 50);
        finish(&mut race, 500);
        let mut changed = lesson(0.5);
        changed.constants.targets[0] = 0.2;
        race.set(changed, 50);
        assert!(race.compared().iter().all(|run| run.last() == 0));
        finish(&mut race, 500);
        assert_eq!(race.own(), &Run::new(changed.constants, 0.5, 50));
    }

    #[test]
    fn another_length_keeps_what_is_there() {
        let mut race = Race::new(lesson(0.5), 1000);
        finish(&mut race, 500);
        race.set(lesson(0.5), 200);
        assert!(race.is_complete());
        race.set(lesson(0.5), 300);
        assert_eq!(race.own().last(), 200);
        finish(&mut race, 500);
        assert_eq!(race.own(), &Run::new(Constants::CLASSIC, 0.5, 300));
    }

    #[test]
    fn a_length_beyond_the_limits_is_the_limit() {
        assert_eq!(Race::new(lesson(0.5), 0).updates(), FEWEST_UPDATES);
        assert_eq!(Race::new(lesson(0.5), usize::MAX).updates(), MOST_UPDATES);
    }

    #[test]
    fn what_is_not_a_number_does_not_begin_anew_for_ever() {
        let mut absurd = lesson(0.5);
        absurd.constants.inputs[0] = f64::NAN;
        let mut race = Race::new(absurd, 10);
        finish(&mut race, 100);
        race.set(absurd, 10);
        assert!(race.is_complete());
    }
}
