//! A device with a queue, as a GPU is: how far it is given work in advance, and how often what it found is read.

mod common;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use common::{Collector, small_data};
use gradsheet::trainer::cpu::device::open_cpu;
use gradsheet::trainer::cpu::learner::CpuLearner;
use gradsheet::trainer::cpu::worker_pool::WorkerPool;
use gradsheet::trainer::engine::batch::{Batch, BatchSource};
use gradsheet::trainer::engine::host::{Flow, Host, OpenLearner};
use gradsheet::trainer::engine::learner::{BatchGradients, Learner, LearnerError, Outcome};
use gradsheet::trainer::engine::session;
use gradsheet::trainer::recipe::Recipe;
use gradsheet::trainer::run::checkpoint::Checkpoint;
use gradsheet::trainer::run::protocol::Event;
use gradsheet::trainer::run::record::RunKey;
use gradsheet::trainer::run::training_state::TrainingState;
use pollster::block_on;

/// A net whose outcomes are to be read as seldom as a GPU's.
struct Queue {
    net: CpuLearner,
    /// What was asked of it: `s` for a step, `w` for waiting, `r` for reading outcomes, `n` for reading all numbers.
    asked: Rc<RefCell<String>>,
    clock: Rc<Cell<f64>>,
    seconds_a_step: f64,
}

impl Queue {
    fn note(&self, what: char) {
        self.asked.borrow_mut().push(what);
    }

    fn step(&self) {
        self.note('s');
        self.clock.set(self.clock.get() + self.seconds_a_step);
    }
}

/// A host whose clock moves with the steps.
struct Clocked {
    host: Collector,
    clock: Rc<Cell<f64>>,
}

impl Host for Clocked {
    fn emit(&mut self, event: Event) {
        self.host.emit(event);
    }

    async fn yield_now(&mut self) -> Flow {
        self.host.yield_now().await
    }

    async fn wait(&mut self) -> Flow {
        self.host.wait().await
    }

    fn save(&mut self, checkpoint: Checkpoint) {
        self.host.save(checkpoint);
    }

    fn seconds(&self) -> f64 {
        self.clock.get()
    }
}

impl Learner for Queue {
    async fn learn(&mut self, batch: &Batch, step: u32, rate: f64) -> Result<(), LearnerError> {
        self.step();
        self.net.learn(batch, step, rate).await
    }

    async fn learn_from_source(
        &mut self,
        batch: &BatchSource,
        next: Option<&BatchSource>,
        step: u32,
        rate: f64,
    ) -> Result<(), LearnerError> {
        self.step();
        self.net.learn_from_source(batch, next, step, rate).await
    }

    async fn outcomes(&mut self) -> Result<Vec<Outcome>, LearnerError> {
        self.note('r');
        self.net.outcomes().await
    }

    async fn catch_up(&mut self) -> Result<(), LearnerError> {
        self.note('w');
        Ok(())
    }

    async fn classify(&mut self, pixels: Vec<f32>) -> Result<Vec<f32>, LearnerError> {
        self.net.classify(pixels).await
    }

    async fn training_state(&mut self) -> Result<TrainingState, LearnerError> {
        self.note('n');
        self.net.training_state().await
    }

    async fn batch_gradients(&mut self, batch: &Batch) -> Result<BatchGradients, LearnerError> {
        self.net.batch_gradients(batch).await
    }

    fn most_steps_ahead(&self) -> usize {
        16
    }

    fn fewest_steps_to_read(&self) -> usize {
        10
    }
}

/// Trains for an epoch of so many steps, each of which takes so many seconds. Returns what was asked of the device, and
/// the host.
fn train(steps: u32, seconds_a_step: f64, host: Collector) -> (String, Collector) {
    let recipe = Recipe { epochs: 1, batch_size: 2, images: 2 * steps, ..Recipe::classic() };
    let begin = Checkpoint::begin(RunKey(1), recipe.clone(), "bars".to_owned());
    let OpenLearner { learner: net, backend, why } =
        open_cpu(&recipe, &begin.training_state, "", WorkerPool::alone()).expect("the training state fits");
    let (asked, clock) = (Rc::new(RefCell::new(String::new())), Rc::new(Cell::new(0.0)));
    let learner = Queue { net, asked: Rc::clone(&asked), clock: Rc::clone(&clock), seconds_a_step };
    let mut host = Clocked { host, clock };
    block_on(session::run(begin, OpenLearner { learner, backend, why }, &small_data(2 * steps, 4), &mut host));
    (asked.take(), host.host)
}

#[test]
fn a_slow_one_is_waited_for_at_each_step_and_read_every_ten() {
    let ten = format!("{}sr", "sw".repeat(9));
    let (asked, host) = train(24, 0.15, Collector::new());
    // The first is read at once. At the epoch's end the rest is, and a checkpoint is kept, and again of the end itself.
    assert_eq!(asked, format!("sr{ten}{ten}swswsrnn"));
    assert_eq!(host.losses().len(), 24);
}

#[test]
fn a_fast_one_is_given_as_many_steps_in_advance_as_it_may() {
    let sixteen = format!("{}r", "s".repeat(16));
    let (asked, _) = train(40, 0.001, Collector::new());
    assert_eq!(asked, format!("sr{sixteen}{sixteen}{}rnn", "s".repeat(7)));
    // A tenth of a second is 4 of these steps.
    let (asked, _) = train(12, 0.024, Collector::new());
    assert_eq!(asked, "srsssswsssswssrsrnn");
}

#[test]
fn one_that_is_slow_beyond_measure_still_shows_that_it_lives() {
    let (asked, host) = train(4, 21.0, Collector::new());
    assert_eq!(asked, "srnsrnsrnsrnn");
    assert_eq!(host.checkpoints.len(), 5);
}

#[test]
fn checkpoints_are_kept_where_outcomes_are_read_anyway() {
    let (asked, host) = train(32, 1.0, Collector::new());
    assert!(!asked.contains("sn") && !asked.contains("wn"), "{asked}");
    let kept: Vec<u32> = host.checkpoints.iter().map(|checkpoint| checkpoint.record.step()).collect();
    assert_eq!(kept, [11, 21, 31, 32, 32]);
}

#[test]
fn a_pause_does_not_wait_for_ten_steps() {
    let (asked, _) = train(12, 0.4, Collector::with_flow(4, Flow::Pause));
    assert!(asked.starts_with("srswswswrn"), "{asked}");
}
