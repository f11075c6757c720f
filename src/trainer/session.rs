//! The training loop: one async function, the same in the worker, in the native command and in a test.
//!
//! It never waits for a device by blocking, which a browser forbids: losses are read back with an await every few
//! steps, and that is also what keeps a GPU's queue short.

use std::future::Future;

use burn::tensor::{ExecutionError, Tensor, Transaction};

use super::architecture::{CLASSES, MEAN, STD};
use super::device::OpenDevice;
use super::model::{Batch, Descent, Dropout, Net};
use super::pace::Pace;
use super::protocol::{EpochResult, Event, Failure, FailureKind};
use super::recipe::{Optimizer, Recipe};
use super::weights::Weights;
use crate::mnist::{Dataset, Normalisation, Split, order};

/// Where a run takes place: the worker, a command, a test.
pub trait Host {
    /// Takes an event.
    fn emit(&mut self, event: Event);

    /// Lets the surroundings run, for example to hear that the user wants to stop. Called after every step, so it
    /// should usually do nothing.
    fn breathe(&mut self) -> impl Future<Output = Flow>;

    /// Seconds on a clock that only goes forward, from any start.
    fn seconds(&self) -> f64;
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It does.
    Continue,
    /// It ends here.
    Stop,
}

/// Why a run ended before its time.
pub(crate) enum Interruption {
    /// The host said so.
    Stopped,
    /// Something went wrong.
    Failed(Failure),
}

impl From<Interruption> for Event {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Stopped => Self::Stopped,
            Interruption::Failed(failure) => Self::Failed(failure),
        }
    }
}

impl From<ExecutionError> for Interruption {
    fn from(error: ExecutionError) -> Self {
        // The first line says it; the rest is for those who work on the device's driver.
        let reason = error.to_string();
        let reason = reason.lines().next().unwrap_or_default().trim_end_matches('.');
        let message = format!("The device gave up ({reason}). Choose another device, or reload the page.");
        Self::Failed(Failure::new(FailureKind::Device, message))
    }
}

/// Test images that are classified at once: few enough that a stop takes effect soon on a slow device.
const CHUNK: usize = 200;

/// Seconds between two events that tell of progress.
const REPORT_EVERY: f64 = 0.1;

/// Seconds of work that a device is given at most before its losses are read back.
const READ_EVERY: f64 = 0.1;

/// Checks a recipe before anything is loaded.
///
/// # Errors
/// What is out of range, field by field, for the user.
pub fn check_recipe(recipe: &Recipe) -> Result<(), Failure> {
    recipe.validate().map_err(|errors| {
        let messages: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
        Failure::new(FailureKind::Recipe, messages.join(" "))
    })
}

/// Trains a new net by the recipe, tests it after every epoch, and tells the host of it, the end included.
pub async fn run<H: Host>(recipe: &Recipe, data: &Dataset, opened: &OpenDevice, host: &mut H) {
    let end = match train(recipe, data, opened, host).await {
        Ok(seconds) => Event::Finished { seconds },
        Err(interruption) => interruption.into(),
    };
    host.emit(end);
}

async fn train<H: Host>(
    recipe: &Recipe,
    data: &Dataset,
    opened: &OpenDevice,
    host: &mut H,
) -> Result<f64, Interruption> {
    check_recipe(recipe).map_err(Interruption::Failed)?;
    if recipe.images as usize > data.train.len() {
        let (asked, there) = (recipe.images, data.train.len());
        let message = format!("Training images: the data set has {there}, but the recipe asks for {asked}.");
        return Err(Interruption::Failed(Failure::new(FailureKind::Recipe, message)));
    }
    let net = Net::from_weights(&Weights::initial(recipe.seed), &opened.device)
        .map_err(|error| Interruption::Failed(Failure::new(FailureKind::Internal, error.to_string())))?;
    host.emit(Event::Ready { backend: opened.backend.clone(), why: opened.why.clone() });

    let started = host.seconds();
    let mut session = Session {
        recipe,
        opened,
        net,
        dropout: opened.dropout(recipe.seed),
        normalisation: Normalisation::new(MEAN, STD),
        pace: Pace::new(recipe, data.test.len(), started),
        waiting: Vec::new(),
        ahead: 1,
        last_read: started,
        last_report: started,
        unreported: Vec::new(),
        epoch: 0,
        step: 0,
        host,
    };
    for epoch in 1..=recipe.epochs {
        let epoch_started = session.host.seconds();
        let train_loss = session.learn(&data.train, epoch).await?;
        let tested = session.host.seconds();
        let (test_loss, correct) = session.test(&data.test).await?;
        let now = session.host.seconds();
        session.pace.tested(now - tested);
        session.last_read = now;
        let of = data.test.len() as u32;
        session.host.emit(Event::Epoch(EpochResult {
            epoch,
            learning_rate: recipe.learning_rate,
            train_loss,
            train_accuracy: 0.0,
            test_loss,
            test_accuracy: f64::from(correct) / f64::from(of),
            correct,
            of,
            seconds: now - epoch_started,
        }));
        opened.device.memory_cleanup();
    }
    Ok(session.host.seconds() - started)
}

/// A run under way.
struct Session<'a, H> {
    recipe: &'a Recipe,
    opened: &'a OpenDevice,
    net: Net,
    dropout: Dropout,
    normalisation: Normalisation,
    pace: Pace,
    /// Losses that are still on the device.
    waiting: Vec<Tensor<1>>,
    /// How many losses may wait there: about [`READ_EVERY`] seconds' worth.
    ahead: usize,
    last_read: f64,
    last_report: f64,
    /// Losses that the host has not heard of.
    unreported: Vec<f32>,
    epoch: u32,
    step: u32,
    host: &'a mut H,
}

impl<H: Host> Session<'_, H> {
    /// One pass over the training images. Returns the mean of the batches' losses.
    async fn learn(&mut self, split: &Split, epoch: u32) -> Result<f64, Interruption> {
        self.epoch = epoch;
        let Optimizer::Sgd { momentum, .. } = self.recipe.optimizer else { return Ok(0.0) };
        let descent = Descent { learning_rate: self.recipe.learning_rate, momentum };
        let order = order(self.recipe.images as usize, self.recipe.seed, epoch);
        let mut images_waiting = 0;
        let mut total = 0.0;
        let batches = order.chunks(self.recipe.batch_size as usize);
        let last = batches.len() - 1;
        for (index, indices) in batches.enumerate() {
            let batch = Batch::new(split, indices, &self.normalisation, &self.opened.device);
            self.waiting.push(self.net.step(&batch, &descent, &mut self.dropout));
            images_waiting += indices.len();
            if self.waiting.len() >= self.ahead || index == last {
                total += self.read_losses().await?;
                self.pace.learned(self.host.seconds(), std::mem::take(&mut images_waiting));
                self.report(index == last);
            }
            self.breathe().await?;
        }
        Ok(total / (last + 1) as f64)
    }

    /// Reads the waiting losses and returns their sum.
    async fn read_losses(&mut self) -> Result<f64, Interruption> {
        let count = self.waiting.len();
        let transaction = self.waiting.drain(..).fold(Transaction::default(), Transaction::register);
        let mut sum = 0.0;
        for data in transaction.execute_async().await? {
            for loss in data.iter::<f32>() {
                if !loss.is_finite() {
                    self.report(true);
                    return Err(self.diverged(format!("at step {}", self.step + 1)));
                }
                self.step += 1;
                self.unreported.push(loss);
                sum += f64::from(loss);
            }
        }
        let now = self.host.seconds();
        let seconds_per_step = ((now - self.last_read) / count as f64).max(1e-6);
        self.ahead = ((READ_EVERY / seconds_per_step) as usize).clamp(1, self.opened.most_steps_ahead());
        self.last_read = now;
        Ok(sum)
    }

    fn diverged(&self, when: String) -> Interruption {
        let rate = self.recipe.learning_rate;
        let message = format!("The loss is no longer a finite number {when}. Try a learning rate below {rate}.");
        Interruption::Failed(Failure::new(FailureKind::Diverged, message))
    }

    /// Tells the host of new losses, now or once enough time has passed.
    fn report(&mut self, now: bool) {
        let seconds = self.host.seconds();
        if self.unreported.is_empty() || !(now || seconds - self.last_report >= REPORT_EVERY) {
            return;
        }
        self.last_report = seconds;
        self.host.emit(Event::Steps {
            epoch: self.epoch,
            step: self.step,
            losses: std::mem::take(&mut self.unreported),
            seconds,
            images_per_second: self.pace.images_per_second(),
            seconds_left: self.pace.seconds_left(),
        });
    }

    /// Classifies the test images. Returns their mean loss and how many were right.
    async fn test(&mut self, split: &Split) -> Result<(f64, u32), Interruption> {
        let all: Vec<usize> = (0..split.len()).collect();
        let (mut loss, mut correct, mut done) = (0.0, 0, 0);
        for indices in all.chunks(CHUNK) {
            let batch = Batch::new(split, indices, &self.normalisation, &self.opened.device);
            let logits = self.net.infer_logits(&batch).into_data_async().await.map_err(Interruption::from)?;
            let logits: Vec<f32> = logits.iter::<f32>().collect();
            for (row, &index) in logits.chunks_exact(CLASSES).zip(indices) {
                let label = usize::from(split.label(index));
                loss += negative_log_likelihood(row, label);
                correct += u32::from(is_best(row, label));
            }
            done += indices.len();
            let seconds = self.host.seconds();
            if seconds - self.last_report >= REPORT_EVERY || done == split.len() {
                self.last_report = seconds;
                self.host.emit(Event::Evaluating { done: done as u32, of: split.len() as u32 });
            }
            self.breathe().await?;
        }
        let loss = loss / split.len() as f64;
        if loss.is_finite() { Ok((loss, correct)) } else { Err(self.diverged("in the test".to_owned())) }
    }

    async fn breathe(&mut self) -> Result<(), Interruption> {
        match self.host.breathe().await {
            Flow::Continue => Ok(()),
            Flow::Stop => Err(Interruption::Stopped),
        }
    }
}

/// −ln softmax(logits)[label], in nats.
fn negative_log_likelihood(logits: &[f32], label: usize) -> f64 {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&logit| libm::exp(f64::from(logit) - f64::from(most))).sum();
    libm::log(sum) + f64::from(most) - f64::from(logits[label])
}

/// Whether the label's logit is the largest; the first one wins a tie.
fn is_best(logits: &[f32], label: usize) -> bool {
    let chosen = logits[label];
    logits[..label].iter().all(|&logit| logit < chosen) && logits[label + 1..].iter().all(|&logit| logit <= chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_likelihood_of_even_odds_is_a_tenth() {
        assert!((negative_log_likelihood(&[3.0; 10], 4) - 10_f64.ln()).abs() < 1e-12);
        assert!(negative_log_likelihood(&[f32::NAN; 10], 4).is_nan());
        // Far apart, so that exponentials in f32 would overflow.
        assert_eq!(negative_log_likelihood(&[200.0, 0.0], 1), 200.0);
    }

    #[test]
    fn the_first_of_equals_is_the_answer() {
        assert!(is_best(&[1.0, 1.0, 0.0], 0));
        assert!(!is_best(&[1.0, 1.0, 0.0], 1));
        assert!(!is_best(&[f32::NAN, f32::NAN], 0));
    }
}
