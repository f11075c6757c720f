//! The estimate of a run's time: measures a few steps and a part of the test on this machine.

use super::batch::Batcher;
use super::check::median;
use super::evaluation::IMAGES_AT_ONCE;
use super::host::{Flow, Host, Interruption, OpenLearner};
use super::learner::Learner;
use super::reading_rhythm::ReadingRhythm;
use super::session::check_data;
use crate::mnist::{Dataset, order};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::protocol::Event;
use crate::trainer::run::reports::Preflight;

/// The least number of steps to measure, after the first.
const FEWEST_STEPS: usize = 3;
/// Seconds after which no more steps are measured than [`FEWEST_STEPS`].
const ENOUGH_SECONDS: f64 = 2.0;
/// The largest number of steps to measure, after the first.
const MOST_STEPS: usize = 30;

/// Takes steps of a recipe without keeping anything, and sends the host their cost as [`Event::Measured`]. Outcomes are
/// read as rarely as in training.
pub async fn run<L: Learner, H: Host>(recipe: &Recipe, opened: OpenLearner<L>, data: &Dataset, host: &mut H) {
    let end = match measure(recipe, opened, data, host).await {
        Ok(report) => Event::Measured(report),
        Err(interruption) => interruption.into(),
    };
    host.emit(end);
}

async fn measure<L: Learner, H: Host>(
    recipe: &Recipe,
    opened: OpenLearner<L>,
    data: &Dataset,
    host: &mut H,
) -> Result<Preflight, Interruption> {
    check_data(recipe, data).map_err(Interruption::Failed)?;
    let OpenLearner { mut learner, backend, why } = opened;
    host.emit(Event::Ready { backend: backend.clone(), why: why.clone() });
    learner.load_training_images(&data.train, recipe.images as usize);
    let batcher = Batcher::new(&data.train);
    let order = order(recipe.images as usize, recipe.seed, 1);
    let began = host.seconds();
    let mut rhythm = ReadingRhythm::new(began);
    // The mean time of the steps between two reads, in seconds. The first read is that of the first step.
    let mut seconds_per_step = Vec::new();
    // A recipe with few batches repeats them.
    let batches = order.chunks(recipe.batch_size as usize).cycle();
    let mut batches = batches.map(|indices| batcher.to_learn(indices, recipe, 1, 0)).peekable();
    for step in 0.. {
        let Some(batch) = batches.next() else { break };
        learner.learn_from_source(&batch, batches.peek(), step, recipe.rate(step)).await?;
        rhythm.step();
        let now = host.seconds();
        let is_enough = step as usize >= FEWEST_STEPS && now - began >= ENOUGH_SECONDS;
        if is_enough || rhythm.is_time_to_read(now) {
            learner.outcomes().await?;
            seconds_per_step.push(rhythm.read(host.seconds(), &learner));
            if step as usize >= MOST_STEPS || is_enough {
                break;
            }
        } else if rhythm.is_time_to_catch_up() {
            learner.catch_up().await?;
        }
        if host.yield_now().await == Flow::Stop {
            return Err(Interruption::Stopped);
        }
    }
    let first_step_ms = seconds_per_step.remove(0) * 1e3;
    let ms_per_step = median(seconds_per_step) * 1e3;

    let indices: Vec<usize> = (0..data.test.len().min(IMAGES_AT_ONCE)).collect();
    let pixels = Batcher::new(&data.test).to_test(&indices);
    // The first call warms up: a GPU compiles other shaders for testing than for training.
    learner.classify(pixels.clone()).await?;
    let started = host.seconds();
    learner.classify(pixels).await?;
    let test = (host.seconds() - started) * data.test.len() as f64 / indices.len() as f64;
    let steps = f64::from(recipe.total_steps()) * ms_per_step / 1e3;
    let seconds = first_step_ms / 1e3 + steps + f64::from(recipe.epochs) * test;
    Ok(Preflight { backend, why, ms_per_step, first_step_ms, seconds })
}
