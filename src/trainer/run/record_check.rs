//! Whether a record could be that of a run: bytes with a right checksum, and files, may hold anything.

use super::epoch::EpochResult;
use super::record::RunRecord;
use crate::trainer::recipe::plan::Change;

/// The largest length of a run's name, in characters.
pub const LONGEST_NAME: usize = 80;

/// The largest number of notes of a run.
const MOST_NOTES: usize = 10_000;

/// The largest number of changes of a plan. The page goes through all of them for each step of a curve.
const MOST_CHANGES: usize = 1_000;

/// A time in seconds that no run takes: 30 years.
const TOO_LONG: f64 = 1e9;

/// The largest number of attempts to train a run. Each takes a second or more.
const MOST_ATTEMPTS: u32 = 1_000_000;

/// The size of the longest text in a run, in bytes.
const LONGEST_TEXT: usize = 2_000;

/// The size of all texts of the notes of a run, in bytes.
const MOST_TEXT: usize = 100 * LONGEST_TEXT;

impl RunRecord {
    /// Checks that this could be the record of a run, whose losses are all there.
    ///
    /// # Errors
    /// A clause for the user that says what is wrong.
    pub fn check(&self) -> Result<(), String> {
        self.check_head(self.step())?;
        ensure(self.losses.iter().all(|loss| loss.is_finite() && *loss >= 0.0), "a loss is not a number from 0 up")
    }

    /// Checks that this could be the record of a run that has taken `steps` steps, whatever its losses are.
    ///
    /// # Errors
    /// A clause for the user that says what is wrong.
    pub fn check_head(&self, steps: u32) -> Result<(), String> {
        let plan = &self.plan;
        ensure(self.key.0 > 0 && self.key.0 < 1 << 53, "the key is not valid")?;
        ensure(self.name.chars().count() <= LONGEST_NAME, "the name is too long")?;
        ensure(self.data.len() <= LONGEST_TEXT, "the data set’s name is too long")?;
        plan.recipe.validate().map_err(|errors| {
            let first = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
            format!("the settings are not valid: {}", first.trim_end_matches('.'))
        })?;
        ensure(plan.changes.len() <= MOST_CHANGES && self.notes.len() <= MOST_NOTES, "there are too many notes")?;
        ensure(steps <= plan.total_steps(), "there are more losses than steps")?;
        ensure(is_time(self.seconds), "the time is not valid")?;
        ensure(self.attempt <= MOST_ATTEMPTS, "the number of attempts is not possible")?;
        let notes = || self.notes.iter().flat_map(|note| note.what.texts());
        let mut texts = self.backend.iter().map(|backend| &backend.name).chain(notes());
        ensure(texts.all(|text| text.len() <= LONGEST_TEXT), "a text is too long")?;
        ensure(notes().map(|text| text.len()).sum::<usize>() <= MOST_TEXT, "the notes are too long")?;
        let mut changes = plan.changes.iter().chain(self.notes.iter().filter_map(|note| note.what.change()));
        ensure(changes.all(Change::is_valid), "a change of the learning rate or of the number of epochs is not valid")?;
        let per_epoch = u64::from(plan.recipe.steps_per_epoch());
        ensure(self.epochs.len() as u64 * per_epoch <= u64::from(steps), "there are more epochs than steps")?;
        self.epochs.iter().zip(1..).try_for_each(|(epoch, number)| check_epoch(epoch, number))
    }
}

fn check_epoch(epoch: &EpochResult, number: u32) -> Result<(), String> {
    let EpochResult { test_accuracy, train_accuracy, learning_rate, train_loss, test_loss, seconds, .. } = epoch;
    ensure(epoch.epoch == number, "the epochs are not in order")?;
    let shares = [test_accuracy, train_accuracy];
    ensure(shares.iter().all(|share| (0.0..=1.0).contains(*share)), "an accuracy is not between 0 and 1")?;
    ensure(epoch.correct <= epoch.of && epoch.of > 0, "more images are correct than were tested")?;
    let numbers = [learning_rate, train_loss, test_loss];
    let is_possible = |number: f64| (0.0..=f64::from(f32::MAX)).contains(&number);
    ensure(numbers.iter().all(|number| is_possible(**number)), "a number in an epoch is not possible")?;
    ensure(is_time(*seconds), "the time of an epoch is not valid")
}

fn is_time(seconds: f64) -> bool {
    (0.0..TOO_LONG).contains(&seconds)
}

fn ensure(ok: bool, reason: &str) -> Result<(), String> {
    if ok { Ok(()) } else { Err(reason.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::backend::{Backend, BackendKind};
    use crate::trainer::run::record::RunKey;

    #[test]
    fn what_no_run_could_hold_is_named() {
        let good = || {
            let recipe = Recipe { images: 128, epochs: 2, ..Recipe::quick() };
            let mut record = RunRecord::new(RunKey(7), Plan::from(recipe), "MNIST".to_owned());
            record.losses = vec![2.3, 1.0];
            record
        };
        assert_eq!(good().check(), Ok(()));
        for (spoil, reason) in [
            (&(|run: &mut RunRecord| run.plan.recipe.batch_size = 0) as &dyn Fn(&mut RunRecord), "settings"),
            (&|run| run.plan.recipe.learning_rate = f64::NAN, "settings"),
            (
                &|run| run.plan.changes.push(Change::Rate { step: 0, learning_rate: -1.0 }),
                "a change of the learning rate",
            ),
            (&|run| run.losses = vec![1.0; 5], "more losses than steps"),
            (&|run| run.losses[1] = f32::INFINITY, "a loss is not a number"),
            (&|run| run.seconds = f64::NAN, "the time"),
            (&|run| run.attempt = u32::MAX, "attempts"),
            (
                &|run| run.backend = Some(Backend { kind: BackendKind::Cpu, name: "x".repeat(5_000) }),
                "a text is too long",
            ),
        ] {
            let mut run = good();
            spoil(&mut run);
            assert!(run.check().is_err_and(|error| error.contains(reason)), "{reason}");
        }
    }
}
