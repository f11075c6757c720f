//! A device with a queue, such as a GPU: how many steps it is given in advance, and how often their outcomes are read.

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

/// A net for the CPU that asks for the treatment of a GPU: many steps in advance, outcomes read seldom.
struct Queue {
    net: CpuLearner,
    /// The calls so far: `s` for a step, `w` for waiting, `r` for reading outcomes, `n` for reading the training state.
    calls: Rc<RefCell<String>>,
    clock: Rc<Cell<f64>>,
    seconds_a_step: f64,
}

impl Queue {
    fn note(&self, what: char) {
        self.calls.borrow_mut().push(what);
    }

    fn step(&self) {
        self.note('s');
        self.clock.set(self.clock.get() + self.seconds_a_step);
    }
}

/// A host whose clock moves by a fixed time at each step.
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

/// Trains for an epoch of this number of steps, each of which takes `seconds_a_step`. Returns the calls of the device,
/// and the host.
fn train(steps: u32, seconds_a_step: f64, host: Collector) -> (String, Collector) {
    let recipe = Recipe { epochs: 1, batch_size: 2, images: 2 * steps, ..Recipe::classic() };
    let begin = Checkpoint::begin(RunKey(1), recipe.clone(), "bars".to_owned());
    let OpenLearner { learner: net, backend, why } =
        open_cpu(&recipe, &begin.training_state, "", WorkerPool::alone()).expect("the training state fits");
    let (calls, clock) = (Rc::new(RefCell::new(String::new())), Rc::new(Cell::new(0.0)));
    let learner = Queue { net, calls: Rc::clone(&calls), clock: Rc::clone(&clock), seconds_a_step };
    let mut host = Clocked { host, clock };
    block_on(session::run(begin, OpenLearner { learner, backend, why }, &small_data(2 * steps, 4), &mut host));
    (calls.take(), host.host)
}

#[test]
fn a_slow_device_is_waited_for_at_each_step_and_read_every_ten_steps() {
    let ten = format!("{}sr", "sw".repeat(9));
    let (calls, host) = train(24, 0.15, Collector::new());
    // The first step is read at once. At the end of the epoch the rest is read, the page gets the net, and a checkpoint is
    // kept; another checkpoint follows at the end of the run.
    assert_eq!(calls, format!("sr{ten}{ten}swswsrnnn"));
    assert_eq!(host.losses().len(), 24);
}

#[test]
fn a_fast_device_is_given_as_many_steps_in_advance_as_it_allows() {
    let sixteen = format!("{}r", "s".repeat(16));
    let (calls, _) = train(40, 0.001, Collector::new());
    assert_eq!(calls, format!("sr{sixteen}{sixteen}{}rnnn", "s".repeat(7)));
    // Four of these steps take a tenth of a second.
    let (calls, _) = train(12, 0.024, Collector::new());
    assert_eq!(calls, "srsssswsssswssrsrnnn");
}

#[test]
fn a_very_slow_device_reports_every_step() {
    let (calls, host) = train(4, 21.0, Collector::new());
    assert_eq!(calls, "srnsrnsrnsrnnn");
    assert_eq!(host.checkpoints.len(), 5);
}

#[test]
fn checkpoints_are_kept_only_where_outcomes_are_read() {
    let (calls, host) = train(32, 1.0, Collector::new());
    assert!(!calls.contains("sn") && !calls.contains("wn"), "{calls}");
    let kept: Vec<u32> = host.checkpoints.iter().map(|checkpoint| checkpoint.record.step()).collect();
    assert_eq!(kept, [11, 21, 31, 32, 32]);
}

#[test]
fn a_pause_does_not_wait_for_ten_steps() {
    let (calls, _) = train(12, 0.4, Collector::with_flow(4, Flow::Pause));
    assert!(calls.starts_with("srswswswrn"), "{calls}");
}
