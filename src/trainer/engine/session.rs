//! The training loop: one async function, the same in the workers, in the native command and in tests.
//!
//! The loop never blocks, because a browser forbids it. Every few steps it awaits the outcomes, which also keeps a
//! GPU's queue short.

use super::batch::Batcher;
use super::evaluation::Test;
use super::host::{Flow, Host, Interruption, OpenLearner};
use super::learner::Learner;
use super::pace::Pace;
use super::reading_rhythm::ReadingRhythm;
use super::run_clock::RunClock;
use super::sampling::Sampling;
use super::showing::Showing;
use crate::mnist::{Dataset, Split, order};
use crate::trainer::recipe::change_text::shown;
use crate::trainer::recipe::plan::Change;
use crate::trainer::recipe::{Field, Recipe, sentences};
use crate::trainer::run::checkpoint::Checkpoint;
use crate::trainer::run::epoch::EpochResult;
use crate::trainer::run::failure::{Failure, FailureKind};
use crate::trainer::run::protocol::Event;
use crate::trainer::run::record::RunRecord;

/// The time between two events that report progress, in seconds.
const REPORT_EVERY: f64 = 0.1;

/// The time between two checkpoints within an epoch, in seconds.
const SAVE_EVERY: f64 = 5.0;

/// The share of an epoch's time that may be spent on waiting until its checkpoint is stored.
const SETTLING_SHARE: f64 = 0.02;

/// A loss above this, in nats, ends the run: training has diverged and would not recover. Guessing at random costs
/// ln 10 ≈ 2.3.
const DIVERGED_LOSS: f32 = 100.0;

/// Checks a recipe before anything is loaded.
///
/// # Errors
/// When a setting is out of range: the failure has a sentence for each.
pub fn check_recipe(recipe: &Recipe) -> Result<(), Failure> {
    recipe.validate().map_err(|errors| Failure::new(FailureKind::Recipe, sentences(&errors)))
}

/// Checks that a data set has the images that a recipe asks for.
///
/// # Errors
/// When the data set has fewer images.
pub fn check_data(recipe: &Recipe, data: &Dataset) -> Result<(), Failure> {
    let (asked, there) = (recipe.images, data.train.len());
    if asked as usize <= there {
        return Ok(());
    }
    let message = format!("Training images: the data set has {there}, but the settings ask for {asked}.");
    Err(Failure::new(FailureKind::Recipe, message))
}

/// Trains a net to the end of its plan and tests it after every epoch. The host receives everything as events, the end
/// included.
///
/// The run begins or resumes at the checkpoint `begin`; `opened` must hold a net with the same training state.
pub async fn run<L: Learner, H: Host>(begin: Checkpoint, opened: OpenLearner<L>, data: &Dataset, host: &mut H) {
    let OpenLearner { mut learner, backend, why } = opened;
    let is_resumed = begin.record.step() > 0;
    // From here on, all times are seconds of work on the run: the host's clock goes on in a pause.
    let now = begin.record.seconds;
    let mut session = Session {
        pace: Pace::new(&begin.record, data.test.len(), now),
        clock: RunClock::new(now, host.seconds()),
        rhythm: ReadingRhythm::new(now),
        sampling: Sampling::of_samples(data.test.len(), now),
        showing: Showing::new(&data.test, now),
        batcher: Batcher::new(&data.train),
        learner: &mut learner,
        began_at: (begin.record.step(), begin.record.epochs.len()),
        record: begin.record,
        correct: begin.correct,
        images_waiting: 0,
        last_report: now,
        // The first step of a resumed run is stored at once: until then, the stored run is the earlier one.
        last_save: if is_resumed { f64::NEG_INFINITY } else { now },
        unreported: Vec::new(),
        host,
    };
    // The page cannot know the number of a later attempt.
    if is_resumed || session.record.attempt > 0 {
        let record = session.record.clone();
        session.tell(Event::Restored(Box::new(record)));
    }
    session.tell(Event::Ready { backend, why });
    if let Some(workers) = session.learner.workers()
        && session.record.workers() != Some(workers)
    {
        session.tell(Event::Shared { workers });
    }
    session.host.emit(session.showing.images());
    let end = match session.train(data).await {
        Ok(()) => Event::Finished { seconds: session.now() },
        Err(interruption) => interruption.into(),
    };
    session.end(end, &data.test).await;
}

/// `Session` is the state of a run while it trains.
struct Session<'a, L, H> {
    learner: &'a mut L,
    batcher: Batcher<'a>,
    record: RunRecord,
    /// Images of the current epoch that were classified correctly while the net learned from them.
    correct: u32,
    clock: RunClock,
    pace: Pace,
    rhythm: ReadingRhythm,
    sampling: Sampling,
    showing: Showing<'a>,
    /// The images of the steps whose outcomes are not read yet.
    images_waiting: usize,
    /// When progress was last reported, in seconds of work.
    last_report: f64,
    /// When a checkpoint was last stored, in seconds of work.
    last_save: f64,
    /// The steps and the epochs that the run had behind it when it began or was resumed here.
    began_at: (u32, usize),
    /// Losses that were not reported to the host yet.
    unreported: Vec<f32>,
    host: &'a mut H,
}

impl<L: Learner, H: Host> Session<'_, L, H> {
    async fn train(&mut self, data: &Dataset) -> Result<(), Interruption> {
        check_recipe(&self.record.plan.recipe).map_err(Interruption::Failed)?;
        check_data(&self.record.plan.recipe, data).map_err(Interruption::Failed)?;
        self.learner.load_training_images(&data.train, self.record.plan.recipe.images as usize);
        while self.epoch() <= self.record.plan.epochs() {
            let epoch = self.epoch();
            // A run that goes on from within an epoch has worked on it before.
            let earlier = self.record.epochs.iter().map(|epoch| epoch.seconds).sum::<f64>();
            self.learn(epoch, &data.test).await?;
            let learned = self.now();
            let (test_loss, correct) = self.test(&data.test).await?;
            let now = self.now();
            self.pace.tested(now - learned);
            self.rhythm.skip_to(now);
            self.sampling.skip_to(now);
            let recipe = &self.record.plan.recipe;
            let steps = recipe.steps_per_epoch() as usize;
            let losses = &self.record.losses[(epoch as usize - 1) * steps..];
            let of = data.test.len() as u32;
            let result = EpochResult {
                epoch,
                learning_rate: self.record.plan.rate(self.record.step().saturating_sub(1)),
                train_loss: losses.iter().map(|loss| f64::from(*loss)).sum::<f64>() / losses.len() as f64,
                train_accuracy: f64::from(self.correct) / f64::from(recipe.images),
                test_loss,
                test_accuracy: f64::from(correct) / f64::from(of),
                correct,
                of,
                seconds: (now - earlier).max(0.0),
            };
            self.correct = 0;
            let patience = result.seconds * SETTLING_SHARE;
            self.tell(Event::Epoch(result));
            self.show().await?;
            self.learner.free_memory();
            self.save().await?;
            // Between slow steps, a write would take many seconds, and a worker that ends before that has kept nothing.
            self.host.settle(patience).await;
        }
        Ok(())
    }

    /// Returns the current epoch, from 1.
    fn epoch(&self) -> u32 {
        self.record.epochs.len() as u32 + 1
    }

    /// Returns the seconds of work on the run so far.
    fn now(&mut self) -> f64 {
        self.clock.read(self.host.seconds())
    }

    /// Adds an event to the record and sends it to the host.
    fn tell(&mut self, event: Event) {
        self.record.apply(&event);
        self.host.emit(event);
    }

    /// Learns from the rest of an epoch, and samples the test images now and then.
    async fn learn(&mut self, epoch: u32, test: &Split) -> Result<(), Interruption> {
        let recipe = self.record.plan.recipe.clone();
        let size = recipe.batch_size as usize;
        let taken = (self.record.step() - (epoch - 1) * recipe.steps_per_epoch()) as usize;
        let order = order(recipe.images as usize, recipe.seed, epoch);
        let batcher = self.batcher.clone();
        let chunks = order.chunks(size).enumerate().skip(taken);
        let mut batches =
            chunks.map(|(index, indices)| batcher.to_learn(indices, &recipe, epoch, index * size)).peekable();
        while let Some(batch) = batches.next() {
            let next = batches.peek();
            let step = self.record.step() + self.rhythm.waiting() as u32;
            let rate = self.record.plan.rate(step);
            self.learner.learn_from_source(&batch, next, step, rate).await?;
            self.rhythm.step();
            self.images_waiting += batch.len();
            let is_last = next.is_none();
            let now = self.now();
            if is_last || self.rhythm.is_time_to_read(now) {
                self.read_outcomes().await?;
                self.report(is_last);
                if !is_last && self.sampling.is_due(now, self.pace.images_per_second()) {
                    self.sample(test, self.sampling.images().to_vec(), false).await?;
                }
                if !is_last && self.showing.sampling.is_due(now, self.pace.images_per_second()) {
                    self.show().await?;
                }
                if !is_last && self.now() - self.last_save >= SAVE_EVERY {
                    self.save().await?;
                }
            } else if self.rhythm.is_time_to_catch_up() {
                self.learner.catch_up().await?;
            }
            self.yield_now().await?;
        }
        Ok(())
    }

    /// Reads the outcomes that wait on the device, if there are any.
    async fn read_outcomes(&mut self) -> Result<(), Interruption> {
        if self.rhythm.waiting() == 0 {
            return Ok(());
        }
        let outcomes = self.learner.outcomes().await?;
        let now = self.now();
        self.rhythm.read(now, &*self.learner);
        for outcome in outcomes {
            if !outcome.loss.is_finite() || outcome.loss > DIVERGED_LOSS {
                self.report(true);
                return Err(self.diverged(format!("at step {}", self.record.step() + 1)));
            }
            self.record.losses.push(outcome.loss);
            self.unreported.push(outcome.loss);
            self.correct += outcome.correct;
        }
        self.pace.learned(now, std::mem::take(&mut self.images_waiting));
        Ok(())
    }

    fn diverged(&self, when: String) -> Interruption {
        let rate = shown(self.record.plan.rate(self.record.step()));
        let message =
            format!("Training broke down {when}: the learning rate ({rate}) is too large. Try a smaller one.");
        Interruption::Failed(Failure::new(FailureKind::Diverged, message))
    }

    /// Sends new losses to the host: at once with `now`, otherwise when [`REPORT_EVERY`] has passed.
    fn report(&mut self, now: bool) {
        let seconds = self.now();
        if self.unreported.is_empty() || !(now || seconds - self.last_report >= REPORT_EVERY) {
            return;
        }
        self.last_report = seconds;
        self.record.seconds = seconds;
        // The record already has these losses, so the event goes to the host only.
        self.host.emit(Event::Steps {
            epoch: self.epoch(),
            step: self.record.step(),
            losses: std::mem::take(&mut self.unreported),
            seconds: self.record.seconds,
            images_per_second: self.pace.images_per_second(),
            seconds_left: self.pace.seconds_left(),
        });
    }

    /// Classifies the test images. Returns their mean loss in nats and the number that were classified correctly.
    async fn test(&mut self, split: &Split) -> Result<(f64, u32), Interruption> {
        let mut test = Test::new(split);
        // The first images may take long, on a graphics adapter above all, and the page must know what for.
        self.host.emit(test.progress());
        while test.advance(self.learner).await? {
            let seconds = self.now();
            if seconds - self.last_report >= REPORT_EVERY || test.is_over() {
                self.last_report = seconds;
                self.host.emit(test.progress());
            }
            self.yield_now().await?;
        }
        let (loss, correct) = test.result();
        if loss.is_finite() { Ok((loss, correct)) } else { Err(self.diverged("in the test".to_owned())) }
    }

    /// Classifies the test images with these indices, and reports how many are right. The net does not change by it. When
    /// the run `is_over`, the host has nothing more to say.
    async fn sample(&mut self, split: &Split, images: Vec<usize>, is_over: bool) -> Result<(), Interruption> {
        let (begun, of) = (self.now(), images.len() as u32);
        let mut test = Test::of(split, images);
        while test.advance(self.learner).await? {
            if !is_over {
                self.yield_now().await?;
            }
        }
        let now = self.now();
        self.sampling.took(now - begun, now);
        self.pace.sampled(now - begun);
        self.rhythm.skip_to(now);
        let (_, correct) = test.result();
        self.tell(Event::Sampled { correct, of });
        Ok(())
    }

    /// Whether the net guesses the showcase before a user who stops or pauses the run notices.
    fn can_show_at_once(&self) -> bool {
        self.showing.sampling.is_quick(self.pace.images_per_second())
    }

    /// Reports what the net makes of the showcase.
    async fn show(&mut self) -> Result<(), Interruption> {
        let begun = self.now();
        let guesses = self.showing.guesses(self.learner).await?;
        self.host.emit(guesses);
        let now = self.now();
        self.showing.sampling.took(now - begun, now);
        self.pace.sampled(now - begun);
        self.rhythm.skip_to(now);
        Ok(())
    }

    /// Gives the host a turn and does what it asks for.
    async fn yield_now(&mut self) -> Result<(), Interruption> {
        match self.host.yield_now().await {
            Flow::Continue => Ok(()),
            Flow::Stop => Err(Interruption::Stopped),
            Flow::Rate(rate) => self.change_rate(rate).await,
            Flow::Pause => self.pause().await,
        }
    }

    async fn pause(&mut self) -> Result<(), Interruption> {
        // Outcomes of queued steps are read first, so that the checkpoint and the charts are complete.
        self.read_outcomes().await?;
        self.report(true);
        if self.can_show_at_once() {
            self.show().await?;
        }
        self.clock.hold(self.host.seconds());
        self.tell(Event::Paused);
        self.save().await?;
        let flow = loop {
            match self.host.wait().await {
                Flow::Rate(rate) => self.change_rate(rate).await?,
                Flow::Pause => {}
                flow => break flow,
            }
        };
        self.clock.go_on(self.host.seconds());
        if flow == Flow::Stop {
            return Err(Interruption::Stopped);
        }
        self.tell(Event::Resumed);
        Ok(())
    }

    async fn change_rate(&mut self, learning_rate: f64) -> Result<(), Interruption> {
        self.read_outcomes().await?;
        // The page checks the input; here an invalid rate is ignored.
        if !Field::LearningRate.allows(learning_rate) {
            return Ok(());
        }
        self.tell(Event::Changed(Change::Rate { step: self.record.step(), learning_rate }));
        // The user may close the page long before the next step, so the change is stored now.
        self.save().await
    }

    /// Stores a checkpoint of the current state.
    async fn save(&mut self) -> Result<(), Interruption> {
        self.read_outcomes().await?;
        let training_state = self.learner.training_state().await?;
        self.last_save = self.now();
        // The time of a run that has ended is what its last event says.
        if self.record.end.is_none() {
            self.record.seconds = self.last_save;
        }
        self.host.save(Checkpoint { record: self.record.clone(), correct: self.correct, training_state });
        Ok(())
    }

    /// Reports the end of the run and stores it. After a failure the last good checkpoint stays.
    async fn end(&mut self, end: Event, test: &Split) {
        if !matches!(end, Event::Failed(_)) {
            // When the device fails here, the checkpoint before stays.
            let read = self.read_outcomes().await.is_ok();
            self.report(true);
            // A run that was stopped before it took a step stays stored as it was.
            let has_moved = (self.record.step(), self.record.epochs.len()) != self.began_at;
            // A run that was stopped early would otherwise say nothing of what it has learned.
            let images = self.sampling.images_at_a_stop(self.pace.images_per_second());
            if read && end == Event::Stopped && has_moved && self.record.accuracy().is_none() && !images.is_empty() {
                // The run has ended well without it, too.
                let _ = self.sample(test, images, true).await;
            }
            if read && end == Event::Stopped && has_moved && self.can_show_at_once() {
                let _ = self.show().await;
            }
            self.record.seconds = self.now();
            self.record.apply(&end);
            if read && (has_moved || end != Event::Stopped) {
                let _ = self.save().await;
            }
        }
        self.host.emit(end);
    }
}
