//! Workers that share each batch on the CPU: one leads, the others help.
//!
//! The leader deals out batches as the data set has them; each worker makes its own part, takes it forward and back, and
//! moves its own net, as in [`super::replica`]. All that travels in a step are the sums. The leader and the helpers send each
//! other their numbers as soon as they have them; where there are several helpers, the leader adds up theirs in the order of
//! their ranks, whoever was first, and sends them that too. A sum is the leader's number plus that of all helpers. How
//! messages travel is a [`Connection`]'s business: between threads in [`super::threads`], between a browser's workers in `worker`.

use super::task::{Part, Task};
use std::convert::Infallible;
use std::future::Future;

use super::replica::Replica;
use super::{PeerLost, Peers, useful_workers};
use crate::trainer::engine::learner::LearnerError;
use crate::trainer::recipe::{MOST_WORKERS, Recipe};
use crate::trainer::run::record::RunRecord;

/// One end of a line between the leader and a helper. Nothing gets lost on it, and everything comes in its order.
pub trait Connection {
    /// Sends numbers. If nobody is there any more, that shows when numbers are awaited.
    fn send(&mut self, numbers: &[f64]);

    /// Waits for numbers.
    ///
    /// # Errors
    /// The other end is no more, or sent something else.
    fn receive(&mut self) -> impl Future<Output = Result<Vec<f64>, PeerLost>>;
}

/// The leader's end.
pub trait Helper: Connection {
    /// Says what to do next.
    fn ask(&mut self, task: Task);
}

/// A helper's end.
pub trait Leader: Connection {
    /// Waits for something to do.
    ///
    /// # Errors
    /// The leader is no more, or sent something else.
    fn task(&mut self) -> impl Future<Output = Result<Task, PeerLost>>;
}

/// The helpers, in the order of their ranks; the leader's own rank is 0.
#[derive(Debug)]
pub struct WorkerPool<H> {
    /// Those of rank 1 and above.
    pub helpers: Vec<H>,
}

/// There is none.
#[derive(Debug)]
pub enum NoHelper {}

impl WorkerPool<NoHelper> {
    /// The leader alone.
    pub fn alone() -> Self {
        Self { helpers: Vec::new() }
    }
}

impl<H> WorkerPool<H> {
    /// How many share a batch, the leader included.
    pub fn workers(&self) -> usize {
        self.helpers.len() + 1
    }
}

/// How many workers are to share the batches of a run, on a machine with so many cores: as many as until now, since with
/// others it would come to other bits, or as its recipe says.
pub fn workers_for_run(record: &RunRecord, cores: usize) -> usize {
    match record.workers() {
        Some(workers) => workers.min(MOST_WORKERS) as usize,
        None => workers_for_recipe(&record.plan.recipe, cores),
    }
}

/// How many workers a recipe wants on a machine with so many cores. One core is left to the page and everything else.
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
        let mut theirs = expect(first, values.len()).await?;
        for helper in &mut *others {
            add(&mut theirs, &expect(helper, values.len()).await?);
        }
        if !others.is_empty() {
            for helper in &mut self.helpers {
                helper.send(&theirs);
            }
        }
        add(values, &theirs);
        Ok(())
    }
}

fn add(values: &mut [f64], others: &[f64]) {
    values.iter_mut().zip(others).for_each(|(sum, value)| *sum += value);
}

/// Waits for so many numbers.
pub(crate) async fn expect(connection: &mut impl Connection, count: usize) -> Result<Vec<f64>, PeerLost> {
    let numbers = connection.receive().await?;
    if numbers.len() == count {
        Ok(numbers)
    } else {
        Err(PeerLost(format!("it sent {} numbers instead of {count}", numbers.len())))
    }
}

/// What a helper sees of the others.
struct HelperPeers<'a, L> {
    leader: &'a mut L,
    /// How many help, this one included.
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

/// Does what the leader asks for.
///
/// # Errors
/// It ends with the leader, or with a message that cannot be.
pub async fn help(mut leader: impl Leader) -> Result<Infallible, PeerLost> {
    let mut begun = None;
    let mut made = None;
    loop {
        match (leader.task().await?, &mut begun) {
            (Task::Begin { recipe, training_state }, begun) => {
                *begun = Some(Replica::new(&recipe, &training_state).map_err(unfit)?);
            }
            (Task::Learn { part, next, place, helpers }, Some(replica)) => {
                let part = part.map(Part::make).or(made.take());
                let part = part.ok_or_else(|| PeerLost::new("it was asked to learn from a part that it never got"))?;
                let meanwhile = || made = next.map(|next| next.make());
                let mut others = HelperPeers { leader: &mut leader, helpers };
                replica.learn(&part, place, &mut others, meanwhile).await?;
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
