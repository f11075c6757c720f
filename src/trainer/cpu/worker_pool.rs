//! Workers that share each batch on the CPU: one leads, the others help.
//!
//! The leader sends each worker its part of a batch with raw images. Each worker prepares its part, takes it forward
//! and back, and updates its own copy of the net ([`super::replica`]). In a step only sums travel. Leader and helpers
//! send each other their numbers as soon as they have them. With several helpers, the leader adds up the helpers'
//! numbers in the order of their ranks, whichever arrives first, and sends the sum to all helpers. The total is the
//! leader's number plus the sum of the helpers. Messages travel over a [`Connection`]: between threads in
//! [`super::threads`], between a browser's workers in the module `worker`.

use super::task::{Part, Task};
use std::convert::Infallible;
use std::future::Future;

use super::replica::Replica;
use super::{PeerLost, Peers, useful_workers};
use crate::trainer::engine::learner::LearnerError;
use crate::trainer::recipe::{MOST_WORKERS, Recipe};
use crate::trainer::run::record::RunRecord;

/// `Connection` is one end of the connection between the leader and a helper. Messages arrive whole and in order.
pub trait Connection {
    /// Sends numbers. When the other end is missing, the next [`Connection::receive`] fails.
    fn send(&mut self, numbers: &[f64]);

    /// Waits for numbers.
    ///
    /// # Errors
    /// When the other end is missing or sent something else.
    fn receive(&mut self) -> impl Future<Output = Result<Vec<f64>, PeerLost>>;
}

/// `Helper` is the leader's end of the connection to a helper.
pub trait Helper: Connection {
    /// Sends the next task.
    fn ask(&mut self, task: Task);
}

/// `Leader` is a helper's end of the connection to the leader.
pub trait Leader: Connection {
    /// Waits for the next task.
    ///
    /// # Errors
    /// When the leader is missing or sent something else.
    fn task(&mut self) -> impl Future<Output = Result<Task, PeerLost>>;
}

/// `WorkerPool` holds the helpers in the order of their ranks. The leader, which owns the pool, has rank 0.
#[derive(Debug)]
pub struct WorkerPool<H> {
    /// The helpers, from rank 1 on.
    pub helpers: Vec<H>,
}

/// `NoHelper` is the helper of a pool without helpers; no value of it exists.
#[derive(Debug)]
pub enum NoHelper {}

impl WorkerPool<NoHelper> {
    /// Makes a pool without helpers.
    pub fn alone() -> Self {
        Self { helpers: Vec::new() }
    }
}

impl<H> WorkerPool<H> {
    /// Returns the number of workers that share a batch, the leader included.
    pub fn workers(&self) -> usize {
        self.helpers.len() + 1
    }
}

/// Returns the number of workers for a run on a machine with this number of cores. A run that has begun keeps its
/// number, because another number would give other bits; otherwise the recipe decides.
pub fn workers_for_run(record: &RunRecord, cores: usize) -> usize {
    match record.workers() {
        Some(workers) => workers.min(MOST_WORKERS) as usize,
        None => workers_for_recipe(&record.plan.recipe, cores),
    }
}

/// Returns the number of workers for a recipe on a machine with this number of cores. When the recipe leaves the
/// choice, one core stays free for the page and everything else.
pub fn workers_for_recipe(recipe: &Recipe, cores: usize) -> usize {
    match recipe.workers {
        0 => useful_workers(recipe.batch_size as usize, cores.saturating_sub(1).clamp(1, MOST_WORKERS as usize)),
        workers => workers as usize,
    }
}

impl<H: Helper> Peers for WorkerPool<H> {
    type Error = PeerLost;

    fn offer(&mut self, values: &[f64]) {
        for helper in &mut self.helpers {
            helper.send(values);
        }
    }

    async fn collect(&mut self, values: &mut [f64]) -> Result<(), PeerLost> {
        let Some((first, others)) = self.helpers.split_first_mut() else { return Ok(()) };
        let mut helpers_sum = expect(first, values.len()).await?;
        for helper in &mut *others {
            add(&mut helpers_sum, &expect(helper, values.len()).await?);
        }
        if !others.is_empty() {
            for helper in &mut self.helpers {
                helper.send(&helpers_sum);
            }
        }
        add(values, &helpers_sum);
        Ok(())
    }
}

/// Adds numbers to values, one to one.
fn add(values: &mut [f64], others: &[f64]) {
    values.iter_mut().zip(others).for_each(|(sum, value)| *sum += value);
}

/// Waits for `count` numbers.
///
/// # Errors
/// When the other end is missing or sent something else.
pub(crate) async fn expect(connection: &mut impl Connection, count: usize) -> Result<Vec<f64>, PeerLost> {
    let numbers = connection.receive().await?;
    if numbers.len() == count {
        Ok(numbers)
    } else {
        Err(PeerLost(format!("it sent {} numbers instead of {count}", numbers.len())))
    }
}

/// `HelperPeers` connects a helper to all other workers, through the leader.
struct HelperPeers<'a, L> {
    leader: &'a mut L,
    /// The number of helpers, this one included.
    helpers: usize,
}

impl<L: Leader> Peers for HelperPeers<'_, L> {
    type Error = PeerLost;

    fn offer(&mut self, values: &[f64]) {
        self.leader.send(values);
    }

    async fn collect(&mut self, values: &mut [f64]) -> Result<(), PeerLost> {
        let mut sum = expect(self.leader, values.len()).await?;
        if self.helpers > 1 {
            values.copy_from_slice(&expect(self.leader, values.len()).await?);
        }
        add(&mut sum, values);
        values.copy_from_slice(&sum);
        Ok(())
    }
}

/// Works as a helper: does the leader's tasks, until an error ends it.
///
/// # Errors
/// When the leader is missing or sent a message that is wrong at this point.
pub async fn help(mut leader: impl Leader) -> Result<Infallible, PeerLost> {
    let mut replica = None;
    let mut prepared = None;
    loop {
        match (leader.task().await?, &mut replica) {
            (Task::Begin { recipe, training_state }, replica) => {
                *replica = Some(Replica::new(&recipe, &training_state).map_err(unfit)?);
            }
            (Task::Learn { part, next, place, helpers }, Some(replica)) => {
                let part = part.map(Part::make).or(prepared.take());
                let part = part.ok_or_else(|| PeerLost::new("it was asked to learn from a part that it never got"))?;
                let meanwhile = || prepared = next.map(|next| next.make());
                replica.try_reserve(part.len()).map_err(unfit)?;
                let mut peers = HelperPeers { leader: &mut leader, helpers };
                replica.learn(&part, place, &mut peers, meanwhile).await?;
            }
            (Task::Classify { pixels }, Some(replica)) => {
                let logits = replica.classify(&pixels).map_err(unfit)?;
                leader.send(&logits.into_iter().map(f64::from).collect::<Vec<_>>());
            }
            (_, None) => return Err(PeerLost::new("it was asked to work before it had a net")),
        }
    }
}

fn unfit(error: LearnerError) -> PeerLost {
    PeerLost(error.to_string())
}

impl Connection for NoHelper {
    fn send(&mut self, _: &[f64]) {
        match *self {}
    }

    async fn receive(&mut self) -> Result<Vec<f64>, PeerLost> {
        match *self {}
    }
}

impl Helper for NoHelper {
    fn ask(&mut self, _: Task) {
        match *self {}
    }
}
