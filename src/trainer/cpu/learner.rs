//! The CPU's learner: leads the workers that share each batch.

use std::ops::Range;

use super::part_of_worker;
use super::replica::Replica;
use super::task::{Part, StepPlace, Task};
use super::worker_pool::{Helper, NoHelper, WorkerPool, expect};
use crate::mnist::PIXELS;
use crate::trainer::engine::architecture::CLASSES;
use crate::trainer::engine::batch::{Batch, BatchSource};
use crate::trainer::engine::learner::{BatchGradients, Learner, LearnerError, Outcome};
use crate::trainer::recipe::Recipe;
use crate::trainer::run::training_state::TrainingState;

/// `CpuLearner` is the net on one core or several. Each step is finished when its call returns. On machines with the
/// same instruction set, the same number of workers gives the same bits.
#[derive(Debug)]
pub struct CpuLearner<H = NoHelper> {
    replica: Replica,
    pool: WorkerPool<H>,
    outcomes: Vec<Outcome>,
    /// The announced next batch, of which each worker has prepared its part; and the part of this worker.
    upcoming: Option<(BatchSource, Batch)>,
}

impl<H: Helper> CpuLearner<H> {
    /// Makes a learner with this training state. The helpers of the pool receive a copy of it.
    ///
    /// # Errors
    /// When the training state does not fit the net.
    pub fn new(recipe: &Recipe, training_state: &TrainingState, mut pool: WorkerPool<H>) -> Result<Self, LearnerError> {
        let replica = Replica::new(recipe, training_state)?;
        for helper in &mut pool.helpers {
            helper.ask(Task::Begin { recipe: recipe.clone(), training_state: training_state.clone() });
        }
        Ok(Self { replica, pool, outcomes: Vec::new(), upcoming: None })
    }

    /// Returns the worker pool. Before the first step, helpers may be removed from it.
    pub fn pool_mut(&mut self) -> &mut WorkerPool<H> {
        &mut self.pool
    }

    /// Takes a step on a batch of this number of images. `part` returns a range of the batch. When all workers have
    /// prepared their parts already, `made` is the part of this worker, and no parts are sent.
    async fn share(
        &mut self,
        images: usize,
        part: impl Fn(Range<usize>) -> Part,
        made: Option<Batch>,
        next: Option<&BatchSource>,
        (step, rate): (u32, f64),
    ) -> Result<(), LearnerError> {
        let workers = self.pool.workers();
        self.replica.try_reserve(part_of_worker(images, workers, 0).len())?;
        // A single worker never waits, so it prepares a batch when it needs it.
        let next = next.filter(|_| workers > 1);
        let of_next = |rank| next.map(|next| next.part(part_of_worker(next.len(), workers, rank)));
        for (helper, rank) in self.pool.helpers.iter_mut().zip(1..) {
            let range = part_of_worker(images, workers, rank);
            let place = StepPlace { first_image: range.start, step, rate };
            let part = made.is_none().then(|| part(range));
            helper.ask(Task::Learn { part, next: of_next(rank), place, helpers: workers - 1 });
        }
        let own = made.unwrap_or_else(|| part(part_of_worker(images, workers, 0)).make());
        let upcoming = &mut self.upcoming;
        let meanwhile = || *upcoming = next.cloned().zip(of_next(0).map(|part| part.make()));
        let place = StepPlace { first_image: 0, step, rate };
        let outcome = self.replica.learn(&own, place, &mut self.pool, meanwhile).await?;
        self.outcomes.push(outcome);
        Ok(())
    }
}

impl<H: Helper> Learner for CpuLearner<H> {
    async fn learn(&mut self, batch: &Batch, step: u32, rate: f64) -> Result<(), LearnerError> {
        self.share(batch.len(), |range| Part::Ready(batch.part(range)), None, None, (step, rate)).await
    }

    async fn learn_from_source(
        &mut self,
        batch: &BatchSource,
        next: Option<&BatchSource>,
        step: u32,
        rate: f64,
    ) -> Result<(), LearnerError> {
        let made = self.upcoming.take().filter(|(upcoming, _)| upcoming == batch).map(|(_, part)| part);
        self.share(batch.len(), |range| Part::Source(batch.part(range)), made, next, (step, rate)).await
    }

    async fn outcomes(&mut self) -> Result<Vec<Outcome>, LearnerError> {
        Ok(std::mem::take(&mut self.outcomes))
    }

    async fn classify(&mut self, pixels: Vec<f32>) -> Result<Vec<f32>, LearnerError> {
        let workers = self.pool.workers();
        let part = |rank| part_of_worker(pixels.len() / PIXELS, workers, rank);
        let pixels_of = |range: Range<usize>| &pixels[range.start * PIXELS..range.end * PIXELS];
        for (helper, rank) in self.pool.helpers.iter_mut().zip(1..) {
            helper.ask(Task::Classify { pixels: pixels_of(part(rank)).to_vec() });
        }
        let mut logits = self.replica.classify(pixels_of(part(0)))?;
        for (helper, rank) in self.pool.helpers.iter_mut().zip(1..) {
            logits.extend(expect(helper, part(rank).len() * CLASSES).await?.into_iter().map(|logit| logit as f32));
        }
        Ok(logits)
    }

    async fn training_state(&mut self) -> Result<TrainingState, LearnerError> {
        Ok(self.replica.training_state())
    }

    async fn batch_gradients(&mut self, batch: &Batch) -> Result<BatchGradients, LearnerError> {
        Ok(self.replica.batch_gradients(batch).await)
    }

    fn most_steps_ahead(&self) -> usize {
        1
    }

    fn workers(&self) -> Option<u32> {
        Some(self.pool.workers() as u32)
    }
}
