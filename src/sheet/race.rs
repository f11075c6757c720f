//! The race: runs with the compared learning rates and with the user's own, all from the same constants.

use super::learning_rate::COMPARED;
use super::lesson::Lesson;
use super::run::{self, Run};

/// The smallest number of updates.
pub const FEWEST_UPDATES: usize = 1;
/// The number of updates when the sheet first opens.
pub const DEFAULT_UPDATES: usize = 100;
/// The largest number of updates.
pub const MOST_UPDATES: usize = 1_000_000;

/// Seven runs that are computed piece by piece, so that a million rows never block the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Race {
    updates: usize,
    own: Run,
    compared: [Run; COMPARED.len()],
}

impl Race {
    /// A race of which row 0 of each run is computed.
    pub fn new(lesson: Lesson, updates: usize) -> Self {
        let Lesson { constants, learning_rate } = lesson;
        Self {
            updates: updates.clamp(FEWEST_UPDATES, MOST_UPDATES),
            own: Run::new(constants, learning_rate, 0),
            compared: COMPARED.map(|rate| Run::new(constants, rate, 0)),
        }
    }

    /// Sets the lesson and the number of updates. Runs that the change does not affect keep their rows; the others
    /// begin again at row 0.
    pub fn set(&mut self, lesson: Lesson, updates: usize) {
        let Lesson { constants, learning_rate } = lesson;
        self.updates = updates.clamp(FEWEST_UPDATES, MOST_UPDATES);
        let rates = std::iter::once(learning_rate).chain(COMPARED);
        for (run, rate) in std::iter::once(&mut self.own).chain(&mut self.compared).zip(rates) {
            // Bits are compared, because NaN would never equal itself and the run would begin again for ever.
            if run.identity().0 == run::bits(&constants, rate) {
                run.truncate(self.updates);
            } else {
                run.restart(constants, rate);
            }
        }
    }

    /// Computes at most `rows` more rows: first those of the user's own run, then the others in turn. Returns whether
    /// all runs are complete.
    pub fn work(&mut self, rows: usize) -> bool {
        let own = (self.own.last() + rows).min(self.updates);
        let mut left = rows - (own - self.own.last());
        self.own.extend(own);
        while left > 0 {
            let Some(slowest) = self.compared.iter_mut().min_by_key(|run| run.last()) else { break };
            if slowest.last() == self.updates {
                break;
            }
            // Longer pieces are faster; the other runs catch up with the next pieces.
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

    /// The number of updates of each complete run, which has one row more.
    pub fn updates(&self) -> usize {
        self.updates
    }

    /// The run with the user's learning rate.
    pub fn own(&self) -> &Run {
        &self.own
    }

    /// The runs with the learning rates [`COMPARED`], in that order.
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
    fn the_own_run_comes_first_and_no_piece_is_too_large() {
        let mut race = Race::new(lesson(0.5), 1000);
        assert!(!race.work(1000));
        assert_eq!(race.own().last(), 1000);
        assert!(race.compared().iter().all(|run| run.last() == 0));
        race.work(600);
        assert_eq!(race.compared().iter().map(Run::last).sum::<usize>(), 600);
    }

    #[test]
    fn another_rate_restarts_only_the_own_run() {
        let mut race = Race::new(lesson(0.5), 1000);
        finish(&mut race, 500);
        race.set(lesson(0.7), 1000);
        assert_eq!(race.own().last(), 0);
        assert!(race.compared().iter().all(|run| run.last() == 1000));
    }

    #[test]
    fn other_constants_restart_every_run() {
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
    fn another_number_of_updates_keeps_the_rows() {
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
    fn the_number_of_updates_is_kept_within_its_limits() {
        assert_eq!(Race::new(lesson(0.5), 0).updates(), FEWEST_UPDATES);
        assert_eq!(Race::new(lesson(0.5), usize::MAX).updates(), MOST_UPDATES);
    }

    #[test]
    fn a_constant_of_nan_does_not_restart_the_runs_for_ever() {
        let mut absurd = lesson(0.5);
        absurd.constants.inputs[0] = f64::NAN;
        let mut race = Race::new(absurd, 10);
        finish(&mut race, 100);
        race.set(absurd, 10);
        assert!(race.is_complete());
    }
}
