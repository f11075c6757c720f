//! Whether the parts of a record agree with each other. A record in a file may have been changed by hand, or by a program
//! that knows only a part of it.

use std::f64::consts::LN_2;

use super::backend::BackendKind;
use super::epoch::EpochResult;
use super::record::{End, Happening, RunRecord};
use crate::format::{percent, thousands};
use crate::mnist::images_of;
use crate::trainer::recipe::MOST_WORKERS;
use crate::trainer::recipe::plan::Change;

/// The largest difference between two numbers that should be equal, as a share of the larger one: for numbers that went
/// through a decimal notation.
const ROUNDING: f64 = 1e-6;

/// The seconds by which the sum of all epochs may be above the time of the run, because both were rounded.
const CLOCK: f64 = 0.01;

/// The largest difference from a whole number of images. Files keep all bits of an accuracy, or all but the last one.
const NEARLY_WHOLE: f64 = 1e-4;

/// The images that no device learns or classifies in a second.
const TOO_FAST: f64 = 2e7;

/// The images of an epoch that take long enough for every clock. Some browsers round times to tenths of a second, so an
/// epoch of fewer images may seem to take none.
const TIMED: u32 = 50_000;

/// The share of the least possible test loss that rounding may take away.
const LOSS_ROUNDING: f64 = 1e-3;

/// The milliseconds by which another computer's clock may be ahead: 30 days.
const CLOCKS_DIFFER: f64 = 30.0 * 86_400e3;

impl RunRecord {
    /// Checks that nothing in the record contradicts another part of it. [`RunRecord::check`] must have accepted it.
    ///
    /// # Errors
    /// A clause for the user that says what is wrong.
    pub fn check_consistency(&self) -> Result<(), String> {
        self.check_notes()?;
        self.check_progress()?;
        self.epochs.iter().try_for_each(|epoch| self.check_epoch(epoch))?;
        self.check_time()
    }

    /// Checks that the run was over at the time `now`, in milliseconds since 1970, whoever's clock was read.
    ///
    /// # Errors
    /// A clause for the user.
    pub fn check_date(&self, now: f64) -> Result<(), String> {
        let end = self.key.started() + self.seconds * 1e3;
        ensure(end <= now + CLOCKS_DIFFER, || "the date is in the future".to_owned())
    }

    fn check_notes(&self) -> Result<(), String> {
        let steps = self.step();
        let mut last = 0;
        self.check_repetitions()?;
        for note in &self.notes {
            let step = note.step;
            ensure(step <= steps, || {
                format!("a note is about step {}, but the run has {} steps", thousands(step), thousands(steps))
            })?;
            ensure(step >= last, || "the notes are not in order".to_owned())?;
            last = step;
            let is_possible = match note.what {
                Happening::Shared(workers) => (1..=MOST_WORKERS).contains(&workers),
                Happening::Weights(_) => step == 0,
                Happening::Changed(Change::Rate { step: from, .. }) => from == step,
                Happening::Sampled(correct, of) => step > 0 && of > 0 && correct <= of,
                _ => true,
            };
            ensure(is_possible, || format!("a note about step {} is not possible", thousands(step)))?;
        }
        let noted = self.notes.iter().filter_map(|note| note.what.change());
        ensure(noted.eq(&self.plan.changes), || "the changes of the settings are not those of the notes".to_owned())?;
        let device = self.backend.as_ref().map(|backend| backend.name.as_str());
        ensure(device == self.device().map(|(name, _)| name), || "the device is not that of the notes".to_owned())?;
        ensure(device.is_some() || steps == 0, || "the device is missing".to_owned())?;
        let is_other_kind = self.backend.as_ref().is_some_and(|backend| backend.name.starts_with(other(backend.kind)));
        ensure(!is_other_kind, || "the device has the name of another kind of device".to_owned())?;
        let says_end = self.notes.last().is_some_and(|note| matches!(note.what, Happening::Ended(_)));
        ensure(says_end || self.end.is_none(), || "no note says how the run has ended".to_owned())
    }

    /// Checks that no note repeats what can happen only once, and that there was reason for another attempt.
    fn check_repetitions(&self) -> Result<(), String> {
        let (mut resumed, mut is_open, mut has_weights) = (0_u32, false, false);
        let mut before = None;
        for note in &self.notes {
            let is_again = match note.what {
                // The same learning rate may be chosen twice.
                Happening::Changed(_) => false,
                _ => before == Some(note),
            };
            let is_twice = match note.what {
                // A device is opened when the run begins or goes on.
                Happening::Device(..) => std::mem::replace(&mut is_open, true),
                Happening::Weights(_) => std::mem::replace(&mut has_weights, true),
                Happening::Resumed => {
                    resumed += 1;
                    is_open = false;
                    false
                }
                Happening::Changed(_) | Happening::Ended(_) | Happening::Shared(_) | Happening::Sampled(..) => false,
            };
            ensure(!is_again && !is_twice, || format!("a note about step {} is repeated", thousands(note.step)))?;
            before = Some(note);
        }
        ensure(resumed > 0 || self.attempt == 0, || "the run went on, but no note says so".to_owned())
    }

    /// Checks that the run has as many epochs as its steps give.
    fn check_progress(&self) -> Result<(), String> {
        let (steps, all) = (self.step(), self.plan.total_steps());
        let per_epoch = self.plan.recipe.steps_per_epoch().max(1);
        // Only after the last step of an epoch, during the test, an epoch is not there yet.
        let least = (steps.saturating_sub(1) / per_epoch) as usize;
        ensure(self.epochs.len() >= least, || "an epoch is missing".to_owned())?;
        let is_whole = steps == all && self.epochs.len() == self.plan.epochs() as usize;
        ensure(is_whole || self.end != Some(End::Finished), || {
            format!("the run is marked as finished, but has {} of {} steps", thousands(steps), thousands(all))
        })
    }

    fn check_epoch(&self, epoch: &EpochResult) -> Result<(), String> {
        let EpochResult { epoch: number, correct, of, .. } = *epoch;
        let recipe = &self.plan.recipe;
        ensure(is_near(epoch.test_accuracy, f64::from(correct) / f64::from(of)), || {
            let (share, correct, of) = (percent(epoch.test_accuracy), thousands(correct), thousands(of));
            format!("epoch {number} has an accuracy of {share}, but {correct} of {of} images are correct")
        })?;
        let learned = epoch.train_accuracy * f64::from(recipe.images);
        ensure((learned - learned.round()).abs() < NEARLY_WHOLE, || {
            format!("epoch {number} has a training accuracy that {} images cannot give", thousands(recipe.images))
        })?;
        // The net believes a wrong class at least as much as the right one, so at most by half in the right one.
        let least = LN_2 * f64::from(of - correct) / f64::from(of);
        ensure(epoch.test_loss >= least * (1.0 - LOSS_ROUNDING), || {
            format!("epoch {number} has a test loss that is too small for {} wrong images", thousands(of - correct))
        })?;
        let all = recipe.images.saturating_add(of);
        ensure(all < TIMED || epoch.seconds >= f64::from(all) / TOO_FAST, || format!("epoch {number} took no time"))?;
        ensure(images_of(&self.data).is_none_or(|data| data.allow(recipe.images, of)), || {
            format!("the images of epoch {number} are more or fewer than those of the data")
        })?;
        // The record was checked for having the steps of all epochs.
        let steps = recipe.steps_per_epoch() as usize;
        let losses = self.losses.iter().skip((number as usize - 1) * steps).take(steps);
        let mean = losses.map(|loss| f64::from(*loss)).sum::<f64>() / steps as f64;
        ensure(is_near(epoch.train_loss, mean), || {
            format!("epoch {number} has a training loss that is not the mean of its steps")
        })?;
        let last = (u64::from(number) * steps as u64).saturating_sub(1);
        let rate = self.plan.rate(u32::try_from(last).unwrap_or(u32::MAX));
        ensure(is_near(epoch.learning_rate, rate), || {
            format!("epoch {number} has a learning rate that the settings do not give")
        })
    }

    fn check_time(&self) -> Result<(), String> {
        let mut epochs = self.epochs.iter().map(|epoch| epoch.seconds);
        // The time of a run that broke off is that of its last step, and the test of the last epoch came later.
        let is_exact = matches!(self.end, Some(End::Finished | End::Stopped));
        if !is_exact && self.seconds > 0.0 {
            epochs.next_back();
        }
        let sum: f64 = epochs.sum();
        ensure(sum <= self.seconds * (1.0 + ROUNDING) + CLOCK, || {
            "the epochs took longer than the whole run".to_owned()
        })
    }
}

/// The beginning of the names of the other kind of device.
const fn other(kind: BackendKind) -> &'static str {
    match kind {
        BackendKind::Cpu => "WebGPU",
        BackendKind::WebGpu => "CPU",
    }
}

fn ensure(ok: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if ok { Ok(()) } else { Err(reason()) }
}

/// Whether two numbers are equal but for rounding.
fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= ROUNDING * one.abs().max(other.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trainer::recipe::Recipe;
    use crate::trainer::recipe::plan::Plan;
    use crate::trainer::run::backend::{Backend, BackendKind};
    use crate::trainer::run::protocol::Event;
    use crate::trainer::run::record::{Note, RunKey};

    /// The record of a run that was changed, extended and finished, made by its events.
    fn good() -> RunRecord {
        let recipe = Recipe { images: 8, batch_size: 4, epochs: 1, ..Recipe::classic() };
        let mut record = RunRecord::new(RunKey(7), Plan::from(recipe), "a and others (18 images, 1234abcd)".to_owned());
        let backend = Backend { kind: BackendKind::Cpu, name: "CPU".to_owned() };
        record.apply(&Event::Ready { backend: backend.clone(), why: "You chose it.".to_owned() });
        record.apply(&Event::Shared { workers: 3 });
        let steps = |losses: &[f32], seconds| Event::Steps {
            epoch: 1,
            step: 0,
            losses: losses.to_vec(),
            seconds,
            images_per_second: 0.0,
            seconds_left: None,
        };
        let epoch = |epoch, learning_rate, train_loss| {
            Event::Epoch(EpochResult {
                epoch,
                learning_rate,
                train_loss,
                train_accuracy: 0.125,
                test_loss: 2.0,
                test_accuracy: 0.3,
                correct: 3,
                of: 10,
                seconds: 2.0,
            })
        };
        record.apply(&steps(&[2.0], 1.0));
        record.apply(&Event::Changed(Change::Rate { step: 1, learning_rate: 0.5 }));
        record.apply(&steps(&[1.0], 1.5));
        record.apply(&epoch(1, 0.5, 1.5));
        record.apply(&Event::Finished { seconds: 2.0 });
        record.resume(RunKey(7), None, Some(Change::Extend { epochs: 1, learning_rate: 0.25 }));
        record.attempt = 1;
        record.apply(&Event::Restored(Box::new(record.clone())));
        record.apply(&Event::Ready { backend, why: "You chose it.".to_owned() });
        record.apply(&steps(&[0.5, 0.5], 3.0));
        record.apply(&epoch(2, 0.25, 0.5));
        record.apply(&Event::Finished { seconds: 4.0 });
        record
    }

    #[test]
    fn a_record_that_its_events_made_is_consistent_at_every_moment() {
        assert_eq!(good().check().and_then(|()| good().check_consistency()), Ok(()));
        // A run that broke off in the test of its first epoch.
        let mut broken = good();
        broken.notes.truncate(3);
        broken.plan.changes.pop();
        broken.attempt = 0;
        (broken.losses, broken.epochs, broken.end) = (vec![2.0, 1.0], Vec::new(), None);
        assert_eq!(broken.check_consistency(), Ok(()));
    }

    #[test]
    fn what_contradicts_another_part_is_named() {
        for (spoil, reason) in [
            (
                &(|run: &mut RunRecord| run.epochs[0].test_accuracy = 0.99) as &dyn Fn(&mut RunRecord),
                "99.00 %, but 3 of 10",
            ),
            (&|run| run.epochs[1].correct = 4, "epoch 2 has an accuracy"),
            (&|run| run.epochs[0].train_accuracy = 0.3, "training accuracy"),
            (&|run| run.epochs[0].train_loss = 1.4, "training loss"),
            (&|run| run.losses[3] = 2.5, "epoch 2 has a training loss"),
            (&|run| run.epochs[0].learning_rate = 0.25, "learning rate"),
            (&|run| run.seconds = 0.0, "longer than the whole run"),
            (&|run| run.epochs[0].seconds = 100.0, "longer than the whole run"),
            (&|run| (run.seconds, run.end) = (0.0, None), "longer than the whole run"),
            (&|run| run.notes[1].step = 4_000_000_000, "step 4,000,000,000, but the run has 4 steps"),
            (&|run| run.notes.swap(0, 4), "not in order"),
            (&|run| run.notes[1].what = Happening::Shared(99), "not possible"),
            (&|run| run.notes.insert(3, Note { step: 1, what: Happening::Weights(String::new()) }), "not possible"),
            (&|run| run.plan.changes[0] = Change::Rate { step: 1, learning_rate: 0.75 }, "not those of the notes"),
            (&|run| run.notes.retain(|note| note.step != 1), "not those of the notes"),
            (&|run| run.backend = None, "the device"),
            (&|run| run.backend = Some(Backend { kind: BackendKind::WebGpu, name: "GPU".into() }), "the device"),
            (&|run| run.notes.truncate(7), "how the run has ended"),
            (&|run| run.epochs.truncate(1), "marked as finished"),
            (&|run| run.losses.truncate(3), "more epochs than steps"),
            (&|run| run.epochs.clear(), "an epoch is missing"),
            (&|run| run.data = "MNIST".to_owned(), "those of the data"),
            (&|run| run.data = "a and others (17 images, 1234abcd)".to_owned(), "those of the data"),
            (&|run| run.epochs[0].train_accuracy += 0.001 / 8.0, "training accuracy"),
            // Seven of ten images are wrong.
            (&|run| run.epochs[0].test_loss = 0.48, "too small for 7 wrong images"),
            (
                &|run| run.notes = run.notes.iter().flat_map(|note| [note.clone(), note.clone()]).collect(),
                "is repeated",
            ),
            (&|run| run.notes.insert(2, run.notes[0].clone()), "is repeated"),
            (&|run| run.notes.insert(3, run.notes[3].clone()), "is repeated"),
            (&|run| run.notes.retain(|note| note.what != Happening::Resumed), "is repeated"),
            (&|run| run.notes.drain(5..7).for_each(drop), "no note says so"),
            (&|run| rename_device(run, "WebGPU (a fine one)"), "another kind of device"),
        ] {
            let mut run = good();
            spoil(&mut run);
            let result = run.check().and_then(|()| run.check_consistency());
            assert!(result.as_ref().is_err_and(|error| error.contains(reason)), "{reason}: {result:?}");
        }
    }

    fn rename_device(run: &mut RunRecord, name: &str) {
        for note in &mut run.notes {
            if let Happening::Device(noted, _) = &mut note.what {
                name.clone_into(noted);
            }
        }
        run.backend = run.backend.take().map(|backend| Backend { name: name.to_owned(), ..backend });
    }

    #[test]
    fn the_least_possible_test_loss_is_that_of_a_net_in_two_minds() {
        let mut run = good();
        for epoch in &mut run.epochs {
            epoch.test_loss = 0.7 * LN_2;
        }
        assert_eq!(run.check_consistency(), Ok(()));
    }

    #[test]
    fn an_epoch_of_many_images_takes_time() {
        let mut run = good();
        run.plan.recipe = Recipe { images: 60_000, batch_size: 30_000, ..run.plan.recipe };
        run.data = "MNIST".to_owned();
        for epoch in &mut run.epochs {
            (epoch.correct, epoch.of, epoch.test_accuracy, epoch.seconds) = (3000, 10_000, 0.3, 0.1);
        }
        assert_eq!(run.check_consistency(), Ok(()));
        run.epochs[1].seconds = 0.0;
        assert_eq!(run.check_consistency(), Err("epoch 2 took no time".to_owned()));
        run.epochs[1].seconds = 1e-9;
        assert!(run.check_consistency().is_err());
        // With few images and a coarse clock it may seem to.
        let mut small = good();
        small.epochs[1].seconds = 0.0;
        assert_eq!(small.check_consistency(), Ok(()));
    }

    #[test]
    fn no_run_is_of_the_future_although_clocks_differ() {
        let now = 1.8e12;
        let at = |milliseconds: f64, seconds: f64| {
            RunRecord { key: RunKey::new(milliseconds, 5), seconds, ..good() }.check_date(now)
        };
        assert_eq!((at(now, 10.0), at(now + 86_400e3, 10.0), at(now - 1e11, 9e7)), (Ok(()), Ok(()), Ok(())));
        assert!(at(now + 40.0 * 86_400e3, 10.0).is_err());
        assert!(at(now - 86_400e3, 1e8).is_err(), "it cannot have lasted longer than the time since its start");
    }
}
